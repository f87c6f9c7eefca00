"""What was read from an uploaded workbook: sheets, cells and where each of them lies. Pure.

Nothing here is trusted. A cell keeps what the person's file says, at its true row and column; `cells`
decides whether it is a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

BookKind = Literal["xlsx", "xls", "ods", "csv"]
CellKind = Literal["text", "number", "date", "bool", "error", "empty"]
Place = tuple[int, int]


class RefusedWorkbook(Exception):
    """A file that is not read. Its text says the cause and what to do, in words for the person."""


def letters(column: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, left = divmod(column - 1, 26)
        name = chr(65 + left) + name
    return name


class Cell(NamedTuple):
    """One cell of the person's file. Rows and columns count from 1, as they do on the screen.

    `text` is what the file holds: text as typed, a number as exact digits with a point, a date as 2026-10-31
    (with T and a time where there is one), TRUE or FALSE, or an error such as #DIV/0!. Behind a formula it
    is the value that was stored with it, which anybody can forge: `cells` never takes it.
    """

    sheet: str
    row: int
    column: int
    text: str
    kind: CellKind
    is_formula: bool

    @property
    def address(self) -> str:
        """Where to look: B7."""
        return f"{letters(self.column)}{self.row}"


def shown(value: Any) -> tuple[str, CellKind]:
    """The text and kind of a value as the child sends it: JSON's own types, and {"date": ...}.

    Null stands for a number that is none (infinite, or beyond 1e308), for JSON has no word for it.
    """
    if isinstance(value, str):
        return (value, "text") if value else ("", "empty")
    if value is None:
        return "#NUM!", "error"
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), "bool"
    if isinstance(value, dict):
        return str(value["date"]), "date"
    return repr(value).removesuffix(".0"), "number"


@dataclass(frozen=True)
class Sheet:
    """One sheet. Its cells are made when they are asked for: a large file costs little until then."""

    name: str
    hidden: bool
    values: Sequence[Sequence[Any]] = field(repr=False)
    formulas: frozenset[Place] = frozenset()
    errors: Mapping[Place, str] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """How many rows there are down to the last that holds anything."""
        return len(self.values)

    @property
    def width(self) -> int:
        """How many columns there are up to the last that holds anything."""
        return max(map(len, self.values), default=0)

    def cell(self, row: int, column: int) -> Cell:
        """The cell at this place; an empty one where the sheet holds nothing."""
        if not (1 <= row <= len(self.values) and 1 <= column <= len(self.values[row - 1])):
            return Cell(self.name, row, column, "", "empty", False)
        return self._cell(row, column, self.values[row - 1][column - 1])

    def rows(self) -> Iterator[list[Cell]]:
        """Every row from the first, blank ones too, each as far as its last cell that holds anything."""
        marked = {row for row, _ in (*self.formulas, *self.errors)}
        for row, values in enumerate(self.values, start=1):
            if row in marked:
                yield [self._cell(row, column, value) for column, value in enumerate(values, start=1)]
            else:
                yield [
                    Cell(self.name, row, column, *shown(value), False)
                    for column, value in enumerate(values, start=1)
                ]

    def _cell(self, row: int, column: int, value: Any) -> Cell:
        text, kind = shown(value)
        place = (row, column)
        if place in self.errors:
            text, kind = self.errors[place], "error"
        return Cell(self.name, row, column, text, kind, place in self.formulas)


@dataclass(frozen=True)
class Book:
    """A workbook as it was read. `properties` are the document's own custom properties, where it has any."""

    kind: BookKind
    sheets: Mapping[str, Sheet]
    properties: Mapping[str, str] = field(default_factory=dict)
