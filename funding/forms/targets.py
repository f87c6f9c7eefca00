"""What an intervention is to reach, quarter by quarter. An empty box is no target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from funding.actions.targets import Target
from funding.forms.fields import CountField
from funding.forms.grids import ACTIVITY_COLUMNS, Cell
from funding.quarters import Quarter


@dataclass(frozen=True)
class TargetRow:
    """One quarter of the page: its boxes, or the target that its return holds where it is."""

    quarter: Quarter
    target: Target
    held: str
    cells: list[Cell]


class TargetsForm(forms.Form):
    """Three counts for each quarter whose return is not on its way."""

    def __init__(
        self, *args: Any, year: int, standing: Mapping[int, Target], held: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.year, self.standing, self.held = year, standing, held
        self.open = [number for number in standing if number not in held]
        for number in self.open:
            for name, words in ACTIVITY_COLUMNS.items():
                field = CountField(label=f"Quarter {number}: {words}", required=False)
                field.initial = getattr(standing[number], name) or None
                self.fields[f"{name}-{number}"] = field
            self.fields[f"seen-{number}"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def rows(self) -> list[TargetRow]:
        return [
            TargetRow(
                Quarter(self.year, number),
                target,
                self.held.get(number, ""),
                [] if number in self.held else [self._cell(name, number) for name in ACTIVITY_COLUMNS],
            )
            for number, target in self.standing.items()
        ]

    def _cell(self, name: str, number: int) -> Cell:
        field = self[f"{name}-{number}"]
        value = field.value()
        return Cell(
            name=field.html_name,
            id=field.auto_id,
            label=str(field.label),
            value="" if value is None else value,
            error=" ".join(map(str, field.errors)) if self.is_bound else "",
            row=str(number),
            col=name,
            saved=None,
            changed=False,
        )

    @property
    def told(self) -> list[dict[str, str]]:
        """For the error summary: each refused box by its name, with a link to it."""
        if not self.is_bound:
            return []
        boxes = (self[name] for name in self.fields if not name.startswith("seen-"))
        return [{"text": str(text)} for text in self.non_field_errors()] + [
            {"text": f"{box.label}: {text}", "href": f"#{box.auto_id}"}
            for box in boxes
            for text in box.errors
        ]

    def targets(self) -> dict[int, Target]:
        """What a valid form says, by number of the quarter."""
        return {
            number: Target(**{name: self.cleaned_data[f"{name}-{number}"] or 0 for name in ACTIVITY_COLUMNS})
            for number in self.open
        }

    def seen(self) -> dict[int, Target]:
        """What the page showed as standing. Without it, nobody can say what was read."""
        return {number: _read(self.cleaned_data.get(f"seen-{number}", "")) for number in self.open}


def written(target: Target) -> str:
    """A target as the page carries it: 520/0/12."""
    return f"{target.universal_reached}/{target.targeted_reached}/{target.sessions}"


def _read(text: str) -> Target:
    parts = text.split("/")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        return Target(*map(int, parts))
    return Target(-1)
