"""Forms whose fields come from rows of a return. A field's name holds the key of its row, so it stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from funding.actions.entries import ActivityEntry
from funding.actions.patrols import PatrolEntry
from funding.forms.fields import CountField, HoursField
from funding.models import Hotspot, Intervention
from funding.return_delivery import PATROL_FACTS, ActivityRow, PatrolRow

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
    # What stood saved when the page was sent. Of a field that cannot be read, an autosave keeps this.
    kept: Mapping[str, Any] = {}

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

    def said(self, name: str) -> Any:
        """What was typed in a field, if it can be read; else what stands saved there."""
        return self.cleaned_data[name] if name in self.cleaned_data else self.kept.get(name)

    def refused(self) -> dict[str, str]:
        """Why what was typed cannot be read, by the field's name. An empty field is not refused."""
        return {
            name: " ".join(map(str, errors))
            for name, errors in self.errors.items()
            if name in self.fields and self._is_typed(name)
        }

    def waiting(self) -> list[str]:
        """The fields that an autosave leaves as they stand, because something beside them is missing."""
        return [name for name in self.errors if name in self.fields and not self._is_typed(name)]

    def _is_typed(self, name: str) -> bool:
        return bool(str(self[name].data or "").strip())

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
        # A draft may have gaps. What is still missing is told by the task list and keeps it from being sent.
        field.required = False
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


class RowForm(GridForm):
    """A grid whose rows are saved whole: an empty one not yet, a half filled one says what it lacks."""

    def clean(self) -> dict[str, Any]:
        for names in self._rows().values():
            blank = [
                name for name in names if self.cleaned_data.get(name) is None and name not in self.errors
            ]
            if 0 < len(blank) < len(names):
                for name in blank:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return self.cleaned_data

    def _rows(self) -> dict[str, list[str]]:
        rows: dict[str, list[str]] = {}
        for name, (row, _) in self._places.items():
            rows.setdefault(row, []).append(name)
        return rows

    def filled(self, row: int) -> dict[str, Any]:
        """What a row says, by column; empty where it says nothing, or not enough."""
        said = {self._places[name][1]: self.cleaned_data.get(name) for name in self._rows()[str(row)]}
        return {} if None in said.values() else said

    def is_emptied(self, row: int) -> bool:
        """Whether nothing at all is typed in the row."""
        return not any(self._is_typed(name) for name in self._rows()[str(row)])

    def waiting(self) -> list[str]:
        return [
            name
            for row, names in self._rows().items()
            if not self.filled(int(row)) and not self.is_emptied(int(row))
            for name in names
            if name not in self.refused()
        ]


ACTIVITY_COLUMNS = {
    "universal_reached": "young people reached, universal",
    "targeted_reached": "young people supported, targeted",
    "sessions": "sessions",
}


class ActivityForm(RowForm):
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
        """The rows that are filled."""
        filled = ((row.intervention, self.filled(row.intervention.pk)) for row in self.rows)
        return [ActivityEntry(intervention, **said) for intervention, said in filled if said]

    def emptied(self) -> list[Intervention]:
        """What was saved before and is taken out again."""
        return [row.intervention for row in self.rows if row.line and self.is_emptied(row.intervention.pk)]


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


class PatrolForm(RowForm):
    """Hours and four counts for every hotspot that was live in the quarter."""

    def __init__(self, *args: Any, rows: list[PatrolRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            for name, words in PATROL_COLUMNS.items():
                field = HoursField() if name == "hours" else CountField()
                self.add(name, row.hotspot.pk, field, f"{row.label}: {words}", getattr(row, name))

    def entries(self) -> list[PatrolEntry]:
        """The rows that are filled."""
        filled = ((row.hotspot, self.filled(row.hotspot.pk)) for row in self.rows)
        return [PatrolEntry(hotspot, **said) for hotspot, said in filled if said]

    def emptied(self) -> list[Hotspot]:
        """What was saved before and is taken out again."""
        return [row.hotspot for row in self.rows if row.is_returned and self.is_emptied(row.hotspot.pk)]


def saved_patrols(rows: list[PatrolRow]) -> dict[str, Any]:
    """What stands saved, by the names of the form's fields."""
    return {
        f"{name}-{row.hotspot.pk}": getattr(row, name)
        for row in rows
        if row.is_returned
        for name in PATROL_FACTS
    }
