"""The background jobs, for those who look after them: what is under way, what is stuck, and another try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import Acting, acting, needs
from authorities.models import Partnership, User
from authorities.roles import Permission
from funding import backlog
from funding.actions import mail, watching
from funding.actions.errors import UnableTo
from funding.models import EmailState, Notice, ReturnRound, RollUpRun, WorkbookUpload
from funding.quarters import Quarter
from funding.queue import hint

SHOWN, RUNS_SHOWN = 50, 15


@dataclass(frozen=True)
class UploadRow:
    """One workbook on its way, with the age of its last sign of life in words."""

    upload: WorkbookUpload
    progress: str
    heard: str
    is_stuck: bool


@dataclass(frozen=True)
class RunRow:
    """One roll-up: what it was about and how long it took."""

    run: RollUpRun
    about: str
    took: str
    is_dead: bool


@dataclass(frozen=True)
class PackRow:
    """A closed round whose pack is not made yet, and why."""

    opened: ReturnRound
    failure: backlog.PackFailure | None
    is_stuck: bool


@needs(Permission.OPEN_ROUND, Permission.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def jobs(request: HttpRequest) -> HttpResponse:
    """Of the own partnership. A post decides about one of them."""
    person, now = acting(request), timezone.now()
    assert person.partnership is not None
    if request.method == "POST":
        return _decide(request, person, now)
    emails, late = _notices(person.partnership, now)
    waiting = backlog.quarters_waiting(person.partnership, now)
    oldest = min((one.oldest for one in waiting), default=None)
    runs = backlog.latest_runs(person.partnership, RUNS_SHOWN)
    done = next((run for run in runs if run.done_at), None)
    rounds = backlog.closed_rounds(person.partnership)
    context = {
        "uploads": _uploads(person.partnership, now),
        "emails": emails,
        "late": late,
        "marks": sum(one.changes for one in waiting),
        "waiting": waiting[:SHOWN],
        "oldest_mark": oldest,
        "marks_are_old": oldest is not None and now - oldest > backlog.MARK_OLD_AFTER,
        "run": done or backlog.latest_run(person.partnership),
        "runs": [_run(run, now) for run in runs],
        "packs": _packs_due(rounds, now),
        "frozen": [one for one in rounds if hasattr(one, "pack")],
    }
    return render(request, "funding/jobs.html", context)


def _notices(partnership: Partnership, now: datetime) -> tuple[list[Notice], list[Notice]]:
    """The e-mails that wait for a decision, and those that are tried again. Those to decide come first."""
    both = backlog.emails_to_decide(now) | backlog.emails_late(now)
    found = list(_of(partnership, both).order_by("email_state", "id")[: 2 * SHOWN])
    late = [one for one in found if one.email_state == EmailState.WAITING]
    return [one for one in found if one.email_state != EmailState.WAITING][:SHOWN], late[:SHOWN]


def _run(run: RollUpRun, now: datetime) -> RunRow:
    quarter = Quarter(run.year, run.quarter_number).label if run.year and run.quarter_number else ""
    about = f"{run.organisation.short_name}, {quarter}" if run.organisation else run.get_kind_display()
    if run.done_at is not None:
        return RunRow(run, about, took(run.done_at - run.started_at), is_dead=False)
    dead = backlog.is_dead(run, now)
    return RunRow(run, about, "Not finished" if dead else "Under way", is_dead=dead)


def took(time: timedelta) -> str:
    """How long a job took: 0.35 seconds, 12 seconds, 3 minutes 5 seconds."""
    whole = time // timedelta(seconds=1)
    if whole < 10:
        return f"{Decimal(time // timedelta(milliseconds=10)) / 100:.2f} seconds"
    minutes, seconds = divmod(whole, 60)
    words = f"{minutes} {'minute' if minutes == 1 else 'minutes'} " if minutes else ""
    return f"{words}{seconds} {'second' if seconds == 1 else 'seconds'}"


def _packs_due(rounds: Sequence[ReturnRound], now: datetime) -> list[PackRow]:
    """The closed rounds that have no pack yet, with what the worker said of them."""
    due = [one for one in rounds if not hasattr(one, "pack")]
    failures = backlog.pack_failures(due)
    return [
        PackRow(
            one,
            failures.get(one.pk),
            is_stuck=one.pk in failures
            or (one.closed_at is not None and now - one.closed_at > backlog.PACK_LATE_AFTER),
        )
        for one in due
    ]


def _of(partnership: Partnership, notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.filter(organisation__partnership=partnership).select_related("user")


def _uploads(partnership: Partnership, now: datetime) -> list[UploadRow]:
    found = backlog.uploads_unfinished().filter(quarterly_return__organisation__partnership=partnership)
    full = found.select_related("uploaded_by", "quarterly_return__organisation", "quarterly_return__round")
    return [
        UploadRow(
            upload=upload,
            progress=f"{upload.done} of {upload.total}" if upload.total else "Not begun",
            heard=_age(now, upload.heartbeat_at),
            is_stuck=backlog.is_stuck(upload, now),
        )
        for upload in full.order_by("uploaded_at")[:SHOWN]
    ]


def _age(now: datetime, moment: datetime | None) -> str:
    if moment is None:
        return "Never"
    minutes = int((now - moment).total_seconds()) // 60
    if minutes < 1:
        return "Less than a minute ago"
    return f"{minutes} {'minute' if minutes == 1 else 'minutes'} ago"


def _decide(request: HttpRequest, person: Acting, now: datetime) -> HttpResponse:
    job, number = request.POST.get("job", ""), request.POST.get("number", "")
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    try:
        done = _make(job, pk, person, now)
    except UnableTo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("jobs")


def _make(job: str, pk: int, person: Acting, now: datetime) -> str:
    """What was done, in words. Of another partnership there is no such job."""
    partnership, user = person.partnership, person.user
    assert partnership is not None
    if job == "upload":
        _own(backlog.uploads_unfinished(), "quarterly_return__organisation__partnership", partnership, pk)
        watching.read_again(pk=pk, by=user, at=now)
        hint("funding.read_workbooks")
        return "The workbook is read again. Its progress shows here."
    if job in ("send", "leave"):
        _own(Notice.objects.all(), "organisation__partnership", partnership, pk)
        return _mail(job, pk, user, now)
    if job == "roll-up":
        hint("funding.roll_up")
        return "The worker was asked to roll up now. It begins within half a minute at most."
    if job == "pack":
        _own(
            ReturnRound.objects.filter(closed_at__isnull=False, pack__isnull=True),
            "partnership",
            partnership,
            pk,
        )
        hint("funding.make_packs")
        return "The worker was asked to make the pack now. It is on the page of the packs once it is made."
    raise UnableTo("There is no such job. Open this page again.")


def _own(rows: QuerySet[Any], path: str, partnership: Partnership, pk: int) -> None:
    if not rows.filter(**{path: partnership, "pk": pk}).exists():
        raise UnableTo("There is no such job any more.")


def _mail(job: str, pk: int, user: User, now: datetime) -> str:
    if job == "leave":
        mail.leave(pk=pk, by=user, at=now)
        return "Left unsent. The notice stands in the portal."
    mail.send_again(pk=pk, by=user, at=now)
    hint("funding.deliver")
    return "The e-mail is sent again within half a minute."
