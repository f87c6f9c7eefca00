"""The watch: what is stuck is told once to those who look after it, and they can have it tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from authorities.models import User
from funding.actions import mail, notices, watching
from funding.actions.errors import UnableToDo
from funding.models import EmailState, Notice, NoticeKind, UploadState, WorkbookUpload
from tests.faults.neighbours import build_neighbours
from tests.world import NOW, World

K = NoticeKind
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def quiet(world: World) -> World:
    """Everything is rolled up, and no notice waits."""
    world.open()
    world.roll_up()
    Notice.objects.all().delete()
    return world


def upload(world: World, **values: object) -> WorkbookUpload:
    return WorkbookUpload.objects.create(
        quarterly_return=world.return_of(world.north),
        name="Q2.xlsx",
        stored_as="a" * 20,
        size=1,
        digest="0" * 64,
        revision=0,
        uploaded_by=world.lead,
        uploaded_at=NOW,
        **values,
    )


def told() -> set[str]:
    found = Notice.objects.filter(kind=K.STUCK).select_related("user")
    return {one.user.email.split("@", maxsplit=1)[0] for one in found}


def letter(world: World, state: EmailState, **values: object) -> Notice:
    message = notices.Message(K.QUERIED, f"test:{Notice.objects.count()}", "A question", "Words.", "/")
    notices.write(message, to=[world.lead], organisation=world.north, at=NOW)
    Notice.objects.filter(key=message.key).update(email_state=state, **values)
    return Notice.objects.get(key=message.key)


def test_nothing_is_stuck(quiet: World) -> None:
    assert watching.watch(at=NOW + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("state", "attempts", "silent", "is_stuck"),
    [
        (UploadState.READING, 3, 3, True),
        (UploadState.READING, 3, 1, False),  # alive
        (UploadState.READING, 2, 3, False),  # tried again by itself
        (UploadState.STUCK, 3, 3, True),
        (UploadState.READ, 3, 30, False),  # done: it waits for its person
    ],
)
def test_a_workbook_without_a_sign_of_life(
    quiet: World, state: UploadState, attempts: int, silent: int, is_stuck: bool
) -> None:
    upload(quiet, state=state, attempts=attempts, heartbeat_at=LATER - timedelta(minutes=silent))
    watching.watch(at=LATER)
    watching.watch(at=LATER + timedelta(seconds=10))
    assert told() == ({"lead", "administrator"} if is_stuck else set())
    assert Notice.objects.count() == (2 if is_stuck else 0)


def test_a_workbook_that_is_stuck_again_is_told_again(quiet: World) -> None:
    stuck = upload(quiet, state=UploadState.STUCK, attempts=3, heartbeat_at=NOW)
    watching.watch(at=LATER)
    watching.read_again(pk=stuck.pk, by=quiet.officer, at=LATER)
    stuck.refresh_from_db()
    assert (stuck.state, stuck.attempts, stuck.heartbeat_at) == (UploadState.WAITING, 0, None)
    WorkbookUpload.objects.update(state=UploadState.STUCK, attempts=3, heartbeat_at=LATER)
    watching.watch(at=LATER + timedelta(hours=1))
    assert Notice.objects.filter(user=quiet.administrator).count() == 2


def test_an_e_mail_that_a_person_has_to_decide_about_is_told_once(quiet: World) -> None:
    letter(quiet, EmailState.SENDING, email_at=NOW)
    letter(quiet, EmailState.FAILED, email_at=NOW)
    assert watching.watch(at=NOW + timedelta(minutes=9)) == 1  # the one that failed
    assert watching.watch(at=NOW + timedelta(minutes=11)) == 1  # and the older one, dead by now
    assert watching.watch(at=NOW + timedelta(days=3)) == 0
    assert told() == {"administrator"}


def test_a_notice_of_trouble_never_asks_for_another(quiet: World) -> None:
    letter(quiet, EmailState.FAILED, email_at=NOW)
    watching.watch(at=LATER)
    Notice.objects.filter(kind=K.STUCK).update(email_state=EmailState.FAILED, email_at=LATER)
    assert watching.watch(at=LATER + timedelta(hours=1)) == 0


def test_a_change_that_does_not_reach_the_board_is_told_once(quiet: World) -> None:
    quiet.certify(quiet.return_of(quiet.north), by=quiet.lead, certifier=quiet.certifier)
    Notice.objects.all().delete()
    assert watching.watch(at=NOW + timedelta(minutes=14)) == 0
    assert watching.watch(at=NOW + timedelta(minutes=16)) == 1
    assert watching.watch(at=NOW + timedelta(minutes=21)) == 0
    assert Notice.objects.get().path == "/jobs/"


def test_the_neighbours_hear_nothing(quiet: World) -> None:
    far = build_neighbours(quiet)
    far.roll_up()
    letter(quiet, EmailState.FAILED, email_at=NOW)
    watching.watch(at=LATER)
    assert Notice.objects.filter(kind=K.STUCK).get().user == quiet.administrator


@pytest.mark.parametrize("person", ["lead", "certifier", "approver", "auditor", "board_member"])
def test_only_those_who_look_after_jobs_decide(quiet: World, person: str) -> None:
    user: User = getattr(quiet, person)
    stuck = upload(quiet, state=UploadState.STUCK)
    failed = letter(quiet, EmailState.FAILED)
    for attempt in (
        lambda: watching.read_again(pk=stuck.pk, by=user, at=LATER),
        lambda: mail.send_again(pk=failed.pk, by=user, at=LATER),
        lambda: mail.leave(pk=failed.pk, by=user, at=LATER),
    ):
        with pytest.raises(UnableToDo):
            attempt()


def test_what_is_not_stuck_cannot_be_tried_again(quiet: World) -> None:
    reading = upload(quiet, state=UploadState.READING)
    sent = letter(quiet, EmailState.SENT)
    sending = letter(quiet, EmailState.SENDING, email_at=LATER)
    with pytest.raises(watching.UnableToTryAgain):
        watching.read_again(pk=reading.pk, by=quiet.officer, at=LATER)
    for one in (sent, sending):
        with pytest.raises(mail.UnableToDecideMail):
            mail.send_again(pk=one.pk, by=quiet.officer, at=LATER)
