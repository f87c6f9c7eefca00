"""Meetings, decisions asked for, actions and milestones: what officers may do when, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from funding.actions import board_actions, board_questions, decisions, meetings, milestones
from funding.actions.errors import UnableTo, UnableToDo
from funding.models import BoardQuestion, ChangeTheme, Meeting, MilestoneStatus, Outcome
from funding.quarters import Quarter
from tests.faults.neighbours import propose
from tests.world import NOW, Q1, Q2, World

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = date(2026, 12, 9)
ON_THE_DAY = NOW + (DAY - TODAY)
AFTER = ON_THE_DAY + timedelta(days=1)


def plan(world: World, held_on: date = DAY, **changes: Any) -> Meeting:
    values = {"place": "online", "quarter": Q2, "by": world.officer, "at": NOW, **changes}
    return meetings.plan_meeting(partnership=world.partnership, held_on=held_on, **values)


def ask(world: World, meeting: Meeting, **changes: Any) -> BoardQuestion:
    values = {
        "title": "Move money",
        "asked": "Shall it move?",
        "recommendation": "Agree.",
        "amount": Decimal("84000.00"),
        "decision": None,
        "by": world.officer,
        "at": NOW,
        **changes,
    }
    return board_questions.ask(meeting=meeting, **values)


def record(
    world: World, question: BoardQuestion, outcome: Outcome, at: datetime = ON_THE_DAY, on: date = DAY
) -> BoardQuestion:
    return board_questions.record_outcome(
        question=question, outcome=outcome, words=f"It is {outcome}.", on=on, by=world.officer, at=at
    )


def refuses(sentence: str, action: Callable[[], object]) -> None:
    with pytest.raises(UnableTo, match=sentence):
        action()


def test_a_meeting_is_planned_changed_and_cancelled_until_it_is_held(world: World) -> None:
    meeting = plan(world)
    change = partial(
        meetings.change_meeting, meeting=meeting, place="Town hall", quarter=Q1, by=world.officer
    )
    changed = change(held_on=DAY + timedelta(days=1), at=NOW)
    assert (changed.held_on, changed.place, changed.quarter) == (DAY + timedelta(days=1), "Town hall", Q1)
    refuses("already has a meeting on this day", lambda: plan(world, changed.held_on))
    refuses("or a later day", lambda: plan(world, TODAY - timedelta(days=1)))
    refuses("has not begun", lambda: plan(world, quarter=Quarter(2027, 1)))
    refuses("Say where", lambda: plan(world, place="  "))

    late = AFTER + timedelta(days=1)
    refuses("was held", lambda: change(held_on=late.date(), at=late))
    cancel = partial(meetings.cancel_meeting, meeting=meeting, by=world.officer)
    refuses("was held", lambda: cancel(reason="Snow.", at=late))
    refuses("Say why", lambda: cancel(reason=" ", at=NOW))
    assert cancel(reason="Snow.", at=AFTER).is_cancelled
    refuses("was cancelled", lambda: cancel(reason="Snow.", at=NOW))
    refuses("was cancelled", lambda: change(held_on=DAY, at=NOW))


def test_a_decision_is_asked_for_and_agreed_once(world: World) -> None:
    waiting = propose(world, "460000.00", "2026-009")
    question = ask(world, plan(world), decision=waiting)
    refuses("already asked for a decision of this title", lambda: ask(world, question.meeting))
    refuses("The board meets on 9 December 2026", lambda: record(world, question, Outcome.AGREED, on=TODAY))
    refuses("or an earlier day", lambda: record(world, question, Outcome.AGREED, NOW))

    agreed = record(world, question, Outcome.AGREED)

    assert (agreed.outcome, agreed.outcome_on, agreed.outcome_by) == ("agreed", DAY, world.officer)
    refuses("recorded and never changes", lambda: record(world, question, Outcome.NOT_AGREED))
    refuses("does not change any more", lambda: change(world, question, question.meeting))
    refuses("was held. Choose one", lambda: ask(world, question.meeting, at=AFTER))
    decisions.reject(decision=waiting, answer="No.", by=world.approver, at=NOW)
    later = plan(world, DAY + timedelta(days=90))
    refuses("has been answered already", lambda: ask(world, later, decision=waiting))


def change(world: World, question: BoardQuestion, meeting: Meeting, at: datetime = NOW) -> BoardQuestion:
    return board_questions.change_question(
        question=question,
        meeting=meeting,
        title="Move less",
        asked="Shall less move?",
        recommendation="Agree.",
        amount=None,
        decision=None,
        by=world.officer,
        at=at,
    )


def test_what_is_asked_can_be_changed_and_moved_until_the_meeting_is_held(world: World) -> None:
    first, later = plan(world), plan(world, DAY + timedelta(days=90))
    question = ask(world, first)
    assert change(world, question, first).title == "Move less"
    refuses("Record the outcome instead", lambda: change(world, question, later, AFTER))

    meetings.cancel_meeting(meeting=first, reason="Snow.", by=world.officer, at=NOW)
    refuses("was cancelled. Put the decision", lambda: record(world, question, Outcome.AGREED))
    refuses("was cancelled. Choose one", lambda: change(world, question, first, NOW))
    assert change(world, question, later, AFTER).meeting == later


def test_what_is_deferred_goes_to_another_meeting(world: World) -> None:
    first, later = plan(world), plan(world, DAY + timedelta(days=90))
    question = ask(world, first)
    again = partial(board_questions.put_to_another, question=question, by=world.officer, at=ON_THE_DAY)
    refuses("Only a decision that was deferred", lambda: again(meeting=later))
    record(world, question, Outcome.DEFERRED)
    refuses("another meeting than", lambda: again(meeting=first))

    followed = again(meeting=later)

    assert (followed.follows, followed.meeting, followed.outcome) == (question, later, "")
    assert (followed.title, followed.amount) == ("Move money", Decimal("84000.00"))
    assert followed.follows_because == "Deferred: It is deferred."
    refuses("Only a decision that was deferred", lambda: again(meeting=later))
    question.refresh_from_db()
    assert question.outcome == "deferred"
    assert set(BoardQuestion.objects.standing()) == {question, followed}


def test_a_wrong_outcome_is_put_right_by_a_new_record(world: World) -> None:
    question = ask(world, plan(world))
    right = partial(
        board_questions.put_right,
        question=question,
        outcome=Outcome.NOT_AGREED,
        words="Not agreed.",
        on=DAY,
        by=world.officer,
        at=AFTER,
    )
    refuses("No outcome has been recorded yet", lambda: right(reason="Wrong."))
    record(world, question, Outcome.AGREED)
    refuses("Say what was wrong", lambda: right(reason=" "))

    later = right(reason="The minutes say otherwise.")

    assert (later.outcome, later.follows, later.meeting) == ("not_agreed", question, question.meeting)
    assert list(BoardQuestion.objects.standing()) == [later]
    assert BoardQuestion.objects.get(pk=question.pk).is_put_right
    refuses("A later record has taken the place", lambda: right(reason="Wrong."))


def test_a_question_is_withdrawn_before_the_meeting(world: World) -> None:
    withdrawn = record(world, ask(world, plan(world)), Outcome.WITHDRAWN, NOW, TODAY)
    assert withdrawn.outcome == "withdrawn"


def test_an_action_is_changed_until_it_is_done(world: World) -> None:
    meeting = plan(world)
    values: dict[str, Any] = {"what": "Tell the councils", "owner": "Director", "organisation": world.north}
    add = partial(board_actions.add_action, meeting=meeting, by=world.officer, at=NOW, **values)
    refuses("Enter that day or a later one", lambda: add(due_on=TODAY))
    action = add(due_on=DAY)
    refuses("already has this action", lambda: add(due_on=DAY))
    moved = partial(
        board_actions.change_action, action=action, by=world.officer, at=NOW, due_on=AFTER.date(), **values
    )
    assert moved().due_on == AFTER.date()
    assert not action.is_overdue(DAY)
    assert action.is_overdue(AFTER.date())
    done = partial(board_actions.record_done, action=action, by=world.officer, at=ON_THE_DAY)
    refuses("or an earlier day", lambda: done(on=AFTER.date(), words="Told."))
    refuses("Say what was done", lambda: done(on=DAY, words=" "))
    assert done(on=DAY, words="Told.").is_done
    refuses("recorded as done", lambda: done(on=DAY, words="Told."))
    refuses("recorded as done", moved)
    cancelled = plan(world, DAY + timedelta(days=1))
    meetings.cancel_meeting(meeting=cancelled, reason="Snow.", by=world.officer, at=NOW)
    refuses(
        "was cancelled",
        lambda: board_actions.add_action(
            meeting=cancelled, by=world.officer, at=NOW, due_on=AFTER.date(), **values
        ),
    )


def test_a_milestone_stands_where_its_latest_quarter_says(world: World) -> None:
    values: dict[str, Any] = {
        "theme": ChangeTheme.DATA_SHARING,
        "due_on": DAY,
        "by": world.officer,
        "at": NOW,
    }
    made = milestones.set_milestone(partnership=world.partnership, name="Signed", **values)
    refuses(
        "already has a milestone of this name",
        lambda: milestones.set_milestone(partnership=world.partnership, name="Signed", **values),
    )
    assert made.latest is None
    tell = partial(milestones.report, milestone=made, words="So.", by=world.officer)
    refuses("has not begun", lambda: tell(quarter=Quarter(2027, 1), status=S.ON_TRACK, evidence="", at=NOW))
    refuses("what shows that it is done", lambda: tell(quarter=Q2, status=S.DONE, evidence=" ", at=NOW))
    tell(quarter=Q2, status=S.ON_TRACK, evidence="", at=NOW)
    tell(quarter=Q2, status=S.AT_RISK, evidence="", at=AFTER)
    # Late, and of an earlier quarter: it is history, and changes nothing.
    tell(quarter=Q1, status=S.NOT_STARTED, evidence="", at=AFTER + timedelta(days=1))

    assert made.latest is not None
    assert (made.latest.status, made.latest.quarter) == ("at_risk", Q2)
    assert not made.is_late(DAY)
    assert made.is_late(AFTER.date())
    changed = milestones.change_milestone(milestone=made, name="Signed by all", **values)
    assert changed.name == "Signed by all"


S = MilestoneStatus


@pytest.mark.parametrize("role", ["approver", "auditor", "board_member", "lead", "administrator"])
def test_only_officers_write(world: World, role: str) -> None:
    meeting = plan(world)
    question = ask(world, meeting)
    by = getattr(world, role)
    for action in (
        lambda: plan(world, DAY + timedelta(days=5), by=by),
        lambda: ask(world, meeting, title="Another", by=by),
        lambda: meetings.cancel_meeting(meeting=meeting, reason="Snow.", by=by, at=NOW),
        lambda: board_questions.record_outcome(
            question=question, outcome=Outcome.WITHDRAWN, words="No.", on=TODAY, by=by, at=NOW
        ),
        lambda: board_actions.add_action(
            meeting=meeting, what="x", owner="x", organisation=None, due_on=DAY, by=by, at=NOW
        ),
        lambda: milestones.set_milestone(
            partnership=world.partnership, theme=ChangeTheme.OTHER, name="x", due_on=DAY, by=by, at=NOW
        ),
    ):
        with pytest.raises(UnableToDo, match="keep the board's meetings"):
            action()
