"""Reads a table of text: CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows' own letters. Pure.

Rows are counted as Excel shows them: a quoted line break does not begin a row, a first line "sep=;" is
none.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

from funding.workbook.book import RefusedWorkbook
from funding.workbook.grid import Grid, Opened
from funding.workbook.limits import Limits, check_extent
from funding.workbook.marks import Marks

SHEET = "CSV"
_DELIMITERS = ("\t", ";", ",")
_SAMPLE = 30


def opened(data: bytes, limits: Limits) -> Opened:
    """The one sheet of the file. Raises RefusedWorkbook."""
    text = _decoded(data)
    separator = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    if separator:
        text = text[separator.end() :]
    csv.field_size_limit(limits.cell_text)
    rows = _rows(text, separator[1] if separator else _delimiter(text), limits)
    if max(map(len, rows), default=0) < 2:
        raise RefusedWorkbook(
            "This file has no columns: no commas, semicolons or tabs part its text. Save the return as"
            " .xlsx or .csv"
            " and upload that."
        )
    return Opened("csv", [Grid(SHEET, False, rows, Marks(last_row=len(rows)))])


def _decoded(data: bytes) -> str:
    """Text, by the mark at its beginning, else UTF-8, else the letters of Windows in Western Europe."""
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise RefusedWorkbook("The letters of this file cannot be told. Save it as “CSV UTF-8” and upload that.")


def _delimiter(text: str) -> str:
    """The first of tab, semicolon and comma that half of the first rows hold outside quotation marks."""
    sample = text[:20_000]
    for delimiter in _DELIMITERS:
        try:
            rows = [
                row
                for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE)
                if row
            ]
        except csv.Error:
            continue
        if rows and 2 * sum(len(row) > 1 for row in rows) >= len(rows):
            return delimiter
    return ","


def _rows(text: str, delimiter: str, limits: Limits) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            if len(rows) > limits.rows or len(row) > limits.columns:
                check_extent(SHEET, (len(rows), len(row)), limits)
    except csv.Error as problem:
        number = len(rows) + 1
        if "field larger" in str(problem):
            raise RefusedWorkbook(
                f"Row {number:,} holds a cell of more than {limits.cell_text:,} characters. Shorten it and"
                " upload the"
                " file again."
            ) from problem
        raise RefusedWorkbook(
            f"Row {number:,} has a quotation mark that is not closed or stands in the wrong place. Save the"
            " file as"
            " .xlsx or .csv from Excel and upload that."
        ) from problem
    return rows
