"""The board's seventh question: what it is asked to decide, on the page as it stands now and in the packs."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from funding.actions import board_questions, meetings
from funding.board import packs
from funding.board.agenda import QUESTION, Agenda, Asked, NextMeeting
from funding.models import BoardAction, BoardQuestion, Outcome
from funding.quarters import london_day
from tests.conftest import sign_in
from tests.faults.neighbours import board_of, build_neighbours
from tests.funding.board.kept import LATER, close, keep, make, with_returns
from tests.funding.views.test_governance import text_of
from tests.world import NOW, Q1, World

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 9)
MEETING = NextMeeting(1, DAY, "online")


def agenda(**facts: Any) -> Agenda:
    usual: dict[str, Any] = {"meeting": MEETING, "asked": (), "unanswered": 0, "overdue": 0}
    return Agenda(**{**usual, "milestones": 4, "behind": 0, **facts})


@pytest.mark.parametrize(
    ("facts", "name", "sentence"),
    [
        ({"meeting": None}, "headline", "No meeting of the board is planned."),
        ({}, "headline", "Nothing is asked of the board for its next meeting."),
        (
            {"asked": (Asked("a", "b", "c", None),)},
            "headline",
            "The board is asked for one decision on 9 December 2026.",
        ),
        (
            {"asked": (Asked("a", "b", "c", None),) * 2},
            "headline",
            "The board is asked for 2 decisions on 9 December 2026.",
        ),
        ({}, "earlier", ""),
        ({"unanswered": 2}, "earlier", "2 decisions of earlier meetings wait for their outcomes."),
        ({}, "actions", "No action is overdue."),
        ({"overdue": 1}, "actions", "1 action is overdue."),
        ({"overdue": 3}, "actions", "3 actions are overdue."),
        ({"milestones": 0}, "system_change", "No milestone of system change has been set."),
        ({}, "system_change", "No milestone is at risk or past its day."),
        ({"behind": 1}, "system_change", "1 milestone is at risk or past the day."),
        ({"behind": 3}, "system_change", "3 milestones are at risk or past the day."),
        (
            {"asked": (Asked("Pay more", "b", "c", Decimal("60000.00")), Asked("Wait", "b", "c", None))},
            "answer",
            "The board is asked for 2 decisions on 9 December 2026. Pay more, £60,000; Wait.",
        ),
        (
            {"asked": (Asked("Shall we wait?", "b", "c", None),)},
            "answer",
            "The board is asked for one decision on 9 December 2026. Shall we wait?",
        ),
    ],
)
def test_the_sentences_follow_from_the_facts(facts: dict[str, Any], name: str, sentence: str) -> None:
    assert getattr(agenda(**facts), name) == sentence


def test_the_page_says_what_is_asked_next_at_no_cost(
    world: World, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    """The neighbours' agenda, other meetings' questions and what has an outcome are not in it."""
    world.roll_up()
    numbers, far = board_of(world), build_neighbours(world)
    board_of(far)
    today = london_day(timezone.now())
    question = BoardQuestion.objects.get(pk=numbers["question"])
    board_questions.change_question(
        question=question, meeting=question.meeting, title="Move <b>money</b>", asked="Shall it?",
        recommendation="Yes.", amount=Decimal("84000.00"), decision=None, by=world.officer, at=timezone.now(),
    )  # fmt: skip
    first = BoardQuestion.objects.get(pk=numbers["deferred question"]).meeting
    BoardAction.objects.filter(meeting=question.meeting).update(due_on=today - timedelta(days=1))
    client = sign_in(world.board_member)
    client.get(reverse("board"))

    with django_assert_max_num_queries(8):
        shown = text_of(client.get(reverse("board")))

    # The board meets today, and has nothing left to decide; the next day the following meeting is the next.
    assert "Nothing is asked of the board for its next meeting." in shown
    assert "1 action is overdue." in shown
    assert "1 milestone is at risk or past the day." in shown
    meetings.plan_meeting(
        partnership=far.partnership, held_on=today + timedelta(days=1), place="Far", quarter=Q1,
        by=far.officer, at=timezone.now(),
    )  # fmt: skip
    board_questions.ask(
        meeting=first, title="Today's", asked="Shall it?", recommendation="Yes.", amount=None,
        decision=None, by=world.officer, at=timezone.now(),
    )  # fmt: skip
    asked = client.get(reverse("board"))
    assert "The board is asked for one decision on" in text_of(asked)
    assert "Today's" in text_of(asked)
    assert "Far" not in text_of(asked).split(QUESTION)[-1]
    decided = BoardQuestion.objects.get(title="Today's")
    board_questions.record_outcome(
        question=decided, outcome=Outcome.AGREED, words="Yes.", on=today, by=world.officer, at=timezone.now()
    )
    assert "Today's" not in text_of(client.get(reverse("board")))


def test_a_title_is_words_and_an_amount_is_pounds(world: World) -> None:
    world.roll_up()
    today = london_day(timezone.now())
    meeting = meetings.plan_meeting(
        partnership=world.partnership, held_on=today, place="online", quarter=Q1, by=world.officer, at=timezone.now()
    )  # fmt: skip
    board_questions.ask(
        meeting=meeting, title="Move <b>money</b>", asked="Shall it?", recommendation="Yes.",
        amount=Decimal("84000.10"), decision=None, by=world.officer, at=timezone.now(),
    )  # fmt: skip
    content = sign_in(world.board_member).get(reverse("board")).content.decode()
    assert "<strong>Move &lt;b&gt;money&lt;/b&gt;</strong>: £84,000.10" in content
    assert f'href="{reverse("meeting", args=[meeting.pk])}"' in content


def test_a_past_day_says_plainly_that_this_part_is_live(world: World) -> None:
    with_returns(world)
    keep()
    board_of(world)
    client = sign_in(world.board_member)

    shown = text_of(client.get(reverse("board"), {"as_at": NOW.date().isoformat()}))

    assert "What is asked of the board is not kept with the figures of a day." in shown
    assert "milestone" not in shown.split(QUESTION)[-1]


@pytest.fixture
def asked(world: World) -> BoardQuestion:
    """Asked of a meeting that looks at quarter 1, whose round is closed and rolled up."""
    with_returns(world)
    close(world)
    world.roll_up()
    plan = {"partnership": world.partnership, "place": "online", "by": world.officer, "at": NOW}
    looks_at_it = meetings.plan_meeting(held_on=DAY, quarter=Q1, **plan)  # type: ignore[arg-type]
    another = meetings.plan_meeting(held_on=DAY + timedelta(days=1), quarter=Q1.next, **plan)  # type: ignore[arg-type]
    ask = {
        "asked": "Shall it?\nAll of it?",
        "recommendation": "=Yes",
        "decision": None,
        "by": world.officer,
        "at": NOW,
    }
    board_questions.ask(meeting=another, title="Of another quarter", amount=None, **ask)  # type: ignore[arg-type]
    return board_questions.ask(meeting=looks_at_it, title="=Move it", amount=Decimal("84000.10"), **ask)  # type: ignore[arg-type]


def test_a_pack_holds_what_was_asked_before_it_was_made(world: World, asked: BoardQuestion) -> None:
    pack = make()
    assert pack is not None
    book = load_workbook(io.BytesIO(packs.content(pack, "xlsx") or b""))
    rows = list(book["Decisions"].iter_rows(min_row=5, values_only=True))
    assert rows == [
        ("=Move it", "9 December 2026, online", "Shall it?\nAll of it?", "=Yes", 84000.10, "None yet"),
    ]
    frozen = {kind: packs.content(pack, kind) for kind in packs.CONTENT_TYPES}
    board_questions.record_outcome(
        question=asked, outcome=Outcome.AGREED, words="Yes.", on=DAY, by=world.officer,
        at=NOW + timedelta(days=60),
    )  # fmt: skip
    assert make(LATER) == pack
    assert {kind: packs.content(pack, kind) for kind in packs.CONTENT_TYPES} == frozen


@pytest.mark.skipif(not which("pdftotext"), reason="pdftotext is not installed")
def test_the_pdf_says_it_too(world: World, asked: BoardQuestion, tmp_path: Path) -> None:
    path, pack = tmp_path / "pack.pdf", make()
    assert pack is not None
    path.write_bytes(packs.content(pack, "pdf") or b"")
    found = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    text = " ".join(found.stdout.decode().split())
    assert f"{QUESTION} =Move it" in text
    assert "£84,000.10" in text
    assert "Of another quarter" not in text
