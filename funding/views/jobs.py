"""The background jobs, for those who look after them: what is under way, what is stuck, and another try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
from funding.models import Notice, WorkbookUpload
from funding.queue import hint

SHOWN = 50


@dataclass(frozen=True)
class UploadRow:
    """One workbook on its way, with the age of its last sign of life in words."""

    upload: WorkbookUpload
    progress: str
    heard: str
    is_stuck: bool


@needs(Permission.OPEN_ROUND, Permission.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def jobs(request: HttpRequest) -> HttpResponse:
    """Of the own partnership. A post decides about one of them."""
    person, now = acting(request), timezone.now()
    assert person.partnership is not None
    if request.method == "POST":
        return _decide(request, person, now)
    waiting, oldest = backlog.marks_waiting(person.partnership)
    context = {
        "uploads": _uploads(person.partnership, now),
        "emails": list(_of(person.partnership, backlog.emails_to_decide(now)).order_by("id")[:SHOWN]),
        "late": list(_of(person.partnership, backlog.emails_late(now)).order_by("id")[:SHOWN]),
        "marks": waiting,
        "oldest_mark": oldest,
        "marks_are_old": oldest is not None and now - oldest > backlog.MARK_OLD_AFTER,
        "run": backlog.latest_run(person.partnership),
    }
    return render(request, "funding/jobs.html", context)


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
