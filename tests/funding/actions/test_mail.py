"""Who gets an e-mail when it is time to send, and what it says. Faults are in `tests/faults/test_mail.py`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as django_mail

from authorities.models import Membership, User
from funding.actions import mail, notices
from funding.models import EmailState, Notice, NoticeKind
from tests.world import NOW, World

MESSAGE = notices.Message(NoticeKind.QUERIED, "test:1", "A question", "Answer it.", "/returns/1/")


@pytest.fixture
def waiting(world: World) -> World:
    notices.write(MESSAGE, to=[world.lead, world.certifier], organisation=world.north, at=NOW)
    return world


def test_it_says_what_to_do_where_and_how_to_stop_it(waiting: World) -> None:
    assert mail.deliver(clock=lambda: NOW) == 2
    first = django_mail.outbox[0]
    assert first.to == ["lead@test.example"]
    assert first.subject == "A question"
    assert "Answer it.\n\nGo to the page: http://127.0.0.1:8000/returns/1/" in first.body
    assert "/notices/preferences/" in first.body
    assert mail.deliver(clock=lambda: NOW) == 0


@pytest.mark.parametrize("left", ["role", "account"])
def test_who_has_left_meanwhile_is_not_written_to(waiting: World, left: str) -> None:
    if left == "role":
        Membership.objects.filter(user=waiting.lead).update(ends_on="2026-11-01")
    else:
        User.objects.filter(pk=waiting.lead.pk).update(is_active=False)
    assert mail.deliver(clock=lambda: NOW) == 1
    assert [message.to for message in django_mail.outbox] == [["certifier@test.example"]]
    assert Notice.objects.get(user=waiting.lead).email_state == EmailState.NONE


def test_a_person_has_it_sent_again_or_leaves_it(waiting: World) -> None:
    Notice.objects.update(email_state=EmailState.FAILED, email_attempts=5, email_problem="554 Never")
    first, second = Notice.objects.order_by("id")
    mail.send_again(pk=first.pk, by=waiting.officer, at=NOW)
    left = mail.leave(pk=second.pk, by=waiting.administrator, at=NOW)
    assert (left.email_state, left.email_problem) == (EmailState.NONE, "Left unsent by Administrator.")
    assert mail.deliver(clock=lambda: NOW) == 1
    first.refresh_from_db()
    assert (first.email_state, first.email_attempts, first.email_problem) == (EmailState.SENT, 1, "")


def test_a_late_answer_does_not_undo_what_a_person_decided(waiting: World) -> None:
    """The job comes back from the dead after somebody had the e-mail sent again."""
    claimed = mail._claim(NOW)
    assert claimed
    later = NOW + timedelta(minutes=11)
    mail.send_again(pk=claimed.pk, by=waiting.officer, at=later)
    mail._note(claimed, mail._Outcome(EmailState.SENT), later)
    claimed.refresh_from_db()
    assert claimed.email_state == EmailState.WAITING
