"""PDF: from its first byte to its last, without scripts, programs or other files inside.

A look at the structure, as far as it lies open. What is hidden well is for the virus scanner.
"""

from __future__ import annotations

import re
import zlib

from funding.inspection.refusal import Refused, has_active_content

PDF = re.compile(rb"%PDF-[12]\.\d")
# Long enough never to stand in compressed bytes by chance.
ANYWHERE = {
    b"/JavaScript": "has a script inside",
    b"/Launch": "would start a program",
    b"/EmbeddedFile": "has other files inside",
    b"/RichMedia": "has moving content inside",
}
SCRIPT = re.compile(rb"/(?:JS|JavaScript)(?![A-Za-z0-9])")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
MOST_UNPACKED = 50_000_000
AGAIN = "Print it to a new PDF, and send that."


def check_pdf(content: bytes) -> None:
    """Raises Refused."""
    tail = content.rfind(b"%%EOF")
    if tail < 0:
        raise Refused(f"is damaged: the PDF does not end as it should. {AGAIN}")
    if content[tail + 5 :].strip(b"\0\r\n \t"):
        raise Refused(f"has something behind the end of the PDF that does not belong there. {AGAIN}")
    open_text, packed = _parts(content)
    _check_structure(open_text, packed, content)


def _check_structure(open_text: bytes, packed: list[bytes], content: bytes) -> None:
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", open_text):
        raise Refused(f"is protected, so nobody can check it. {AGAIN}")
    for text in (_spelt_out(open_text), *(_spelt_out(part) for part in packed), content):
        for sign, trouble in ANYWHERE.items():
            if sign in text:
                raise Refused(f"{trouble}. {AGAIN}")
    if any(SCRIPT.search(_spelt_out(part)) for part in (open_text, *packed)):
        raise Refused(f"has a script inside. {AGAIN}")
    if has_active_content(open_text):
        raise Refused(f"has a web page inside the PDF. {AGAIN}")


def _spelt_out(text: bytes) -> bytes:
    """Names without escapes: /J#53 is /JS."""
    return re.sub(rb"#([0-9a-fA-F]{2})", lambda found: bytes((int(found[1], 16),)), text)


def _parts(content: bytes) -> tuple[bytes, list[bytes]]:
    """What lies open between the streams, and what the packed object streams say."""
    open_parts, packed, place, unpacked = [], [], 0, 0
    while found := STREAM.search(content, place):
        before = content[place : found.start()]
        open_parts.append(before)
        end = content.find(b"endstream", found.end())
        if end < 0:
            raise Refused(f"is damaged: a part of the PDF has no end. {AGAIN}")
        if b"/ObjStm" in _spelt_out(before[-2000:]):
            packed.append(_unpacked(content[found.end() : end], MOST_UNPACKED - unpacked))
            unpacked += len(packed[-1])
        place = end
    open_parts.append(content[place:])
    return b"\n".join(open_parts), packed


def _unpacked(stream: bytes, most: int) -> bytes:
    if most <= 0:
        raise Refused(f"unpacks to more than can be checked. {AGAIN}")
    try:
        return zlib.decompressobj().decompress(stream, most)
    except zlib.error:
        return stream
