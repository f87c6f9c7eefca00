"""Fills a template in as a person would, by the words on it, and reads it as the portal does."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from funding.models import QuarterlyReturn
from funding.workbook import template
from funding.workbook.book import Book
from funding.workbook.contents import form_of
from funding.workbook.findings import Findings
from funding.workbook.interpret import interpret
from funding.workbook.read import read

SPEND, ACTIVITY, PROGRESS, PATROLS = "Spend and forecast", "Activity", "Progress", "Patrols"
HEAD = 4
# The budget lines of North Council, by the rows of the template.
MENTORING, KNIFE = 5, 6


def template_of(found: QuarterlyReturn) -> Workbook:
    """The template, open for entry."""
    return load_workbook(BytesIO(template.write(form_of(found))))


def column(sheet: Worksheet, heading: str) -> int:
    """The number of the column with these words at its head."""
    return next(cell.column for cell in sheet[HEAD] if cell.value == heading)


def enter(book: Workbook, sheet: str, values: Mapping[tuple[int, str], Any]) -> Workbook:
    """Values by row and heading."""
    for (row, heading), value in values.items():
        book[sheet].cell(row, column(book[sheet], heading)).value = value
    return book


def content(book: Workbook) -> bytes:
    """The file that the person saves."""
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def spent(found: QuarterlyReturn, mentoring: Any = 1200.5, knife: Any = 900) -> Workbook:
    """A template with two actuals."""
    values = {(MENTORING, "Actual, Q2"): mentoring, (KNIFE, "Actual, Q2"): knife}
    return enter(template_of(found), SPEND, values)


def read_book(folder: Path, data: bytes, name: str = "return.xlsx") -> Book:
    path = folder / name
    path.write_bytes(data)
    return read(path, name=name, report=lambda step, done, total: None)


def findings(
    folder: Path, data: Workbook | bytes, found: QuarterlyReturn, name: str = "return.xlsx"
) -> Findings:
    """What the portal finds in the file."""
    data = data if isinstance(data, bytes) else content(data)
    return interpret(read_book(folder, data, name), form_of(found))
