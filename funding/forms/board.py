"""As at which day the board is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from authorities.filters import date_words
from authorities.forms import DayField


class AsAtForm(forms.Form):
    """The end of one day. Left empty, the board shows today's figures."""

    as_at = DayField(
        label="As at (optional)",
        required=False,
        help_text="The end of a day, like 31 10 2026.",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_as_at(self) -> date | None:
        asked: date | None = self.cleaned_data["as_at"]
        if asked and asked > self._today:
            raise forms.ValidationError(f"Enter today's date, {date_words(self._today)}, or an earlier one.")
        return asked
