"""Choosing two versions to compare, and the reason for going back to the certified one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from funding.forms.grids import RevisionForm
from funding.forms.returns import LONGEST_REASON, Tick, Words
from funding.models import ReturnVersion


class CompareForm(forms.Form):
    """Two versions of one return, by number."""

    one = forms.TypedChoiceField(label="Compare version", coerce=int)
    other = forms.TypedChoiceField(label="With version", coerce=int)

    def __init__(self, *args: Any, versions: Sequence[ReturnVersion], **kwargs: Any) -> None:
        numbers = [version.number for version in versions]
        kwargs.setdefault("initial", {"one": numbers[0], "other": numbers[-1]} if numbers else {})
        super().__init__(*args, **kwargs)
        self._versions = {version.number: version for version in versions}
        for name in ("one", "other"):
            self.fields[name].choices = [(number, str(number)) for number in numbers]  # type: ignore[attr-defined]
            self.fields[name].error_messages |= {
                "invalid_choice": "Choose a version of this list.",
                "required": "Choose a version.",
            }

    @property
    def chosen(self) -> tuple[ReturnVersion, ReturnVersion]:
        """The two versions, in the order that they were asked for."""
        return self._versions[self.cleaned_data["one"]], self._versions[self.cleaned_data["other"]]


class RevertForm(RevisionForm):
    """Back to the certified version. The revision says which changes were seen."""

    reason = Words(
        label="Why do the certified figures stand?",
        longest=LONGEST_REASON,
        missing="Say why the certified figures stand.",
        help_text="The OPCC reads this. Where it asked something, this is your answer to each open query.",
    )
    confirmed = Tick(
        label="Undo these changes and go back to the certified version",
        missing="Tick the box to go back to the certified version.",
    )
