"""What kind of file an upload really is, from its bytes and never from its name. Pure."""

from __future__ import annotations

import re
from typing import Literal

from funding.workbook.book import RefusedWorkbook

Kind = Literal["zip", "ole", "csv"]
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SPREADSHEETS = ".xlsx, .xls, .ods or .csv"

# Files that Excel opens as if they were workbooks, and what they are. The first match counts.
_DISGUISED = (
    (
        rb"\s*(?:<!doctype html|<html|<head|<meta|<style|<table|<body|<div)",
        "a web page, though it may be named .xls",
    ),
    (rb"\s*<\?xml[^<]*(?:<\?mso[^<]*)?<(?:ss:)?workbook", "an XML Spreadsheet of 2003"),
    (rb"\s*<[?!a-z]", "an XML or web page"),
    (rb"mime-version:", "a web archive"),
    (rb"\{\\rtf", "a document of formatted text (RTF)"),
    (rb"ID;P[^\r\n]*[\r\n]+[A-Z];", "a SYLK file"),
    (rb"TABLE[\r\n]+0,1[\r\n]", "a DIF file"),
    (rb"%PDF", "a PDF"),
    (rb"\x09[\x00\x02\x04]..[\x00-\x07]", "a workbook of an Excel before 1995"),
    (
        rb"[\x02\x03\x04\x05\x30\x31\x43\x83\x8b\xf5][\x00-\xff][\x01-\x0c][\x01-\x1f].{28}",
        "a dBase table (DBF)",
    ),
)
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x1f\x7f]")


def kind_of(data: bytes) -> Kind:
    """zip, ole or csv by content. Raises RefusedWorkbook and says what else it is."""
    if data.startswith(ZIP):
        return "zip"
    if data.startswith(OLE):
        return "ole"
    for pattern, what in _DISGUISED:
        if re.match(pattern, data[:4096], re.IGNORECASE | re.DOTALL):
            raise _not_a_workbook(what)
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        _check_plain(data)
    return "csv"


def _check_plain(data: bytes) -> None:
    """Text has no zero bytes and no control characters."""
    if not (b"\x00" in data or _CONTROL.search(data)):
        return
    name = _name(data)
    if not name and max(data[1::2].count(0), data[::2].count(0)) > len(data) // 3 > 0:
        raise RefusedWorkbook(
            "This is Unicode text without the mark that says so. Save it as “CSV UTF-8” and upload that."
        )
    raise _not_a_workbook(
        name or ("a file with zero bytes" if b"\x00" in data else "a file that is not text")
    )


def _name(data: bytes) -> str:
    """What a collection of signatures calls this file, if it knows."""
    import puremagic  # only for a refusal: its tables take longer to load than a workbook to read

    try:
        matches = puremagic.magic_string(data[:8192])
    except (puremagic.PureError, ValueError):
        return ""
    return f"a file of the kind “{matches[0].name}”" if matches and matches[0].name else ""


def _not_a_workbook(what: str) -> RefusedWorkbook:
    return RefusedWorkbook(
        f"This is {what} and not a workbook. Save the return as {SPREADSHEETS} and upload that."
    )
