"""What one return says was done: activity by intervention, patrols by hotspot, each beside its target and the
quarter before. Read-only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from authorities.models import Organisation
from funding.models import ActivityLine, ActivityTarget, Hotspot, Intervention, PatrolLine, QuarterlyReturn
from funding.return_reading import Row, read
from funding.suppression import Count, Hidden, hide

ACTIVITY_FACTS = ("universal_reached", "targeted_reached", "sessions")
# Counts of people; how many sessions there were says nothing about a person.
PEOPLE = ("universal_reached", "targeted_reached")
PATROL_FACTS = ("hours", "visits", "arrests", "searches", "asb_powers")
Lists = Mapping[str, QuerySet[Any, Any]]


@dataclass(frozen=True)
class Counts:
    """What an intervention did, or is to do, in one quarter. Universal and targeted are never added."""

    universal_reached: Count
    targeted_reached: Count
    sessions: Count


@dataclass(frozen=True)
class ActivityRow:
    """One intervention: what this return says, what the quarter before said, and the target; or None."""

    intervention: Intervention
    line: Counts | None
    last: Counts | None
    target: Counts | None

    def against(self, name: str) -> str:
        """What was done beside its target, as a sentence; empty where there is no target."""
        target = getattr(self.target, name, None)
        if not target:
            return ""
        return against(getattr(self.line, name, None), target)


def against(done: Count, target: int) -> str:
    """A count beside its target in words."""
    if done is None:
        return f"Target {target:,}"
    if isinstance(done, Hidden):
        return f"{str(done).capitalize()}; the target is {target:,}"
    if done == target:
        return f"As many as the target of {target:,}"
    if done > target:
        return f"{done - target:,} more than the target of {target:,}"
    return f"{target - done:,} fewer than the target of {target:,}"


@dataclass(frozen=True)
class Patrolled:
    """What was delivered in one hotspot in one quarter."""

    hours: Decimal
    visits: int
    arrests: int
    searches: int
    asb_powers: int


@dataclass(frozen=True)
class PatrolRow:
    """One hotspot. `label` is all of it that the reader may know: its name, or only its reference."""

    hotspot: Hotspot
    label: str
    hours: Decimal | None
    visits: int | None
    arrests: int | None
    searches: int | None
    asb_powers: int | None
    last: Patrolled | None = None

    @property
    def is_returned(self) -> bool:
        return self.hours is not None


def interventions(quarterly_return: QuarterlyReturn) -> list[Intervention]:
    """Those of the year that have a budget, in the order of the plan."""
    planned = Intervention.objects.filter(
        organisation=quarterly_return.organisation,
        award__year=quarterly_return.round.year,
        budget_lines__isnull=False,
    )
    return list(planned.select_related("award__grant__fund").order_by("award__grant__fund", "id").distinct())


def _two_quarters(quarterly_return: QuarterlyReturn) -> Q:
    """The return's own quarter and the one before, also over the end of a year."""
    here = Q(quarterly_return__organisation=quarterly_return.organisation)
    quarter = quarterly_return.quarter
    times = Q()
    for one in (quarter, quarter.previous):
        times |= Q(quarterly_return__round__year=one.year, quarterly_return__round__quarter_number=one.number)
    return here & times


def activity_lists(quarterly_return: QuarterlyReturn) -> Lists:
    """What `activity_rows` is made from."""
    targets = ActivityTarget.objects.filter(
        intervention__organisation=quarterly_return.organisation,
        intervention__award__year=quarterly_return.round.year,
        quarter=quarterly_return.round.quarter_number,
    )
    lines = ActivityLine.objects.filter(_two_quarters(quarterly_return))
    return {
        "activity": lines.order_by("id").values(
            *ACTIVITY_FACTS,
            "intervention",
            of=F("quarterly_return"),
            name=F("intervention__name"),
            fund=F("intervention__award__grant__fund"),
        ),
        "targets": targets.order_by("id").values(*ACTIVITY_FACTS, of=F("intervention")),
    }


def activity_rows(
    quarterly_return: QuarterlyReturn,
    planned: Iterable[Intervention],
    found: Mapping[str, Sequence[Row]],
    *,
    small: int = 0,
) -> list[ActivityRow]:
    """What each of the interventions did. Over the end of a year, one goes on under its name and fund.

    `small` hides counts of people below it, from readers outside the organisation.
    """
    said: dict[Any, Counts] = {}
    before: dict[Any, Counts] = {}
    for one in found["activity"]:
        if one["of"] == quarterly_return.pk:
            said[one["intervention"]] = _counts(one)
        else:
            before[one["intervention"]] = before[one["name"], one["fund"]] = _counts(one)
    targets = {one["of"]: _counts(one) for one in found["targets"]}
    rows = []
    for intervention in planned:
        key, known = intervention.pk, (intervention.name, intervention.award.grant.fund_id)
        last = before.get(key) or before.get(known)
        rows.append(ActivityRow(intervention, said.get(key), last, targets.get(key)))
    return _hidden(rows, small) if small else rows


def _counts(row: Row) -> Counts:
    return Counts(**{name: row[name] for name in ACTIVITY_FACTS})


def _hidden(rows: list[ActivityRow], small: int) -> list[ActivityRow]:
    for which in ("line", "last"):
        for name in PEOPLE:
            shown = hide([getattr(getattr(row, which), name, None) for row in rows], small)
            rows = [_with(row, which, name, count) for row, count in zip(rows, shown, strict=True)]
    return rows


def _with(row: ActivityRow, which: str, name: str, count: Count) -> ActivityRow:
    counts = getattr(row, which)
    return replace(row, **{which: replace(counts, **{name: count})}) if counts else row


def activity(quarterly_return: QuarterlyReturn, planned: Iterable[Intervention]) -> list[ActivityRow]:
    """What each of the interventions did, in one query."""
    return activity_rows(quarterly_return, planned, read(quarterly_return, activity_lists(quarterly_return)))


def has_hidden(rows: Iterable[ActivityRow]) -> bool:
    """Whether a count of the rows is hidden, so that the table has to say so."""
    counts = (getattr(part, name) for row in rows for part in (row.line, row.last) if part for name in PEOPLE)
    return any(isinstance(count, Hidden) for count in counts)


def patrol_lists(quarterly_return: QuarterlyReturn) -> Lists:
    """What `patrol_rows` is made from."""
    hotspots = Hotspot.objects.patrolled(quarterly_return.organisation, quarterly_return.quarter)
    lines = PatrolLine.objects.filter(_two_quarters(quarterly_return))
    return {
        "hotspots": hotspots.order_by("reference").values(
            "id", "reference", "name", area=F("authority__short_name")
        ),
        "patrols": lines.order_by("id").values(*PATROL_FACTS, "hotspot", of=F("quarterly_return")),
    }


def patrol_rows(
    quarterly_return: QuarterlyReturn, found: Mapping[str, Sequence[Row]], *, with_names: bool
) -> list[PatrolRow]:
    """Every hotspot that was live in the quarter, by reference."""
    said = {
        (one["of"] == quarterly_return.pk, one["hotspot"]): Patrolled(
            Decimal(one["hours"]), **{name: one[name] for name in PATROL_FACTS[1:]}
        )
        for one in found["patrols"]
    }
    return [
        PatrolRow(
            _hotspot(one),
            f"{one['reference']}, {one['name']}" if with_names else one["reference"],
            **_flat(said.get((True, one["id"]))),
            last=said.get((False, one["id"])),
        )
        for one in found["hotspots"]
    ]


def _flat(line: Patrolled | None) -> dict[str, Any]:
    return {name: getattr(line, name, None) for name in PATROL_FACTS}


def _hotspot(row: Row) -> Hotspot:
    """As far as a page or a form needs it."""
    area = Organisation(short_name=row["area"])
    return Hotspot(id=row["id"], reference=row["reference"], name=row["name"], authority=area)


def patrols(quarterly_return: QuarterlyReturn, *, with_names: bool) -> list[PatrolRow]:
    """Every hotspot that was live in the quarter, by reference. One query."""
    found = read(quarterly_return, patrol_lists(quarterly_return))
    return patrol_rows(quarterly_return, found, with_names=with_names)


def patrol_totals(rows: Iterable[PatrolRow]) -> dict[str, Decimal | int]:
    """The sum of each column over the hotspots that were returned; empty where none was."""
    returned = [row for row in rows if row.is_returned]
    return {name: sum(getattr(row, name) for row in returned) for name in PATROL_FACTS} if returned else {}


def last_patrol_totals(rows: Iterable[PatrolRow]) -> dict[str, Decimal | int]:
    """The same of the quarter before, over the hotspots that are still live."""
    last = [row.last for row in rows if row.last]
    return {name: sum(getattr(one, name) for one in last) for name in PATROL_FACTS} if last else {}
