"""Formulas, errors and reach of one sheet of an .xlsx workbook, from its XML. Pure.

The library of cells gives a formula's stored value as if it had been typed, and an error as if the cell
were empty. Both are looked for here. A sheet as Excel writes it is searched as bytes, row by row, which
costs a tenth of taking its XML apart; one that is written in any other way is taken apart.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from funding.workbook.book import Place, RefusedWorkbook
from funding.workbook.limits import Limits, check_extent
from funding.workbook.marks import Marks, corners
from funding.workbook.sentences import DAMAGED

_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_CELL_STARTS = (b"<c ", b"<c>", b"<c/", b"<c\t", b"<c\n", b"<c\r")
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\s+ref\s*=\s*["']([^"']*)["']""")
_FORMULA = re.compile(rb"<f([\s/>][^>]*)")
_SPREAD = re.compile(rb't="(?:array|dataTable)"')
_REFERENCE = re.compile(rb'ref="([^"]*)"')
_VALUE = re.compile(rb"<v[^>]*>([^<]*)")


def scan(xml: bytes, name: str, limits: Limits) -> Marks:
    """What the sheet called `name` holds. Raises RefusedWorkbook."""
    declared = _DIMENSION.search(xml, 0, 4096)
    if declared and declared[1]:
        check_extent(name, corners(declared[1].decode("ascii", "replace"))[1], limits)
    return _searched(xml, limits) if _is_plain(xml) else _taken_apart(xml, limits)


def _is_plain(xml: bytes) -> bool:
    """Whether every cell is written as Excel writes it, and nothing is hidden from a search."""
    if b"<!" in xml or b":sheetData" in xml or b":row" in xml or b":c " in xml:
        return False
    return xml.count(b'<c r="') == sum(map(xml.count, _CELL_STARTS))


def _searched(xml: bytes, limits: Limits) -> Marks:
    """Row by row. Cells of a row are in order; a file that lies about it meets the limit of memory."""
    marks, columns, last_row = Marks(), set(), (0, b"")
    for row in xml.split(b"<row")[1:]:
        # Cells that are only coloured have no end tag of their own, and hold nothing.
        end = row.rfind(b"</c>")
        if end < 0:
            continue
        start = row.rfind(b'<c r="', 0, end) + 6
        address = row[start : row.find(b'"', start)]
        letters = address.rstrip(b"0123456789")
        columns.add(letters)
        number = address[len(letters) :]
        last_row = max(last_row, (len(number), number))  # the longer number is the larger
        if b"<f" in row or b't="e"' in row:
            _search_row(row, marks, limits)
    for letters in columns:
        marks.reach(*corners((letters + last_row[1]).decode("ascii", "replace"))[0])
    return marks


def _search_row(row: bytes, marks: Marks, limits: Limits) -> None:
    for cell in _CELL.finditer(row):
        place, body = corners(cell[1].decode())[0], cell[3] or b""
        if formula := _FORMULA.search(body):
            reference = _REFERENCE.search(formula[1]) if _SPREAD.search(formula[1]) else None
            _mark_formula(place, reference[1].decode("ascii", "replace") if reference else "", marks, limits)
        if b't="e"' in cell[2]:
            value = _VALUE.search(body)
            marks.error(place, value[1].decode("utf-8", "replace") if value else "")


def _mark_formula(place: Place, spread: str, marks: Marks, limits: Limits) -> None:
    """The cell itself, and those that an array formula fills."""
    marks.formula(place, place, limits)
    if spread:
        marks.formula(*corners(spread), limits)


def _taken_apart(xml: bytes, limits: Limits) -> Marks:
    parser = _SheetParser(limits)
    try:
        parser.expat.Parse(xml, True)
    except expat.ExpatError as problem:
        raise RefusedWorkbook(DAMAGED) from problem
    return parser.marks


class _SheetParser:
    """Follows rows and cells, with or without addresses of their own."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.marks = limits, Marks()
        self.row = self.column = 0
        self.is_error = self.in_value = False
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.CharacterDataHandler = self.characters

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "row":
                number = attributes.get("r", "").strip()
                self.row = int(number) if number.isascii() and number.isdigit() else self.row + 1
                self.column = 0
            case "c":
                address = attributes.get("r", "").strip()
                place = corners(address)[0] if address else (self.row, self.column + 1)
                self.row, self.column = place
                self.is_error = attributes.get("t") == "e"
            case "f":
                spread = attributes.get("t") in ("array", "dataTable")
                _mark_formula(
                    (self.row, self.column),
                    attributes.get("ref", "") if spread else "",
                    self.marks,
                    self.limits,
                )
            case "v" | "is":
                self.marks.reach(self.row, self.column)
                self.in_value = True

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] in ("v", "is"):
            self.in_value = False

    def characters(self, text: str) -> None:
        if self.in_value and self.is_error:
            self.marks.error((self.row, self.column), text)
