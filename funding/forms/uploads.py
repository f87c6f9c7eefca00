"""A workbook that is handed in, and the answer to what was read from it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from funding.actions.uploads import LARGEST
from funding.models import WorkbookUpload
from funding.workbook.findings import Change, Findings, Remark

# By the end of a file's name. What the file really is, reading finds out.
EXTENSIONS = ("xlsx", "xlsm", "xls", "ods", "csv")
WRONG_KIND = "Choose a workbook that ends in .xlsx, .xls, .ods or .csv"
NOT_WHOLE = "This file did not arrive whole, so nothing was kept. Try again. If that fails, tell the OPCC"
UNTICKED = "Tick this box, or correct the figure in the workbook and upload it again"
OTHER = (
    "The file was compared with the return again since you opened this page. Check what is below once more."
)


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="Your workbook",
        help_text="An .xlsx, .xls, .ods or .csv file of up to 10 megabytes.",
        allow_empty_file=True,
        error_messages={
            "required": "Choose the file that you filled in",
            "invalid": "Choose the file that you filled in",
        },
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if self._extension(file) not in EXTENSIONS:
            raise ValidationError(WRONG_KIND)
        # One that is too large is cut off as well, and has a sentence of its own: `uploads.receive`.
        is_cut_off = getattr(file, "cut_off", False) and (file.size or 0) <= LARGEST
        if getattr(file, "not_stored", False) or is_cut_off:
            raise ValidationError(NOT_WHOLE)
        return file

    @staticmethod
    def _extension(file: UploadedFile[Any]) -> str:
        stem, _, ending = (file.name or "").rpartition(".")
        return ending.casefold() if stem else ""

    @property
    def extension(self) -> str:
        """Ours: one of the list."""
        return self._extension(self.cleaned_data["file"])

    @property
    def name(self) -> str:
        """As the person called it, without what cannot be shown."""
        typed = (self.cleaned_data["file"].name or "").replace("\\", "/").rpartition("/")[2]
        plain = "".join(one for one in typed if one.isprintable()).strip()
        return plain if len(plain) <= 120 else f"{plain[:110]}….{self.extension}"


class ConfirmForm(forms.Form):
    """All of it or the clean part, with a tick at every warning that goes with it."""

    seen = forms.CharField(widget=forms.HiddenInput, error_messages={"required": OTHER})

    def __init__(self, *args: Any, upload: WorkbookUpload, findings: Findings, **options: Any) -> None:
        self.findings, self._stamp = findings, stamp(upload)
        super().__init__(*args, **{**options, "initial": {"seen": self._stamp}})
        self.clean_only = "clean" in self.data
        for number, remark in enumerate(findings.warnings):
            if not remark.is_confirmed:
                self.fields[f"warning-{number}"] = forms.BooleanField(label=remark.sentence, required=False)

    def clean_seen(self) -> str:
        if self.cleaned_data["seen"] != self._stamp:
            raise ValidationError(OTHER)
        return self._stamp

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.findings.errors and not self.clean_only:
            self.add_error(None, "Correct the errors in the workbook, or save only the clean part.")
        for name, remark in self.asked:
            if remark in self.wanted and not said.get(name):
                self.add_error(name, UNTICKED)
        return said

    @property
    def stamp(self) -> str:
        return self._stamp

    @property
    def wanted(self) -> list[Remark]:
        """The warnings that belong to what is to be saved."""
        return self.findings.to_confirm(clean_only=self.clean_only)

    @property
    def asked(self) -> list[tuple[str, Remark]]:
        """Each warning that needs a tick, with the name of its box."""
        return [
            (f"warning-{number}", remark)
            for number, remark in enumerate(self.findings.warnings)
            if not remark.is_confirmed
        ]

    def changes(self) -> list[Change]:
        """What is to be saved."""
        return self.findings.clean if self.clean_only else self.findings.changes

    def prompts(self) -> list[dict[str, str]]:
        """What was confirmed, to be remembered."""
        return [
            {
                "code": f"workbook_{remark.code}",
                "subject": remark.subject[:40],
                "fingerprint": remark.fingerprint,
                "words": remark.sentence,
            }
            for remark in self.wanted
        ]


def stamp(upload: WorkbookUpload) -> str:
    """Of what a page shows of an upload: another reading gives another."""
    content = json.dumps([upload.pk, upload.revision, upload.result], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:24]
