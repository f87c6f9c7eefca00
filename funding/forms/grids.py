"""Forms whose fields come from rows of a return. A field's name holds the key of its row, so it stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from funding.actions.entries import ActivityEntry, SpendEntry
from funding.actions.patrols import PatrolEntry
from funding.forms.fields import AmountField, CountField, HoursField
from funding.money import ZERO
from funding.return_delivery import PATROL_FACTS, ActivityRow, PatrolRow
from funding.return_sheet import Row, Sheet

LOST = "This page lost its place in the return. Nothing is saved yet. Check what you typed, then save again."


@dataclass(frozen=True)
class Cell:
    """One box of a grid as a page needs it. `saved` is what stands meanwhile, where that differs."""

    name: str
    id: str
    label: str
    value: Any
    error: str
    row: str
    col: str
    saved: Any
    changed: bool


class RevisionForm(forms.Form):
    """Carries the revision of the return that the page was made from, so that no save hides another.

    After a clash the page is shown again with the new revision and with what stands saved: saving once
    more is then an informed choice.
    """

    revision = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": LOST, "invalid": LOST, "min_value": LOST},
    )
    now_at: int | None = None
    saved: Mapping[str, Any] = {}

    @property
    def is_stale(self) -> bool:
        """Whether the person has to compare with what was saved meanwhile."""
        return self.now_at is not None

    @property
    def revision_to_send(self) -> Any:
        return self["revision"].value() if self.now_at is None else self.now_at

    def compare_with(self, revision: int, saved: Mapping[str, Any]) -> None:
        """Goes on from what stands saved, if that is not what the page was made from."""
        if self.cleaned_data.get("revision") != revision:
            self.now_at, self.saved = revision, saved

    def stands(self, name: str) -> Any:
        """What stands saved in a field, where it differs from what was typed; None elsewhere."""
        saved = self.saved.get(name)
        return saved if self.is_stale and saved != self.cleaned_data.get(name) else None


class GridForm(RevisionForm):
    """A revision and many boxes, each in a row and a column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places: dict[str, tuple[str, str]] = {}

    def add(self, col: str, row: int, field: forms.Field, label: str, initial: Any) -> None:
        """One box, named after its column and the key of its row."""
        name = f"{col}-{row}"
        field.label, field.initial = label, initial
        self.fields[name] = field
        self._places[name] = (str(row), col)

    def cells(self, row: int) -> Iterator[Cell]:
        """The boxes of a row, in the order in which they were added."""
        for name, (key, col) in self._places.items():
            if key == str(row):
                field = self[name]
                show = field.field.widget.format_value
                typed, before = show(field.value()) or "", show(field.initial) or ""
                yield Cell(
                    name=name,
                    id=f"id_{name}",
                    label=str(field.label),
                    value=typed,
                    error=" ".join(map(str, field.errors)),
                    row=key,
                    col=col,
                    saved=self.stands(name),
                    changed=self.is_bound and typed != before,
                )

    @property
    def told(self) -> list[dict[str, str]]:
        """For the error summary: each refused box by its name, with a link to it."""
        if not self.is_bound:
            return []
        general = [*self.non_field_errors(), *self["revision"].errors]
        return [{"text": str(text)} for text in general] + [
            {"text": f"{self[name].label}: {text}", "href": f"#id_{name}"}
            for name in self._places
            for text in self[name].errors
        ]


class SpendForm(GridForm):
    """Actual, committed and a forecast for each later quarter, for every line of the sheet."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for row in sheet.rows:
            name = f"{row.line.intervention.name}, {row.label}"
            key = row.line.pk
            self.add("actual", key, AmountField(), f"{name}: actual", row.actual)
            committed = ZERO if row.committed is None else row.committed
            self.add("committed", key, AmountField(), f"{name}: committed", committed)
            for later in sheet.later:
                forecast = row.forecast(later.number)
                initial = row.expected(later.number) if forecast is None else forecast
                label = f"{name}: forecast for quarter {later.number}"
                self.add(f"forecast{later.number}", key, AmountField(), label, initial)

    def entries(self) -> list[SpendEntry]:
        """What a valid form says, for lines of the sheet and for no other."""
        said = self.cleaned_data
        return [
            SpendEntry(
                row.line,
                said[f"actual-{row.line.pk}"],
                said[f"committed-{row.line.pk}"],
                {later.number: said[f"forecast{later.number}-{row.line.pk}"] for later in self.sheet.later},
            )
            for row in self.sheet.rows
        ]


def saved_spend(sheet: Sheet) -> dict[str, Decimal | None]:
    """What stands saved, by the names of the form's fields."""
    saved: dict[str, Decimal | None] = {}
    for row in sheet.rows:
        if row.entry:
            saved |= _saved_row(row)
    return saved


def _saved_row(row: Row) -> dict[str, Decimal | None]:
    assert row.entry
    key = row.line.pk
    forecasts = {f"forecast{number}-{key}": amount for number, amount in row.entry.forecasts.items()}
    return {f"actual-{key}": row.entry.actual, f"committed-{key}": row.entry.committed, **forecasts}


ACTIVITY_COLUMNS = {
    "universal_reached": "young people reached, universal",
    "targeted_reached": "young people supported, targeted",
    "sessions": "sessions",
}


class ActivityForm(GridForm):
    """Three counts for every intervention of the plan."""

    def __init__(
        self, *args: Any, rows: list[ActivityRow], filled: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            for name, words in ACTIVITY_COLUMNS.items():
                label, said = f"{row.intervention.name}: {words}", getattr(row.line, name, None)
                if filled is not None:
                    said = filled.get(f"{name}-{row.intervention.pk}", said)
                self.add(name, row.intervention.pk, CountField(), label, said)

    @classmethod
    def like_last_quarter(cls, typed: Mapping[str, Any], rows: list[ActivityRow]) -> ActivityForm:
        """The form as it was typed, with last quarter's counts in the empty boxes. Nothing is saved."""
        filled = {}
        for row in rows:
            for name in ACTIVITY_COLUMNS:
                key = f"{name}-{row.intervention.pk}"
                filled[key] = str(typed.get(key, "")).strip() or getattr(row.last, name, None)
        return cls(rows=rows, filled=filled, initial={"revision": typed.get("revision", "")})

    def entries(self) -> list[ActivityEntry]:
        """What a valid form says."""
        return [
            ActivityEntry(
                row.intervention,
                **{name: self.cleaned_data[f"{name}-{row.intervention.pk}"] for name in ACTIVITY_COLUMNS},
            )
            for row in self.rows
        ]


def saved_activity(rows: list[ActivityRow]) -> dict[str, int]:
    """What stands saved, by the names of the form's fields."""
    return {
        f"{name}-{row.intervention.pk}": getattr(row.line, name)
        for row in rows
        if row.line
        for name in ACTIVITY_COLUMNS
    }


PATROL_COLUMNS = {
    "hours": "hours of patrol",
    "visits": "visits",
    "arrests": "arrests",
    "searches": "stop and searches",
    "asb_powers": "uses of anti-social behaviour powers",
}


class PatrolForm(GridForm):
    """Hours and four counts for every hotspot that was live in the quarter."""

    def __init__(self, *args: Any, rows: list[PatrolRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            for name, words in PATROL_COLUMNS.items():
                field = HoursField() if name == "hours" else CountField()
                self.add(name, row.hotspot.pk, field, f"{row.label}: {words}", getattr(row, name))

    def entries(self) -> list[PatrolEntry]:
        """What a valid form says."""
        return [
            PatrolEntry(
                row.hotspot,
                **{name: self.cleaned_data[f"{name}-{row.hotspot.pk}"] for name in PATROL_FACTS},
            )
            for row in self.rows
        ]


def saved_patrols(rows: list[PatrolRow]) -> dict[str, Any]:
    """What stands saved, by the names of the form's fields."""
    return {
        f"{name}-{row.hotspot.pk}": getattr(row, name)
        for row in rows
        if row.is_returned
        for name in PATROL_FACTS
    }
