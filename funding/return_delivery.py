"""What one return says was done: activity by intervention, patrols by hotspot. Read-only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, FilteredRelation, Q

from funding.models import ActivityLine, Hotspot, Intervention, QuarterlyReturn


@dataclass(frozen=True)
class ActivityRow:
    """One intervention: what this return says of it, and what the quarter before said, or None."""

    intervention: Intervention
    line: ActivityLine | None
    last: ActivityLine | None


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


def activity(quarterly_return: QuarterlyReturn, planned: Iterable[Intervention]) -> list[ActivityRow]:
    """What each of the interventions did, in one query."""
    quarter = quarterly_return.quarter
    lines = ActivityLine.objects.filter(
        quarterly_return__organisation=quarterly_return.organisation,
        quarterly_return__round__year=quarter.year,
        quarterly_return__round__quarter_number__in=(quarter.number, quarter.number - 1),
    ).select_related("quarterly_return__round")
    said = {(line.intervention_id, line.quarterly_return.round.quarter_number): line for line in lines}
    return [
        ActivityRow(
            intervention,
            said.get((intervention.pk, quarter.number)),
            said.get((intervention.pk, quarter.number - 1)),
        )
        for intervention in planned
    ]


PATROL_FACTS = ("hours", "visits", "arrests", "searches", "asb_powers")


def patrols(quarterly_return: QuarterlyReturn, *, with_names: bool) -> list[PatrolRow]:
    """Every hotspot that was live in the quarter, by reference. One query."""
    hotspots = (
        Hotspot.objects.patrolled(quarterly_return.organisation, quarterly_return.quarter)
        .select_related("authority")
        .annotate(
            line=FilteredRelation(
                "patrol_lines", condition=Q(patrol_lines__quarterly_return=quarterly_return)
            )
        )
        .order_by("reference")
    )
    returned = {f"returned_{name}": F(f"line__{name}") for name in PATROL_FACTS}
    return [
        PatrolRow(
            hotspot,
            f"{hotspot.reference}, {hotspot.name}" if with_names else hotspot.reference,
            **{name: getattr(hotspot, f"returned_{name}") for name in PATROL_FACTS},
        )
        for hotspot in hotspots.annotate(**returned)
    ]


def patrol_totals(rows: list[PatrolRow]) -> dict[str, Decimal | int]:
    """The sum of each column over the hotspots that were returned; empty where none was."""
    returned = [row for row in rows if row.is_returned]
    return {name: sum(getattr(row, name) for row in returned) for name in PATROL_FACTS} if returned else {}
