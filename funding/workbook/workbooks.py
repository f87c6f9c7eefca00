"""From checked bytes to sheets, for the three formats that the library of cells reads. Pure."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from funding.workbook import biff, compound, ooxml, opendocument, package
from funding.workbook.book import RefusedWorkbook
from funding.workbook.content import Kind
from funding.workbook.grid import Grid, Opened
from funding.workbook.limits import Limits, check_extent, check_sheets
from funding.workbook.marks import Marks
from funding.workbook.sentences import DAMAGED

Scan = Callable[[int, str], Marks]


def opened(kind: Kind, data: bytes, limits: Limits) -> Opened:
    """Refuses what is not safe to read and readies the rest. Raises RefusedWorkbook."""
    if kind == "ole":
        marks = biff.scan(compound.streams(data), limits)
        source = io.BytesIO(data)
        return Opened("xls", _grids(source, lambda number, _: marks[number], limits))
    parts = package.unpacked(data, limits)
    if "mimetype" in parts:
        sheets = opendocument.scan(parts, limits)
        grids = _grids(package.packed(parts), lambda _, name: sheets[name], limits)
        return Opened("ods", grids, opendocument.properties(parts))
    found = ooxml.scan(parts, limits)
    grids = _grids(package.packed(ooxml.needed(parts)), lambda _, name: found[name], limits)
    return Opened("xlsx", grids, ooxml.properties(parts))


def _grids(source: io.BytesIO, scan: Scan, limits: Limits) -> Iterator[Grid]:
    """One grid a worksheet. The library opens a sheet only after the scan has looked at it."""
    with CalamineWorkbook.from_filelike(source) as workbook:
        check_sheets(len(workbook.sheets_metadata), limits)
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            try:
                marks = scan(number, about.name)
            except (KeyError, IndexError) as problem:
                raise RefusedWorkbook(DAMAGED) from problem
            sheet = workbook.get_sheet_by_index(number)
            if sheet.end:
                marks.reach(sheet.end[0] + 1, sheet.end[1] + 1)
            check_extent(about.name, marks.last, limits)
            yield Grid(about.name, about.visible != SheetVisibleEnum.Visible, _rows(sheet), marks)


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Rows from the first of the sheet. The library leaves out blank columns on the left."""
    before = [""] * sheet.start[1] if sheet.start else []
    for values in sheet.iter_rows():
        yield before + values if before else values
