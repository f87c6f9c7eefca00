"""Threads of queries, settling them, reopening a return, closing a round; four eyes, also by raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from authorities import actions as people
from authorities.roles import Role
from funding.actions import returns, reviews
from funding.actions.errors import UnableToDo, UnableToMoveReturn
from funding.actions.returns import Question
from funding.models import QuarterlyReturn, ReturnPart, ReturnQuery, ReturnStatus, RollUpMark
from tests.world import NOW, START, World


@pytest.fixture
def certified(signed_world: World) -> QuarterlyReturn:
    return signed_world.return_of(signed_world.north)


@pytest.fixture
def query(world: World, certified: QuarterlyReturn) -> ReturnQuery:
    asked = [Question(ReturnPart.NARRATIVE, "What came of it?"), Question(ReturnPart.MATCH, "From whom?")]
    returns.query(
        quarterly_return=certified, reason="Two questions.", questions=asked, by=world.officer, at=NOW
    )
    return ReturnQuery.objects.earliest("pk")


def test_an_answer_lets_an_unchanged_return_be_sent_again(world: World, query: ReturnQuery) -> None:
    found = world.return_of(world.north)
    with pytest.raises(UnableToMoveReturn, match="Nothing has changed"):
        returns.send(quarterly_return=found, by=world.lead, at=NOW)
    later = NOW.replace(hour=15)
    reviews.reply(query=query, text="A new group.", by=world.lead, at=later)
    sent = returns.send(quarterly_return=world.return_of(world.north), by=world.lead, at=later)
    assert sent.status == ReturnStatus.WITH_CERTIFIER


@pytest.mark.parametrize("who", ["certifier", "stranger", "auditor", "board_member", "approver"])
def test_who_neither_prepares_nor_reviews_does_not_write(world: World, query: ReturnQuery, who: str) -> None:
    with pytest.raises(UnableToMoveReturn, match="Only those who prepare"):
        reviews.reply(query=query, text="Me too.", by=getattr(world, who), at=NOW)
    with pytest.raises(UnableToMoveReturn, match="Your role"):
        reviews.settle(query=query, by=getattr(world, who), at=NOW)


def test_accepting_settles_what_is_left(world: World, query: ReturnQuery) -> None:
    reviews.settle(query=query, by=world.officer, at=NOW)
    again = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    returns.accept(quarterly_return=again, by=world.officer, at=NOW)
    assert not ReturnQuery.objects.unsettled().exists()


def test_a_question_and_its_replies_never_change(world: World, query: ReturnQuery) -> None:
    reviews.reply(query=query, text="A new group.", by=world.lead, at=NOW)
    for sql in (
        "UPDATE funding_returnquery SET question = 'Something else?'",
        "UPDATE funding_queryreply SET text = 'Never said'",
        "DELETE FROM funding_queryreply",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_reopening_needs_an_officer_and_a_reason(world: World, certified: QuarterlyReturn) -> None:
    accepted = returns.accept(quarterly_return=certified, by=world.officer, at=NOW)
    for who, reason in ((world.lead, "Mine."), (world.auditor, "Mine."), (world.officer, "  ")):
        with pytest.raises(UnableToMoveReturn):
            returns.reopen(quarterly_return=accepted, reason=reason, by=who, at=NOW)
    RollUpMark.objects.all().delete()
    reopened = returns.reopen(quarterly_return=accepted, reason="Counted twice.", by=world.officer, at=NOW)
    assert reopened.status == ReturnStatus.REOPENED
    assert (reopened.certified_by, reopened.accepted_by) == (None, None)
    assert RollUpMark.objects.exists()
    assert accepted.versions.get().certificate, "what was accepted stays"


def test_closing_a_round_locks_what_is_accepted_now_and_later(
    world: World, certified: QuarterlyReturn
) -> None:
    returns.accept(quarterly_return=certified, by=world.officer, at=NOW)
    opened = certified.round
    assert len(reviews.waiting_in(opened)) == 3
    reviews.close_round(opened=opened, by=world.officer, at=NOW)
    locked = world.return_of(world.north)
    assert locked.status == ReturnStatus.LOCKED
    with pytest.raises(UnableToMoveReturn, match="The round of this return is closed"):
        returns.reopen(quarterly_return=locked, reason="Late news.", by=world.officer, at=NOW)
    late = world.accept(world.return_of(world.south), by=world.stranger, certifier=world.south_certifier)
    assert late.status == ReturnStatus.LOCKED
    with pytest.raises(UnableToMoveReturn, match="closed already"):
        reviews.close_round(opened=opened, by=world.officer, at=NOW)


@pytest.mark.parametrize("who", ["lead", "approver", "auditor", "administrator"])
def test_only_an_officer_closes(world: World, who: str) -> None:
    opened = world.open()
    with pytest.raises(UnableToDo):
        reviews.close_round(opened=opened, by=getattr(world, who), at=NOW)
    opened.refresh_from_db()
    assert opened.closed_at is None


def test_who_entered_something_never_accepts(world: World) -> None:
    people.give_role(user=world.officer, organisation=world.north, role=Role.LEAD, starts_on=START)
    world.open()
    world.fill(world.return_of(world.north), by=world.officer, actual="5.00")
    sent = world.send(world.return_of(world.north), by=world.lead)
    signed = returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    with pytest.raises(UnableToMoveReturn, match="somebody else must accept it"):
        returns.accept(quarterly_return=signed, by=world.officer, at=NOW)
    sql = "UPDATE funding_quarterlyreturn SET status = 'accepted', accepted_by_id = %s, accepted_at = now() WHERE id = %s"
    with (
        pytest.raises(DatabaseError, match="cannot accept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [world.officer.pk, signed.pk])
    with (
        pytest.raises(DatabaseError, match="cannot accept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [world.certifier.pk, signed.pk])


def test_a_locked_return_never_moves_by_raw_sql(world: World, certified: QuarterlyReturn) -> None:
    returns.accept(quarterly_return=certified, by=world.officer, at=NOW)
    reviews.close_round(opened=certified.round, by=world.officer, at=NOW)
    sql = "UPDATE funding_quarterlyreturn SET status = 'reopened', certified_by_id = NULL, certified_at = NULL, accepted_by_id = NULL, accepted_at = NULL WHERE id = %s"
    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [certified.pk])
