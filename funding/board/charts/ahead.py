"""A year that has not begun: what is allocated and planned. Nothing is at risk, and nothing is missing."""

from __future__ import annotations

from collections.abc import Sequence

from funding.board.charts.chart import QUARTER_LABELS, Chart, quarter_row, scope
from funding.board.charts.spec import Panel, Series, horizontal, vertical
from funding.board.charts.spending import authority_key, by_recipient
from funding.board.charts.standing import NOT_DUE
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import Facts
from funding.board.outturn import Line, Sums, by_quarter, total
from funding.money import whole_pounds

HEADS = ("Allocated", "Plan", "Not planned yet")
MEASURES = ("allocated", "plan", "unplanned")


def authorities(facts: Facts, lines: Sequence[Line]) -> Chart:
    """What each recipient holds and has planned of it."""
    grouped = by_recipient(lines)
    sums = {name: total(some) for name, some in grouped.items()}
    whole, caption = total(lines), "Allocated and planned by organisation"
    table = Table(
        caption,
        (Column("Organisation", Kind.TEXT), *(Column(head) for head in HEADS)),
        tuple((name, *planned(each)) for name, each in sums.items()),
        ("Total", *planned(whole)),
        measures=("", *MEASURES),
        keys=tuple(authority_key(some) for some in grouped.values()),
    )
    groups = [
        [Series("Allocated", "forecast", [each.allocated for each in sums.values()])],
        [Series("Plan for the year", "plan", [each.plan for each in sums.values()])],
    ]
    title = f"{whole_pounds(whole.plan)} is planned of the {whole_pounds(whole.allocated)} allocated"
    size = "m" if len(sums) <= 3 else "l"
    return Chart(
        "authorities",
        title if whole.allocated or whole.plan else "No money has been allocated",
        f"Pounds. {scope(facts)}.",
        table,
        (Panel("authorities", caption, size, horizontal(list(sums), groups), (1, 2)),) if sums else (),
    )


def planned(sums: Sums) -> tuple[Cell, ...]:
    """The cells below `HEADS`."""
    return sums.allocated, sums.plan, sums.unplanned


def quarters(facts: Facts, lines: Sequence[Line]) -> Chart:
    """The profile of the plan: no quarter is due yet."""
    sums, caption = by_quarter(lines), "Plan by quarter"
    table = Table(
        caption,
        (Column("Quarter", Kind.TEXT), Column("Plan"), Column("Returned", Kind.TEXT)),
        tuple((quarter_row(facts, each.number), each.plan, NOT_DUE) for each in sums),
        ("Year", total(lines).plan, ""),
        measures=("", "plan", ""),
        keys=tuple(f"quarter={each.number}" for each in sums),
    )
    drawing = vertical(QUARTER_LABELS, [Series(caption, "plan", [each.plan for each in sums])])
    return Chart(
        "quarters",
        "No quarter is due yet: the bars show the plan" if lines else "Nothing is planned",
        f"Pounds by quarter. {scope(facts)}.",
        table,
        (Panel("quarters", caption, "s", drawing, (1,)),) if lines else (),
    )
