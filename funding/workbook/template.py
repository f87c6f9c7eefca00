"""Writes the workbook of one return: pre-listed lines, drop-downs, notes, protected totals and a signed id.

Every text is written as text, so that nothing that people typed ever becomes a formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from funding.money import MAXIMUM, ZERO
from funding.workbook import read_me
from funding.workbook.form import KEY, NUMBERS, Column, Form, Kind, Line, Part
from funding.workbook.ticket import HIDDEN_SHEET, MARK, sign

AUTHOR = "VRU portal"
HEAD = 3  # the row of the headings, from 0
# Excel cuts a custom property off after this many characters.
LONGEST_PROPERTY = 255
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
ALLOWED = {"format_columns": True, "format_rows": True, "format_cells": True}
BLUE, PALE, ENTRY, LINE_COLOUR = "#12436D", "#F3F2F1", "#FFFFFF", "#B1B4B6"
NUMBER_FORMATS = {
    Kind.AMOUNT: "£#,##0.00;[Red]-£#,##0.00",
    Kind.COUNT: "#,##0",
    Kind.HOURS: "#,##0.00",
    Kind.DAY: "d mmm yyyy",
}
# Where the widest part of a sheet's rows is words, a row is this high.
TALL = 90


def write(form: Form) -> bytes:
    """The workbook as bytes of an .xlsx."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    book.set_properties({"title": f"{form.organisation}, {form.quarter}", "author": AUTHOR})
    formats = Formats(book)
    read_me.write(book.add_worksheet(read_me.TITLE), form, formats)
    lists = Lists()
    for number, part in enumerate(form.parts):
        sheet = book.add_worksheet(part.title)
        SheetWriter(sheet, part, formats, lists).write(form)
        if number == 0:
            sheet.activate()
    _hidden(book, form, lists)
    book.close()
    return target.getvalue()


def _hidden(book: Any, form: Form, lists: Lists) -> None:
    """The signed id, and what the drop-downs offer."""
    sheet, token = book.add_worksheet(HIDDEN_SHEET), sign(form)
    sheet.write_string(0, 0, MARK)
    sheet.write_string(1, 0, token)
    for column, choices in enumerate(lists.known, start=1):
        for row, text in enumerate(choices):
            sheet.write_string(row, column, text)
    sheet.protect()
    sheet.very_hidden()
    if len(token) <= LONGEST_PROPERTY:
        book.set_custom_property(MARK, token, "text")


class Lists:
    """The choices of drop-downs, each list in a column of the hidden sheet."""

    def __init__(self) -> None:
        self.known: list[tuple[str, ...]] = []

    def source(self, choices: tuple[tuple[str, str], ...]) -> str:
        """The range that holds the labels."""
        labels = tuple(label for _, label in choices)
        if labels not in self.known:
            self.known.append(labels)
        column = self.known.index(labels) + 1
        return f"={HIDDEN_SHEET}!{xl_range_abs(0, column, len(labels) - 1, column)}"


class Formats:
    """The looks of cells, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}

    def get(self, **facts: Any) -> Any:
        """A format with these properties."""
        key = tuple(sorted(facts.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": "Arial", "font_size": 10, **facts})
        return self._made[key]

    def cell(self, kind: Kind, *, is_entry: bool, is_total: bool = False) -> Any:
        """Entry cells are white and open, all others grey and locked."""
        facts: dict[str, Any] = {
            "locked": not is_entry,
            "bg_color": ENTRY if is_entry else PALE,
            "border": 1,
            "border_color": LINE_COLOUR,
            "valign": "top",
        }
        if kind in NUMBER_FORMATS:
            facts["num_format"] = NUMBER_FORMATS[kind]
        else:
            facts["text_wrap"] = True
        if is_total:
            facts |= {"bold": True, "top": 2, "border_color": BLUE}
        return self.get(**facts)


@dataclass
class SheetWriter:
    """One sheet: a title, a sentence, headings, a row for each line, totals."""

    sheet: Any
    part: Part
    formats: Formats
    lists: Lists

    def write(self, form: Form) -> None:
        part, sheet = self.part, self.sheet
        sheet.write_string(0, 0, f"{part.title}: {form.organisation}, {form.quarter_words}", self._title(14))
        sheet.write_string(
            1, 0, "Fill in the white cells. A cell left empty changes nothing.", self._title(10)
        )
        sheet.set_row(HEAD, 45)
        for number, column in enumerate(part.columns):
            self._heading(number, column)
        self._key_column()
        for number, line in enumerate(part.lines, start=HEAD + 1):
            self._line(number, line)
        if part.lines and any(column.kind in NUMBERS for column in part.columns):
            self._totals(HEAD + 1 + len(part.lines))
        sheet.freeze_panes(HEAD + 1, len(part.names))
        sheet.protect("", ALLOWED)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD)

    def _title(self, size: int) -> Any:
        return self.formats.get(bold=size > 10, font_color=BLUE, font_size=size)

    def _heading(self, number: int, column: Column) -> None:
        head = {"bold": True, "bg_color": BLUE, "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
        self.sheet.set_column(number, number, column.width)
        self.sheet.write_string(HEAD, number, column.heading, self.formats.get(**head, border=1))
        if column.note:
            self.sheet.write_comment(HEAD, number, column.note, {"author": AUTHOR, "x_scale": 2})

    def _key_column(self) -> None:
        place = len(self.part.columns)
        self.sheet.set_column(place, place, 8, None, {"hidden": True})
        self.sheet.write_string(HEAD, place, "Key")
        for number, line in enumerate(self.part.lines, start=HEAD + 1):
            self.sheet.write_string(number, place, f"{KEY}:{self.part.code}:{line.key}")

    def _line(self, row: int, line: Line) -> None:
        if any(line.asks.get(column.code, column).kind == Kind.WORDS for column in self.part.entries[:1]):
            self.sheet.set_row(row, TALL)
        for place, column in enumerate(self.part.columns):
            asked = line.asks.get(column.code, column)
            if column.adds:
                self._sum_of_row(row, place, column, line)
                continue
            value = line.standing(column.code) if column.is_entry else line.values.get(column.code)
            self._value(row, place, asked, value)
            if column.is_entry:
                self._rule(row, place, asked)

    def _value(self, row: int, place: int, column: Column, value: Any) -> None:
        look = self.formats.cell(column.kind, is_entry=column.is_entry)
        if value is None or value == "":
            self.sheet.write_blank(row, place, None, look)
        elif isinstance(value, Decimal | int):
            self.sheet.write_number(row, place, value, look)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, place, value, look)
        else:
            self.sheet.write_string(row, place, dict(column.choices).get(str(value), str(value)), look)

    def _sum_of_row(self, row: int, place: int, column: Column, line: Line) -> None:
        codes = [one.code for one in self.part.columns]
        cells = [xl_rowcol_to_cell(row, codes.index(code)) for code in column.adds]
        look = self.formats.cell(column.kind, is_entry=False)
        self.sheet.write_formula(row, place, f"=SUM({','.join(cells)})", look, self._sum(column, line))

    @staticmethod
    def _sum(column: Column, line: Line) -> Decimal:
        amounts = (line.values.get(code, line.standing(code)) for code in column.adds)
        return sum((amount for amount in amounts if amount is not None), ZERO)

    def _totals(self, row: int) -> None:
        name = self.formats.cell(Kind.NAME, is_entry=False, is_total=True)
        self.sheet.write_string(row, 0, "Total", name)
        for place, column in enumerate(self.part.columns[1:], start=1):
            look = self.formats.cell(column.kind, is_entry=False, is_total=True)
            if column.kind not in NUMBERS:
                self.sheet.write_blank(row, place, None, look)
                continue
            first, last = (xl_rowcol_to_cell(one, place) for one in (HEAD + 1, row - 1))
            total = sum((self._number(column, line) for line in self.part.lines), ZERO)
            self.sheet.write_formula(row, place, f"=SUM({first}:{last})", look, total)

    def _number(self, column: Column, line: Line) -> Decimal:
        if column.adds:
            return self._sum(column, line)
        value = line.standing(column.code) if column.is_entry else line.values.get(column.code)
        return Decimal(value) if value is not None else ZERO

    def _rule(self, row: int, place: int, column: Column) -> None:
        rule = _rules(column, self.lists)
        if rule:
            self.sheet.data_validation(row, place, row, place, rule)


def _rules(column: Column, lists: Lists) -> dict[str, Any]:
    """What a cell takes, as Excel checks it while people type. The portal checks everything again."""
    between = {"criteria": "between", "minimum": 0, "ignore_blank": True}
    if column.kind == Kind.AMOUNT:
        told = "Enter an amount in pounds of 0 or more, like 1250.00"
        return {"validate": "decimal", "maximum": MAXIMUM, **between, "error_message": told}
    if column.kind == Kind.COUNT:
        told = "Enter a whole number of 0 or more"
        return {"validate": "integer", "maximum": 9_999_999, **between, "error_message": told}
    if column.kind == Kind.HOURS:
        told = "Enter hours of 0 or more, like 37.5"
        return {"validate": "decimal", "maximum": 999_999, **between, "error_message": told}
    if column.kind == Kind.DAY:
        first, last = date(2000, 1, 1), date(2099, 12, 31)
        told = "Enter a day like 31/12/2026"
        return {"validate": "date", **between, "minimum": first, "maximum": last, "error_message": told}
    if column.kind == Kind.CHOICE:
        told = "Choose one from the list"
        return {"validate": "list", "source": lists.source(column.choices), "error_message": told}
    return {}
