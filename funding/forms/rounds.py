"""Opening a quarter, and what the tracker shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from authorities.filters import date_words
from authorities.forms import DayField
from authorities.models import OrganisationKind
from funding.forms.returns import Tick
from funding.models import QuarterlyReturn, ReturnStatus
from funding.quarters import Quarter, year_label
from funding.return_clean import Judged
from funding.tracker import Wanted


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
    """The year and, if wanted, one quarter, state or kind of organisation, or only what is late."""

    year = forms.TypedChoiceField(label="Year", coerce=int, required=False, empty_value=None)
    quarter = forms.TypedChoiceField(
        label="Quarter",
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", "All four"), *((number, f"Q{number}") for number in range(1, 5))],
    )
    status = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any state"), *ReturnStatus.choices]
    )
    kind = forms.ChoiceField(
        label="Kind of organisation",
        required=False,
        choices=[
            ("", "Every kind"),
            *(choice for choice in OrganisationKind.choices if choice[0] != OrganisationKind.BOARD),
        ],
    )
    late = forms.BooleanField(label="Only late ones", required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year_label(year)) for year in years]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What is asked for; a value that is none of the choices asks for nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        return Wanted(
            chosen.get("status", ""),
            chosen.get("late", False),
            chosen.get("quarter"),
            chosen.get("kind", ""),
        )


class AcceptTogetherForm(forms.Form):
    """Accepting several returns, each at the revision that the page showed."""

    confirmed = Tick(
        label="I accept these returns for the OPCC",
        missing="Tick the box to accept the returns of this list.",
    )

    def __init__(self, *args: Any, clean: Sequence[Judged], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clean = [one.quarterly_return for one in clean]
        for found in self._clean:
            self.fields[f"revision-{found.pk}"] = forms.IntegerField(required=False, min_value=0)

    @property
    def read(self) -> list[tuple[QuarterlyReturn, int]]:
        """Of a valid form: each return with the revision that was read. One without it was not shown."""
        found = [(one, self.cleaned_data.get(f"revision-{one.pk}")) for one in self._clean]
        return [(one, revision) for one, revision in found if revision is not None]
