"""What the background jobs have left undone: read-only, for who looks after them and for the watch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from authorities.models import Partnership
from funding.models import (
    UNFINISHED_UPLOADS,
    EmailState,
    Notice,
    ReturnRound,
    RollUpMark,
    RollUpRun,
    RunKind,
    UploadState,
    WorkbookUpload,
)
from funding.quarters import Quarter

# A hand-over to the mail server takes seconds: after this long the job that claimed it is dead.
EMAIL_DEAD_AFTER = timedelta(minutes=10)
# The next run is half a minute away; an e-mail that was due this long ago has found no server.
EMAIL_LATE_AFTER = timedelta(minutes=10)
UPLOAD_SILENT_AFTER, UPLOAD_ATTEMPTS = timedelta(minutes=2), 3
MARK_OLD_AFTER = timedelta(minutes=15)
# A rebuild takes well under a second, a comparison of everything minutes.
RUN_DEAD_AFTER, RECOMPUTE_DEAD_AFTER = timedelta(minutes=10), timedelta(hours=1)
# Whatever was begun longer ago and is not done counts as failed where its quarter still waits.
RUN_UNDER_WAY = timedelta(minutes=1)
# A pack is made within a minute of its figures having settled.
PACK_LATE_AFTER = timedelta(minutes=15)


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


@dataclass(frozen=True)
class Waiting:
    """One quarter of an organisation that is to be rolled up: how many changes, since when, and how many
    runs of it were begun and not finished since one was."""

    organisation: str
    quarter: Quarter
    changes: int
    oldest: datetime
    unfinished: int


def quarters_waiting(partnership: Partnership, at: datetime) -> list[Waiting]:
    """The oldest first."""
    same = {name: OuterRef(name) for name in ("organisation", "year", "quarter_number")}
    later = RollUpRun.objects.done().filter(**same, pk__gt=OuterRef("pk"))
    begun = RollUpRun.objects.filter(~Exists(later), **same, done_at=None, started_at__lt=at - RUN_UNDER_WAY)
    marks = RollUpMark.objects.filter(organisation__partnership=partnership).order_by()
    rows = (
        marks.values("organisation", "organisation__short_name", "year", "quarter_number")
        .annotate(changes=Count("pk"), oldest=Min("marked_at"))
        .annotate(
            unfinished=Coalesce(
                Subquery(begun.order_by().values("organisation").annotate(n=Count("pk")).values("n")), 0
            )
        )
        .order_by("oldest")
    )
    return [
        Waiting(
            row["organisation__short_name"],
            Quarter(row["year"], row["quarter_number"]),
            row["changes"],
            row["oldest"],
            row["unfinished"],
        )
        for row in rows
    ]


def latest_runs(partnership: Partnership, count: int) -> list[RollUpRun]:
    """Those begun last, finished or not."""
    return list(RollUpRun.objects.filter(partnership=partnership).select_related("organisation")[:count])


def is_dead(run: RollUpRun, at: datetime) -> bool:
    """Begun and not finished, for longer than a run of its kind can take."""
    allowed = RECOMPUTE_DEAD_AFTER if run.kind == RunKind.RECOMPUTE else RUN_DEAD_AFTER
    return run.done_at is None and run.started_at < at - allowed


@dataclass(frozen=True)
class PackFailure:
    """What happened to a pack that could not be made: how often, when last, and what the worker said."""

    times: int
    at: datetime
    problem: str


def pack_failure_key(opened: ReturnRound) -> str:
    return f"pack-failed-{opened.pk}"


def pack_failures(rounds: Iterable[ReturnRound]) -> dict[int, PackFailure]:
    """By round. No query where no pack is due."""
    due = {pack_failure_key(one): one.pk for one in rounds}
    found = cache.get_many(due) if due else {}
    return {due[key]: PackFailure(*failure) for key, failure in found.items()}


def closed_rounds(partnership: Partnership) -> list[ReturnRound]:
    """With their packs, where there is one already; the latest quarter first."""
    closed = ReturnRound.objects.filter(partnership=partnership, closed_at__isnull=False)
    return list(closed.select_related("pack__snapshot").defer("pack__snapshot__content"))


def latest_run(partnership: Partnership) -> RollUpRun | None:
    """The latest roll-up that is done."""
    return RollUpRun.objects.done().filter(partnership=partnership).first()
