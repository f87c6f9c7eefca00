"""What did the money buy? Patrol hours and counts, and people reached. No place and no name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from funding.board.charts.chart import QUARTER_LABELS, Chart, known, listed, quarter_row, scope
from funding.board.charts.spec import Panel, Series, vertical
from funding.board.charts.standing import Gap, gap_sentences, gaps, marks, why_nothing
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import QUARTERS, Facts, Returned
from funding.board.outturn import Line
from funding.money import pounds, rounded
from funding.suppression import Hidden, hide_total, note

NEVER_ADDED = (
    "Universal reach counts everyone at a session; targeted support counts young people with a case. "
    "They count different things: do not add them. "
    "The same person can be counted in more than one quarter."
)
PATROL_COUNTS = ("hours", "visits", "arrests", "searches", "asb_powers")
PEOPLE = ("universal", "targeted")
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
                name: _sum([_count(r, name) for r in returns if r.quarter == number], name, small)
                for name in names
            },
        )
        for number in QUARTERS
    ]


def _sum(counts: Sequence[Decimal | int | None], name: str, small: int) -> Decimal | int | Hidden | None:
    if name in PEOPLE:
        return hide_total([None if count is None else int(count) for count in counts], small)
    return known(counts)


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
    rows = tuple(_row(facts, police, each, spent[each.number]) for each in found)
    year = (
        *(known(each.number_of(name) for each in found) for name in PATROL_COUNTS),
        known(spent.values()),
    )
    table = Table(
        "Hotspot patrols by quarter",
        PATROL_COLUMNS,
        rows,
        ("Year", *(why_nothing(facts, police) if value is None else value for value in year)),
    )
    hours = [each.number_of("hours") for each in found]
    said = marks(gaps(facts, police), alone=len(police) == 1)
    money = list(spent.values())
    panels = _hotspot_panels(hours, money, said)
    return Chart(
        "hotspots",
        _hotspots_title(hours, money) + gap_sentences(gaps(facts, police), alone=len(police) == 1),
        f"Officer hours in hotspots, and pounds of hotspot funds. {scope(facts)}.",
        table,
        panels if any(value is not None for value in (*hours, *money)) else (),
        note="Hotspots are counted, never named: their places are for the police and the OPCC only.",
    )


def _hotspot_panels(
    hours: Sequence[Decimal | int | None], money: Sequence[Decimal | None], said: Sequence[str]
) -> tuple[Panel, Panel]:
    caption = "Hotspot spend by quarter, pounds"
    return (
        _panel("hotspot-hours", "Patrol hours by quarter", hours, "count", said, column=1),
        _panel("hotspot-spend", caption, money, "actual", said, column=6, kind=Kind.MONEY),
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
    found = delivered(own, REACH_COUNTS, facts.small_number)
    missing = gaps(facts, others)
    table = Table(
        "Young people reached, by quarter",
        (
            Column("Quarter", Kind.TEXT),
            Column("Reached by universal work", Kind.COUNT),
            Column("Given targeted support", Kind.COUNT),
            Column("Sessions", Kind.COUNT),
            Column("Returned", Kind.TEXT),
            Column("Missing", Kind.TEXT),
        ),
        tuple((*_row(facts, others, each), *_returned(facts, own, each.number, missing)) for each in found),
    )
    said = marks(missing, alone=len(others) == 1)
    universal, targeted = ([each.number_of(name) for each in found] for name in PEOPLE)
    why_u, why_t = (_hidden_marks(said, [each.counts[name] for each in found]) for name in PEOPLE)
    panels = (
        _panel("reach-universal", "Reached by universal work, people", universal, "count", why_u, column=1),
        _panel("reach-targeted", "Given targeted support, people", targeted, "actual", why_t, column=2),
    )
    return Chart(
        "reach",
        _reach_title(found) + gap_sentences(missing, alone=len(others) == 1),
        f"Young people by quarter. {scope(replace(facts, fund=None))}.",
        table,
        panels if any(value is not None for value in (*universal, *targeted)) else (),
        note=NEVER_ADDED + (f" {note(facts.small_number)}" if _has_hidden(found) else ""),
    )


def _reach_title(found: Sequence[Delivered]) -> str:
    returned = [each for each in found if each.counts["targeted"] is not None]
    if not returned:
        return "No activity has been returned"
    latest = returned[-1]
    targeted, universal = (_told(latest.counts[name]) for name in ("targeted", "universal"))
    return (
        f"In Quarter {latest.number}, {targeted} young people had targeted support and "
        f"universal work reached {universal}"
    )


def _told(count: Decimal | int | Hidden | None) -> str:
    if isinstance(count, Hidden):
        return str(count) if count.below else "some"
    return f"{count or 0:,}"


def _has_hidden(found: Sequence[Delivered]) -> bool:
    return any(isinstance(count, Hidden) for each in found for count in each.counts.values())


def _hidden_marks(said: Sequence[str], counts: Sequence[Decimal | int | Hidden | None]) -> list[str]:
    """Beside what is missing, what is hidden."""
    return [
        str(count) if isinstance(count, Hidden) else mark for mark, count in zip(said, counts, strict=True)
    ]


def _returned(
    facts: Facts, returns: Sequence[Returned], number: int, missing: Sequence[Gap]
) -> tuple[Cell, Cell]:
    asked = [returned for returned in returns if returned.quarter == number]
    words = listed(gap.words for gap in missing if gap.quarter == number) or "none"
    if not asked:
        return why_nothing(facts, (), (number,)), words
    return f"{sum(each.is_counted for each in asked)} of {len(asked)}", words


def _nothing(facts: Facts, slug: str, caption: str) -> Chart:
    """What the chosen fund or organisation does not pay for."""
    table = Table(caption, (Column("Quarter", Kind.TEXT),), ())
    return Chart(slug, "Not part of this selection", f"{scope(facts)}.", table)


def _panel(
    key: str,
    caption: str,
    values: Sequence[Decimal | int | None],
    sort: str,
    said: Sequence[str],
    *,
    column: int,
    kind: Kind = Kind.COUNT,
) -> Panel:
    drawing = vertical(QUARTER_LABELS, [Series(caption, sort, values)], kind=kind, marks=said)
    return Panel(key, caption, "s", drawing, (column,))


def _row(
    facts: Facts, recipients: Collection[int], quarter: Delivered, *more: Decimal | None
) -> tuple[Cell, ...]:
    """Counts; or why there are none: not returned, queried, not due yet."""
    nothing = why_nothing(facts, recipients, (quarter.number,))
    counts = (str(count) if isinstance(count, Hidden) else count for count in quarter.counts.values())
    values: tuple[Cell, ...] = (*counts, *more)
    return (quarter_row(facts, quarter.number), *(nothing if value is None else value for value in values))
