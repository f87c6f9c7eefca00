"""CSV and plain text: words and figures, and nothing that a browser or a spreadsheet would run."""

from __future__ import annotations

import re

from funding.inspection.names import ending
from funding.inspection.refusal import TAKEN, Refused, has_active_content

TEXTS = ("csv", "txt")
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
SCRIPT = re.compile(r"\s*(<|#!|%!PS|\{\\rtf|@echo\b|MIME-Version:|From:\s|Received:\s)", re.IGNORECASE)
# A cell that a spreadsheet would work out instead of showing it.
FORMULA = re.compile(
    r'(?:^|[,;\t])[ "\']*(?:=[ ]*[A-Za-z+\-(@\d"\']|@[A-Za-z]+\(|[+\-]\w+[(|!])', re.MULTILINE
)


def check_text(name: str, content: bytes) -> str:
    """The extension that fits: csv or txt, as the name says. Raises Refused."""
    text = _decoded(content)
    if text is None or CONTROL.search(text) or b"%PDF-" in content or content.startswith(b"GIF8"):
        raise Refused(f"is not a kind of file that is taken. Send {TAKEN}.")
    if SCRIPT.match(text) or has_active_content(text.encode("utf-8", "ignore")):
        raise Refused(
            "is a web page, an e-mail or a script, and not a plain text. Print it to a PDF, and send that."
        )
    extension = ending(name)
    if extension not in TEXTS:
        raise Refused(f"is a text whose name does not end in .csv or .txt. Send {TAKEN}.")
    if extension == "csv" and FORMULA.search(text):
        raise Refused("has a formula in a cell. Save the values alone as CSV, or send the workbook as XLSX.")
    return extension


def _decoded(content: bytes) -> str | None:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _try(content, encoding)
    return _try(content, "utf-8") or _try(content, "cp1252")


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
