"""Opening a quarter, and what the tracker shows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from authorities.filters import date_words
from authorities.forms import DayField
from funding.models import ReturnStatus
from funding.quarters import Quarter, year_label
from funding.tracker import LATE


class RoundForm(forms.Form):
    """Which quarter to open, and by when its returns are due. An empty date means the usual one."""

    quarter = forms.ChoiceField(
        label="Which quarter do you want to open?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the quarter to open.",
            "invalid_choice": "Choose one of the quarters of this list.",
        },
    )
    due_on = DayField(
        label="When are the returns due? (optional)",
        required=False,
        help_text="Leave this empty for the usual date: the last day of the month after the quarter's end, "
        "moved on to a working day. Or enter a date, for example, 31 3 2027.",
    )

    def __init__(self, *args: Any, quarters: list[Quarter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._quarters = {f"{quarter.year}-{quarter.number}": quarter for quarter in quarters}
        self.fields["quarter"].choices = [  # type: ignore[attr-defined]
            (key, f"{quarter} (usually due on {date_words(quarter.due_on)})")
            for key, quarter in self._quarters.items()
        ]

    @property
    def chosen(self) -> Quarter:
        """Of a valid form."""
        return self._quarters[self.cleaned_data["quarter"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        due_on: date | None = cleaned.get("due_on")
        if cleaned.get("quarter") and "due_on" in cleaned:
            end = self.chosen.ends_on
            if due_on is None:
                cleaned["due_on"] = self.chosen.due_on
            elif not end < due_on <= end.replace(year=end.year + 1):
                self.add_error(
                    "due_on",
                    f"Enter a date after {date_words(end)}, the end of the quarter, and within a year of it.",
                )
        return cleaned


class TrackerForm(forms.Form):
    """The year and, if wanted, one state to look for."""

    year = forms.TypedChoiceField(label="Year", coerce=int, required=False, empty_value=None)
    status = forms.ChoiceField(label="Show organisations with a return that is", required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year_label(year)) for year in years]  # type: ignore[attr-defined]
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            ("", "In any state"),
            (LATE, "Late"),
            *ReturnStatus.choices,
        ]
