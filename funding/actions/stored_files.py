"""The sweep of private files: what no row names any more leaves the disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from funding import files
from funding.actions.evidence import sent_with
from funding.models import BoardPack, EvidenceFile, EvidenceState, WorkbookUpload

# A file is written before its row: a young one may still get it.
GRACE = timedelta(hours=24)


@dataclass(frozen=True)
class Swept:
    """How many files were taken away: without a row, and taken out or refused."""

    orphans: int
    taken_out: int


def sweep(*, at: datetime) -> Swept:
    """Removes files that are older than a day and have no row, and those of evidence that was taken out or
    refused. A removed file that a version names stays, as part of what was signed."""
    orphans = 0
    for name in files.older_than(at - GRACE):
        if not _is_named(name):
            files.remove(name)
            orphans += 1
    taken_out = 0
    gone = EvidenceFile.objects.filter(state__in=(EvidenceState.REMOVED, EvidenceState.REFUSED))
    for evidence in gone.order_by("pk").iterator():
        infected = evidence.state == EvidenceState.REFUSED
        if files.path_of(evidence.stored_as).exists() and (infected or not sent_with(evidence)):
            files.remove(evidence.stored_as)
            taken_out += 1
    return Swept(orphans, taken_out)


def _is_named(name: str) -> bool:
    uploads = WorkbookUpload.objects
    return (
        EvidenceFile.objects.filter(stored_as=name).exists()
        or uploads.filter(stored_as=name).exists()
        or uploads.filter(marked_as=name).exists()
        or BoardPack.objects.filter(Q(pdf_as=name) | Q(workbook_as=name)).exists()
    )
