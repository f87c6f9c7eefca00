"""The board page as a workbook: one sheet a table. Numbers are numbers; no text ever becomes a formula."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from funding.board.agenda import QUESTION
from funding.board.charts.chart import Chart
from funding.board.charts.page import Page
from funding.board.charts.table import NOT_RETURNED, Cell, Kind, Nil
from funding.board.pack.asking import Ask
from funding.board.pack.imprint import Imprint

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MONEY, COUNT, SHARE = "£#,##0.00;[Red]-£#,##0.00", "#,##0", "#,##0.##"
NUMBER_FORMATS = {Kind.MONEY: MONEY, Kind.COUNT: COUNT, Kind.SHARE: SHARE, Kind.TEXT: "General"}
BLUE, PALE = "#12436D", "#F3F5F7"
WIDE, NARROW = 34, 18
TITLE, SUBTITLE, HEAD = 0, 1, 3  # rows from 0
ASKED_HEAD = ("Decision asked for", "Meeting", "Asked", "Recommendation", "Amount", "Outcome")


def write(page: Page, imprint: Imprint, asked: Sequence[Ask] = ()) -> bytes:
    """The workbook as bytes of an .xlsx. The same page and imprint give the same bytes."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    created = imprint.frozen_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    title = f"Board pack, {imprint.subject}"
    book.set_properties({"title": title, "author": "VRU portal", "created": created})
    looks = Looks(book)
    _summary(book.add_worksheet("Summary"), page, imprint, looks)
    for chart in shown_charts(page):
        _table(book.add_worksheet(chart.slug.capitalize()), chart, looks)
    if asked:
        _decisions(book.add_worksheet("Decisions"), asked, looks)
    book.close()
    return target.getvalue()


def write_one(chart: Chart, origin: str) -> bytes:
    """One table as a workbook of its own; below it stands where it comes from."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    book.set_properties({"title": chart.table.caption, "author": "VRU portal"})
    sheet = book.add_worksheet(chart.slug.capitalize())
    _table(sheet, chart, Looks(book))
    sheet.write_string(HEAD + len(chart.table.rows) + 5, 0, origin)
    book.close()
    return target.getvalue()


def shown_charts(page: Page) -> list[Chart]:
    """The answers that the page gives, in its order."""
    if not page.has_award:
        return []
    return [page.charts["funds"], *(chart for section in page.sections for chart in section.charts)]


class Looks:
    """The formats of the workbook."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": BLUE})
        self.words = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "bg_color": PALE, "text_wrap": True, "valign": "top"})
        self.plain = {
            kind: book.add_format({"num_format": form, "valign": "top", "text_wrap": kind is Kind.TEXT})
            for kind, form in NUMBER_FORMATS.items()
        }
        self.total = {
            kind: book.add_format({"num_format": form, "bold": True, "top": 1})
            for kind, form in NUMBER_FORMATS.items()
        }


def _summary(sheet: Any, page: Page, imprint: Imprint, looks: Looks) -> None:
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, "Board pack", looks.title)
    rows = [("In one sentence", page.headline), *((one.question, one.words) for one in page.answers)]
    rows += [(one.label, f"{one.value}. {one.note}" if one.note else one.value) for one in page.key_figures]
    for row, (name, value) in enumerate([*rows, *imprint.rows], start=2):
        sheet.write_string(row, 0, name, looks.head)
        sheet.write_string(row, 1, value, looks.words)


def _table(sheet: Any, chart: Chart, looks: Looks) -> None:
    columns, rows = chart.table.columns, chart.table.rows
    sheet.write_string(TITLE, 0, chart.title, looks.title)
    sheet.write_string(SUBTITLE, 0, chart.subtitle)
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, len(columns) - 1, NARROW)
    for place, column in enumerate(columns):
        sheet.write_string(HEAD, place, column.head, looks.head)
    for number, row in enumerate(rows, start=HEAD + 1):
        for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
            _cell(sheet, number, place, cell, looks.plain[column.kind])
    last = HEAD + 1 + len(rows)
    if rows and chart.table.foot:
        for place, (cell, column) in enumerate(zip(chart.table.foot, columns, strict=True)):
            _cell(sheet, last, place, cell, looks.total[column.kind])
    if chart.note:
        sheet.write_string(last + 2, 0, chart.note)
    sheet.freeze_panes(HEAD + 1, 1)


def _decisions(sheet: Any, asked: Sequence[Ask], looks: Looks) -> None:
    """What the board is asked to decide, a row each."""
    sheet.write_string(TITLE, 0, QUESTION, looks.title)
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, len(ASKED_HEAD) - 1, WIDE)
    for place, head in enumerate(ASKED_HEAD):
        sheet.write_string(HEAD, place, head, looks.head)
    for row, one in enumerate(asked, start=HEAD + 1):
        cells = (one.title, one.meeting, one.asked, one.recommendation, one.amount, one.outcome)
        for place, cell in enumerate(cells):
            if isinstance(cell, Decimal):
                sheet.write_number(row, place, cell, looks.plain[Kind.MONEY])
            else:
                sheet.write_string(row, place, cell or "", looks.words)
    sheet.freeze_panes(HEAD + 1, 1)


def _cell(sheet: Any, row: int, place: int, cell: Cell, look: Any) -> None:
    """What was not returned is a word and never a zero; a nil return is a zero."""
    if isinstance(cell, Nil):
        sheet.write_number(row, place, 0, look)
    elif isinstance(cell, Decimal | int):
        sheet.write_number(row, place, cell, look)
    else:
        sheet.write_string(row, place, NOT_RETURNED if cell is None else str(cell), look)
