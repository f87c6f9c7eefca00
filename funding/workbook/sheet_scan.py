"""Formulas and errors of one sheet of an .xlsx workbook, from its XML. Pure.

The library of cells gives a formula's stored value as if it had been typed, and an error as if the cell
were empty. Both are looked for here. A sheet as Excel writes it is searched as bytes, which costs a tenth
of taking its XML apart; one that is written in any other way is taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from funding.workbook.book import Place, RefusedWorkbook
from funding.workbook.limits import Limits, check_extent
from funding.workbook.marks import Marks, corners
from funding.workbook.sentences import DAMAGED

# Anything but a cell as Excel writes it, no farther out than ZZ99999. The exact limits are held later.
_UNUSUAL = re.compile(rb'<c(?! r="[A-Z]{1,2}[0-9]{1,5}")')
_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"([^>]*)>')
_FORMULA = re.compile(rb"<f([\s/>][^>]*)")
_ERROR = b't="e"'
_SPREAD = re.compile(rb't="(?:array|dataTable)"')
_REFERENCE = re.compile(rb'ref="([^"]*)"')
_VALUE = re.compile(rb"<v[^>]*>([^<]*)")


def scan(xml: bytes, name: str, limits: Limits) -> Marks:
    """What the sheet called `name` holds. Raises RefusedWorkbook."""
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData")
    # The part before holds widths and panes, the part after it ranges and rules; both are short.
    cells = xml[start:end] if 0 <= start < end else b""
    return _searched(cells, limits) if _is_plain(cells) else _taken_apart(xml, name, limits)


def _is_plain(cells: bytes) -> bool:
    """Whether every cell is written as Excel writes it, near the others, and no comment hides anything."""
    return bool(cells) and b"<!" not in cells and not _UNUSUAL.search(cells)


def _searched(cells: bytes, limits: Limits) -> Marks:
    marks = Marks()
    for formula in _FORMULA.finditer(cells):
        reference = _REFERENCE.search(formula[1]) if _SPREAD.search(formula[1]) else None
        cell = _cell_before(cells, formula.start())
        _mark_formula(corners(_text(cell[1]))[0], _text(reference[1]) if reference else "", marks, limits)
    for position in _positions(cells, _ERROR):
        cell = _cell_before(cells, position)
        value = _VALUE.search(cells, cell.end(), cells.find(b"</c>", cell.end()))
        if _ERROR in cell[2] and value:
            marks.error(corners(_text(cell[1]))[0], value[1].decode("utf-8", "replace"))
    return marks


def _cell_before(cells: bytes, position: int) -> re.Match[bytes]:
    """The cell that this position lies in."""
    found = _CELL.match(cells, max(0, cells.rfind(b"<c ", 0, position)))
    if found is None:
        raise RefusedWorkbook(DAMAGED)
    return found


def _positions(cells: bytes, what: bytes) -> Iterator[int]:
    position = cells.find(what)
    while position >= 0:
        yield position
        position = cells.find(what, position + 1)


def _text(name: bytes) -> str:
    return name.decode("ascii", "replace")


def _mark_formula(place: Place, spread: str, marks: Marks, limits: Limits) -> None:
    """The cell itself, and those that an array formula fills."""
    marks.formula(place, place, limits)
    if spread:
        marks.formula(*corners(spread), limits)


def _taken_apart(xml: bytes, name: str, limits: Limits) -> Marks:
    parser = _SheetParser(limits)
    try:
        parser.expat.Parse(xml, True)
    except expat.ExpatError as problem:
        raise RefusedWorkbook(DAMAGED) from problem
    check_extent(name, parser.marks.last, limits)
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
