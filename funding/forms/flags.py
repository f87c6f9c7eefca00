"""The answer to one flag."""

from __future__ import annotations

from typing import Any

from django import forms

from funding.flags import Flag
from funding.forms.returns import LONGEST_REASON, Words

CONFIRM, DISMISS = "confirm", "dismiss"


class FlagAnswerForm(forms.Form):
    """A real concern, with words or without; or dismissed, with a reason."""

    words = Words(
        label="Your words",
        help_text="A dismissal needs a reason. The board reads it.",
        required=False,
        longest=LONGEST_REASON,
        rows=2,
    )
    choice = forms.ChoiceField(
        choices=[(CONFIRM, "It is a real concern"), (DISMISS, "Dismiss")],
        error_messages={
            "required": "Press one of the two buttons.",
            "invalid_choice": "Press one of the two buttons.",
        },
    )

    def __init__(self, *args: Any, flag: Flag, **kwargs: Any) -> None:
        # Many of these stand on one page: the names are the same, the ids are not.
        super().__init__(*args, **{**kwargs, "auto_id": f"id-{flag.key}-%s"})
        self.flag = flag
        quarter = flag.quarterly_return.quarter.label
        about = f"{flag.organisation.name}, {quarter}: {flag.prompt.title}"
        self.fields["words"].label = f"Your words on {about}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") == DISMISS and not cleaned.get("words", "").strip():
            self.add_error("words", "Say why you dismiss this flag.")
        return cleaned

    @property
    def is_concern(self) -> bool:
        return bool(self.cleaned_data["choice"] == CONFIRM)
