"""What a scan finds out about a sheet beside its values: its reach, its formulas, its errors. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from funding.workbook.book import Place, RefusedWorkbook
from funding.workbook.limits import Limits

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


def column_number(name: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def corners(reference: str) -> tuple[Place, Place]:
    """First and last place of B2:D7, or of B2 alone. Raises RefusedWorkbook for anything else."""
    match = _RANGE.fullmatch(reference)
    if match is None or int(match[2]) < 1:
        raise RefusedWorkbook(
            "This workbook names a cell that cannot be. Open it in Excel, save it as a new .xlsx file and"
            " upload"
            " that."
        )
    first = (int(match[2]), column_number(match[1]))
    return first, (int(match[4]), column_number(match[3])) if match[3] else first


@dataclass
class Marks:
    """Filled while a sheet is scanned."""

    last_row: int = 0
    last_column: int = 0
    formulas: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)

    @property
    def last(self) -> Place:
        return self.last_row, self.last_column

    def reach(self, row: int, column: int) -> None:
        """The sheet holds something in this cell."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)

    def formula(self, first: Place, last: Place, limits: Limits) -> None:
        """A formula fills these cells: one, or all that an array formula spills into."""
        count = (last[0] - first[0] + 1) * (last[1] - first[1] + 1)
        if count < 1 or len(self.formulas) + count > limits.formulas:
            raise RefusedWorkbook(
                f"This workbook holds more than {limits.formulas:,} formulas. Copy its figures into the"
                " template"
                " with “Paste values” and upload that."
            )
        self.reach(*last)
        self.formulas.update(
            (row, column) for row in range(first[0], last[0] + 1) for column in range(first[1], last[1] + 1)
        )

    def error(self, place: Place, text: str) -> None:
        """The cell holds an error, such as #DIV/0!."""
        self.reach(*place)
        self.errors[place] = text[:20]
