"""The page of the background jobs: what is under way, what is stuck, and one more try, in one's own partnership."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authorities.models import User
from funding import backlog, files
from funding.actions import notices
from funding.board.pack import make_due
from funding.models import (
    EmailState,
    Notice,
    NoticeKind,
    ReturnRound,
    RollUpMark,
    RollUpRun,
    UploadState,
    WorkbookUpload,
)
from tests.faults.neighbours import build_neighbours
from tests.funding.actions.test_watching import upload
from tests.world import World

SignIn = Callable[[User], Client]


@pytest.fixture
def quiet(world: World) -> World:
    world.open()
    world.roll_up()
    Notice.objects.all().delete()
    return world


def letter(world: World, state: EmailState, subject: str, **values: object) -> Notice:
    now = timezone.now()
    message = notices.Message(NoticeKind.QUERIED, f"test:{subject}", subject, "Words.", "/")
    notices.write(message, to=[world.lead], organisation=world.north, at=now)
    Notice.objects.filter(key=message.key).update(email_state=state, email_at=now, **values)
    return Notice.objects.get(key=message.key)


def page(client: Client) -> str:
    answer = client.get("/jobs/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_waits(as_user: SignIn, quiet: World) -> None:
    html = page(as_user(quiet.officer))
    assert "No workbook waits." in html
    assert "Every e-mail was sent, or is on its way." in html
    assert "The board shows everything" in html
    assert "Roll up now" not in html


def test_a_workbook_shows_its_progress_and_its_last_sign_of_life(as_user: SignIn, quiet: World) -> None:
    heard = timezone.now() - timedelta(minutes=7)
    upload(
        quiet,
        state=UploadState.READING,
        step="Reading the sheets",
        done=40,
        total=160,
        heartbeat_at=heard,
        attempts=1,
    )
    html = page(as_user(quiet.administrator))
    for words in ("Q2.xlsx", "Lead, ", "Reading the sheets", "40 of 160", "7 minutes ago", "Being read"):
        assert words in html
    assert "Try again" not in html


def test_a_stuck_workbook_is_read_again(as_user: SignIn, quiet: World) -> None:
    stuck = upload(quiet, state=UploadState.STUCK, attempts=3, heartbeat_at=timezone.now())
    client = as_user(quiet.officer)
    assert "Try again" in page(client)
    answer = client.post("/jobs/", {"job": "upload", "number": stuck.pk}, follow=True)
    assert "The workbook is read again." in answer.content.decode()
    stuck.refresh_from_db()
    assert stuck.state == UploadState.WAITING


def test_e_mails_are_sent_again_or_left(as_user: SignIn, quiet: World) -> None:
    first = letter(quiet, EmailState.FAILED, "First", email_problem="554 No such mailbox", email_attempts=5)
    second = letter(quiet, EmailState.SENDING, "Second")
    Notice.objects.filter(pk=second.pk).update(email_at=timezone.now() - timedelta(minutes=11))
    letter(quiet, EmailState.WAITING, "Third", email_attempts=2, email_problem="451 Later")
    letter(quiet, EmailState.SENDING, "Fresh")
    client = as_user(quiet.administrator)
    html = page(client)
    assert "554 No such mailbox" in html
    assert "Nobody can tell whether it was sent." in html
    assert "2 of 5" in html
    assert "Fresh" not in html

    client.post("/jobs/", {"job": "send", "number": first.pk})
    client.post("/jobs/", {"job": "leave", "number": second.pk})
    states = dict(Notice.objects.values_list("subject", "email_state"))
    assert (states["First"], states["Second"]) == (EmailState.WAITING, EmailState.NONE)
    again = client.post("/jobs/", {"job": "leave", "number": second.pk}, follow=True)
    assert "sent or dealt with meanwhile" in again.content.decode()


def test_roll_ups_that_wait(as_user: SignIn, quiet: World) -> None:
    quiet.certify(quiet.return_of(quiet.north), by=quiet.lead, certifier=quiet.certifier)
    client = as_user(quiet.officer)
    html = page(client)
    assert "Changes not on the board yet" in html
    assert "wait for longer than 15 minutes" in html
    answer = client.post("/jobs/", {"job": "roll-up"}, follow=True)
    assert "asked to roll up now" in answer.content.decode()


def test_what_belongs_to_others_is_neither_shown_nor_touched(as_user: SignIn, quiet: World) -> None:
    far = build_neighbours(quiet)
    failed = letter(quiet, EmailState.FAILED, "Ours")
    stuck = upload(quiet, state=UploadState.STUCK, attempts=3)
    client = as_user(far.officer)
    assert "Ours" not in page(client)
    assert "Q2.xlsx" not in page(client)
    for job, pk in (("send", failed.pk), ("leave", failed.pk), ("upload", stuck.pk)):
        theirs = client.post("/jobs/", {"job": job, "number": pk}, follow=True).content.decode()
        absent = client.post("/jobs/", {"job": job, "number": 987654321}, follow=True).content.decode()
        assert "There is no such job any more." in theirs
        assert "There is no such job any more." in absent
    failed.refresh_from_db()
    assert failed.email_state == EmailState.FAILED
    assert WorkbookUpload.objects.get().state == UploadState.STUCK


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40, "٣"])
@pytest.mark.parametrize("job", ["send", "leave", "upload", "everything", ""])
def test_nonsense_is_answered_with_a_sentence(as_user: SignIn, quiet: World, job: str, number: str) -> None:
    answer = as_user(quiet.officer).post("/jobs/", {"job": job, "number": number}, follow=True)
    assert "There is no such job" in answer.content.decode()


def test_the_page_costs_the_same_whatever_is_stuck(
    as_user: SignIn, quiet: World, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(12):
        letter(quiet, EmailState.FAILED, f"Failed {number}")
    upload(quiet, state=UploadState.STUCK, attempts=3)
    client = as_user(quiet.officer)
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        client.get("/jobs/")


def test_each_roll_up_says_how_long_it_took_and_what_waits_how_often_it_failed(
    as_user: SignIn, quiet: World
) -> None:
    now = timezone.now()
    made = partial(RollUpRun.objects.create, partnership=quiet.partnership, organisation=quiet.north)
    made(kind="rebuild", year=2026, quarter_number=1, started_at=now - timedelta(seconds=65), done_at=now)
    RollUpMark.objects.create(
        organisation=quiet.south, year=2026, quarter_number=2, marked_at=now - timedelta(hours=1)
    )
    for minutes in (50, 40):
        RollUpRun.objects.create(
            partnership=quiet.partnership,
            organisation=quiet.south,
            kind="rebuild",
            year=2026,
            quarter_number=2,
            started_at=now - timedelta(minutes=minutes),
        )
    RollUpRun.objects.create(
        partnership=quiet.partnership,
        kind="recompute",
        started_at=now - timedelta(minutes=3),
        done_at=now - timedelta(minutes=3) + timedelta(milliseconds=1450),
        differences=["North"],
    )

    html = " ".join(re.sub("<[^>]+>", " ", page(as_user(quiet.officer))).split())

    assert "1 minute 5 seconds" in html
    assert "1.45 seconds 1 difference put right" in html
    assert html.count("Not finished") == 2
    assert "Fails 2 runs not finished" in html
    assert "Roll up now" in html


def test_a_pack_that_always_fails_says_so_and_is_tried_again(
    as_user: SignIn, quiet: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("funding.backlog.PACK_LATE_AFTER", timedelta(days=9999))
    opened = ReturnRound.objects.get(partnership=quiet.partnership)
    ReturnRound.objects.filter(pk=opened.pk).update(closed_at=timezone.now(), closed_by=quiet.officer)
    client = as_user(quiet.administrator)
    assert "Being made" in page(client)
    # The folder of private files cannot be written: a file stands where it should be.
    files.path_of("x").parent.parent.mkdir(parents=True, exist_ok=True)
    files.path_of("x").parent.write_text("in the way")
    for _ in range(2):
        assert make_due(clock=timezone.now) == 0

    html = page(client)

    assert "Failed 2 times" in html
    assert "Error: [Errno" in html
    assert "Try again" in html
    files.path_of("x").parent.unlink()
    answer = client.post("/jobs/", {"job": "pack", "number": opened.pk}, follow=True)
    assert "The worker was asked to make the pack now." in answer.content.decode()
    assert make_due(clock=timezone.now) == 1
    html = page(client)
    assert "Every closed round has its pack." in html
    assert "Pack for Quarter 2" in html
    assert cache.get(backlog.pack_failure_key(opened)) is None
    gone = client.post("/jobs/", {"job": "pack", "number": opened.pk}, follow=True)
    assert "There is no such job any more." in gone.content.decode()


def test_the_page_costs_few_queries(as_user: SignIn, quiet: World) -> None:
    client = as_user(quiet.officer)
    with CaptureQueriesContext(connection) as queries:
        page(client)
    assert len(queries) <= 8
