"""Proposing and deciding, through the actions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from authorities.models import Membership
from funding.actions import decisions
from funding.actions.errors import UnableToDo
from funding.models import Decision, DecisionKind, DecisionLine, RollUpMark
from tests.world import NOW, World


def propose(world: World, north: str, south: str = "300000.00", **changes: object) -> Decision:
    arguments = {
        "grant": world.grant,
        "reference": "2026-100",
        "reason": "More violence in the north.",
        "wanted": {
            (world.award.pk, world.north.pk): Decimal(north),
            (world.award.pk, world.south.pk): Decimal(south),
        },
        "seen": DecisionLine.objects.approved().allocations(),
        "by": world.officer,
        "at": NOW,
    } | changes
    return decisions.propose(**arguments)  # type: ignore[arg-type]


def test_lines_are_the_differences(world: World) -> None:
    decision = propose(world, "460000.50")

    assert [(line.organisation, line.amount) for line in decision.lines.all()] == [
        (world.north, Decimal("10000.50"))
    ]
    assert decision.kind == DecisionKind.ALLOCATION


def test_money_moves_on_approval_only(world: World) -> None:
    decision = propose(world, "440000.00", "310000.00")
    assert decision.kind == DecisionKind.REALLOCATION
    assert DecisionLine.objects.approved().allocations()[world.award.pk, world.north.pk] == 450000

    decisions.approve(decision=decision, answer="Agreed.", by=world.approver, at=NOW)

    held = DecisionLine.objects.approved().allocations()
    assert held[world.award.pk, world.north.pk] == Decimal("440000.00")
    assert held[world.award.pk, world.south.pk] == Decimal("310000.00")


def test_an_approval_marks_the_years_that_it_touches(world: World) -> None:
    world.roll_up()
    decisions.approve(decision=propose(world, "450001.00"), answer="", by=world.approver, at=NOW)

    marked = set(RollUpMark.objects.values_list("organisation", "year", "quarter_number"))
    assert marked == {(world.north.pk, 2026, number) for number in (1, 2, 3, 4)}


def test_a_rejection_needs_a_reason_and_moves_nothing(world: World) -> None:
    decision = propose(world, "460000.00")
    with pytest.raises(decisions.UnableToDecide, match="Say why"):
        decisions.reject(decision=decision, answer=" ", by=world.approver, at=NOW)

    decisions.reject(decision=decision, answer="Not now.", by=world.approver, at=NOW)

    assert DecisionLine.objects.approved().allocations()[world.award.pk, world.north.pk] == 450000
    with pytest.raises(decisions.UnableToDecide, match="already"):
        decisions.approve(decision=decision, answer="", by=world.approver, at=NOW)


def test_the_proposer_cannot_decide_whatever_roles_they_hold(world: World) -> None:
    decision = propose(world, "460000.00")
    Membership.objects.create(
        user=world.officer, organisation=world.hub, role="approver", starts_on=NOW.date()
    )
    with pytest.raises(decisions.UnableToDecide, match="somebody else"):
        decisions.approve(decision=decision, answer="", by=world.officer, at=NOW)


def test_what_changed_while_typing_is_refused(world: World) -> None:
    seen = DecisionLine.objects.approved().allocations()
    first = propose(world, "460000.00", reference="2026-101")
    decisions.approve(decision=first, answer="", by=world.approver, at=NOW)

    with pytest.raises(decisions.UnableToPropose, match="while you were typing"):
        propose(world, "470000.00", seen=seen)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"north": "450000.00"}, "Change at least one amount"),
        ({"north": "500000.01"}, r"£0\.01 more than the award of £1,000,000\.00"),
        ({"north": "460000.00", "reference": "2026-001"}, "already has this reference"),
        ({"north": "-1.00"}, None),
    ],
)
def test_what_cannot_be_proposed_says_why(
    world: World, changes: dict[str, str], sentence: str | None
) -> None:
    if sentence is None:
        # A negative allocation is proposed, but the database never lets it through.
        decision = propose(world, **changes)
        with pytest.raises(decisions.UnableToDecide, match="more from an organisation than it holds"):
            decisions.approve(decision=decision, answer="", by=world.approver, at=NOW)
        return
    with pytest.raises(decisions.UnableToPropose, match=sentence):
        propose(world, **changes)


@pytest.mark.parametrize("person", ["approver", "lead", "board_member", "auditor", "administrator"])
def test_only_an_officer_proposes(world: World, person: str) -> None:
    with pytest.raises(UnableToDo, match="Your role does not let you"):
        propose(world, "460000.00", by=getattr(world, person))


def test_a_right_ends_with_its_last_day(world: World) -> None:
    Membership.objects.filter(user=world.officer).update(ends_on="2026-11-01")
    with pytest.raises(UnableToDo):
        propose(world, "460000.00")
