"""What the background jobs have left undone: read-only, for who looks after them and for the watch."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from authorities.models import Partnership
from funding.models import (
    UNFINISHED_UPLOADS,
    EmailState,
    Notice,
    RollUpMark,
    RollUpRun,
    UploadState,
    WorkbookUpload,
)

# A hand-over to the mail server takes seconds: after this long the job that claimed it is dead.
EMAIL_DEAD_AFTER = timedelta(minutes=10)
# The next run is half a minute away; an e-mail that was due this long ago has found no server.
EMAIL_LATE_AFTER = timedelta(minutes=10)
UPLOAD_SILENT_AFTER, UPLOAD_ATTEMPTS = timedelta(minutes=2), 3
MARK_OLD_AFTER = timedelta(minutes=15)


def emails_to_decide(at: datetime) -> QuerySet[Notice]:
    """Not sent, or claimed by a job that is dead: never sent again by themselves."""
    return Notice.objects.filter(
        Q(email_state=EmailState.FAILED)
        | Q(email_state=EmailState.SENDING, email_at__lt=at - EMAIL_DEAD_AFTER)
    )


def emails_late(at: datetime) -> QuerySet[Notice]:
    """Waiting for another attempt after a refusal, or for longer than a run is away."""
    waiting = Notice.objects.filter(email_state=EmailState.WAITING)
    return waiting.filter(Q(email_attempts__gt=0) | Q(written_at__lt=at - EMAIL_LATE_AFTER))


def uploads_unfinished() -> QuerySet[WorkbookUpload]:
    """With the worker, or given up by it."""
    return WorkbookUpload.objects.filter(state__in=(*UNFINISHED_UPLOADS, UploadState.STUCK))


def uploads_stuck(at: datetime) -> QuerySet[WorkbookUpload]:
    """Given up, or without a sign of life after the last attempt."""
    silent = Q(heartbeat_at__lt=at - UPLOAD_SILENT_AFTER, attempts__gte=UPLOAD_ATTEMPTS)
    return WorkbookUpload.objects.filter(
        Q(state=UploadState.STUCK) | (Q(state__in=UNFINISHED_UPLOADS) & silent)
    )


def is_stuck(upload: WorkbookUpload, at: datetime) -> bool:
    """The same of one that is at hand."""
    silent = upload.heartbeat_at is not None and upload.heartbeat_at < at - UPLOAD_SILENT_AFTER
    given_up = upload.state == UploadState.STUCK
    return given_up or (upload.state in UNFINISHED_UPLOADS and silent and upload.attempts >= UPLOAD_ATTEMPTS)


def marks_old(at: datetime) -> QuerySet[RollUpMark]:
    """Of changes that the board should have shown long ago."""
    return RollUpMark.objects.filter(marked_at__lt=at - MARK_OLD_AFTER)


def marks_waiting(partnership: Partnership) -> tuple[int, datetime | None]:
    """How many changes the board does not show yet, and when the oldest of them was made."""
    marks = RollUpMark.objects.filter(organisation__partnership=partnership)
    found = marks.aggregate(count=Count("pk"), oldest=Min("marked_at"))
    return found["count"], found["oldest"]


def latest_run(partnership: Partnership) -> RollUpRun | None:
    """The latest roll-up that is done."""
    return RollUpRun.objects.done().filter(partnership=partnership).first()
