"""Decisions that move money: proposed by one person, approved or rejected by another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from authorities.models import User
from authorities.roles import Permission
from funding.actions import rollups
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import (
    Allocations,
    Award,
    Decision,
    DecisionKind,
    DecisionLine,
    DecisionStatus,
    Grant,
)
from funding.money import ZERO, pounds


class UnableToPropose(UnableTo):
    """The decision cannot be proposed."""


class UnableToDecide(UnableTo):
    """The decision cannot be approved or rejected."""


@transaction.atomic
def propose(
    *,
    grant: Grant,
    reference: str,
    reason: str,
    wanted: Mapping[tuple[int, int], Decimal],
    seen: Allocations,
    by: User,
    at: datetime,
) -> Decision:
    """A proposal to bring allocations from what was `seen` to what is `wanted`.

    Both are pounds by (award id, organisation id). The lines are the differences. Raises UnableToPropose
    when the allocations changed since they were seen, when nothing changes, or when an award would be
    exceeded.
    """
    check_may(Permission.PROPOSE_DECISION, by=by, at=at, partnership=grant.partnership)
    # Locked so that what is checked here is still true when the lines are written.
    awards = {award.pk: award for award in grant.awards.select_for_update(no_key=True).order_by("pk")}
    held = DecisionLine.objects.filter(award__grant=grant).approved().allocations()
    if any(held[key] != seen[key] for key in wanted):
        raise UnableToPropose(
            "Another decision was approved while you were typing, so the allocations have changed. "
            "The amounts in force now are shown under each field. Check yours and propose again."
        )
    lines = {key: amount - held[key] for key, amount in wanted.items() if amount != held[key]}
    _check_lines(awards, held, lines)
    with refusals(UnableToPropose), transaction.atomic():
        decision = Decision.objects.create(
            grant=grant,
            reference=reference.strip(),
            kind=_kind(lines),
            reason=reason.strip(),
            proposed_by=by,
            proposed_at=at,
        )
        _write_lines(decision, held, lines)
    return decision


def _write_lines(decision: Decision, held: Allocations, lines: Mapping[tuple[int, int], Decimal]) -> None:
    DecisionLine.objects.bulk_create(
        DecisionLine(
            decision=decision, award_id=key[0], organisation_id=key[1], amount=amount, stood=held[key]
        )
        for key, amount in lines.items()
    )


def _sums(lines: Mapping[tuple[int, int], Decimal]) -> dict[int, Decimal]:
    """Pounds by award id."""
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for (award, _), amount in lines.items():
        sums[award] += amount
    return sums


def _kind(lines: Mapping[tuple[int, int], Decimal]) -> DecisionKind:
    moved = not any(_sums(lines).values())
    return DecisionKind.REALLOCATION if moved else DecisionKind.ALLOCATION


def _check_lines(
    awards: Mapping[int, Award], held: Allocations, lines: Mapping[tuple[int, int], Decimal]
) -> None:
    if not lines:
        raise UnableToPropose("Change at least one amount before you propose a decision.")
    allocated = _sums(held)
    for award_id, change in _sums(lines).items():
        if award_id not in awards:
            raise UnableToPropose("One of the amounts belongs to another grant.")
        award = awards[award_id]
        over = allocated[award_id] + change - award.amount
        if over > 0:
            raise UnableToPropose(
                f"The amounts for {award.year_label} are {pounds(over)} more than the award of "
                f"{pounds(award.amount)}. Reduce them."
            )


def approve(*, decision: Decision, answer: str, by: User, at: datetime) -> Decision:
    """Moves the money. Raises UnableToDecide for the proposer, a second answer, or an exceeded award."""
    return _decide(decision, DecisionStatus.APPROVED, answer, by, at)


def reject(*, decision: Decision, answer: str, by: User, at: datetime) -> Decision:
    """Leaves the money where it is. Raises UnableToDecide without a reason."""
    if not answer.strip():
        raise UnableToDecide("Say why you reject this decision.")
    return _decide(decision, DecisionStatus.REJECTED, answer, by, at)


@transaction.atomic
def _decide(decision: Decision, status: DecisionStatus, answer: str, by: User, at: datetime) -> Decision:
    check_may(Permission.DECIDE, by=by, at=at, partnership=decision.grant.partnership)
    if by.pk == decision.proposed_by_id:
        raise UnableToDecide("You proposed this decision, so somebody else must approve or reject it.")
    if status == DecisionStatus.APPROVED:
        _check_still_fits(decision)
    with refusals(UnableToDecide), transaction.atomic():
        moved = Decision.objects.filter(pk=decision.pk, status=DecisionStatus.PROPOSED).update(
            status=status, answer=answer.strip(), decided_by=by, decided_at=at
        )
    if not moved:
        raise UnableToDecide("This decision has already been approved or rejected.")
    decision.refresh_from_db()
    if status == DecisionStatus.APPROVED:
        for line in decision.lines.select_related("organisation", "award"):
            rollups.mark_year(organisation=line.organisation, year=line.award.year, at=at)
    return decision


def _check_still_fits(decision: Decision) -> None:
    """Raises UnableToDecide when an amount that the proposal changes was changed by another one since."""
    # Locked as in the database's own check, so that two approvals at once take turns.
    list(decision.grant.awards.select_for_update(no_key=True).order_by("pk"))
    held = DecisionLine.objects.filter(award__grant=decision.grant_id).approved().allocations()
    changed = [line for line in decision.lines.select_related("organisation") if line.has_moved(held)]
    if changed:
        names = ", ".join(sorted({line.organisation.short_name for line in changed}))
        raise UnableToDecide(
            f"Another decision has changed what {names} holds since this was proposed, so approving it "
            "would not give the amounts that were asked for. Reject it, and ask for a new proposal."
        )
