"""What must never be false about money, tried by going round Python with raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from funding.actions import decisions
from funding.models import Decision, DecisionLine
from tests.world import NOW, World


def sql(statement: str, *parameters: object) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def refused(constraint: str, statement: str, *parameters: object) -> None:
    with pytest.raises(DatabaseError) as refusal:
        sql(statement, *parameters)
    cause = refusal.value.__cause__
    assert constraint in (cause.diag.constraint_name or "") + str(cause)  # type: ignore[union-attr]


def proposal(world: World, amount: str, *, kind: str = "allocation", organisation: object = None) -> int:
    """A proposal with one line, written by raw SQL; returns its number."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO funding_decision (grant_id, reference, kind, reason, status, proposed_by_id, "
            "proposed_at, answer) VALUES (%s, %s, %s, 'raw', 'proposed', %s, now(), '') RETURNING id",
            [world.grant.pk, f"RAW-{Decision.objects.count()}", kind, world.officer.pk],
        )
        (number,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO funding_decisionline (decision_id, award_id, organisation_id, amount) "
            "VALUES (%s, %s, %s, %s)",
            [number, world.award.pk, (organisation or world.north).pk, amount],  # type: ignore[attr-defined]
        )
    return int(number)


APPROVE = (
    "UPDATE funding_decision SET status = 'approved', decided_by_id = %s, decided_at = now() WHERE id = %s"
)


def test_an_approved_line_counts(world: World) -> None:
    assert sql(APPROVE, world.approver.pk, proposal(world, "50000.00")) == 1
    held = DecisionLine.objects.approved().allocations()
    assert held[world.award.pk, world.north.pk] == 500000


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e11", "0"])
def test_a_line_is_an_amount_of_money(world: World, amount: str) -> None:
    with pytest.raises(DatabaseError):
        proposal(world, amount)


def test_the_lines_never_exceed_the_award(world: World) -> None:
    number = proposal(world, "50000.01")  # £950,000.00 of £1,000,000.00 is allocated
    refused("award_not_exceeded", APPROVE, world.approver.pk, number)


def test_an_award_never_falls_below_its_lines(world: World) -> None:
    refused("award_not_exceeded", "UPDATE funding_award SET amount = 949999.99 WHERE id = %s", world.award.pk)
    assert sql("UPDATE funding_award SET amount = 950000.00 WHERE id = %s", world.award.pk) == 1


def test_no_allocation_is_negative(world: World) -> None:
    number = proposal(world, "-450000.01")
    refused("allocation_not_negative", APPROVE, world.approver.pk, number)


def test_a_reallocation_sums_to_zero(world: World) -> None:
    number = proposal(world, "-1.00", kind="reallocation")
    refused("reallocation_sums_to_zero", APPROVE, world.approver.pk, number)


def test_the_proposer_never_approves(world: World) -> None:
    refused("decision_four_eyes", APPROVE, world.officer.pk, proposal(world, "1.00"))


def test_a_decision_begins_as_a_proposal(world: World) -> None:
    refused(
        "decision_begins_as_proposal",
        "INSERT INTO funding_decision (grant_id, reference, kind, reason, status, proposed_by_id, proposed_at, "
        "decided_by_id, decided_at, answer) VALUES (%s, 'X', 'allocation', '', 'approved', %s, now(), %s, now(), '')",
        world.grant.pk,
        world.officer.pk,
        world.approver.pk,
    )


def test_a_decision_is_decided_once(world: World) -> None:
    number = Decision.objects.filter(status="approved").values_list("pk", flat=True)[0]
    refused("decision_decided_once", "UPDATE funding_decision SET status = 'rejected' WHERE id = %s", number)
    refused("decision_decided_once", "UPDATE funding_decision SET reason = 'other' WHERE id = %s", number)


def test_lines_are_added_only_to_a_proposal(world: World) -> None:
    number = Decision.objects.filter(status="approved").values_list("pk", flat=True)[0]
    refused(
        "decision_line_added_to_proposal",
        "INSERT INTO funding_decisionline (decision_id, award_id, organisation_id, amount) VALUES (%s, %s, %s, 1)",
        number,
        world.award.pk,
        world.police.pk,
    )


def test_a_line_belongs_to_the_grant_of_its_decision(world: World) -> None:
    number = proposal(world, "1.00")
    refused(
        "decision_line_added_to_proposal",
        "INSERT INTO funding_decisionline (decision_id, award_id, organisation_id, amount) VALUES (%s, %s, %s, 1)",
        number,
        world.hotspot_award.pk,
        world.police.pk,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funding_decisionline SET amount = amount + 1",
        "DELETE FROM funding_decisionline",
        "TRUNCATE funding_decisionline CASCADE",
        "DELETE FROM funding_decision",
        "DELETE FROM funding_award",
    ],
)
def test_the_ledger_is_append_only(world: World, statement: str) -> None:
    with pytest.raises(DatabaseError):
        sql(statement)


def test_who_decided_goes_with_when(world: World) -> None:
    number = proposal(world, "1.00")
    refused(
        "decision", "UPDATE funding_decision SET decided_by_id = %s WHERE id = %s", world.approver.pk, number
    )
    refused("decision", "UPDATE funding_decision SET decided_at = now() WHERE id = %s", number)


def test_an_approval_without_a_change_of_heart(world: World) -> None:
    """The same rules through the action, with sentences."""
    seen = DecisionLine.objects.approved().allocations()
    from decimal import Decimal

    with pytest.raises(decisions.UnableToPropose, match=r"£50,000\.01 more than the award"):
        decisions.propose(
            grant=world.grant,
            reference="A",
            reason="r",
            wanted={(world.award.pk, world.north.pk): Decimal("550000.01")},
            seen=seen,
            by=world.officer,
            at=NOW,
        )
