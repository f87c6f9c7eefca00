"""The answer to a proposed decision."""

from __future__ import annotations

from typing import Any

from django import forms

APPROVE, REJECT = "approve", "reject"


class AnswerForm(forms.Form):
    """Approve, or reject with a reason."""

    choice = forms.ChoiceField(
        label="Your answer",
        choices=[(APPROVE, "Approve: the money moves now"), (REJECT, "Reject: nothing moves")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whether you approve or reject this decision",
            "invalid_choice": "Choose to approve or to reject",
        },
    )
    answer = forms.CharField(
        label="Reason for your answer",
        required=False,
        max_length=2000,
        help_text="You must give one if you reject. Whoever proposed the decision reads it.",
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={"max_length": "Enter a reason of 2,000 characters or fewer"},
    )

    def offer_rejection_only(self) -> None:
        """For a proposal that can no longer be approved."""
        self.fields["choice"].choices = [(REJECT, "Reject: nothing moves")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") == REJECT and "answer" not in self.errors and not cleaned.get("answer"):
            self.add_error("answer", "Say why you reject this decision")
        return cleaned
