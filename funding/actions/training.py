"""A copy of a partnership to practise in: the same organisations, people, money and plan, one open round.

Nothing of the copy leads back to the real partnership, and no work in it counts anywhere. Starting again
makes a fresh copy and ends everybody's roles in the one before it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model

from authorities import actions as people
from authorities.models import AccountableBody, Membership, Organisation, Partnership, User
from authorities.roles import Permission, Role
from funding.actions import rollups
from funding.actions.errors import UnableTo, check_may
from funding.actions.rounds import holders
from funding.models import (
    ActivityTarget,
    BudgetLine,
    Decision,
    DecisionKind,
    DecisionLine,
    DecisionStatus,
    Grant,
    Hotspot,
    Intervention,
    ProfileAmount,
    QuarterlyReturn,
    ReturnRound,
    ReturnRules,
    ShareInput,
)
from funding.money import ZERO
from funding.quarters import Quarter, london_day

ENDING = " (training)"
LONGEST_NAME = 120
# A practice return is never late on the day that it is made.
DAYS_TO_PRACTISE = 28
Pairs = dict[int, Any]


class UnableToTrain(UnableTo):
    """A training copy cannot be made."""


@transaction.atomic
def make_copy(*, partnership: Partnership, by: User, at: datetime) -> Partnership:
    """The training copy of a real partnership; a second call starts again with a fresh one.

    Raises UnableToTrain for a copy of a copy, and where nobody holds an allocation for the latest quarter.
    """
    check_may(Permission.ADMINISTER, by=by, at=at, partnership=partnership)
    if partnership.is_training:
        raise UnableToTrain(
            "This is the training copy. Change to the real partnership, and start again there."
        )
    # Two administrators at once make one copy after the other.
    Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    today = london_day(at)
    people.end_roles(partnerships=partnership.training_copies.all(), last_day=today - timedelta(days=1))
    copy = people.found_partnership(
        name=_name(partnership),
        police_force_code=partnership.police_force_code,
        board_name=partnership.board_name,
        training_for=partnership,
    )
    bodies = _organisations(partnership, copy)
    _members(bodies, today)
    awards = _money(partnership, copy, bodies)
    _plan(awards, bodies)
    _hotspots(bodies)
    _round(copy, by, at)
    return copy


def _name(partnership: Partnership) -> str:
    earlier = partnership.training_copies.count()
    ending = f", copy {earlier + 1}{ENDING}" if earlier else ENDING
    return partnership.name[: LONGEST_NAME - len(ending)] + ending


def _again(row: Model, **changes: Any) -> Any:
    """The same row once more, with what is different in the copy."""
    values = {
        column.attname: getattr(row, column.attname)
        for column in row._meta.concrete_fields
        if not column.primary_key and column.name not in changes
    }
    return type(row)._default_manager.create(**values, **changes)


def _organisations(partnership: Partnership, copy: Partnership) -> Pairs:
    bodies = {
        one.pk: _again(one, partnership=copy)
        for one in Organisation.objects.of(partnership).order_by("position")
    }
    for legal in AccountableBody.objects.filter(organisation__in=bodies):
        _again(legal, organisation=bodies[legal.organisation_id])
    for share in ShareInput.objects.filter(organisation__in=bodies):
        _again(share, organisation=bodies[share.organisation_id])
    for rules in ReturnRules.objects.filter(partnership=partnership):
        _again(rules, partnership=copy)
    return bodies


def _members(bodies: Pairs, today: date) -> None:
    """Everybody has the same role as in the real partnership, and stands in for the same person."""
    made: Pairs = {}
    # A role can only be ended on a day before today, so it begins yesterday at the latest.
    first = today - timedelta(days=1)
    current = Membership.objects.current(today).filter(organisation__in=bodies).select_related("user")
    # Who is stood in for comes before who stands in.
    for one in sorted(current, key=lambda one: (one.deputy_for_id is not None, one.pk)):
        made[one.pk] = people.give_role(
            user=one.user,
            organisation=bodies[one.organisation_id],
            role=Role(one.role),
            starts_on=min(one.starts_on, first),
            ends_on=one.ends_on,
            deputy_for=made.get(one.deputy_for_id or 0),
        )


def _money(partnership: Partnership, copy: Partnership, bodies: Pairs) -> Pairs:
    """Grants, awards, and for each grant one decision that brings the allocations to what they are."""
    awards: Pairs = {}
    for grant in Grant.objects.filter(partnership=partnership).order_by("pk"):
        again = _again(grant, partnership=copy)
        for award in grant.awards.all():
            awards[award.pk] = _again(award, grant=again)
        _allocations(grant, again, awards, bodies)
    return awards


def _allocations(grant: Grant, again: Grant, awards: Pairs, bodies: Pairs) -> None:
    approved = grant.decisions.filter(status=DecisionStatus.APPROVED).order_by("decided_at", "pk").last()
    held = DecisionLine.objects.filter(award__grant=grant).approved().allocations()
    if approved is None or not any(held.values()):
        return
    decision = Decision.objects.create(
        grant=again,
        reference="TRAINING-1",
        kind=DecisionKind.ALLOCATION,
        reason=f"As allocated in {grant.partnership.name} when this copy was made.",
        proposed_by_id=approved.proposed_by_id,
        proposed_at=approved.proposed_at,
    )
    DecisionLine.objects.bulk_create(
        DecisionLine(decision=decision, award=awards[award], organisation=bodies[organisation], amount=amount)
        for (award, organisation), amount in held.items()
        if amount
    )
    Decision.objects.filter(pk=decision.pk).update(
        status=DecisionStatus.APPROVED, decided_by=approved.decided_by_id, decided_at=approved.decided_at
    )


def _plan(awards: Pairs, bodies: Pairs) -> None:
    """Interventions, their lines and profiles; a plan that is above its allocation is cut down to it."""
    left: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    held = DecisionLine.objects.filter(award__in=[award.pk for award in awards.values()]).approved()
    left.update(held.allocations())
    interventions = {
        one.pk: _again(one, organisation=bodies[one.organisation_id], award=awards[one.award_id])
        for one in Intervention.objects.filter(award__in=awards).order_by("pk")
    }
    for target in ActivityTarget.objects.filter(intervention__in=interventions):
        _again(target, intervention=interventions[target.intervention_id])
    lines = {
        one.pk: _again(one, intervention=interventions[one.intervention_id])
        for one in BudgetLine.objects.filter(intervention__in=interventions).order_by("pk")
    }
    profile = []
    for one in ProfileAmount.objects.filter(budget_line__in=lines).order_by("budget_line", "quarter"):
        intervention = lines[one.budget_line_id].intervention
        key = intervention.award_id, intervention.organisation_id
        amount = min(one.amount, left[key])
        left[key] -= amount
        profile.append(
            ProfileAmount(budget_line=lines[one.budget_line_id], quarter=one.quarter, amount=amount)
        )
    ProfileAmount.objects.bulk_create(profile)


def _hotspots(bodies: Pairs) -> None:
    """The areas with their references. Their names stay where they are needed."""
    for one in Hotspot.objects.filter(organisation__in=bodies, authority__in=bodies):
        _again(
            one,
            organisation=bodies[one.organisation_id],
            authority=bodies[one.authority_id],
            name=f"Practice area {one.reference}",
        )


def _round(copy: Partnership, by: User, at: datetime) -> None:
    """The latest quarter that is over, with a return of each organisation that nobody has started."""
    today = london_day(at)
    quarter = Quarter.of(today).previous
    organisations = holders(copy, quarter.year)
    if not organisations:
        raise UnableToTrain(
            f"Nobody holds an allocation for {quarter}, so there would be no return to practise with. "
            "Approve the allocations of that year first."
        )
    opened = ReturnRound.objects.create(
        partnership=copy,
        year=quarter.year,
        quarter_number=quarter.number,
        due_on=max(quarter.due_on, today + timedelta(days=DAYS_TO_PRACTISE)),
        opened_by=by,
        opened_at=at,
    )
    QuarterlyReturn.objects.bulk_create(
        QuarterlyReturn(round=opened, organisation=organisation) for organisation in organisations
    )
    for organisation in organisations:
        rollups.mark(organisation=organisation, quarter=quarter, at=at)
