"""Reminders: to whom, when, and each once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail

from funding.actions.notices import remind
from funding.models import Notice
from tests.world import World

BEFORE = datetime(2026, 10, 27, 8, tzinfo=UTC)  # four working days before Monday 2 November
SOON = datetime(2026, 10, 28, 8, tzinfo=UTC)
LATE = datetime(2026, 11, 3, 8, tzinfo=UTC)


@pytest.fixture
def opened(world: World) -> World:
    world.open()
    return world


def test_nothing_is_sent_before_it_is_time(opened: World) -> None:
    assert remind(at=BEFORE) == 0
    assert mail.outbox == []


def test_due_and_overdue_reminders_go_out_once_each(opened: World) -> None:
    first = remind(at=SOON)
    assert remind(at=SOON) == 0
    assert first == len(mail.outbox) == 3  # the leads of North, South and the police; the hub has no lead
    assert remind(at=LATE) == 3
    assert remind(at=LATE) == 0
    assert Notice.objects.count() == 6

    message = next(message for message in mail.outbox if message.to == ["lead@test.example"])
    assert message.subject == "North: return for Q2 2026/27 due"
    assert "is due on 2 November 2026" in message.body
    assert f"/returns/{opened.return_of(opened.north).pk}/" in message.body


def test_the_certifier_is_reminded_of_what_waits_for_the_certifier(opened: World) -> None:
    opened.send(opened.return_of(opened.north), by=opened.lead)
    remind(at=LATE)
    addressees = {message.to[0] for message in mail.outbox}
    assert "certifier@test.example" in addressees
    assert "lead@test.example" not in addressees


def test_who_has_returned_is_left_alone(opened: World) -> None:
    opened.certify(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    remind(at=LATE)
    assert not {message.to[0] for message in mail.outbox} & {"lead@test.example", "certifier@test.example"}


def test_a_message_that_is_refused_is_tried_again(opened: World, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    assert remind(at=SOON) == 0
    assert Notice.objects.count() == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    assert remind(at=SOON) == 3
