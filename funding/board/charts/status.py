"""Who is late, and how do we compare?"""

from __future__ import annotations

from collections.abc import Sequence

from funding.board.charts.chart import Chart, capital, counted, listed
from funding.board.charts.funds import PUBLISHED, basis
from funding.board.charts.spec import DARK_BLUE, ORANGE, Panel, Series, horizontal
from funding.board.charts.standing import days_late, gaps, named, why_nothing
from funding.board.charts.table import Column, Kind, Source, Status, Table
from funding.board.facts import (
    ACCEPTED,
    MISSING,
    PROVISIONAL,
    QUARTERS,
    QUERIED,
    Comparison,
    Facts,
    Recipient,
    Returned,
)
from funding.money import whole_pounds
from funding.quarters import year_words

SAID = {ACCEPTED: "Accepted", PROVISIONAL: "Provisional", QUERIED: "Queried"}


def returns(facts: Facts) -> Chart:
    """Recipients by quarter: how each return stands. Nothing is said of what a draft holds."""
    found = {(returned.recipient, returned.quarter): returned for returned in facts.returns}
    asked = [recipient for recipient in facts.recipients if recipient.pk in _asked(facts)]
    table = Table(
        "Returns by organisation and quarter",
        (Column("Organisation", Kind.TEXT), *(Column(f"Quarter {number}", Kind.TEXT) for number in QUARTERS)),
        tuple(
            (each.short_name, *(status(facts, found.get((each.pk, number)), number) for number in QUARTERS))
            for each in asked
        ),
    )
    return Chart(
        "returns",
        _returns_title(facts, asked, found),
        f"Returns of {year_words(facts.year)}, as on {facts.today.day} {facts.today:%B %Y}.",
        table,
    )


def _asked(facts: Facts) -> set[int]:
    """Who holds or spends the money shown; of all funds, everybody who was asked to return."""
    holders = {recipient for recipient, _ in facts.allocations} | {spend.recipient for spend in facts.spends}
    return holders if facts.fund else holders | {returned.recipient for returned in facts.returns}


def status(facts: Facts, returned: Returned | None, number: int) -> Status:
    """How one return stands: whether it counts, is late, or is not due yet."""
    if returned is None:
        return Status("none", capital(why_nothing(facts, (), (number,)) or ""))
    if returned.basis == MISSING:
        late = days_late(facts, returned)
        words = f"Not returned, {counted(late, 'day', 'days')} late"
        return Status("late", words) if late else Status("none", "Not due yet")
    nil = " (nil)" if returned.is_nil else ""
    # What was certified can be looked at; of a draft there is nothing to see.
    return Status(returned.basis, SAID[returned.basis] + nil, returned.return_id)


def _returns_title(facts: Facts, asked: Sequence[Recipient], found: dict[tuple[int, int], Returned]) -> str:
    if not facts.has_begun:
        return f"{year_words(facts.year)} has not begun: no return is due"
    if not found:
        return "No quarter of this year has been opened for returns"
    late: dict[str, int] = {}
    for recipient in asked:
        days = [days_late(facts, found[recipient.pk, n]) for n in QUARTERS if (recipient.pk, n) in found]
        if any(days):
            late[recipient.short_name] = max(days)
    names = dict.fromkeys(
        name for gap in gaps(facts, {recipient.pk for recipient in asked}) for name in gap.queried
    )
    rest = (
        f". {named(tuple(names))} {'has' if len(names) == 1 else 'have'} a query to answer" if names else ""
    )
    if not late:
        return f"No return is late{rest}"
    by_days = {days: [name for name in late if late[name] == days] for days in late.values()}
    words = "; ".join(f"{listed(who)}, by {counted(days, 'day', 'days')}" for days, who in by_days.items())
    return f"Late: {words}{rest}"


def comparison(facts: Facts) -> Chart:
    """What areas were given for one fund and period; this partnership's bar stands out."""
    rows = facts.comparisons
    names = [row.area for row in rows]
    colours = [ORANGE if row.is_ours else DARK_BLUE for row in rows]
    table = Table(
        "Amounts by area",
        (
            Column("Area", Kind.TEXT),
            Column("Amount"),
            Column("How known", Kind.TEXT),
            Column("Source", Kind.TEXT),
        ),
        tuple((row.area, row.amount, _how(row), Source(row.source)) for row in rows),
    )
    drawing = horizontal(names, [[Series("Amount", "actual", [row.amount for row in rows])]], colours=colours)
    what = f"{rows[0].fund}, {rows[0].period}" if rows else "No list of published amounts"
    return Chart(
        "comparison",
        _comparison_title(rows),
        f"Pounds by area. {what}. Areas for which an amount was found.",
        table,
        (Panel("comparison", "Amounts by area", "xl", drawing, (1,)),) if rows else (),
    )


def _how(row: Comparison) -> str:
    how = capital(basis(row.basis))
    return f"{how}, rounded in the source" if row.is_rounded else how


def _comparison_title(rows: Sequence[Comparison]) -> str:
    if not rows:
        return "No amounts of other areas are published for this fund"
    place = next((place for place, row in enumerate(rows, start=1) if row.is_ours), None)
    if place is None:
        return f"In {rows[0].period}, {rows[0].area} was given the most: {whole_pounds(rows[0].amount)}"
    ours = rows[place - 1]
    how = basis(ours.basis)
    amount = whole_pounds(ours.amount) if how == PUBLISHED else f"{whole_pounds(ours.amount)} ({how})"
    return (
        f"In {ours.period} we were given {amount}, number {place} of the {len(rows)} areas whose amount "
        "was found"
    )
