"""A workbook on its way into a return: received, read by the worker, confirmed or discarded by a person.

Nothing of it is in the return before it is confirmed; then all of it is, in one transaction, and only against
the return that it was compared with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from authorities.models import User
from authorities.roles import Permission
from funding import files
from funding.actions.errors import LOCKED, UnableToMoveReturn
from funding.actions.returns import check_permission
from funding.actions.workbooks import save_changes
from funding.models import (
    UNFINISHED_UPLOADS,
    ConfirmedPrompt,
    ProfileAmount,
    QuarterlyReturn,
    ReturnStatus,
    UploadState,
    WorkbookUpload,
)

S = UploadState
LARGEST = 10 * 1024 * 1024
MOST_WAITING = 5


class UnableToUpload(UnableToMoveReturn):
    """The file is not taken."""


class UnableToUse(UnableToMoveReturn):
    """What was read cannot be saved, or not like this."""


def receive(
    *,
    quarterly_return: QuarterlyReturn,
    name: str,
    extension: str,
    chunks: Iterable[bytes],
    size: int,
    by: User,
    at: datetime,
) -> WorkbookUpload:
    """Keeps a file and asks for it to be read. The file comes first, so that a row is never without it.

    `extension` is one of ours; what the file really is, reading finds out. Raises UnableToUpload.
    """
    _check_open(quarterly_return, by, at)
    _check_size(size)
    waiting = WorkbookUpload.objects.filter(quarterly_return=quarterly_return, state__in=UNFINISHED_UPLOADS)
    if waiting.count() >= MOST_WAITING:
        raise UnableToUpload(
            "Other files of this return are still being read. Wait until one of them is done."
        )
    kept = _keep(chunks, extension)
    try:
        return WorkbookUpload.objects.create(
            quarterly_return=quarterly_return,
            name=name,
            stored_as=kept.stored_as,
            size=kept.size,
            digest=kept.digest,
            revision=quarterly_return.revision,
            uploaded_by=by,
            uploaded_at=at,
        )
    except BaseException:
        files.remove(kept.stored_as)
        raise


def _keep(chunks: Iterable[bytes], extension: str) -> files.Kept:
    try:
        return files.keep(chunks, extension=extension)
    except OSError as problem:
        raise UnableToUpload(
            "The disk of the portal does not take this file, and nothing of it was kept. Tell the OPCC, and "
            "try again later."
        ) from problem


def _check_size(size: int) -> None:
    if size > LARGEST:
        most = LARGEST // 1024 // 1024
        raise UnableToUpload(f"This file is larger than {most} megabytes. Upload a smaller one.")
    if size == 0:
        raise UnableToUpload("This file is empty. Choose the file that you filled in.")


def _check_open(quarterly_return: QuarterlyReturn, by: User, at: datetime) -> None:
    check_permission(Permission.PREPARE_RETURN, quarterly_return, by, at)
    if not quarterly_return.is_open:
        raise UnableToUpload(LOCKED[ReturnStatus(quarterly_return.status)])


@transaction.atomic
def confirm(
    *,
    upload: WorkbookUpload,
    changes: Collection[Mapping[str, Any]],
    prompts: Collection[Mapping[str, str]],
    plan: str,
    by: User,
    at: datetime,
) -> WorkbookUpload:
    """Saves what the person chose of the workbook, all of it or nothing. Twice has the effect of once.

    `prompts` are the confirmed warnings. A return or plan that has changed since the comparison is not
    overwritten: the file is compared again, and the upload waits. Raises UnableToUse.
    """
    quarterly_return = _held_return(upload)
    upload = _held(upload)
    if upload.state == S.SAVED:
        return upload
    if upload.state != S.READ:
        raise UnableToUse("This file was discarded or is being read again, so nothing was saved.")
    _check_open(quarterly_return, by, at)
    if quarterly_return.revision != upload.revision or _plan(quarterly_return) != plan:
        _set(upload, state=S.WAITING, attempts=0, finished_at=None)
        return upload
    if not changes:
        raise UnableToUse("Nothing in this file differs from the return, so there is nothing to save.")
    ConfirmedPrompt.objects.bulk_create(
        [ConfirmedPrompt(quarterly_return=quarterly_return, by=by, at=at, **prompt) for prompt in prompts],
        ignore_conflicts=True,
    )
    save_changes(
        quarterly_return=quarterly_return,
        revision=upload.revision,
        changes=changes,
        reason=f"From the workbook “{upload.name}”.",
        by=by,
        at=at,
    )
    _set(upload, state=S.SAVED, finished_at=at)
    return upload


def _plan(quarterly_return: QuarterlyReturn) -> str:
    return ProfileAmount.objects.fingerprint(quarterly_return.organisation, quarterly_return.round.year)


def _held_return(upload: WorkbookUpload) -> QuarterlyReturn:
    held = QuarterlyReturn.objects.in_full().select_for_update(of=("self",), no_key=True)
    return held.get(pk=upload.quarterly_return_id)


def _held(upload: WorkbookUpload) -> WorkbookUpload:
    return WorkbookUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)


@transaction.atomic
def discard(*, upload: WorkbookUpload, by: User, at: datetime) -> WorkbookUpload:
    """The person wants nothing of the file: it is taken away. One that was saved stays as it is."""
    check_permission(Permission.PREPARE_RETURN, upload.quarterly_return, by, at)
    upload = _held(upload)
    if upload.state in (S.SAVED, S.DISCARDED, S.REFUSED):
        return upload
    stored, marked = upload.stored_as, upload.marked_as
    _set(upload, state=S.DISCARDED, result={}, marked_as="", finished_at=at)
    for name in filter(None, (stored, marked)):
        transaction.on_commit(lambda name=name: files.remove(name))  # type: ignore[misc]
    return upload


@transaction.atomic
def retry(*, upload: WorkbookUpload, by: User, at: datetime) -> WorkbookUpload:
    """Has a stuck file read again, as if it had just come."""
    check_permission(Permission.PREPARE_RETURN, upload.quarterly_return, by, at)
    upload = _held(upload)
    if upload.state == S.STUCK:
        _set(upload, state=S.WAITING, attempts=0, heartbeat_at=None, finished_at=None)
    return upload


def _set(upload: WorkbookUpload, **values: Any) -> None:
    for name, value in values.items():
        setattr(upload, name, value)
    upload.save(update_fields=list(values))
