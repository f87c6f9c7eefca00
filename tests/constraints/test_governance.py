"""What must never be false about meetings, decisions asked for, actions and milestones, tried with raw SQL."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection

from funding.actions import board_actions, board_questions, meetings, milestones
from funding.models import BoardAction, BoardQuestion, ChangeTheme, Meeting, Milestone, MilestoneStatus
from tests.constraints.test_ledger import refused, sql
from tests.faults.neighbours import build_neighbours, propose
from tests.world import NOW, Q2, World

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = date(2026, 12, 9)
ANSWER = (
    "UPDATE funding_boardquestion SET outcome = %s, outcome_words = 'So.', outcome_on = %s, outcome_by_id = %s, "
    "outcome_at = now() WHERE id = %s"
)


@pytest.fixture
def meeting(world: World) -> Meeting:
    return meetings.plan_meeting(
        partnership=world.partnership, held_on=DAY, place="online", quarter=Q2, by=world.officer, at=NOW
    )


@pytest.fixture
def question(world: World, meeting: Meeting) -> BoardQuestion:
    return board_questions.ask(
        meeting=meeting,
        title="Move money",
        asked="Shall it move?",
        recommendation="Agree.",
        amount=Decimal("5.00"),
        decision=None,
        by=world.officer,
        at=NOW,
    )


@pytest.fixture
def action(world: World, meeting: Meeting) -> BoardAction:
    return board_actions.add_action(
        meeting=meeting,
        what="Tell the councils",
        owner="Director",
        organisation=None,
        due_on=DAY,
        by=world.officer,
        at=NOW,
    )


@pytest.fixture
def milestone(world: World) -> Milestone:
    made = milestones.set_milestone(
        partnership=world.partnership,
        theme=ChangeTheme.EXCLUSIONS,
        name="Shared",
        due_on=DAY,
        by=world.officer,
        at=NOW,
    )
    milestones.report(
        milestone=made,
        quarter=Q2,
        status=MilestoneStatus.ON_TRACK,
        words="Well.",
        evidence="",
        by=world.officer,
        at=NOW,
    )
    return made


def answer(world: World, question: BoardQuestion, outcome: str = "agreed", on: date = DAY) -> int:
    return sql(ANSWER, outcome, on, world.officer.pk, question.pk)


def test_an_outcome_is_whole_and_final(world: World, question: BoardQuestion) -> None:
    for part in ("outcome = 'agreed'", "outcome_words = 'x'", "outcome_on = now()", "outcome_at = now()"):
        refused("question_outcome_whole", f"UPDATE funding_boardquestion SET {part}")
    refused("question_outcome_whole", ANSWER, "perhaps", DAY, world.officer.pk, question.pk)

    assert answer(world, question) == 1

    for change in ("outcome = 'deferred'", "outcome_words = 'No.'", "title = 'Another'", "amount = 6"):
        refused("question_outcome_final", f"UPDATE funding_boardquestion SET {change}")


def test_the_board_decides_at_its_meeting_or_later(world: World, question: BoardQuestion) -> None:
    early = DAY - timedelta(days=1)
    for outcome in ("agreed", "not_agreed", "deferred"):
        refused("question_decided_at_its_meeting", ANSWER, outcome, early, world.officer.pk, question.pk)
    assert answer(world, question, "withdrawn", early) == 1


def test_a_cancelled_meeting_decides_nothing(world: World, meeting: Meeting, question: BoardQuestion) -> None:
    meetings.cancel_meeting(meeting=meeting, reason="Snow.", by=world.officer, at=NOW)

    refused("question_decided_at_its_meeting", ANSWER, "agreed", DAY, world.officer.pk, question.pk)
    refused("meeting_cancelled_once", "UPDATE funding_meeting SET place = 'here'")


def test_a_meeting_that_has_decided_is_not_moved_or_cancelled(world: World, question: BoardQuestion) -> None:
    answer(world, question)

    refused("meeting_has_decided", "UPDATE funding_meeting SET held_on = held_on + 1")
    refused(
        "meeting_has_decided",
        "UPDATE funding_meeting SET cancelled_at = planned_at, cancelled_by_id = planned_by_id, "
        "cancelled_because = 'So.'",
    )
    assert sql("UPDATE funding_meeting SET place = 'Town hall'") == 1


def test_a_meeting_is_cancelled_before_it_is_held_and_with_a_reason(meeting: Meeting) -> None:
    whole = "UPDATE funding_meeting SET cancelled_by_id = planned_by_id, cancelled_at = %s, cancelled_because = %s"
    # Half past eleven in the evening of the day in London, and half past midnight after it.
    refused("meeting_cancelled_before_it_was_held", whole, f"{DAY + timedelta(days=1)} 00:30+00", "Late.")
    refused("meeting_cancelled_with_a_reason", whole, f"{DAY} 23:30+00", "")
    refused("meeting_cancelled_by_and_at", "UPDATE funding_meeting SET cancelled_at = planned_at, cancelled_because = 'x'")  # fmt: skip
    assert sql(whole, f"{DAY} 23:30+00", "Snow.") == 1


def test_one_meeting_a_day_but_a_cancelled_one_makes_room(world: World, meeting: Meeting) -> None:
    copy = (
        "INSERT INTO funding_meeting (partnership_id, held_on, place, year, quarter_number, planned_by_id, "
        "planned_at, cancelled_because) SELECT partnership_id, held_on, place, year, %s, planned_by_id, "
        "planned_at, '' FROM funding_meeting LIMIT 1"
    )
    refused("meeting_once_a_day", copy, 2)
    meetings.cancel_meeting(meeting=meeting, reason="Snow.", by=world.officer, at=NOW)
    refused("meeting_quarter_is_a_quarter", copy, 5)
    assert sql(copy, 2) == 1


def test_nothing_of_another_partnership(world: World, question: BoardQuestion, action: BoardAction) -> None:
    far = build_neighbours(world)
    there = meetings.plan_meeting(
        partnership=far.partnership, held_on=DAY, place="online", quarter=Q2, by=far.officer, at=NOW
    )
    decision = propose(far, "310000.00", "FAR-9")

    one = "UPDATE funding_boardquestion SET {} = %s"
    refused("question_of_one_partnership", one.format("decision_id"), decision.pk)
    refused("question_of_one_partnership", one.format("meeting_id"), there.pk)
    refused(
        "board_action_of_its_partnership", "UPDATE funding_boardaction SET organisation_id = %s", far.north.pk
    )
    follow = (
        "INSERT INTO funding_boardquestion (meeting_id, title, asked, recommendation, asked_by_id, asked_at, "
        "outcome, outcome_words, follows_id, follows_because) SELECT %s, title, asked, recommendation, "
        "asked_by_id, asked_at, '', '', id, %s FROM funding_boardquestion LIMIT 1"
    )
    refused("question_follows_an_outcome", follow, question.meeting_id, "Why.")
    answer(world, question, "deferred")
    refused("question_of_one_partnership", follow, there.pk, "Why.")
    refused("question_follows_with_a_reason", follow, question.meeting_id, "")
    assert sql(follow, question.meeting_id, "Why.") == 1
    refused("follows_id", follow, question.meeting_id, "Again.")


def test_amounts_are_money(question: BoardQuestion) -> None:
    for amount in ("NaN", "-1"):
        refused("question_amount_is_money", "UPDATE funding_boardquestion SET amount = %s", amount)


def test_an_action_is_done_once_and_whole(world: World, action: BoardAction) -> None:
    refused("board_action_done_whole", "UPDATE funding_boardaction SET done_on = now()")
    refused("board_action_done_whole", "UPDATE funding_boardaction SET done_words = 'x'")
    board_actions.record_done(action=action, on=TODAY, words="Told.", by=world.officer, at=NOW)
    refused("board_action_done_once", "UPDATE funding_boardaction SET due_on = due_on + 1")


def test_reports_are_append_only_and_mean_something(milestone: Milestone) -> None:
    copy = (
        "INSERT INTO funding_milestonereport (milestone_id, year, quarter_number, status, words, evidence, "
        "reported_by_id, reported_at) SELECT milestone_id, year, %s, %s, %s, %s, reported_by_id, reported_at "
        "FROM funding_milestonereport LIMIT 1"
    )
    refused("milestone_report_quarter_is_a_quarter", copy, 0, "on_track", "x", "")
    refused("milestone_report_status_known", copy, 1, "fine", "x", "")
    refused("milestone_report_has_words", copy, 1, "on_track", "", "")
    refused("milestone_done_with_evidence", copy, 1, "done", "x", "")
    assert sql(copy, 1, "done", "x", "Minutes.") == 1
    for statement in ("UPDATE funding_milestonereport SET id = id", "DELETE FROM funding_milestonereport"):
        with pytest.raises(DatabaseError, match=r"append_only|Cannot"):
            sql(statement)


def test_nothing_is_deleted_and_every_version_is_kept(
    question: BoardQuestion, action: BoardAction, milestone: Milestone
) -> None:
    with connection.cursor() as cursor:
        # As a commit does, so that TRUNCATE is refused by its trigger and not for what is still deferred.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("boardaction", "boardquestion", "milestone", "meeting"):
        with pytest.raises(DatabaseError, match="Cannot delete"):
            sql(f"DELETE FROM funding_{table}")
        with pytest.raises(DatabaseError, match="never emptied"):
            sql(f"TRUNCATE funding_{table} CASCADE")
    sql("UPDATE funding_milestone SET due_on = due_on + 30")
    sql("UPDATE funding_boardquestion SET title = 'Move less money'")
    days = milestone.events.order_by("pgh_id").values_list("due_on", flat=True)  # type: ignore[attr-defined]
    assert list(days) == [DAY, DAY + timedelta(days=30)]
    titles = question.events.order_by("pgh_id").values_list("title", flat=True)  # type: ignore[attr-defined]
    assert list(titles) == ["Move money", "Move less money"]
