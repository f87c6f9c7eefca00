"""What did hotspot money buy? Hours, pace, cost and counts of patrols. No place is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.board.charts.chart import Chart, known, listed, scope
from funding.board.charts.counts import MEASURE, Delivered, count_of, delivered, nothing, panel, row
from funding.board.charts.spec import Panel
from funding.board.charts.standing import gap_sentences, gaps, marks, why_nothing
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import QUARTERS, Facts, Returned
from funding.board.outturn import Line
from funding.money import percentage, pounds, rounded
from funding.quarters import Quarter
from funding.suppression import Hidden

COUNTS = ("hours", "visits", "arrests", "searches", "asb_powers")
CAPTION = "Hotspot patrols by quarter"
COLUMNS = (
    Column("Quarter", Kind.TEXT),
    *(Column(head, Kind.COUNT) for head in ("Patrol hours", "Hours a week", "Same quarter a year before")),
    *(Column(head, Kind.COUNT) for head in ("Visits", "Arrests", "Stop and searches")),
    Column("Anti-social behaviour powers used", Kind.COUNT),
    *(Column(head) for head in ("Hotspot spend", "Cost an hour")),
)
NOT_KNOWN = "not known"
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Worked:
    """Hours of some quarters, what they cost, and the hours of the same quarters a year before."""

    quarters: tuple[int, ...]
    hours: Decimal | None
    days: int
    before: Decimal | None
    spent: Decimal | None
    # Hours are of all hotspot funds: the pounds of one of several are not what they cost.
    is_all_spent: bool = True

    @property
    def a_week(self) -> Decimal | None:
        return None if self.hours is None else (self.hours * 7 / self.days).quantize(TENTH)

    @property
    def cost(self) -> Decimal | None:
        """Pounds an hour; None where one of the two is not known, or nobody patrolled."""
        if not self.hours or self.spent is None or not self.is_all_spent:
            return None
        return rounded(self.spent / self.hours)


def hotspots(facts: Facts, lines: Sequence[Line]) -> Chart:
    """Hours of hotspot patrols, their pace and their cost, by quarter."""
    police = {recipient.pk for recipient in facts.recipients if recipient.is_police}
    if not police or (facts.fund and not facts.fund.is_hotspot):
        return nothing(facts, "hotspots", CAPTION)
    own, spent = [r for r in facts.returns if r.recipient in police], _spend(lines)
    found = delivered(own, COUNTS)
    worked = {each.number: _worked(facts, own, each, spent[each.number]) for each in found}
    is_alone, missing = len(police) == 1, gaps(facts, police)
    said = marks(missing, alone=is_alone)
    year = _together(list(worked.values()))
    foot = _values(year, {name: known(each.number_of(name) for each in found) for name in COUNTS})
    return Chart(
        "hotspots",
        _title(year) + gap_sentences(missing, alone=is_alone),
        f"Officer hours in hotspots, and pounds of hotspot funds. {scope(facts)}.",
        Table(
            CAPTION,
            COLUMNS,
            tuple(
                row(facts, police, each.number, _values(worked[each.number], each.counts)) for each in found
            ),
            ("Year", *(why_nothing(facts, police) if value is None else value for value in foot)),
            measures=("", MEASURE, "", "", *(MEASURE for _ in COUNTS[1:]), "", ""),
            keys=tuple(f"quarter={each.number}" for each in found),
        ),
        _panels(list(worked.values()), said),
        note="Hotspots are counted, never named: their places are for the police and the OPCC only.",
        answer=_title(year),
    )


def _panels(worked: Sequence[Worked], said: Sequence[str]) -> tuple[Panel, ...]:
    """Hours and pounds; no drawing where neither is known of any quarter."""
    hours, money = [one.hours for one in worked], [one.spent for one in worked]
    if all(value is None for value in (*hours, *money)):
        return ()
    caption = "Hotspot spend by quarter, pounds"
    return (
        panel("hotspot-hours", "Patrol hours by quarter", hours, "count", said, column=1),
        panel("hotspot-spend", caption, money, "actual", said, column=8, kind=Kind.MONEY),
    )


def _spend(lines: Sequence[Line]) -> dict[int, Decimal | None]:
    hotspot = [line for line in lines if line.award.fund.is_hotspot]
    cells = {number: [line.quarters[number - 1] for line in hotspot] for number in QUARTERS}
    return {number: known(cell.spent for cell in found if cell.is_counted) for number, found in cells.items()}


def _worked(facts: Facts, own: Sequence[Returned], each: Delivered, spent: Decimal | None) -> Worked:
    quarter, hours = Quarter(facts.year, each.number), each.number_of("hours")
    days = (quarter.ends_on - quarter.starts_on).days + 1
    before = _before(facts, own, each.number)
    return Worked(
        (each.number,), None if hours is None else Decimal(hours), days, before, spent, _is_all(facts)
    )


def _is_all(facts: Facts) -> bool:
    return facts.fund is None or facts.hotspot_funds <= 1


def _before(facts: Facts, own: Sequence[Returned], quarter: int) -> Decimal | None:
    """Hours a year before of the same forces whose hours count now: where they are known of each."""
    now = {one.recipient for one in own if one.quarter == quarter and count_of(one, "hours") is not None}
    hours = {one.recipient: one.hours for one in facts.patrolled_before if one.quarter == quarter}
    same = now or set(hours)
    return known(hours[one] for one in same) if same <= set(hours) else None


def _together(quarters: Sequence[Worked]) -> Worked:
    """The quarters of which the hours are known. The year before counts only where it is known of each."""
    counted = [one for one in quarters if one.hours is not None]
    before = [one.before for one in counted]
    return Worked(
        tuple(number for one in counted for number in one.quarters),
        known(one.hours for one in counted),
        sum(one.days for one in counted) or 1,
        None if None in before else known(before),
        known(one.spent for one in counted),
        all(one.is_all_spent for one in counted),
    )


def _values(worked: Worked, counts: Mapping[str, Decimal | int | Hidden | None]) -> tuple[Cell, ...]:
    """The cells of a row. What was before, and what an hour cost, can be unknown of a quarter that counts."""
    unknown = None if worked.hours is None else NOT_KNOWN
    return (
        worked.hours,
        worked.a_week,
        NOT_KNOWN if worked.before is None else worked.before,
        *(None if isinstance(count, Hidden) else count for count in (counts[name] for name in COUNTS[1:])),
        worked.spent,
        unknown if worked.cost is None else worked.cost,
    )


def _title(year: Worked) -> str:
    if year.hours is None:
        return "No hotspot patrols have been returned"
    when = f"Quarter{'s' if len(year.quarters) > 1 else ''} {listed(map(str, year.quarters))}"
    hours = f"{year.hours.quantize(Decimal(1)):,} hours in hotspots, {year.a_week} a week"
    title = f"In {when}, patrols spent {hours}"
    if year.cost is not None and year.cost > 0:  # corrections can bring the spending below nothing
        title += f", at {pounds(year.cost)} an hour"
    if not year.before:
        return title
    apart = year.hours - year.before
    share = percentage(abs(apart), year.before)
    words = f"{share} {'more' if apart > 0 else 'fewer'} than" if apart else "as many as"
    return f"{title}; {words} in the same months a year before"
