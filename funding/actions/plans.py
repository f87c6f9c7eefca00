"""What an allocation will buy: interventions and their budget lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from authorities.models import Organisation, User
from authorities.roles import Permission
from funding.actions import rollups
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import (
    OPEN_STATES,
    Award,
    BudgetLine,
    CostHeading,
    DecisionLine,
    Intervention,
    ProfileAmount,
    QuarterlyReturn,
    ReturnStatus,
    Theme,
    Tier,
)
from funding.money import ZERO, pounds
from funding.quarters import Quarter


class UnableToPlan(UnableTo):
    """The plan cannot take this."""


# What holds the plan of a quarter, by the state of its return.
HELD_BY = {
    ReturnStatus.WITH_CERTIFIER: "is with its certifier",
    ReturnStatus.CERTIFIED: "has been certified",
    ReturnStatus.IN_REVIEW: "is being reviewed",
    ReturnStatus.ACCEPTED: "has been accepted",
    ReturnStatus.LOCKED: "is locked",
}
CHANGED_MEANWHILE = (
    "Somebody else changed this budget line after you opened this page. What you typed is kept below and is "
    "not saved yet. Compare it with what is planned now, then save again."
)


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
    Award.objects.select_for_update(no_key=True).get(pk=award.pk)
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


def held_quarters(*, organisation: Organisation, year: int, lock: bool = False) -> Mapping[int, str]:
    """Quarters whose return is on its way or accepted, each with what holds it: their plan never changes.

    `lock` keeps every return of the year where it is to the end of the transaction.
    """
    returns = QuarterlyReturn.objects.filter(organisation=organisation, round__year=year)
    returns = returns.select_related("round").order_by("pk")
    found = (
        returns.select_for_update(of=("self",), no_key=True)
        if lock
        else returns.exclude(status__in=OPEN_STATES)
    )
    return {one.round.quarter_number: HELD_BY[ReturnStatus(one.status)] for one in found if not one.is_open}


@transaction.atomic
def change_profile(
    *,
    budget_line: BudgetLine,
    profile: Sequence[Decimal],
    seen: Sequence[Decimal] | None = None,
    by: User,
    at: datetime,
) -> BudgetLine:
    """Another profile of a budget line: four amounts in pounds, for quarters 1 to 4.

    `seen` are the amounts that the person has read: what somebody else changed meanwhile is not overwritten
    unseen. Raises UnableToPlan for that, for a change in a quarter whose return is on its way or accepted,
    and when the plan would grow beyond the organisation's allocation.
    """
    organisation, award = budget_line.intervention.organisation, budget_line.intervention.award
    check_may(Permission.PLAN, by=by, at=at, organisation=organisation)
    Award.objects.select_for_update(no_key=True).get(pk=award.pk)
    held = held_quarters(organisation=organisation, year=award.year, lock=True)
    amounts = list(budget_line.profile.order_by("quarter"))
    if seen is not None and list(seen) != [amount.amount for amount in amounts]:
        raise UnableToPlan(CHANGED_MEANWHILE)
    changed = [amount for amount in amounts if amount.amount != profile[amount.quarter - 1]]
    for amount in changed:
        if amount.quarter in held:
            raise UnableToPlan(held_sentence(Quarter(award.year, amount.quarter), held[amount.quarter]))
    growth = sum(profile, ZERO) - sum((amount.amount for amount in amounts), ZERO)
    _check_growth(growth, _unplanned(organisation, award), award)
    for amount in changed:
        amount.amount = profile[amount.quarter - 1]
    with refusals(UnableToPlan), transaction.atomic():
        # In one statement, so that moving money between quarters is never too much half-way.
        ProfileAmount.objects.bulk_update(changed, ["amount"])
    rollups.mark_year(organisation=organisation, year=award.year, at=at)
    return budget_line


def held_sentence(quarter: Quarter, why: str) -> str:
    """Why the plan of a quarter cannot change."""
    return f"The return for {quarter} {why}, so what is planned for that quarter cannot change."


def _check_growth(growth: Decimal, left: Decimal, award: Award) -> None:
    """A plan may stay above an allocation that was cut, until it is brought down; it never grows there."""
    if growth <= max(left, ZERO):
        return
    if left < ZERO:
        raise UnableToPlan(
            f"Your plan for {award.year_label} is {pounds(-left)} above your allocation, so it cannot grow."
        )
    rest = f"Only {pounds(left)} of your allocation for {award.year_label} is not planned yet."
    if not left:
        rest = f"All of your allocation for {award.year_label} is planned already."
    raise UnableToPlan(f"This adds {pounds(growth)} to your plan. {rest}")


def _unplanned(organisation: Organisation, award: Award) -> Decimal:
    lines = DecisionLine.objects.filter(award=award, organisation=organisation)
    held = lines.approved().allocations()[award.pk, organisation.pk]
    planned = ProfileAmount.objects.planned([award]).get((award.pk, organisation.pk), ZERO)
    return held - planned
