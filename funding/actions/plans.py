"""What an allocation will buy: interventions and their budget lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from authorities.models import Organisation, User
from authorities.roles import Permission
from funding.actions import rollups
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import (
    Award,
    BudgetLine,
    CostHeading,
    DecisionLine,
    Intervention,
    ProfileAmount,
    Theme,
    Tier,
)
from funding.money import ZERO, pounds


class UnableToPlan(UnableTo):
    """The plan cannot take this."""


@transaction.atomic
def add_intervention(
    *,
    organisation: Organisation,
    award: Award,
    name: str,
    tier: Tier,
    theme: Theme,
    provider: str = "",
    by: User,
    at: datetime,
) -> Intervention:
    """Something that the organisation will do or buy with the award. Raises UnableToPlan."""
    check_may(Permission.PLAN, by=by, at=at, organisation=organisation)
    with refusals(UnableToPlan), transaction.atomic():
        return Intervention.objects.create(
            organisation=organisation,
            award=award,
            name=name.strip(),
            tier=tier,
            theme=theme,
            provider=provider.strip(),
        )


@transaction.atomic
def add_budget_line(
    *,
    intervention: Intervention,
    cost_heading: CostHeading,
    description: str,
    profile: Sequence[Decimal],
    by: User,
    at: datetime,
) -> BudgetLine:
    """A budget with its profile: four amounts in pounds, for quarters 1 to 4.

    Raises UnableToPlan when the plan would be more than the organisation's allocation.
    """
    organisation, award = intervention.organisation, intervention.award
    check_may(Permission.PLAN, by=by, at=at, organisation=organisation)
    # Two lines added at once must see each other: the award's row is the lock of its plans.
    Award.objects.select_for_update().get(pk=award.pk)
    left = _unplanned(organisation, award)
    if sum(profile, ZERO) > left:
        raise UnableToPlan(
            f"This line is {pounds(sum(profile, ZERO))}. Only {pounds(left)} of your allocation for "
            f"{award.year_label} is not planned yet."
        )
    with refusals(UnableToPlan), transaction.atomic():
        line = BudgetLine.objects.create(
            intervention=intervention, cost_heading=cost_heading, description=description.strip()
        )
        ProfileAmount.objects.bulk_create(
            ProfileAmount(budget_line=line, quarter=quarter, amount=amount)
            for quarter, amount in enumerate(profile, start=1)
        )
    rollups.mark_year(organisation=organisation, year=award.year, at=at)
    return line


def _unplanned(organisation: Organisation, award: Award) -> Decimal:
    lines = DecisionLine.objects.filter(award=award, organisation=organisation)
    held = lines.approved().allocations()[award.pk, organisation.pk]
    planned = ProfileAmount.objects.filter(
        budget_line__intervention__organisation=organisation, budget_line__intervention__award=award
    ).aggregate(total=Sum("amount"))["total"]
    return held - (planned or ZERO)
