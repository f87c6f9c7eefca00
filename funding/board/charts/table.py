"""The table beside each chart: exact values, shown to the penny, downloadable as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from funding.money import ZERO, pounds

NOT_RETURNED = "not returned"
_ADDRESS = re.compile(r"https?://[^\s\]\[<>\"']+")
_SHOWN_OF_ADDRESS = 48


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    SHARE = "share"


@dataclass(frozen=True)
class Source:
    """Where a figure was published: the words of the source, and the address in them if there is one."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def href(self) -> str:
        """Only http and https addresses become links."""
        found = _ADDRESS.search(self.text)
        return found[0].rstrip(".,;)") if found else ""

    @property
    def label(self) -> str:
        """The address without its scheme, cut to what fits a table; without an address, the words."""
        address = self.href.split("://", 1)[-1].removeprefix("www.")
        if not address:
            return self.text
        return address if len(address) <= _SHOWN_OF_ADDRESS else address[: _SHOWN_OF_ADDRESS - 1] + "…"


@dataclass(frozen=True)
class Status:
    """How a return stands; `code` chooses the colour of the tag."""

    code: str
    text: str
    return_id: int | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Nil:
    """£0.00 because a nil return says so: known to be nothing, which is more than zero and not missing."""

    def __str__(self) -> str:
        return f"{pounds(ZERO)} (nil)"


@dataclass(frozen=True)
class Place:
    """A place on the same page, by its anchor."""

    label: str
    href: str

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Told:
    """Words, and the certified return that they are about, if there is one."""

    text: str
    return_id: int | None = None

    def __str__(self) -> str:
        return self.text


# None means "not returned": never shown or exported as zero.
Cell = str | Decimal | int | Source | Place | Status | Told | Nil | None


@dataclass(frozen=True)
class Column:
    """One column's heading and what stands below it."""

    head: str
    kind: Kind = Kind.MONEY


@dataclass(frozen=True)
class Shown:
    """One cell as the page shows it."""

    text: str
    style: str = ""
    href: str = ""
    rows: str = ""  # the query that finds the rows that the figure is the sum of
    return_id: int | None = None


@dataclass(frozen=True)
class Table:
    """Rows of exact values. The first column is the heading of its row.

    `measures` says of each column which measure its figures are, "" for none, and `keys` of each row which
    part of it: together they lead from a figure to the rows that it is the sum of.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()
    measures: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    has_rows_of_foot: bool = True

    @property
    def shown_rows(self) -> list[list[Shown]]:
        keys = self.keys or ("",) * len(self.rows)
        return [self._shown(row, key) for row, key in zip(self.rows, keys, strict=True)]

    @property
    def shown_foot(self) -> list[Shown]:
        return self._shown(self.foot, "", with_rows=self.has_rows_of_foot)

    def _shown(self, row: Sequence[Cell], key: str, *, with_rows: bool = True) -> list[Shown]:
        found = [shown(cell, column.kind) for cell, column in zip(row, self.columns, strict=False)]
        if not (self.measures and with_rows):
            return found
        return [
            replace(one, rows=f"measure={measure}{'&' if key else ''}{key}")
            if measure and isinstance(cell, Decimal | int | Nil)
            else one
            for one, cell, measure in zip(found, row, self.measures, strict=False)
        ]


def shown(cell: Cell, kind: Kind) -> Shown:
    """What the page says for a cell; numbers are set right, words in their place in italics."""
    if isinstance(cell, Source | Place):
        return Shown(cell.label, "", cell.href)
    if isinstance(cell, Status | Told):
        style = f"status-{cell.code}" if isinstance(cell, Status) else ""
        return Shown(cell.text, style, return_id=cell.return_id)
    if kind is Kind.TEXT:
        return Shown(NOT_RETURNED if cell is None else str(cell))
    if isinstance(cell, Nil) or (isinstance(cell, str) and kind is Kind.SHARE):
        return Shown(str(cell), "number")
    if cell is None or isinstance(cell, str):
        return Shown(cell or NOT_RETURNED, "absent")
    return Shown(written(cell, kind), "number")


def written(number: Decimal | int, kind: Kind) -> str:
    """An amount with its pennies, a count with its thousands: £1,234.50 and 1,234."""
    if kind is Kind.MONEY:
        return pounds(Decimal(number))
    whole = int(number)
    return f"{whole:,}" if whole == number else f"{number:,}"
