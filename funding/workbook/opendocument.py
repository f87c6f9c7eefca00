"""The package of an .ods workbook: what must not be in it, and what its tables hold where. Pure.

OpenDocument says "and so 16,384 times" of cells and rows. Blank ones may be repeated to the edge of the
sheet, as LibreOffice does; cells that hold something may not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from funding.workbook.book import RefusedWorkbook
from funding.workbook.limits import Limits, check_extent, check_sheets
from funding.workbook.marks import Marks
from funding.workbook.package import Parts, elements
from funding.workbook.sentences import DAMAGED, EMBEDDED

_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_EXTERNAL = (
    _TABLE + "table-source",
    _TABLE + "cell-range-source",
    _TABLE + "dde-link",
    _OFFICE + "dde-source",
)


def scan(parts: Parts, limits: Limits) -> dict[str, Marks]:
    """The marks of every sheet by its name. Raises RefusedWorkbook."""
    if parts["mimetype"].strip() not in (_SPREADSHEET, _SPREADSHEET + b"-template"):
        raise RefusedWorkbook(
            "This is an OpenDocument file but not a workbook. Fill in the template and upload that."
        )
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise RefusedWorkbook(
            "This workbook is encrypted with a password. Save it without a password (File, Save As) and"
            " upload that."
        )
    if any(re.match(r"(?:Basic|Scripts)/.", name) for name in parts):
        raise RefusedWorkbook("This workbook holds macros. Delete them, save it again and upload that.")
    if any(re.match(r"Object [0-9]", name) and b"spreadsheet" in part for name, part in parts.items()):
        raise RefusedWorkbook(EMBEDDED)
    parser = _TableParser(limits)
    try:
        parser.expat.Parse(parts["content.xml"], True)
    except (KeyError, expat.ExpatError) as problem:
        raise RefusedWorkbook(DAMAGED) from problem
    check_sheets(len(parser.tables), limits)
    return parser.tables


def properties(parts: Parts) -> Mapping[str, str]:
    """The document's own custom properties."""
    if "meta.xml" not in parts:
        return {}
    return {
        element.attributes.get("meta:name", ""): element.text.strip()
        for element in elements(parts, "meta.xml")
        if element.name == "user-defined"
    }


def _times(attributes: dict[str, str], what: str) -> int:
    number = attributes.get(_TABLE + what, "1")
    return max(1, int(number)) if number.isascii() and number.isdigit() else 1


class _TableParser:
    """Follows tables, rows and cells with their repetitions."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.tables: dict[str, Marks] = {}
        self.name = ""
        self.depth = 0  # of tables: only those that are sheets count, not what lies inside a cell or a change
        self.row = self.rows = self.column = self.columns = 0
        self.in_cell = self.in_note = self.is_error = False
        self.expat = expat.ParserCreate(namespace_separator=" ")
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.CharacterDataHandler = self.characters

    @property
    def marks(self) -> Marks:
        return self.tables[self.name]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _EXTERNAL:
            raise RefusedWorkbook(
                "This workbook is linked to another file. Break the links (Edit, Links) and upload it again."
            )
        if tag == _TABLE + "table":
            self.depth += 1
            if self.depth == 1:
                self.name = attributes.get(_TABLE + "name", "")
                if self.name in self.tables:
                    raise RefusedWorkbook(DAMAGED)
                self.tables[self.name] = Marks()
                self.row = self.rows = 0
        elif self.depth == 1:
            self.start_inside(tag, attributes)

    def start_inside(self, tag: str, attributes: dict[str, str]) -> None:
        """An element of a sheet."""
        if tag == _TABLE + "table-row":
            self.row += self.rows or 1
            self.rows, self.column, self.columns = _times(attributes, "number-rows-repeated"), 0, 0
        elif tag in _CELLS:
            self.column += self.columns or 1
            self.columns = _times(attributes, "number-columns-repeated")
            self.in_cell, self.is_error = True, "error" in attributes.values()
            if _TABLE + "formula" in attributes:
                self.formula(attributes)
            elif _OFFICE + "value-type" in attributes:
                self.reach()
        elif tag == _OFFICE + "annotation":
            self.in_note = True
        elif tag == _TEXT + "p" and self.in_cell and not self.in_note:
            self.reach()

    def reach(self) -> None:
        """This cell holds something, as often as it is repeated."""
        self.marks.reach(self.row + self.rows - 1, self.column + self.columns - 1)
        check_extent(self.name, self.marks.last, self.limits)

    def formula(self, attributes: dict[str, str]) -> None:
        self.reach()
        down = max(self.rows, _times(attributes, "number-matrix-rows-spanned"))
        across = max(self.columns, _times(attributes, "number-matrix-columns-spanned"))
        place = (self.row, self.column)
        self.marks.formula(place, (self.row + down - 1, self.column + across - 1), self.limits)

    def end(self, tag: str) -> None:
        if tag == _TABLE + "table":
            self.depth -= 1
        elif tag in _CELLS:
            self.in_cell = False
        elif tag == _OFFICE + "annotation":
            self.in_note = False

    def characters(self, text: str) -> None:
        if self.is_error and self.in_cell and not self.in_note and self.depth == 1:
            self.marks.error((self.row, self.column), text)
