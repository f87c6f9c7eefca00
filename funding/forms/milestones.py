"""What officers enter of system change: milestones, and where each stands in a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from authorities.forms import DayField
from funding.forms.governance import Line, QuarterField
from funding.forms.returns import LONGEST_REASON, Words
from funding.models import ChangeTheme, MilestoneStatus
from funding.quarters import Quarter


class MilestoneForm(forms.Form):
    """What is to change in which system, by when."""

    theme = forms.TypedChoiceField(
        label="Theme",
        choices=ChangeTheme.choices,
        coerce=ChangeTheme,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the theme.",
            "invalid_choice": "Choose a theme of this list.",
        },
    )
    name = Line(
        label="Milestone",
        longest=160,
        missing="Enter the milestone, like Data sharing agreement signed by all partners.",
        help_text="What will be true once it is reached.",
    )
    due_on = DayField(label="By when?")


class ReportForm(forms.Form):
    """Where a milestone stands in one quarter."""

    quarter = QuarterField(label="Quarter")
    status = forms.TypedChoiceField(
        label="Where does it stand?",
        choices=MilestoneStatus.choices,
        coerce=MilestoneStatus,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose where the milestone stands.",
            "invalid_choice": "Choose one of this list.",
        },
    )
    words = Words(
        label="In words",
        longest=LONGEST_REASON,
        missing="Say where the milestone stands.",
        help_text="What has changed since the last quarter, and what is in the way.",
    )
    evidence = Words(
        label="What shows it? (needed when it is done)",
        rows=3,
        longest=LONGEST_REASON,
        required=False,
        help_text="The document, figure or body that shows it. No names of people.",
    )

    def __init__(self, *args: Any, quarters: Sequence[Quarter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quarter"].offer(quarters)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("status") == MilestoneStatus.DONE and not cleaned.get("evidence"):
            self.add_error("evidence", "Say what shows that it is done.")
        return cleaned
