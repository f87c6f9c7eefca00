"""The other process of `markup`: opens an .xlsx, marks its cells, saves it. No Django here."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

import openpyxl
import orjson
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from funding.workbook.looks import AUTHOR, COLOURS, HEADINGS, LEVELS, REMARKS, TITLE, WIDTHS

MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 20


def mark(source: Path, remarks: list[dict[str, Any]], target: Path) -> None:
    """Formulas, formats, drop-downs and protection stay as they are; macros and old remarks do not."""
    book = openpyxl.load_workbook(source, keep_vba=False, keep_links=False)
    if REMARKS in book.sheetnames and book[REMARKS]["A1"].value == TITLE:
        del book[REMARKS]
    for sheet in book.worksheets:
        _clean(sheet)
    by_cell: dict[tuple[str, int, int], list[dict[str, Any]]] = {}
    for remark in remarks:
        if remark["row"] and remark["column"] and remark["sheet"] in book.sheetnames:
            by_cell.setdefault((remark["sheet"], remark["row"], remark["column"]), []).append(remark)
    for (name, row, column), found in by_cell.items():
        _mark_cell(book[name], row, column, found)
    _list(book, remarks)
    book.save(target)


def _clean(sheet: Any) -> None:
    """Takes away what an earlier upload of the same file was marked with."""
    colours = {colour.removeprefix("#") for colour in COLOURS.values()}
    for row in sheet.iter_rows():
        for cell in row:
            ours = (
                cell.comment
                and cell.comment.author == AUTHOR
                and cell.comment.text.startswith(tuple(LEVELS.values()))
            )
            if ours:
                cell.comment = None
                if str(cell.fill.fgColor.rgb)[-6:] in colours:
                    cell.fill = PatternFill(fill_type="solid", fgColor="FFFFFFFF")


def _mark_cell(sheet: Any, row: int, column: int, remarks: list[dict[str, Any]]) -> None:
    cell = sheet.cell(row=row, column=column)
    if not hasattr(cell, "comment") or type(cell).__name__ == "MergedCell":
        return
    level = "error" if any(one["level"] == "error" for one in remarks) else "warning"
    cell.fill = PatternFill(fill_type="solid", fgColor="FF" + COLOURS[level].removeprefix("#"))
    comment = Comment(
        "\n\n".join(f"{LEVELS[one['level']]}: {one['sentence']}" for one in remarks)[:4000], AUTHOR
    )
    comment.width, comment.height = 360, 110
    cell.comment = comment


def _list(book: Any, remarks: list[dict[str, Any]]) -> None:
    """The first sheet: every remark, those about the whole file too."""
    sheet = book.create_sheet(REMARKS, 0)
    _text(sheet, 1, 1, TITLE, Font(bold=True, size=14))
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True), start=1):
        _text(sheet, 3, column, heading, Font(bold=True))
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = width
    for row, remark in enumerate(remarks, start=4):
        values = (
            LEVELS[remark["level"]],
            remark["sheet"],
            remark["address"],
            remark["typed"],
            remark["sentence"],
        )
        for column, value in enumerate(values, start=1):
            _text(sheet, row, column, value, None)
        sheet.cell(row=row, column=1).fill = PatternFill(
            fill_type="solid", fgColor="FF" + COLOURS[remark["level"]].removeprefix("#")
        )
    sheet.freeze_panes = "A4"
    book.active = 0
    for number, other in enumerate(book.worksheets):
        other.sheet_view.tabSelected = number == 0


def _text(sheet: Any, row: int, column: int, value: str, font: Font | None) -> None:
    """Whatever it begins with, it stays a text."""
    cell = sheet.cell(row=row, column=column)
    cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if font:
        cell.font = font


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    mark(Path(sys.argv[1]), orjson.loads(Path(sys.argv[2]).read_bytes()), Path(sys.argv[3]))
