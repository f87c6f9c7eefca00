"""The watch over the background jobs: tells administrators once of what is stuck, and tries it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.urls import reverse

from authorities.models import Membership, Organisation, Partnership, User
from authorities.roles import Permission
from funding import backlog
from funding.actions import notices
from funding.actions.errors import UnableTo, UnableToDo, check_may
from funding.models import NoticeKind, UploadState, WorkbookUpload
from funding.quarters import london_day


class UnableToTryAgain(UnableTo):
    """The job is not stuck."""


@transaction.atomic
def watch(*, at: datetime) -> int:
    """Writes a notice of each thing that is stuck, once; returns how many notices."""
    written = sum(_tell_of_upload(upload, at) for upload in _stuck_uploads(at))
    # A notice about the post must not ask for another one when it cannot be posted itself.
    mail = backlog.emails_to_decide(at).exclude(kind=NoticeKind.STUCK).exclude(organisation=None)
    written += _tell_of_many(mail, "mail", "e-mail", "was not sent, or nobody can tell whether it was", at)
    marks = backlog.marks_old(at)
    written += _tell_of_many(marks, "roll-up", "change", "is not on the board page after 15 minutes", at)
    return written


def _stuck_uploads(at: datetime) -> Iterable[WorkbookUpload]:
    return backlog.uploads_stuck(at).select_related(
        "uploaded_by", "quarterly_return__organisation__partnership", "quarterly_return__round"
    )


def _tell_of_upload(upload: WorkbookUpload, at: datetime) -> int:
    found = upload.quarterly_return
    organisation = found.organisation
    message = notices.Message(
        kind=NoticeKind.STUCK,
        # A file that was tried again, and got stuck again, is told again.
        key=f"upload:{upload.pk}:{upload.heartbeat_at or upload.uploaded_at:%Y%m%dT%H%M%S}",
        subject=f"{organisation.short_name}: a workbook is stuck",
        body=f"The workbook “{upload.name}” for the return of {organisation.name} for {found.quarter} could "
        "not be read: the job stopped three times. Nothing of it was saved. Try it again, or enter the "
        "figures on the pages.",
        path=reverse("upload", args=[upload.pk]),
    )
    among = notices.members(organisation.partnership, on=london_day(at))
    uploader = [member.user for member in among if member.user_id == upload.uploaded_by_id]
    count = notices.write(message, to=uploader, organisation=organisation, quarterly_return=found, at=at)
    return count + _tell(message, among, organisation, at)


def _tell(message: notices.Message, among: list[Membership], organisation: Organisation, at: datetime) -> int:
    """To the administrators, whose way leads to the page of the jobs."""
    theirs = notices.Message(message.kind, message.key, message.subject, message.body, reverse("jobs"))
    to = notices.holders(among, Permission.ADMINISTER, organisation)
    return notices.write(theirs, to=to, organisation=organisation, at=at)


def _tell_of_many(rows: QuerySet[Any], subject: str, noun: str, state: str, at: datetime) -> int:
    """One notice for each partnership, by its oldest row: the next comes when that is dealt with."""
    grouped = rows.order_by().values("organisation__partnership")
    written = 0
    for row in grouped.annotate(count=Count("pk"), oldest=Min("pk")):
        partnership = Partnership.objects.get(pk=row["organisation__partnership"])
        hub = Organisation.objects.of(partnership).earliest("position")
        count = row["count"]
        message = notices.Message(
            kind=NoticeKind.STUCK,
            key=f"{subject}:{row['oldest']}",
            subject=f"{count} {noun if count == 1 else noun + 's'} of {partnership.name} stuck",
            body=f"Of {partnership.name}, {count} {noun if count == 1 else noun + 's'} "
            f"{'waits' if count == 1 else 'wait'} for you: each {state}. Look at the jobs, and decide there.",
            path=reverse("jobs"),
        )
        written += _tell(message, notices.members(partnership, on=london_day(at)), hub, at)
    return written


@transaction.atomic
def read_again(*, pk: int, by: User, at: datetime) -> WorkbookUpload:
    """Has a stuck workbook read again, as if it had just come. Raises UnableToTryAgain."""
    stuck = WorkbookUpload.objects.filter(pk=pk, state=UploadState.STUCK)
    found = stuck.select_related("quarterly_return__organisation__partnership").first()
    if found is None:
        raise UnableToTryAgain("This workbook is not stuck any more.")
    check_may_look_after(found.quarterly_return.organisation.partnership, by=by, at=at)
    if not stuck.update(state=UploadState.WAITING, attempts=0, heartbeat_at=None, finished_at=None):
        raise UnableToTryAgain("This workbook is not stuck any more.")
    found.refresh_from_db()
    return found


def check_may_look_after(partnership: Partnership, *, by: User, at: datetime) -> None:
    """Jobs are looked after by those who open rounds and by administrators. Raises UnableToDo."""
    try:
        check_may(Permission.OPEN_ROUND, by=by, at=at, partnership=partnership)
    except UnableToDo:
        check_may(Permission.ADMINISTER, by=by, at=at, partnership=partnership)
