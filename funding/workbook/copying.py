"""A new .xlsx with the cells of a workbook that came as .xls, .ods or .csv, marked up the same way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from funding.workbook.book import Book, Cell, Sheet
from funding.workbook.findings import Remark
from funding.workbook.looks import AUTHOR, COLOURS, HEADINGS, LEVELS, REMARKS, TITLE, WIDTHS
from funding.workbook.ticket import MARK

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTH = 18
LONGEST_PROPERTY = 255


def copied(book: Book, remarks: Sequence[Remark]) -> bytes:
    """The bytes. A cell that held a formula holds what was stored with it, as a text: never a figure."""
    target = BytesIO()
    copy = xlsxwriter.Workbook(target, OPTIONS)
    looks = {level: copy.add_format({"bg_color": colour}) for level, colour in COLOURS.items()}
    _list(copy.add_worksheet(REMARKS), copy, remarks, looks)
    by_sheet: dict[str, dict[tuple[int, int], list[Remark]]] = defaultdict(lambda: defaultdict(list))
    for remark in remarks:
        by_sheet[remark.place.sheet][remark.place.row, remark.place.column].append(remark)
    names = _names(book)
    for sheet in book.sheets.values():
        if sheet.cell(1, 1).text == TITLE:
            continue
        page = copy.add_worksheet(names[sheet.name])
        page.set_column(0, max(sheet.width - 1, 0), WIDTH)
        _copy(page, sheet, by_sheet[sheet.name], looks)
        if sheet.hidden:
            page.very_hidden()
    if len(book.properties.get(MARK, "")) in range(1, LONGEST_PROPERTY + 1):
        copy.set_custom_property(MARK, book.properties[MARK], "text")
    copy.close()
    return target.getvalue()


def _names(book: Book) -> dict[str, str]:
    """Names of sheets as Excel takes them, each once."""
    names: dict[str, str] = {}
    taken = {REMARKS.casefold()}
    for number, name in enumerate(book.sheets, start=1):
        plain = (
            "".join("_" if one in "[]:*?/\\" else one for one in name).strip("'")[:31] or f"Sheet {number}"
        )
        if plain.casefold() in taken:
            plain = f"{plain[:25]} {number}"
        taken.add(plain.casefold())
        names[name] = plain
    return names


def _copy(
    page: Any, sheet: Sheet, remarks: dict[tuple[int, int], list[Remark]], looks: dict[str, Any]
) -> None:
    for cells in sheet.rows():
        for cell in cells:
            if cell.kind != "empty":
                _write(page, cell, _look(remarks.get((cell.row, cell.column), ()), looks))
    for (row, column), found in remarks.items():
        if not (row and column):
            continue
        if sheet.cell(row, column).kind == "empty":
            page.write_blank(row - 1, column - 1, None, _look(found, looks))
        text = "\n\n".join(f"{LEVELS[one.level]}: {one.sentence}" for one in found)
        page.write_comment(row - 1, column - 1, text[:4000], {"author": AUTHOR, "x_scale": 3, "y_scale": 2})


def _look(remarks: Sequence[Remark], looks: dict[str, Any]) -> Any:
    if not remarks:
        return None
    return looks["error" if any(one.level == "error" for one in remarks) else "warning"]


def _write(page: Any, cell: Cell, look: Any) -> None:
    row, column = cell.row - 1, cell.column - 1
    if cell.kind == "number" and not cell.is_formula:
        page.write_number(row, column, Decimal(cell.text), look)
    elif cell.kind == "bool" and not cell.is_formula:
        page.write_boolean(row, column, cell.text == "TRUE", look)
    else:
        page.write_string(row, column, cell.text[:32_767], look)


def _list(page: Any, copy: Any, remarks: Sequence[Remark], looks: dict[str, Any]) -> None:
    bold = copy.add_format({"bold": True})
    wrapped = copy.add_format({"text_wrap": True, "valign": "top"})
    page.write_string(0, 0, TITLE, bold)
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        page.set_column(column, column, width)
        page.write_string(2, column, heading, bold)
    for row, one in enumerate(remarks, start=3):
        values = (LEVELS[one.level], one.place.sheet, one.place.address, one.typed, one.sentence)
        for column, value in enumerate(values):
            page.write_string(row, column, value, wrapped if column else looks[one.level])
    page.freeze_panes(3, 0)
