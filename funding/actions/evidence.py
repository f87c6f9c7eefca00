"""Evidence beside a return: handing files in, taking them out, and what the virus scan says of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum

from authorities.models import User
from authorities.roles import Permission
from funding import files, scanning
from funding.actions.entries import UnableToSave, saving
from funding.actions.errors import LOCKED
from funding.actions.returns import check_permission
from funding.inspection.kinds import LARGEST, TOO_LARGE, Kind, inspect
from funding.inspection.names import plain
from funding.inspection.refusal import Refused
from funding.models import (
    BudgetLine,
    EvidenceFile,
    EvidenceState,
    QuarterlyReturn,
    ReturnStatus,
    ReturnVersion,
)

logger = logging.getLogger(__name__)
MOST_OF_A_RETURN = 100 * 1024 * 1024
MOST_FILES_OF_A_RETURN = 200
FULL_DISK = (
    "cannot be stored: the disk of the portal does not take it, and nothing of it was kept. "
    "Tell the OPCC, and try again later."
)
Stored = tuple[Kind, files.Kept]


@dataclass
class HandedIn:
    """What became of the files of one form: kept, or refused with a sentence each."""

    kept: list[EvidenceFile] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def add(
    *,
    quarterly_return: QuarterlyReturn,
    budget_line: BudgetLine | None,
    offered: Sequence[UploadedFile[Any]],
    by: User,
    at: datetime,
) -> HandedIn:
    """Keeps those of the files that are taken, beside the line or the whole return.

    Counts as one save of the return. Raises UnableToMoveReturn where nothing can be added at all.
    """
    check_permission(Permission.PREPARE_RETURN, quarterly_return, by, at)
    if not quarterly_return.is_open:
        raise UnableToSave(LOCKED[ReturnStatus(quarterly_return.status)])
    stored: list[Stored] = []
    written = HandedIn()
    try:
        refused = _store(offered, stored)
        if stored:
            written = _write(quarterly_return, budget_line, stored, by, at)
    finally:
        # File first, row after: what has no row by now never gets one.
        with_row = {row.stored_as for row in written.kept}
        for _, kept in stored:
            if kept.stored_as not in with_row:
                files.remove(kept.stored_as)
    return HandedIn(written.kept, [*refused, *written.refused])


def _store(offered: Sequence[UploadedFile[Any]], stored: list[Stored]) -> list[str]:
    """Writes what is taken to the disk, adds it to `stored`, and says why the others are not taken."""
    refused = []
    for one in offered:
        try:
            kind, content = _judged(one)
            stored.append((kind, files.keep([content], extension=kind.extension)))
        except Refused as refusal:
            refused.append(str(refusal))
        except OSError:
            logger.exception("A file of evidence could not be stored.")
            refused.append(f"“{plain(one.name or '')}” {FULL_DISK}")
    return refused


def _judged(one: UploadedFile[Any]) -> tuple[Kind, bytes]:
    """What the file is, and its content. Raises Refused."""
    name = one.name or ""
    if getattr(one, "not_stored", False):
        raise Refused(f"“{plain(name)}” {FULL_DISK}")
    if (one.size or 0) > LARGEST:
        raise Refused(f"“{plain(name)}” {TOO_LARGE}")
    if getattr(one, "cut_off", False):
        raise Refused(
            f"“{plain(name)}” was too much together with the other files. Send fewer files at once."
        )
    one.seek(0)
    content = one.read()
    return inspect(name, content), content


def _write(
    quarterly_return: QuarterlyReturn,
    budget_line: BudgetLine | None,
    stored: Sequence[Stored],
    by: User,
    at: datetime,
) -> HandedIn:
    """The rows, in one transaction with the save of the return."""
    with _locked(quarterly_return) as revision:
        _check_line(quarterly_return, budget_line)
        fitting, refused = _fitting(quarterly_return, stored)
        if not fitting:
            return HandedIn(refused=refused)
        with saving(quarterly_return, revision, by, at) as saved:
            rows = [
                EvidenceFile(
                    quarterly_return=saved,
                    budget_line=budget_line,
                    name=kind.name,
                    stored_as=kept.stored_as,
                    content_type=kind.content_type,
                    size=kept.size,
                    digest=kept.digest,
                    state=EvidenceState.WAITING if scanning.is_set_up() else EvidenceState.UNSCANNED,
                    added_by=by,
                    added_at=at,
                )
                for kind, kept in fitting
            ]
            return HandedIn(EvidenceFile.objects.bulk_create(rows), refused)


@contextmanager
def _locked(quarterly_return: QuarterlyReturn) -> Iterator[int]:
    """Nobody else saves the return meanwhile; gives the revision that stands.

    A file replaces nothing that another editor typed, so the person is not asked for a revision.
    """
    with transaction.atomic():
        standing = QuarterlyReturn.objects.select_for_update(no_key=True).filter(pk=quarterly_return.pk)
        yield standing.values_list("revision", flat=True).get()


def _check_line(quarterly_return: QuarterlyReturn, budget_line: BudgetLine | None) -> None:
    own = BudgetLine.objects.of(quarterly_return.organisation, quarterly_return.round.year)
    if budget_line is not None and not own.filter(pk=budget_line.pk).exists():
        raise UnableToSave("The plan has changed since you opened this page. Choose the budget line again.")


def _fitting(quarterly_return: QuarterlyReturn, stored: Sequence[Stored]) -> tuple[list[Stored], list[str]]:
    """Those that are new and for which there is room, and a sentence for each other one."""
    live = EvidenceFile.objects.filter(quarterly_return=quarterly_return).live()
    names = dict(live.values_list("digest", "name"))
    total = live.aggregate(total=Sum("size"))["total"] or 0
    fitting, refused = [], []
    for kind, kept in stored:
        if kept.digest in names:
            refused.append(f"“{kind.name}” is already there, as “{names[kept.digest]}”.")
        elif total + kept.size > MOST_OF_A_RETURN or len(names) >= MOST_FILES_OF_A_RETURN:
            refused.append(
                f"“{kind.name}” does not fit: the files of a return are at most {MOST_FILES_OF_A_RETURN}, of "
                f"{MOST_OF_A_RETURN // 1024 // 1024} MB together. Remove one first."
            )
        else:
            names[kept.digest] = kind.name
            total += kept.size
            fitting.append((kind, kept))
    return fitting, refused


def remove(*, evidence: EvidenceFile, by: User, at: datetime) -> None:
    """Takes a file out of an open return, and off the disk.

    Raises UnableToMoveReturn for one that was sent with a version: what was signed stays as it was.
    """
    found = evidence.quarterly_return
    with _locked(found) as revision:
        evidence.refresh_from_db(fields=("state",))
        if not evidence.is_live:
            raise UnableToSave("This file has already been taken out.")
        number = sent_with(evidence)
        if number:
            raise UnableToSave(
                f"This file was sent with version {number} of the return, so it stays. Add another file, "
                "and say in the progress in words which one counts."
            )
        with saving(found, revision, by, at):
            EvidenceFile.objects.filter(pk=evidence.pk).update(state=EvidenceState.REMOVED)
        transaction.on_commit(lambda: files.remove(evidence.stored_as))


def sent_with(evidence: EvidenceFile) -> int | None:
    """The number of the first version that names the file."""
    named = {"content__evidence__contains": [{"key": evidence.digest}]}
    versions = ReturnVersion.objects.filter(quarterly_return=evidence.quarterly_return_id, **named)
    return versions.order_by("number").values_list("number", flat=True).first()
