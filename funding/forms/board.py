"""As at which day the board is shown, and between which two ends it is compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from authorities.filters import date_words
from authorities.forms import DayField
from funding.board.changes import End
from funding.models import BoardPack, ReturnRound
from funding.quarters import Quarter, year_label


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


DAY, NOW = "day", "now"
A_DAY = (DAY, "The end of a day")


class ChangesForm(forms.Form):
    """Two ends, each a frozen pack or the end of a day; the later one may be now. Both are of one year."""

    since = forms.ChoiceField(label="Since")
    since_day = DayField(
        label="Since: day", required=False, help_text="For the end of a day, like 31 10 2026."
    )
    until = forms.ChoiceField(label="Until")
    until_day = DayField(
        label="Until: day", required=False, help_text="For the end of a day, like 31 10 2026."
    )
    year = forms.TypedChoiceField(
        label="Financial year", coerce=int, help_text="A pack is compared in its own year."
    )

    def __init__(self, *args: Any, rounds: Sequence[ReturnRound], today: date, **kwargs: Any) -> None:
        packs = [one.pack for one in rounds if hasattr(one, "pack")]
        self.packs: dict[str, BoardPack] = {f"pack-{pack.pk}": pack for pack in packs}
        self._today, last = today, Quarter.of(today).previous
        years = sorted({last.year, *(one.year for one in rounds)}, reverse=True)
        self._usual_year = last.year
        self._usual = End(packs[0]) if packs else End(day=last.ends_on, or_first=True)
        initial = {"since": next(iter(self.packs), DAY), "until": NOW, "year": years[0]}
        if packs:
            initial["year"] = self._usual_year = packs[0].snapshot.year
        else:
            initial |= {"since_day": last.ends_on, "year": last.year}
        super().__init__(*args, **{**kwargs, "initial": initial})
        named = [(key, f"Board pack for {pack.round.quarter.label}") for key, pack in self.packs.items()]
        self.fields["since"].choices = [*named, A_DAY]  # type: ignore[attr-defined]
        self.fields["until"].choices = [(NOW, "Now"), *named, A_DAY]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, year_label(year)) for year in years]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("since", "until"):
            day = cleaned.get(f"{name}_day")
            if cleaned.get(name) != DAY or f"{name}_day" in self.errors:
                continue
            if day is None:
                self.add_error(f"{name}_day", "Enter a day, like 31 10 2026, or choose a pack.")
            elif day > self._today:
                self.add_error(
                    f"{name}_day", f"Enter today's date, {date_words(self._today)}, or an earlier one."
                )
        if len({pack.snapshot.year for pack in self._chosen(cleaned)}) > 1:
            self.add_error("until", "Choose two packs of the same financial year.")
        return cleaned

    def _chosen(self, cleaned: dict[str, Any]) -> list[BoardPack]:
        keys = (cleaned.get("since"), cleaned.get("until"))
        return [self.packs[key] for key in keys if key in self.packs]

    @property
    def ends(self) -> tuple[int, End, End]:
        """The year and its two ends: of a valid form what is asked for, else the usual ones."""
        if not self.is_bound:
            return self._usual_year, self._usual, End()
        chosen = self.cleaned_data
        packs = self._chosen(chosen)
        year = packs[0].snapshot.year if packs else chosen["year"]
        return year, self._end("since"), self._end("until")

    def _end(self, name: str) -> End:
        key = self.cleaned_data[name]
        if key == DAY:
            return End(day=self.cleaned_data[f"{name}_day"])
        return End(self.packs.get(key))
