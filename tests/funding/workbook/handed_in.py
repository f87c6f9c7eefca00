"""Workbooks that were handed in, for tests that are about something else."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from authorities.models import User
from funding import files
from funding.models import ProfileAmount, QuarterlyReturn, UploadState, WorkbookUpload
from funding.workbook.findings import WARNING, Change, Findings, Place, Remark
from tests.world import NOW


class Again(BytesIO):
    """A file that can be posted more than once."""

    name = "return.csv"

    def read(self, *sizes: Any) -> bytes:
        self.seek(0)
        return super().read(*sizes)


def read_upload(found: QuarterlyReturn, *, by: User) -> WorkbookUpload:
    """One that was read: a new sentence of progress, one warning, and a marked-up copy."""
    place = Place("Progress", 5, 2, "B5")
    new = f"From a workbook. {found.progress}"
    change = Change(
        part="progress",
        key="progress",
        field="answer",
        kind="words",
        line="What went well this quarter?",
        heading="Your answer",
        before=found.progress,
        after=new,
        value=new,
        place=place,
    )
    warning = Remark(WARNING, "no_id", "This file does not say which return it is for.", place, "Well.")
    plan = ProfileAmount.objects.fingerprint(found.organisation, found.round.year)
    return _upload(found, by, UploadState.READ, result=Findings([change], [warning], {}, plan).as_json())


def stuck_upload(found: QuarterlyReturn, *, by: User) -> WorkbookUpload:
    """One that stopped three readers."""
    return _upload(found, by, UploadState.STUCK, attempts=3)


def _upload(found: QuarterlyReturn, by: User, state: UploadState, **facts: Any) -> WorkbookUpload:
    kept = files.keep([b"Intervention,Actual\n"], extension="csv")
    marked = files.keep([b"PK"], extension="xlsx")
    return WorkbookUpload.objects.create(
        quarterly_return=found,
        name="return.csv",
        stored_as=kept.stored_as,
        marked_as=marked.stored_as,
        size=kept.size,
        digest=kept.digest,
        revision=found.revision,
        state=state,
        uploaded_by=by,
        uploaded_at=NOW,
        **facts,
    )
