"""Reference data: funds, headings, themes and published figures. It moves no money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from funding.models import ClaimHeading, ClaimMapping, CostHeading, Fund, PublishedAllocation, Theme


@transaction.atomic
def add_fund(
    *, code: str, name: str, starts_on: date, ends_on: date | None = None, paid_to_police: bool = False
) -> Fund:
    """A stream of money with its own dates."""
    return Fund.objects.create(
        code=code, name=name, starts_on=starts_on, ends_on=ends_on, paid_to_police=paid_to_police
    )


@transaction.atomic
def add_cost_heading(*, name: str, position: int, is_labour: bool = False) -> CostHeading:
    """A heading under which costs are claimed."""
    return CostHeading.objects.create(name=name, position=position, is_labour=is_labour)


@transaction.atomic
def add_claim_heading(
    *, fund: Fund, code: str, label: str, position: int, cost_headings: Iterable[CostHeading]
) -> ClaimHeading:
    """A heading of a fund's claim, and the cost headings that are claimed under it."""
    heading = ClaimHeading.objects.create(fund=fund, code=code, label=label, position=position)
    ClaimMapping.objects.bulk_create(
        ClaimMapping(fund=fund, cost_heading=cost_heading, claim_heading=heading)
        for cost_heading in cost_headings
    )
    return heading


@transaction.atomic
def add_theme(*, name: str, position: int) -> Theme:
    """What interventions are about."""
    return Theme.objects.create(name=name, position=position)


@transaction.atomic
def record_published_allocations(*, rows: Iterable[PublishedAllocation]) -> int:
    """Comparison data, each row with its source; returns how many were recorded."""
    return len(PublishedAllocation.objects.bulk_create(rows))
