"""A scenario as rows: organisations by quarter, each with its cost headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from funding.money import ZERO
from funding.what_if.places import QUARTERS, by_quarter, of_organisation
from funding.what_if.sheet import NOT_PLANNED, Sheet


@dataclass(frozen=True)
class Row:
    """Pounds wanted by quarter, then what is not planned, then all; and how much more that is than live."""

    name: str
    amounts: tuple[Decimal, ...]
    difference: Decimal


@dataclass(frozen=True)
class Body:
    """One organisation: its sums, its headings, and the quarters in which nothing more can be planned."""

    sums: Row
    headings: tuple[Row, ...]
    closed: tuple[int, ...]


def _row(name: str, sheet: Sheet, places: Iterable[object]) -> Row:
    chosen = set(places)
    live, wanted = (
        {place: amount for place, amount in part.items() if place in chosen}
        for part in (sheet.live.amounts, sheet.wanted)
    )
    amounts = tuple(by_quarter(wanted).values())
    whole = sum(amounts, ZERO)
    return Row(name, (*amounts, whole), whole - sum(live.values(), ZERO))


def organisations(sheet: Sheet) -> list[Body]:
    """Everybody with money, in the order of every table."""
    found = []
    for one in sheet.shown:
        own = {**of_organisation(sheet.live.amounts, one.pk), **of_organisation(sheet.wanted, one.pk)}
        parts = [(heading.name, pk) for pk, heading in sheet.headings.items()] + [(NOT_PLANNED, None)]
        headings = (_row(name, sheet, (place for place in own if place.heading == pk)) for name, pk in parts)
        closed = (number for number in QUARTERS if (one.pk, number) in sheet.live.closed)
        rows = tuple(row for row in headings if any(row.amounts) or row.difference)
        found.append(Body(_row(one.short_name, sheet, own), rows, tuple(closed)))
    return found


def total(sheet: Sheet) -> Row:
    return _row("Total", sheet, (*sheet.live.amounts, *sheet.wanted))
