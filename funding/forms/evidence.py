"""Files to hand in as evidence, several at once, and the budget line that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from funding.models import BudgetLine

MOST_AT_ONCE = 20
ACCEPT = ".pdf,.png,.jpg,.jpeg,.xlsx,.docx,.ods,.odt,.csv,.txt"


class Files(forms.ClearableFileInput):
    """One box that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or more. What they are is judged by the action, from their content."""

    widget = Files(attrs={"multiple": True, "accept": ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        offered = [one for one in data or [] if one]
        if not offered:
            raise forms.ValidationError("Choose at least one file.")
        if len(offered) > MOST_AT_ONCE:
            raise forms.ValidationError(f"Choose {MOST_AT_ONCE} files or fewer at once.")
        return offered


class EvidenceForm(forms.Form):
    """What the files belong to, and the files."""

    line = forms.TypedChoiceField(
        label="What do the files belong to?",
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Choose a budget line of this list."},
    )
    uploads = FilesField(
        label="Files",
        help_text="PDF, PNG, JPEG, XLSX, DOCX, ODS, ODT, CSV or TXT, each up to 10 MB. Several are fine.",
    )

    def __init__(self, *args: Any, lines: Iterable[BudgetLine], **options: Any) -> None:
        super().__init__(*args, **options)
        self._lines = {line.pk: line for line in lines}
        self.fields["line"].choices = [  # type: ignore[attr-defined]
            ("", "The whole return"),
            *((pk, str(line)) for pk, line in self._lines.items()),
        ]

    @property
    def budget_line(self) -> BudgetLine | None:
        chosen = self.cleaned_data["line"]
        return self._lines[chosen] if chosen else None
