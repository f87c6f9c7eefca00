"""What must never be false about returns, tried by going round Python with raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from funding.actions.returns import TRANSITIONS
from funding.models import QuarterlyReturn, ReturnEvent
from funding.models.return_states import MOVES
from tests.constraints.test_ledger import refused, sql
from tests.world import Q2, World

CERTIFY = "UPDATE funding_quarterlyreturn SET status = 'certified', certified_by_id = %s, certified_at = now() WHERE id = %s"


@pytest.fixture
def sent(world: World) -> QuarterlyReturn:
    world.open()
    return world.send(world.return_of(world.north), by=world.lead)


@pytest.fixture
def accepted(world: World) -> QuarterlyReturn:
    world.open()
    return world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)


def test_one_return_an_organisation_and_round(world: World, sent: QuarterlyReturn) -> None:
    refused(
        "return_once_a_round",
        "INSERT INTO funding_quarterlyreturn (round_id, organisation_id, status, revision, is_nil, progress, "
        "problems, next_steps, spend_rag, spend_rag_reason, delivery_rag, delivery_rag_reason) "
        "VALUES (%s, %s, 'not_started', 0, false, '', '', '', '', '', '', '')",
        sent.round_id,
        sent.organisation_id,
    )


def test_the_preparer_never_certifies(world: World, sent: QuarterlyReturn) -> None:
    refused("return_", CERTIFY, world.lead.pk, sent.pk)


def test_who_entered_figures_never_certifies_even_if_another_sent_them(
    world: World, sent: QuarterlyReturn
) -> None:
    sql("UPDATE funding_quarterlyreturn SET prepared_by_id = %s WHERE id = %s", world.stranger.pk, sent.pk)
    refused("return_four_eyes", CERTIFY, world.lead.pk, sent.pk)
    assert sql(CERTIFY, world.certifier.pk, sent.pk) == 1


@pytest.mark.parametrize(
    "change",
    ["revision = revision + 1", "progress = 'other'", "status = 'draft', accepted_by_id = NULL"],
)
def test_an_accepted_return_never_changes(accepted: QuarterlyReturn, change: str) -> None:
    refused(
        "accepted_return_never_changes",
        f"UPDATE funding_quarterlyreturn SET {change} WHERE id = %s",
        accepted.pk,
    )


@pytest.mark.parametrize("table", ["spendline", "forecastline", "activityline"])
@pytest.mark.parametrize(
    "verb", ["UPDATE funding_{} SET quarterly_return_id = quarterly_return_id", "DELETE FROM funding_{}"]
)
def test_the_lines_of_a_return_that_is_not_open_are_locked(
    sent: QuarterlyReturn, table: str, verb: str
) -> None:
    refused("return_lines_are_locked", verb.format(table))


def test_the_lines_of_an_open_return_can_change(world: World) -> None:
    world.open()
    world.fill(world.return_of(world.north), by=world.lead)
    assert sql("UPDATE funding_spendline SET actual = 1.23") == 2


@pytest.mark.parametrize("amount", ["'NaN'", "-0.01"])
@pytest.mark.parametrize(
    "column", ["spendline SET actual", "spendline SET committed", "forecastline SET amount"]
)
def test_an_amount_is_a_number_of_zero_or_more(world: World, column: str, amount: str) -> None:
    world.open()
    world.fill(world.return_of(world.north), by=world.lead)
    with pytest.raises(DatabaseError):
        sql(f"UPDATE funding_{column} = {amount}")


def test_a_return_with_an_empty_amount_is_never_sent(world: World) -> None:
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead)
    sql("UPDATE funding_spendline SET actual = NULL")
    refused(
        "return_amounts_entered",
        "UPDATE funding_quarterlyreturn SET status = 'with_certifier' WHERE id = %s",
        found.pk,
    )


def test_status_goes_with_its_signatures(sent: QuarterlyReturn) -> None:
    refused(
        "return_status_and", "UPDATE funding_quarterlyreturn SET status = 'certified' WHERE id = %s", sent.pk
    )
    refused(
        "return_certified_by_and_at",
        "UPDATE funding_quarterlyreturn SET certified_at = now() WHERE id = %s",
        sent.pk,
    )


def test_history_is_append_only(sent: QuarterlyReturn) -> None:
    verbs = list(ReturnEvent.objects.filter(quarterly_return=sent).values_list("verb", flat=True))
    assert (verbs.count("save"), verbs.count("send")) == (4, 1)
    for statement in (
        "UPDATE funding_returnevent SET verb = 'x'",
        "DELETE FROM funding_returnevent",
        "TRUNCATE funding_returnevent CASCADE",
        "DELETE FROM funding_quarterlyreturn",
        "UPDATE funding_spendlineevent SET actual = 0",
        "DELETE FROM funding_spendlineevent",
    ):
        with pytest.raises(DatabaseError):
            sql(statement)


def test_history_keeps_what_an_amount_was(world: World) -> None:
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead, actual="1.00")
    world.fill(found, by=world.lead, actual="2.00")
    line = world.return_of(world.north, Q2).spend_lines.first()
    assert line is not None
    kept = [str(event.actual) for event in line.events.order_by("pgh_id")]
    assert kept == ["1.00", "2.00"]


def test_the_database_and_the_actions_know_the_same_moves() -> None:
    known = {(row.before, after) for row in TRANSITIONS for after in (row.after, *row.or_back_to)}
    assert set(MOVES) == {(before, after) for before, after in known if before != after}
