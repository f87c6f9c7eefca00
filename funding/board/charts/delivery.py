"""What did the money buy? Patrol hours and counts, and people reached. No place and no name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from funding.board.charts.chart import QUARTER_LABELS, Chart, absent, counted, known, quarter_row, scope
from funding.board.charts.spec import Panel, Series, vertical
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import QUARTERS, Facts, Returned
from funding.board.outturn import Line
from funding.money import pounds, rounded

NEVER_ADDED = (
    "Universal reach counts everyone at a session; targeted support counts young people with a case. "
    "They differ a hundredfold in what they count, so they are never added together. "
    "The same person can be counted in more than one quarter."
)
PATROL_COUNTS = ("hours", "visits", "arrests", "searches", "asb_powers")
REACH_COUNTS = ("universal", "targeted", "sessions")

PATROL_COLUMNS = (
    Column("Quarter", Kind.TEXT),
    Column("Patrol hours", Kind.COUNT),
    Column("Visits", Kind.COUNT),
    Column("Arrests", Kind.COUNT),
    Column("Stop and searches", Kind.COUNT),
    Column("ASB powers used", Kind.COUNT),
    Column("Hotspot spend"),
)


@dataclass(frozen=True)
class Delivered:
    """One quarter's counts, by name; None where nothing was returned."""

    number: int
    counts: dict[str, Decimal | int | None]


def delivered(returns: Sequence[Returned], names: Sequence[str]) -> list[Delivered]:
    """Sums of counts by quarter. A nil return says that nothing was delivered, which is zero."""
    return [
        Delivered(
            number,
            {name: known(_count(r, name) for r in returns if r.quarter == number) for name in names},
        )
        for number in QUARTERS
    ]


def _count(returned: Returned, name: str) -> Decimal | int | None:
    if not returned.is_counted:
        return None
    value: Decimal | int | None = getattr(returned, name)
    return 0 if value is None and returned.is_nil else value


def hotspots(facts: Facts, lines: Sequence[Line]) -> Chart:
    """Hours of hotspot patrols and what hotspot money was spent, by quarter."""
    police = {recipient.pk for recipient in facts.recipients if recipient.is_police}
    if not police or (facts.fund and not facts.fund.is_hotspot):
        return _nothing(facts, "hotspots", "Hotspot patrols by quarter")
    found = delivered([r for r in facts.returns if r.recipient in police], PATROL_COUNTS)
    spent = _hotspot_spend(lines)
    rows = tuple(_row(facts, each, spent[each.number]) for each in found)
    table = Table(
        "Hotspot patrols by quarter",
        PATROL_COLUMNS,
        rows,
        (
            "Year",
            *(known(each.counts[name] for each in found) for name in PATROL_COUNTS),
            known(spent.values()),
        ),
    )
    hours = [each.counts["hours"] for each in found]
    panels = (
        _panel("hotspot-hours", "Patrol hours by quarter", hours, "count", Kind.COUNT),
        _panel(
            "hotspot-spend", "Hotspot spend by quarter, pounds", list(spent.values()), "actual", Kind.MONEY
        ),
    )
    return Chart(
        "hotspots",
        _hotspots_title(hours, list(spent.values())),
        f"Officer hours in hotspots, and pounds of hotspot funds. {scope(facts)}.",
        table,
        panels if any(value is not None for value in (*hours, *spent.values())) else (),
        note="Hotspots are counted, never named: their places are for the police and the OPCC only.",
    )


def _hotspot_spend(lines: Sequence[Line]) -> dict[int, Decimal | None]:
    hotspot = [line for line in lines if line.award.fund.is_hotspot]
    cells = {number: [line.quarters[number - 1] for line in hotspot] for number in QUARTERS}
    return {number: known(cell.spent for cell in found if cell.is_counted) for number, found in cells.items()}


def _hotspots_title(hours: Sequence[Decimal | int | None], spent: Sequence[Decimal | None]) -> str:
    worked = known(Decimal(hour) for hour in hours if hour is not None)
    if worked is None:
        return "No hotspot patrols have been returned"
    title = f"Patrols spent {_plain(worked)} hours in hotspots"
    # Only quarters of which both are known can say what an hour cost.
    pairs = zip(hours, spent, strict=True)
    both = [(Decimal(hour), money) for hour, money in pairs if hour is not None and money is not None]
    paid_hours = sum((hour for hour, _ in both), Decimal(0))
    if not paid_hours:
        return title
    cost = rounded(sum((money for _, money in both), Decimal(0)) / paid_hours)
    return f"{title}, at {pounds(cost)} an hour"


def _plain(number: Decimal) -> str:
    return f"{number.quantize(Decimal(1)):,}"


def reach(facts: Facts) -> Chart:
    """Young people reached and supported by quarter, each in a chart of its own."""
    others = {recipient.pk for recipient in facts.recipients if not recipient.is_police}
    if not others or (facts.fund and facts.fund.is_hotspot):
        return _nothing(facts, "reach", "Young people reached, by quarter")
    own = [returned for returned in facts.returns if returned.recipient in others]
    found = delivered(own, REACH_COUNTS)
    table = Table(
        "Young people reached, by quarter",
        (
            Column("Quarter", Kind.TEXT),
            Column("Reached by universal work", Kind.COUNT),
            Column("Given targeted support", Kind.COUNT),
            Column("Sessions", Kind.COUNT),
            Column("Returned", Kind.TEXT),
        ),
        tuple((*_row(facts, each), _returned(facts, own, each.number)) for each in found),
    )
    universal, targeted = ([each.counts[name] for each in found] for name in ("universal", "targeted"))
    panels = (
        _panel("reach-universal", "Reached by universal work, people", universal, "count", Kind.COUNT),
        _panel("reach-targeted", "Given targeted support, people", targeted, "actual", Kind.COUNT),
    )
    return Chart(
        "reach",
        _reach_title(found, own),
        f"Young people by quarter. {scope(replace(facts, fund=None))}.",
        table,
        panels if any(value is not None for value in (*universal, *targeted)) else (),
        note=NEVER_ADDED,
    )


def _reach_title(found: Sequence[Delivered], returns: Sequence[Returned]) -> str:
    returned = [each for each in found if each.counts["targeted"] is not None]
    if not returned:
        return "No activity has been returned"
    latest = returned[-1]
    targeted, universal = latest.counts["targeted"] or 0, latest.counts["universal"] or 0
    missing = sum(not each.is_counted for each in returns if each.quarter == latest.number)
    rest = f"; {counted(missing, 'return is', 'returns are')} missing" if missing else ""
    return (
        f"In Quarter {latest.number}, {targeted:,} young people had targeted support and "
        f"universal work reached {universal:,}{rest}"
    )


def _returned(facts: Facts, returns: Sequence[Returned], number: int) -> str:
    asked = [returned for returned in returns if returned.quarter == number]
    return f"{sum(each.is_counted for each in asked)} of {len(asked)}" if asked else absent(facts, number)


def _nothing(facts: Facts, slug: str, caption: str) -> Chart:
    """What the chosen fund or organisation does not pay for."""
    table = Table(caption, (Column("Quarter", Kind.TEXT),), ())
    return Chart(slug, "Not part of this selection", f"{scope(facts)}.", table)


def _panel(key: str, caption: str, values: Sequence[Decimal | int | None], sort: str, kind: Kind) -> Panel:
    return Panel(key, caption, "s", vertical(QUARTER_LABELS, [Series(caption, sort, values)], kind=kind))


def _row(facts: Facts, quarter: Delivered, *more: Decimal | None) -> tuple[Cell, ...]:
    """Counts; "not returned" for a quarter that was asked for; otherwise not due yet."""
    nothing = None if quarter.number in facts.opened else absent(facts, quarter.number)
    values: tuple[Cell, ...] = (*quarter.counts.values(), *more)
    return (quarter_row(facts, quarter.number), *(nothing if value is None else value for value in values))
