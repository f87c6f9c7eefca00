"""The pages of meetings, decisions asked for, actions and milestones: what each role reads and may do."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from authorities.filters import date_words
from funding.actions import board_actions, board_questions, meetings, milestones
from funding.models import (
    BoardAction,
    BoardQuestion,
    ChangeTheme,
    Meeting,
    Milestone,
    MilestoneReport,
    Outcome,
)
from funding.quarters import Quarter, london_day
from tests.conftest import sign_in
from tests.faults.neighbours import board_of, build_neighbours, frozen_pack, propose
from tests.world import World

pytestmark = pytest.mark.django_db
READERS = ("officer", "approver", "auditor", "board_member")


def text_of(answer: HttpResponse) -> str:
    """The words of the page, without tags and line breaks."""
    main = answer.content.decode().split("<main", 1)[1].split("</main", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#39;", "'").split())


def in_days(days: int) -> str:
    day = london_day(timezone.now()) + timedelta(days=days)
    return f"{day.day} {day.month} {day.year}"


def words_in(days: int) -> str:
    return date_words(london_day(timezone.now()) + timedelta(days=days))


def last_quarter() -> Quarter:
    return Quarter.of(london_day(timezone.now())).previous


@pytest.fixture
def officer(world: World) -> Client:
    return sign_in(world.officer)


@pytest.fixture
def board(world: World) -> dict[str, int]:
    return board_of(world)


def test_the_empty_states_say_what_is_missing(world: World) -> None:
    client = sign_in(world.board_member)
    assert "No meeting of the board is planned. An officer of the OPCC plans one." in text_of(
        client.get(reverse("meetings"))
    )
    assert "No action is open." in text_of(client.get(reverse("board_actions")))
    assert "No milestone has been set yet." in text_of(client.get(reverse("milestones")))
    board = text_of(client.get(reverse("board")))
    assert "No meeting of the board is planned." in board
    assert "No milestone of system change has been set." in board


def test_an_officer_plans_changes_and_cancels(world: World, officer: Client) -> None:
    quarter = last_quarter()
    form = {"held_on": in_days(20), "place": "Town hall", "quarter": f"{quarter.year}-{quarter.number}"}
    empty = text_of(officer.post(reverse("meeting_new"), {"place": "Town hall"}))
    assert "Enter a date" in empty
    assert "Town hall" in officer.post(reverse("meeting_new"), {"place": "Town hall"}).content.decode()
    past = text_of(officer.post(reverse("meeting_new"), {**form, "held_on": in_days(-1)}))
    assert "or a later day" in past

    planned = text_of(officer.post(reverse("meeting_new"), form, follow=True))

    assert f"The board meets on {words_in(20)}." in planned
    assert "is not frozen yet" in planned
    assert "Nothing is asked of the board for this meeting." in planned
    found = Meeting.objects.get()
    change = {**form, "held_on": in_days(21), "place": "online"}
    officer.post(reverse("meeting_change", args=[found.pk]), change)
    listed = text_of(officer.get(reverse("meetings")))
    assert f"Next meeting {words_in(21)} , online It looks at {quarter}." in listed
    assert "Asked of the board: nothing." in listed
    cancelled = text_of(
        officer.post(reverse("meeting_cancel", args=[found.pk]), {"reason": "Snow."}, follow=True)
    )
    assert "by Officer: Snow." in cancelled
    assert "Cancelled" in text_of(officer.get(reverse("meetings"))).split("Past meetings")[1]


def test_a_decision_from_asking_to_its_outcome(world: World, officer: Client, board: dict[str, int]) -> None:
    waiting = propose(world, "460000.00", "2026-009")
    asking = reverse("board_question_new", args=[board["meeting"]])
    form = {"title": "Move £84,000", "asked": "Shall it?", "recommendation": "Yes.", "amount": "1,0"}
    refused = officer.post(asking, form)
    assert "Check the commas" in text_of(refused)
    assert "Move £84,000" in refused.content.decode()
    officer.post(asking, {**form, "amount": "84,000", "decision": waiting.pk})
    question = BoardQuestion.objects.get(title="Move £84,000")
    page = reverse("meeting", args=[board["meeting"]])

    shown = text_of(officer.get(page))
    assert "Amount £84,000.00" in shown
    assert "Decision 2026-009 : waiting for approval" in shown
    read = sign_in(world.board_member).get(page)
    assert "Decision 2026-009: waiting for approval" in text_of(read)
    assert reverse("decision", args=[waiting.pk]) not in read.content.decode()
    assert "Change" not in text_of(read)

    outcome = reverse("board_question_outcome", args=[question.pk])
    early = officer.get(outcome).content.decode()
    assert "Withdrawn by the OPCC" in early
    assert "Not agreed" not in early
    refused = officer.post(outcome, {"outcome": "agreed", "words": "Yes.", "on": in_days(0)})
    assert "Choose an outcome of this list." in text_of(refused)
    gone = {"outcome": "withdrawn", "words": "Not needed.", "on": in_days(0)}
    assert "Withdrawn by the OPCC" in text_of(officer.post(outcome, gone, follow=True))


def test_an_outcome_is_recorded_put_right_and_read_by_everybody(
    world: World, officer: Client, board: dict[str, int]
) -> None:
    deferred = BoardQuestion.objects.get(pk=board["deferred question"])
    outcome = reverse("board_question_outcome", args=[deferred.pk])
    today = in_days(0)
    form = {"outcome": "agreed", "words": "Agreed after all.", "on": today}
    assert "Say what was wrong" in text_of(officer.post(outcome, form))
    right = officer.post(outcome, {**form, "reason": "The minutes say so."}, follow=True)
    shown = text_of(right)
    assert "Put right by a later record" in shown
    assert "Puts right The record above. The minutes say so." in shown
    assert f"Outcome Agreed on {words_in(0)}. Agreed after all." in shown
    assert "taken the place of this one" in text_of(officer.post(outcome, {**form, "reason": "Again."}))
    for role in READERS[1:]:
        page = text_of(sign_in(getattr(world, role)).get(reverse("meeting", args=[deferred.meeting_id])))
        assert "Agreed after all." in page
        assert "Put the outcome right" not in page


def test_what_was_deferred_is_put_to_a_later_meeting(
    world: World, officer: Client, board: dict[str, int]
) -> None:
    deferred = BoardQuestion.objects.get(pk=board["deferred question"])
    again = reverse("board_question_again", args=[deferred.pk])
    assert "Choose a meeting that is to come." in text_of(officer.post(again, {}))
    same = officer.post(again, {"meeting": deferred.meeting_id})
    assert "Choose a meeting of this list." in text_of(same)

    moved = text_of(officer.post(again, {"meeting": board["later meeting"]}, follow=True))

    assert "Comes from" in moved
    assert "Deferred: Not yet." in moved
    before = text_of(officer.get(reverse("meeting", args=[deferred.meeting_id])))
    assert f"Put to Meeting of {words_in(40)}" in before


def test_actions_are_overdue_in_words_and_then_done(
    world: World, officer: Client, board: dict[str, int]
) -> None:
    organisation, adding = world.north.pk, reverse("board_action_new", args=[board["meeting"]])
    body = {"what": "Fill the post", "owner": "Head of Service", "organisation": organisation}
    assert "Enter that day or a later one" in text_of(officer.post(adding, {**body, "due_on": in_days(1)}))
    officer.post(adding, {**body, "due_on": in_days(30)})
    action = BoardAction.objects.get(what="Fill the post")
    # Its day passes: nothing else about it changes.
    BoardAction.objects.filter(pk=action.pk).update(due_on=london_day(timezone.now()) - timedelta(days=3))
    listed = text_of(sign_in(world.board_member).get(reverse("board_actions")))
    assert "1 action is overdue." in listed
    assert "Overdue 3 days overdue" in listed
    assert "Head of Service North Council" in listed

    done = officer.post(
        reverse("board_action_done", args=[action.pk]), {"on": in_days(0), "words": "Filled."}, follow=True
    )

    assert "No action is overdue." in text_of(done)
    assert f"Done {words_in(0)}: Filled." in text_of(done)


def test_milestones_with_their_history_and_as_a_file(
    world: World, officer: Client, board: dict[str, int]
) -> None:
    officer.post(reverse("milestone_new"), {"theme": "exclusions", "name": "=1+1", "due_on": in_days(-1)})
    quarter = last_quarter()
    fresh = Milestone.objects.get(name="=1+1")
    report = reverse("milestone_report", args=[fresh.pk])
    form = {"quarter": f"{quarter.year}-{quarter.number}", "status": "done", "words": "Signed."}
    assert "Say what shows that it is done." in text_of(officer.post(report, form))
    assert not MilestoneReport.objects.filter(milestone=fresh).exists()

    reader = sign_in(world.auditor)
    page = reader.get(reverse("milestones"))
    shown = text_of(page)
    assert "0 of 2 milestones are done. 1 is at risk, and 1 is past the day." in shown
    assert "School exclusions =1+1 Not reported" in shown
    assert ": past its day" in shown
    assert "What was reported before: Test Partnership shares its data" in shown
    assert "<details" in page.content.decode()
    assert "Set a milestone" not in shown

    officer.post(report, {**form, "evidence": "The agreement."})
    content = reader.get(reverse("milestones_csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(content)))
    assert [row["Status"] for row in rows] == ["At risk", "Done"]
    assert rows[1]["Milestone"] == "'=1+1"
    assert rows[1]["What shows it"] == "The agreement."
    assert [row["Past its day"] for row in rows] == ["no", "no"]


def test_the_paper_of_a_meeting_is_the_pack_of_its_quarter(world: World, officer: Client) -> None:
    pack = frozen_pack(world)
    day = london_day(timezone.now()) + timedelta(days=3)
    found = meetings.plan_meeting(
        partnership=world.partnership,
        held_on=max(day, pack.round.quarter.starts_on),
        place="online",
        quarter=pack.round.quarter,
        by=world.officer,
        at=timezone.now(),
    )
    content = sign_in(world.board_member).get(reverse("meeting", args=[found.pk])).content.decode()
    for name in ("board_pack_pdf", "board_pack_xlsx"):
        assert reverse(name, args=[pack.pk]) in content
    assert f"{reverse('board')}?pack={pack.pk}" in content


def test_the_calendar_of_who_sees_the_board_has_its_meetings(world: World, board: dict[str, int]) -> None:
    far = build_neighbours(world)
    board_of(far)
    expected = {f"Test Board meets, online {words_in(days)}" for days in (0, 20, 40)}
    for role, has in (("board_member", True), ("officer", True), ("lead", False)):
        client = sign_in(getattr(world, role))
        client.post(reverse("calendar"))
        address = re.findall(r"/calendar/[\w-]+\.ics", client.get(reverse("calendar")).content.decode())[0]
        events = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
        met = {
            f"{one['SUMMARY']} {date_words(one['DTSTART'].dt)}" for one in events if "meets" in one["SUMMARY"]
        }
        assert met == (expected if has else set())


def test_a_cancelled_meeting_gives_its_questions_away(
    world: World, officer: Client, board: dict[str, int]
) -> None:
    officer.post(reverse("meeting_cancel", args=[board["meeting"]]), {"reason": "Snow."})
    shown = text_of(officer.get(reverse("meeting", args=[board["meeting"]])))
    assert "Put to another meeting : Asked" in shown
    home = text_of(officer.get(reverse("board")))
    assert "1 decision of earlier meetings waits for its outcome." in home
    change = reverse("board_question_change", args=[board["question"]])
    body = {
        "meeting": board["later meeting"],
        "title": "Asked",
        "asked": "Shall it?",
        "recommendation": "Yes.",
    }
    assert "Asked" in text_of(officer.post(change, body, follow=True))
    assert BoardQuestion.objects.get(pk=board["question"]).meeting_id == board["later meeting"]


def test_a_form_that_is_too_late_says_so(world: World, officer: Client, board: dict[str, int]) -> None:
    now, today = timezone.now(), london_day(timezone.now())
    action = BoardAction.objects.get(pk=board["action"])
    board_actions.record_done(action=action, on=today, words="Told.", by=world.officer, at=now)
    late = officer.post(reverse("board_action_done", args=[action.pk]), {"on": in_days(0), "words": "Told."})
    assert "recorded as done and never changes" in text_of(late)
    question = BoardQuestion.objects.get(pk=board["question"])
    board_questions.record_outcome(
        question=question, outcome=Outcome.WITHDRAWN, words="No.", on=today, by=world.officer, at=now
    )
    body = {"meeting": board["meeting"], "title": "x", "asked": "x", "recommendation": "x"}
    assert "does not change any more" in text_of(
        officer.post(reverse("board_question_change", args=[question.pk]), body)
    )
    milestones.set_milestone(
        partnership=world.partnership,
        theme=ChangeTheme.OTHER,
        name="x",
        due_on=today,
        by=world.officer,
        at=now,
    )
    again = officer.post(reverse("milestone_new"), {"theme": "other", "name": "x", "due_on": in_days(3)})
    assert "already has a milestone of this name" in text_of(again)
