"""A zip file taken apart under limits, never trusting what it declares, and put together again. Pure.

The reader of cells gets the new package and never the person's own: there is one opinion only of what the
file holds, and everything that is not XML (pictures, printer settings) is left out.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from funding.workbook.book import RefusedWorkbook
from funding.workbook.limits import MEGABYTE, Limits
from funding.workbook.sentences import DAMAGED, EMBEDDED

Parts = dict[str, bytes]


@dataclass
class Element:
    """An element of a small part: its name without a namespace, its attributes and the text within."""

    name: str
    attributes: dict[str, str]
    text: str = ""


_ODD = (
    "This file is built as no spreadsheet program builds a workbook: {}. Open it in Excel, save it as a new"
    " .xlsx"
    " file and upload that."
)
_BLOCK = MEGABYTE
_ARCHIVES = (".zip", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".docx", ".doc", ".gz", ".7z", ".rar", ".jar")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")


def unpacked(data: bytes, limits: Limits) -> Parts:
    """The XML parts and the `mimetype` of a workbook by name. Raises RefusedWorkbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_shape(archive, data, limits)
            return _read_parts(archive, data, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OverflowError,
        ValueError,
    ) as problem:
        raise RefusedWorkbook(DAMAGED) from problem


def packed(parts: Mapping[str, bytes]) -> io.BytesIO:
    """A new package of these parts, without compression."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    target.seek(0)
    return target


def _check_shape(archive: zipfile.ZipFile, data: bytes, limits: Limits) -> None:
    entries = archive.infolist()
    if not entries:
        raise RefusedWorkbook("This workbook is an empty package. Save it again and upload that.")
    if len(entries) > limits.parts:
        raise RefusedWorkbook(
            f"This workbook is made of {len(entries):,} parts. At most {limits.parts:,} are read. Copy its"
            " figures into"
            " the template and upload that."
        )
    if (
        archive.comment
        or min(entry.header_offset for entry in entries)
        or data.rfind(b"PK\5\6") + 22 != len(data)
    ):
        raise RefusedWorkbook(_ODD.format("it holds something before or after the workbook"))
    if sum(entry.compress_size for entry in entries) > len(data):
        raise RefusedWorkbook(_ODD.format("its parts overlap"))
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise RefusedWorkbook(_ODD.format("it holds two parts of the same name"))
    for entry in entries:
        _check_entry(entry, limits)


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    folders = entry.filename.split("/")
    # Python cuts a name at its first zero byte; the name as it stood is kept beside it.
    odd_name = entry.orig_filename != entry.filename or not entry.filename.isprintable()
    if odd_name or ".." in folders or folders[0] == "" or "\\" in entry.filename or ":" in entry.filename:
        raise RefusedWorkbook(_ODD.format("a part has a name that leads out of it"))
    if len(folders) > limits.depth:
        raise RefusedWorkbook(_ODD.format(f"it has folders more than {limits.depth} deep"))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RefusedWorkbook(_ODD.format("a part is a link to another file"))
    if entry.flag_bits & 0x1:
        raise RefusedWorkbook(
            "This file is encrypted with a password. Take the password off and upload it again."
        )
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedWorkbook(_ODD.format("it is compressed in a way that Excel does not use"))


def _read_parts(archive: zipfile.ZipFile, data: bytes, limits: Limits) -> Parts:
    """Every part is unpacked to be measured and checked; XML is kept."""
    parts: Parts = {}
    left = limits.unpacked
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        part = _read_part(archive, entry, data, left, limits)
        left -= len(part)
        if entry.filename.endswith((".xml", ".rels")):
            _check_xml(part)
            parts[entry.filename] = part
        elif entry.filename.lower().endswith(_ARCHIVES) or part.startswith(b"PK\x03\x04"):
            raise RefusedWorkbook(EMBEDDED)
        else:
            parts[entry.filename] = part if entry.filename == "mimetype" else b""
    return parts


def _read_part(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes, left: int, limits: Limits
) -> bytes:
    """The part as it really unpacks, block by block, so that a bomb is noticed before it is large."""
    blocks, size = [], 0
    for block in _blocks(archive, entry, data):
        size += len(block)
        if size > left:
            raise RefusedWorkbook(
                f"This workbook unpacks to more than {limits.unpacked // MEGABYTE} MB, which is far more"
                " than a"
                " return holds. Copy its figures into the template and upload that."
            )
        if size > MEGABYTE and size > limits.ratio * max(entry.compress_size, 1):
            raise RefusedWorkbook(
                f"A part of this workbook unpacks to more than {limits.ratio} times its size, as no return"
                " does."
                " Copy its figures into the template and upload that."
            )
        blocks.append(block)
    part = b"".join(blocks)
    if len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
        raise RefusedWorkbook(DAMAGED)
    return part


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes) -> Iterator[bytes]:
    """Unpacked by zlib itself, a megabyte at a time: the library does it in blocks of 4 KB."""
    archive.open(
        entry
    ).close()  # the library compares the entry with its own header, and refuses a difference
    name, extra = struct.unpack_from("<2H", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + name + extra
    packed_part = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed_part
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while not unpacker.eof:
        block = unpacker.decompress(packed_part, _BLOCK)
        packed_part = unpacker.unconsumed_tail
        if not block and not packed_part:
            raise RefusedWorkbook(DAMAGED)
        yield block


def _check_xml(part: bytes) -> None:
    """No document type, so no entities; UTF-8 only, so that nothing can hide from this look."""
    encoding = _ENCODING.match(part.removeprefix(b"\xef\xbb\xbf")[:200])
    if b"\x00" in part[:400] or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise RefusedWorkbook(_ODD.format("its text is not in UTF-8"))
    if b"<!" in part and _DECLARATION.search(part):
        raise RefusedWorkbook(
            _ODD.format("it declares a document type or entities, by which files can be drawn in or blown up")
        )


def elements(parts: Parts, name: str) -> list[Element]:
    """All elements of a part, in order. Raises RefusedWorkbook where it is absent or not well-formed."""
    found: list[Element] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append(Element(tag.rpartition(":")[2], attributes))

    def characters(text: str) -> None:
        found[-1].text += text

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler = start, characters
    try:
        parser.Parse(parts[name], True)
    except (KeyError, expat.ExpatError) as problem:
        raise RefusedWorkbook(DAMAGED) from problem
    return found
