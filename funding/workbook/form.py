"""What the workbook of one return asks: its sheets, their lines and columns, and what stands saved. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

# Of the template. A workbook of another format is refused rather than guessed at.
FORMAT = 1
KEY = "key"


class Kind(StrEnum):
    """What the cells of a column hold."""

    NAME = "name"
    AMOUNT = "amount"
    COUNT = "count"
    HOURS = "hours"
    DAY = "day"
    CHOICE = "choice"
    WORDS = "words"


NUMBERS = (Kind.AMOUNT, Kind.COUNT, Kind.HOURS)


@dataclass(frozen=True)
class Column:
    """One column. `also` are other headings that people give it; `adds` makes it a sum of other columns."""

    code: str
    heading: str
    kind: Kind
    note: str = ""
    is_entry: bool = False
    also: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    adds: tuple[str, ...] = ()
    width: int = 14


@dataclass(frozen=True)
class Line:
    """One row: `values` to be read, `saved` in the return, `offered` where nothing is saved yet.

    `asks` replaces the column where each line asks for something else.
    """

    key: str
    values: Mapping[str, Any]
    saved: Mapping[str, Any]
    offered: Mapping[str, Any] = field(default_factory=dict)
    asks: Mapping[str, Column] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether nothing of it is saved yet."""
        return all(value in (None, "") for value in self.saved.values())

    def standing(self, code: str) -> Any:
        """What the template shows: the saved value, or what is offered."""
        saved = self.saved.get(code)
        return self.offered.get(code) if saved in (None, "") else saved


@dataclass(frozen=True)
class Part:
    """One sheet. The first columns name the line."""

    code: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def names(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.kind == Kind.NAME)

    @property
    def entries(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_entry)

    def label(self, line: Line) -> str:
        """How a sentence names the line."""
        return ", ".join(str(line.values[column.code]) for column in self.names if line.values[column.code])


@dataclass(frozen=True)
class Form:
    """All sheets of one organisation and quarter. `plan` is the fingerprint of the plan behind the lines."""

    quarterly_return: int
    organisation: str
    quarter: str
    quarter_words: str
    revision: int
    plan: str
    parts: tuple[Part, ...]
    last_total: Decimal | None = None
