"""Who is late, and how do we compare?"""

from __future__ import annotations

from collections.abc import Sequence

from funding.board.charts.chart import Chart, absent, counted, listed
from funding.board.charts.spec import DARK_BLUE, ORANGE, Panel, Series, horizontal
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
    holders = {recipient for recipient, _ in facts.allocations} | {recipient for recipient, _ in found}
    asked = [recipient for recipient in facts.recipients if recipient.pk in holders]
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


def status(facts: Facts, returned: Returned | None, number: int) -> Status:
    """How one return stands: whether it counts, is late, or is not due yet."""
    if returned is None:
        if number in facts.opened:
            return Status("none", "No return asked for")
        return Status("none", absent(facts, number).capitalize())
    if returned.basis == MISSING:
        late = days_late(facts, returned)
        words = f"Not returned, {counted(late, 'day', 'days')} late"
        return Status("late", words) if late else Status("none", "Not due yet")
    nil = " (nil)" if returned.is_nil else ""
    return Status(returned.basis, SAID[returned.basis] + nil)


def days_late(facts: Facts, returned: Returned) -> int:
    """Days past the due day for a return that is missing; otherwise 0."""
    if returned.basis != MISSING or returned.due_on is None:
        return 0
    return max((facts.today - returned.due_on).days, 0)


def _returns_title(facts: Facts, asked: Sequence[Recipient], found: dict[tuple[int, int], Returned]) -> str:
    if not found:
        return "No quarter of this year has been opened for returns"
    late: dict[str, int] = {}
    for recipient in asked:
        days = [days_late(facts, found[recipient.pk, n]) for n in QUARTERS if (recipient.pk, n) in found]
        if any(days):
            late[recipient.short_name] = max(days)
    queried = sum(returned.basis == QUERIED for returned in found.values())
    rest = f"; {counted(queried, 'return is', 'returns are')} queried" if queried else ""
    if not late:
        return f"No return is late{rest}"
    words = listed(f"{name} ({counted(days, 'day', 'days')})" for name, days in late.items())
    return f"{counted(len(late), 'organisation is', 'organisations are')} late: {words}{rest}"


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
        (Panel("comparison", "Amounts by area", "xl", drawing),) if rows else (),
    )


def _how(row: Comparison) -> str:
    return f"{row.basis}, rounded in the source" if row.is_rounded else row.basis


def _comparison_title(rows: Sequence[Comparison]) -> str:
    if not rows:
        return "No amounts of other areas are published for this fund"
    place = next((place for place, row in enumerate(rows, start=1) if row.is_ours), None)
    if place is None:
        return f"{rows[0].area} was given the most: {whole_pounds(rows[0].amount)}"
    ours = rows[place - 1]
    basis = "" if ours.basis == "Published" else f" ({ours.basis.lower()})"
    return f"We were given {whole_pounds(ours.amount)}{basis}, number {place} of the {len(rows)} areas found"
