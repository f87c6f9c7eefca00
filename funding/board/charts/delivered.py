"""What each return says of a count on the board: hours and people, organisation by organisation.

Each organisation's count is as its own page of the board shows it, and each total as the page of all does: a
small number of people is hidden here as it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from funding.board.charts.chart import Chart, quarter_row, scope
from funding.board.charts.counts import delivered as by_quarter
from funding.board.charts.delivery import COUNTS as OF_PEOPLE
from funding.board.charts.patrols import COUNTS as OF_PATROLS
from funding.board.charts.standing import NOT_ASKED, why_nothing
from funding.board.charts.table import Cell, Column, Kind, Place, Table
from funding.board.facts import Facts, Recipient, Returned
from funding.suppression import Hidden, note

HEADS = {
    "universal": "Reached by universal work",
    "targeted": "Given targeted support",
    "sessions": "Sessions",
    "hours": "Patrol hours",
    "visits": "Visits",
    "arrests": "Arrests",
    "searches": "Stop and searches",
    "asb_powers": "Anti-social behaviour powers used",
}


def delivered(facts: Facts, quarter: int, return_at: Callable[[int], str]) -> Chart:
    """The returns of one quarter, or of the year with 0; `return_at` gives the address of one."""
    groups = _groups(facts)
    names = [name for _, counts in groups for name in counts]
    rows: list[tuple[Cell, ...]] = []
    for recipient, counts in [(one, counts) for some, counts in groups for one in some]:
        for each in facts.returns:
            if each.recipient == recipient.pk and quarter in (0, each.quarter):
                rows.append(_row(facts, recipient, each, names, counts, return_at))
    foot: tuple[Cell, ...] = ()
    if quarter:
        totals = {name: _total(facts, some, quarter, name) for some, counts in groups for name in counts}
        foot = ("Total", "", *(totals[name] for name in names), "")
    columns = (
        *(Column(head, Kind.TEXT) for head in ("Organisation", "Quarter")),
        *(Column(HEADS[name], Kind.COUNT) for name in names),
        Column("Source", Kind.TEXT),
    )
    title = f"What was delivered in Quarter {quarter}" if quarter else "What was delivered"
    hidden = facts.small_number and any(name in OF_PEOPLE for name in names)
    return Chart(
        "delivered",
        title,
        f"Counts of returns that are certified or accepted. {scope(facts)}.",
        Table("What each return says", columns, tuple(rows), foot),
        note=note(facts.small_number) if hidden else "",
    )


def _groups(facts: Facts) -> list[tuple[list[Recipient], Sequence[str]]]:
    """Who returns people and who returns patrols, as far as the chosen fund pays for it."""
    people = [one for one in facts.recipients if not one.is_police]
    police = [one for one in facts.recipients if one.is_police]
    groups = (
        (people, OF_PEOPLE, not (facts.fund and facts.fund.is_hotspot)),
        (police, OF_PATROLS, not facts.fund or facts.fund.is_hotspot),
    )
    return [(some, counts) for some, counts, is_paid in groups if some and is_paid]


def _row(  # noqa: PLR0917
    facts: Facts,
    recipient: Recipient,
    each: Returned,
    names: Sequence[str],
    counts: Sequence[str],
    return_at: Callable[[int], str],
) -> tuple[Cell, ...]:
    nothing = why_nothing(facts, {recipient.pk}, (each.quarter,))
    found = by_quarter([each], counts, facts.small_number)[each.quarter - 1].counts
    # Nobody asks the police for young people, nor anybody else for patrols.
    values = (_cell(found[name], nothing) if name in found else NOT_ASKED for name in names)
    source: Cell = ""
    if each.return_id and each.is_counted:
        source = Place(f"Return of {recipient.short_name}, Q{each.quarter}", return_at(each.return_id))
    return (recipient.short_name, quarter_row(facts, each.quarter), *values, source)


def _cell(count: object, nothing: Cell) -> Cell:
    if isinstance(count, Hidden):
        return str(count)
    return nothing if count is None else count  # type: ignore[return-value]


def _total(facts: Facts, some: Sequence[Recipient], quarter: int, name: str) -> Cell:
    bodies = {one.pk for one in some}
    own = [each for each in facts.returns if each.recipient in bodies]
    found = by_quarter(own, (name,), facts.small_number)[quarter - 1].counts[name]
    return _cell(found, why_nothing(facts, bodies, (quarter,)))
