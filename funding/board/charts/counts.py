"""Counts of what was delivered, quarter by quarter, and how tables and drawings say them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.board.charts.chart import QUARTER_LABELS, Chart, known, quarter_row, scope
from funding.board.charts.spec import Panel, Series, vertical
from funding.board.charts.standing import why_nothing
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import QUARTERS, Facts, Returned
from funding.suppression import Hidden, hide_total

PEOPLE = ("universal", "targeted")
MEASURE = "delivered"  # what leads from a count to the returns that it is the sum of


@dataclass(frozen=True)
class Delivered:
    """One quarter's counts, by name; None where nothing was returned, and hidden where it is too small."""

    number: int
    counts: dict[str, Decimal | int | Hidden | None]

    def number_of(self, name: str) -> Decimal | int | None:
        """A count as a chart draws it: nothing where it is hidden."""
        count = self.counts[name]
        return None if isinstance(count, Hidden) else count


def delivered(returns: Sequence[Returned], names: Sequence[str], small: int = 0) -> list[Delivered]:
    """Sums of counts by quarter. A nil return says that nothing was delivered, which is zero.

    Of people, a sum that is small, or that would give away what is, is hidden.
    """
    return [
        Delivered(
            number,
            {
                name: _sum([count_of(r, name) for r in returns if r.quarter == number], name, small)
                for name in names
            },
        )
        for number in QUARTERS
    ]


def _sum(counts: Sequence[Decimal | int | None], name: str, small: int) -> Decimal | int | Hidden | None:
    if name in PEOPLE:
        return hide_total([None if count is None else int(count) for count in counts], small)
    return known(counts)


def count_of(returned: Returned, name: str) -> Decimal | int | None:
    """What a return that counts says of it; None where it says nothing."""
    if not returned.is_counted:
        return None
    value: Decimal | int | None = getattr(returned, name)
    return 0 if value is None and returned.is_nil else value


def row(
    facts: Facts, recipients: Collection[int], number: int, values: Sequence[Cell | Hidden]
) -> tuple[Cell, ...]:
    """The quarter and its values; or why there are none: not returned, queried, not due yet."""
    nothing = why_nothing(facts, recipients, (number,))
    said = (str(value) if isinstance(value, Hidden) else value for value in values)
    return (quarter_row(facts, number), *(nothing if value is None else value for value in said))


def panel(
    key: str,
    caption: str,
    values: Sequence[Decimal | int | None],
    sort: str,
    said: Sequence[str],
    *,
    column: int,
    kind: Kind = Kind.COUNT,
) -> Panel:
    """One count by quarter, as columns; `column` of the table holds the same."""
    drawing = vertical(QUARTER_LABELS, [Series(caption, sort, values)], kind=kind, marks=said)
    return Panel(key, caption, "s", drawing, (column,))


def nothing(facts: Facts, slug: str, caption: str) -> Chart:
    """What the chosen fund or organisation does not pay for."""
    table = Table(caption, (Column("Quarter", Kind.TEXT),), ())
    return Chart(slug, "Not part of this selection", f"{scope(facts)}.", table)
