"""The mail job killed at any point, doubled, refused or cut off: no e-mail goes out twice, none is forgotten."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from funding.actions import mail, notices, watching
from funding.backlog import emails_to_decide
from funding.models import EmailState, Notice, NoticeKind
from tests.faults.test_concurrency import at_once
from tests.mail_servers import Sink, serving
from tests.worker import Broker, until, worker
from tests.world import NOW, World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def sink(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """The mail server of this process and of every worker that it starts."""
    server = Sink()
    for name, value in {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": server.port,
    }.items():
        setattr(settings, name, value)
        monkeypatch.setenv(name, str(value))
    with serving(server):
        yield server


def write(world: World, count: int) -> None:
    for number in range(count):
        message = notices.Message(NoticeKind.ACCEPTED, f"test:{number}", f"Notice {number}", "Words.", "/")
        notices.write(message, to=[world.lead], organisation=world.north, at=NOW)


def ask() -> None:
    """Has the worker deliver, over a connection of its own: the broker is another one in each test."""
    with current_app.connection_for_write() as connection:
        current_app.send_task("funding.deliver", connection=connection, ignore_result=True)


def states() -> Counter[str]:
    return Counter(Notice.objects.values_list("email_state", flat=True))


def twice(sink: Sink) -> list[str]:
    return [name for name, count in Counter(sink.received).items() if count > 1]


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


# Where the job dies, and whether the mail server has the message by then.
POINTS = {"CONNECT": 0, "MAIL": 0, "DATA": 0, "END": 1, "QUIT": 1}


@pytest.mark.parametrize("point", POINTS)
def test_the_job_killed_at_any_point_sends_nothing_twice_and_goes_on_with_the_rest(
    redis: Broker, sink: Sink, tmp_path: Path, point: str
) -> None:
    """Kill -9 of the process that is at work. The broker gives the job back, and a new process takes it up."""
    world = build_world()
    world.roll_up()
    write(world, 4)
    sink.stall_at = point
    with worker(redis.url, tmp_path / "worker.log") as process:
        ask()
        until(sink.stalled.is_set, seconds=90, what="The hand-over")
        for child in children(process.pid):
            os.kill(child, signal.SIGKILL)
        until(lambda: states()["sent"] == 3, seconds=90, what="The rest")
        ask()

    assert states() == {"sent": 3, "sending": 1}
    assert twice(sink) == []
    assert len(sink.received) == 3 + POINTS[point]

    later = timezone.now() + timedelta(minutes=11)
    stuck = emails_to_decide(later).get()
    assert mail.deliver(clock=lambda: later) == 0  # never by itself
    assert watching.watch(at=later) == 1  # the administrator is told, once
    assert watching.watch(at=later) == 0

    mail.send_again(pk=stuck.pk, by=world.administrator, at=later)
    sink.received.clear()
    mail.deliver(clock=lambda: later)
    assert f"<notice-{stuck.pk}@127.0.0.1>" in sink.received
    assert states()["sending"] == 0


def test_the_whole_worker_killed_and_another_started(redis: Broker, sink: Sink, tmp_path: Path) -> None:
    world = build_world()
    write(world, 4)
    sink.stall_at = "END"
    with worker(redis.url, tmp_path / "first.log") as process:
        ask()
        until(sink.stalled.is_set, seconds=90, what="The hand-over")
        family = [*children(process.pid), process.pid]
        for one in family:
            os.kill(one, signal.SIGKILL)
    with worker(redis.url, tmp_path / "second.log"):
        ask()
        until(lambda: states()["sent"] == 3, seconds=90, what="The rest")
    assert twice(sink) == []
    assert states() == {"sent": 3, "sending": 1}


def test_jobs_at_once_send_each_e_mail_once(sink: Sink) -> None:
    world = build_world()
    write(world, 30)
    sent = at_once(lambda _: mail.deliver(clock=lambda: NOW), 6)
    assert sum(int(str(count)) for count in sent) == 30
    assert len(sink.received) == len(set(sink.received)) == 30
    assert states() == {"sent": 30}


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize("code", ["451 Later", "554 Never"])
def test_what_the_server_refuses_is_tried_again_later_and_given_up_after_five(
    sink: Sink, command: str, code: str
) -> None:
    world = build_world()
    write(world, 1)
    sink.refuse = {command: code}
    at, delays = NOW, []
    for _ in range(mail.ATTEMPTS - 1):
        assert mail.deliver(clock=lambda at=at: at) == 0
        notice = Notice.objects.get()
        assert notice.email_state == EmailState.WAITING
        assert notice.email_at
        delays.append(notice.email_at - at)
        mail.deliver(clock=lambda at=at: at)  # not before its time
        at = notice.email_at
    mail.deliver(clock=lambda: at)

    notice = Notice.objects.get()
    assert (notice.email_state, notice.email_attempts) == (EmailState.FAILED, 5)
    assert code.split()[1] in notice.email_problem
    assert [delay.total_seconds() / 60 for delay in delays] == [2, 15, 60, 360]
    assert sink.received == []
    assert notice.read_at is None  # the notice itself stands


def test_a_message_that_gets_through_at_the_second_attempt_comes_once(sink: Sink) -> None:
    world = build_world()
    write(world, 1)
    sink.refuse = {"RCPT": "450 Mailbox busy"}
    mail.deliver(clock=lambda: NOW)
    sink.refuse = {}
    assert mail.deliver(clock=lambda: NOW + timedelta(minutes=2)) == 1
    assert len(sink.received) == 1
    assert Notice.objects.get().email_problem == ""


def test_a_connection_that_breaks_after_the_message_is_never_tried_again(sink: Sink) -> None:
    """Nobody can tell whether it was taken: it stays claimed, and a person decides."""
    world = build_world()
    write(world, 1)
    sink.break_at = "END"
    mail.deliver(clock=lambda: NOW)
    sink.break_at = ""
    for minutes in (1, 30, 3000):
        assert mail.deliver(clock=lambda minutes=minutes: NOW + timedelta(minutes=minutes)) == 0
    assert len(sink.received) == 1
    notice = Notice.objects.get()
    assert notice.email_state == EmailState.SENDING
    assert notice.email_problem


def test_without_a_server_one_attempt_is_made_and_the_others_wait(sink: Sink, settings: Any) -> None:
    world = build_world()
    write(world, 5)
    settings.EMAIL_PORT = 1
    assert mail.deliver(clock=lambda: NOW) == 0
    assert states() == {"waiting": 5}
    assert Notice.objects.filter(email_attempts=1).count() == 1
    settings.EMAIL_PORT = sink.port
    assert mail.deliver(clock=lambda: NOW) == 4
    assert mail.deliver(clock=lambda: NOW + timedelta(minutes=2)) == 1
    assert twice(sink) == []


def test_the_claim_is_committed_before_the_server_is_asked(sink: Sink) -> None:
    """Seen from another connection while the server keeps us waiting."""
    world = build_world()
    write(world, 1)
    sink.stall_at = "MAIL"

    def look(number: int) -> object:
        if number:
            assert sink.stalled.wait(20)
            return Notice.objects.get().email_state
        return mail.deliver(clock=lambda: NOW)

    assert at_once(look, 2)[1] == EmailState.SENDING
