"""The words of a return, and the answers of those who sign or review it."""

from __future__ import annotations

from typing import Any

from django import forms

from funding.forms.grids import RevisionForm

LONGEST = 3000
LONGEST_REASON = 1000


class Words(forms.CharField):
    """A few paragraphs, with a count of characters. A line break counts once, as the page counts it."""

    def __init__(self, *, rows: int = 5, longest: int = LONGEST, missing: str = "", **options: Any) -> None:
        options["error_messages"] = {
            "required": missing,
            "max_length": "Shorten this to %(limit_value)d characters or fewer. It has %(show_value)d.",
        }
        super().__init__(max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class Tick(forms.BooleanField):
    """A box that must be ticked."""

    def __init__(self, *, label: str, missing: str) -> None:
        super().__init__(label=label, error_messages={"required": missing})


class NarrativeForm(RevisionForm):
    """Progress in words."""

    progress = Words(
        label="What went well this quarter?",
        help_text="What was done, whom it reached and what changed for them.",
        rows=8,
        missing="Describe the progress of this quarter.",
    )
    problems = Words(
        label="What got in the way? (optional)",
        help_text="Delays, risks, and what you did about them.",
        required=False,
    )
    next_steps = Words(
        label="What comes next quarter? (optional)",
        help_text="Include changes to the plan that the OPCC should know of.",
        required=False,
    )


class NilForm(RevisionForm):
    """Nothing spent and nothing delivered, with the reason."""

    explanation = Words(
        label="Why was nothing spent or delivered?",
        help_text="Say when you expect to start, or to start again. Do not enter names or dates of birth.",
        missing="Explain why nothing was spent or delivered.",
    )
    attested = Tick(
        label="Nothing was spent from this year's grant in the quarter, on an accruals basis, and "
        "nothing was delivered with it",
        missing="Tick the box to confirm that nothing was spent and nothing was delivered.",
    )


class CertifyForm(RevisionForm):
    """The signature. The revision says which figures were read."""

    certified = Tick(
        label="I certify this return, as section 151 officer, chief finance officer or their deputy",
        missing="Tick the box to certify the return. If you do not agree with it, decline it below.",
    )


class ReasonForm(forms.Form):
    """Why a return goes back."""

    reason = Words(
        label="What has to change?",
        longest=LONGEST_REASON,
        missing="Give a reason, so that the people who prepare the return know what to do.",
        help_text="Name the lines, and say what to correct or explain. Those who prepare it read this.",
    )


class AcceptForm(RevisionForm):
    """The OPCC's acceptance."""

    accepted = Tick(
        label="I have read the figures and accept this return for the OPCC",
        missing="Tick the box to accept the return. If something is unclear, query it below.",
    )
