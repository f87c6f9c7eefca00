"""E-mail by GOV.UK Notify, against a server that answers like it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.mail import send_mail

from funding.actions import mail, notices
from funding.models import EmailState, Notice, NoticeKind
from tests.mail_servers import Notify, serving
from tests.world import NOW, World

KEY = "test-11111111-1111-1111-1111-111111111111-22222222-2222-2222-2222-222222222222"


@pytest.fixture
def notify(settings: Any) -> Iterator[Notify]:
    server = Notify()
    settings.EMAIL_BACKEND = "funding.notify.EmailBackend"
    settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE_ID = KEY, "a-template"
    settings.NOTIFY_BASE_URL = server.url
    settings.EMAIL_TIMEOUT = 1
    with serving(server):
        yield server


@pytest.fixture
def notice(world: World) -> Notice:
    message = notices.Message(NoticeKind.QUERIED, "test:1", "A question", "Answer it.", "/returns/1/")
    notices.write(message, to=[world.lead], organisation=world.north, at=NOW)
    return Notice.objects.get()


def deliver(notice: Notice, minutes: int = 0) -> Notice:
    mail.deliver(clock=lambda: NOW + timedelta(minutes=minutes))
    notice.refresh_from_db()
    return notice


def test_a_notice_goes_out_with_its_words_and_its_number(notify: Notify, notice: Notice) -> None:
    assert deliver(notice).email_state == EmailState.SENT
    (request,) = notify.received
    assert request["path"] == "/v2/notifications/email"
    assert request["token"].startswith("Bearer ")
    assert request["body"]["email_address"] == "lead@test.example"
    assert request["body"]["template_id"] == "a-template"
    assert request["body"]["reference"] == str(notice.pk)
    words = request["body"]["personalisation"]
    assert words["subject"] == "A question"
    assert words["body"].startswith("Answer it.\n\nGo to the page: ")
    assert "/returns/1/" in words["body"]


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_what_notify_refuses_is_tried_again(notify: Notify, notice: Notice, status: int) -> None:
    notify.status = status
    assert deliver(notice).email_state == EmailState.WAITING
    assert "Not today" in notice.email_problem
    notify.status = 201
    assert deliver(notice, minutes=2).email_state == EmailState.SENT
    assert len(notify.received) == 2


def test_an_answer_that_never_comes_is_not_asked_for_again(notify: Notify, notice: Notice) -> None:
    notify.wait = 2
    assert deliver(notice).email_state == EmailState.SENDING
    notify.wait = 0
    assert deliver(notice, minutes=60).email_state == EmailState.SENDING
    assert len(notify.received) == 1


def test_a_notify_that_is_not_there_is_tried_again(notify: Notify, notice: Notice, settings: Any) -> None:
    settings.NOTIFY_BASE_URL = "http://127.0.0.1:1"
    assert deliver(notice).email_state == EmailState.WAITING
    settings.NOTIFY_BASE_URL = notify.url
    assert deliver(notice, minutes=2).email_state == EmailState.SENT


def test_other_e_mail_goes_the_same_way(notify: Notify, world: World) -> None:
    """As the link for a new password does: it has no notice, so no reference."""
    send_mail("New password", "Follow this link.", None, ["lead@test.example"])
    assert "reference" not in notify.received[0]["body"]
    assert notify.received[0]["body"]["personalisation"] == {
        "subject": "New password",
        "body": "Follow this link.",
    }


@pytest.mark.parametrize(
    ("given", "backend"),
    [
        ({}, "django.core.mail.backends.console.EmailBackend"),
        ({"NOTIFY_API_KEY": KEY, "NOTIFY_TEMPLATE_ID": "a"}, "funding.notify.EmailBackend"),
        ({"NOTIFY_API_KEY": KEY}, None),
        ({"NOTIFY_TEMPLATE_ID": "a"}, None),
    ],
)
def test_the_key_and_the_template_go_together(given: dict[str, str], backend: str | None) -> None:
    program = "from vru_portal import settings; print(settings.EMAIL_BACKEND)"
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=configured.BASE_DIR,
        env={name: value for name, value in os.environ.items() if "EMAIL" not in name} | given,
        capture_output=True,
        text=True,
    )
    if backend is None:
        assert found.returncode
        assert "NOTIFY_API_KEY and NOTIFY_TEMPLATE_ID go together" in found.stderr
    else:
        assert found.stdout.strip() == backend
