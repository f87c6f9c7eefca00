"""What must never be false about versions, signatures, queries and reopened returns, tried with raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from funding.actions import returns, reviews
from funding.models import Certificate, QuarterlyReturn, ReturnVersion
from funding.snapshot import content_of, digest_of
from tests.constraints.test_ledger import refused, sql
from tests.world import NOW, World


@pytest.fixture
def accepted(world: World) -> QuarterlyReturn:
    world.open()
    return world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)


@pytest.mark.parametrize("table", ["returnversion", "certificate", "queryreply", "returnevent"])
def test_what_was_signed_is_append_only(world: World, accepted: QuarterlyReturn, table: str) -> None:
    reopened = returns.reopen(quarterly_return=accepted, reason="An error.", by=world.officer, at=NOW)
    sent = world.certify(reopened, by=world.lead, certifier=world.certifier, actual="2.00")
    queried = returns.query(quarterly_return=sent, reason="Why?", by=world.officer, at=NOW)
    reviews.reply(query=queried.queries.get(), text="Because.", by=world.lead, at=NOW)
    for statement in (
        f"UPDATE funding_{table} SET id = id",
        f"DELETE FROM funding_{table}",
        f"TRUNCATE funding_{table} CASCADE",
    ):
        with pytest.raises(DatabaseError):
            sql(statement)


def test_a_version_holds_what_was_signed(world: World, accepted: QuarterlyReturn) -> None:
    version = ReturnVersion.objects.get(quarterly_return=accepted)
    assert version.content == content_of(accepted)
    assert version.digest == digest_of(version.content)
    assert version.certificate.reference.endswith(version.digest[:8].upper())


def test_a_version_is_signed_once(world: World, accepted: QuarterlyReturn) -> None:
    signed = Certificate.objects.get()
    refused(
        "version_id",
        "INSERT INTO funding_certificate (version_id, reference, capacity, declaration, certified_by_id, "
        "certified_at) VALUES (%s, 'OTHER', 'x', 'x', %s, now())",
        signed.version_id,
        world.certifier.pk,
    )


@pytest.mark.parametrize("status", ["draft", "queried", "certified", "with_certifier", "not_started"])
def test_an_accepted_return_is_only_reopened_or_locked(accepted: QuarterlyReturn, status: str) -> None:
    refused(
        "accepted_return_never_changes",
        "UPDATE funding_quarterlyreturn SET status = %s, accepted_by_id = NULL, accepted_at = NULL WHERE id = %s",
        status,
        accepted.pk,
    )


@pytest.mark.parametrize(
    "change", ["status = 'reopened'", "progress = 'other'", "extended_to = '2030-01-01'"]
)
def test_a_locked_return_never_changes(world: World, accepted: QuarterlyReturn, change: str) -> None:
    reviews.close_round(opened=accepted.round, by=world.officer, at=NOW)
    refused(
        "accepted_return_never_changes",
        f"UPDATE funding_quarterlyreturn SET {change} WHERE id = %s",
        accepted.pk,
    )


def test_what_was_asked_stays_as_it_was_asked(world: World) -> None:
    world.open()
    found = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    returns.query(quarterly_return=found, reason="Why?", by=world.officer, at=NOW)
    refused("frozen_columns", "UPDATE funding_returnquery SET question = 'Other'")
    refused("query_settled_by_and_at", "UPDATE funding_returnquery SET settled_at = now()")
    assert sql("UPDATE funding_returnquery SET due_on = '2030-01-01'") == 1
