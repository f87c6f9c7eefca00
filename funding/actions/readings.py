"""The worker's side of an upload: one reader at a time, with signs of life, finished or refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from funding import files
from funding.models import UploadState, WorkbookUpload

S = UploadState
# Without a sign of life for this long, the job that reads the file is gone.
SILENCE = timedelta(seconds=60)
MOST_ATTEMPTS = 3


@transaction.atomic
def claim(*, at: datetime) -> WorkbookUpload | None:
    """The next file to read: one that waits, or one whose reader fell silent. None when there is none.

    Rows that another worker holds are stepped over. A file that stopped three readers is stuck: it waits for
    a person, and the next one is taken.
    """
    silent = Q(state=S.READING) & (Q(heartbeat_at__lt=at - SILENCE) | Q(heartbeat_at__isnull=True))
    open_ones = WorkbookUpload.objects.filter(Q(state=S.WAITING) | silent).order_by("id")
    for upload in open_ones.select_for_update(skip_locked=True, no_key=True, of=("self",)):
        if upload.attempts >= MOST_ATTEMPTS:
            _set(upload, state=S.STUCK, step="", finished_at=at)
            continue
        _set(
            upload,
            state=S.READING,
            attempts=upload.attempts + 1,
            step="Opening the file",
            done=0,
            total=0,
            heartbeat_at=at,
        )
        return upload
    return None


def _mine(upload: WorkbookUpload) -> Any:
    """The row while this attempt has it. A reader that was taken for dead writes nothing any more."""
    return WorkbookUpload.objects.filter(pk=upload.pk, state=S.READING, attempts=upload.attempts)


def beat(*, upload: WorkbookUpload, step: str, done: int, total: int, at: datetime) -> bool:
    """A sign of life with the true progress. Whether this reader still has the file."""
    return bool(_mine(upload).update(step=step[:60], done=done, total=total, heartbeat_at=at))


def finish(
    *, upload: WorkbookUpload, revision: int, result: Mapping[str, Any], marked_as: str, at: datetime
) -> bool:
    """What the reading found, as compared with the return at `revision`. Whether it was taken."""
    old = WorkbookUpload.objects.filter(pk=upload.pk).values_list("marked_as", flat=True).first()
    taken = bool(
        _mine(upload).update(
            state=S.READ,
            revision=revision,
            result=result,
            marked_as=marked_as,
            step="",
            heartbeat_at=at,
            finished_at=at,
        )
    )
    # The workbook that was marked up before, or this one where nobody wants it.
    unwanted = old if taken and old != marked_as else "" if taken else marked_as
    if unwanted:
        files.remove(unwanted)
    return taken


def refuse(*, upload: WorkbookUpload, sentence: str, at: datetime) -> bool:
    """The file cannot be read: its cause is kept, the file is not. Whether it was taken."""
    refused = bool(
        _mine(upload).update(
            state=S.REFUSED, result={"cause": sentence}, step="", heartbeat_at=at, finished_at=at
        )
    )
    if refused:
        files.remove(upload.stored_as)
    return refused


def _set(upload: WorkbookUpload, **values: Any) -> None:
    for name, value in values.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(values))
