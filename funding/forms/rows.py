"""A group of fields that the person adds and removes: risks, sources of match funding.

Works without JavaScript: a button sends the page, and it comes back with everything typed and one row more or
less, saved or not. A field's name holds the number of its row, and gaps between the numbers do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField

from funding.forms.grids import RevisionForm

MOST_ROWS = 30
Data = Mapping[str, Any]


@dataclass(frozen=True)
class FormRow:
    """One row as a page needs it; `number` names its fields, `place` is what a person counts."""

    number: int
    place: int
    fields: Mapping[str, BoundField]


class RowsForm(RevisionForm):
    """A revision, fields of its own, and rows of `columns`. A row without a word in it is no row."""

    columns: ClassVar[Mapping[str, Callable[[], forms.Field]]] = {}
    # What a row that only holds the first choices of its boxes still lacks is asked for by name.
    missing: ClassVar[Mapping[str, str]] = {}
    # What tells one row from another, on the page and among those that are saved.
    key: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, rows: Sequence[Data] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = self._sent(self.data) if self.is_bound else list(range(len(rows)))
        for number in self.numbers:
            for name, make in self.columns.items():
                field = make()
                field.required = False
                if not self.is_bound:
                    field.initial = rows[number].get(name)
                self.fields[f"{name}-{number}"] = field

    @classmethod
    def _sent(cls, data: Data) -> list[int]:
        """The numbers of the rows that were sent, in the order of the page."""
        first = next(iter(cls.columns))
        found = (re.fullmatch(rf"{first}-([0-9]{{1,4}})", name, re.ASCII) for name in data)
        return sorted({int(one[1]) for one in found if one})[:MOST_ROWS]

    @classmethod
    def reshaped(cls, data: Data) -> RowsForm | None:
        """The form as it was typed with a row more or less, where one of those buttons was pressed."""
        if "add" not in data and "remove" not in data:
            return None
        numbers = [number for number in cls._sent(data) if str(number) != data.get("remove")]
        rows: list[Data] = [
            {name: data.get(f"{name}-{number}", "") for name in cls.columns} for number in numbers
        ]
        if "add" in data and len(rows) < MOST_ROWS:
            rows.append({})
        return cls(initial={name: data.get(name, "") for name in cls.base_fields}, rows=rows)

    @property
    def rows(self) -> Iterator[FormRow]:
        for place, number in enumerate(self.numbers, start=1):
            yield FormRow(number, place, {name: self[f"{name}-{number}"] for name in self.columns})

    @property
    def is_full(self) -> bool:
        return len(self.numbers) >= MOST_ROWS

    @property
    def blank(self) -> FormRow:
        """A row for the page's script to copy: its number is a word that no sent row has."""
        plain = type(self)(rows=[{}])
        for name in self.columns:
            plain.fields[f"{name}-NEW"] = plain.fields.pop(f"{name}-0")
        return FormRow(0, 0, {name: plain[f"{name}-NEW"] for name in self.columns})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in self.numbers:
            if not self._is_empty(number):
                for name, sentence in self.missing.items():
                    field = f"{name}-{number}"
                    if field not in self.errors and cleaned.get(field) in (None, ""):
                        self.add_error(field, sentence)
        return cleaned

    def _is_empty(self, number: int) -> bool:
        return not any(str(self.data.get(f"{name}-{number}", "")).strip() for name in self.columns)

    def _is_whole(self, number: int) -> bool:
        return not any(f"{name}-{number}" in self.errors for name in self.columns)

    def filled(self, standing: Sequence[Data] = ()) -> list[dict[str, Any]]:
        """What the form says, row by row.

        An autosave may come in the middle of a row. As long as one cannot be read, nothing that stands saved
        goes out: the row may be about any of it.
        """
        typed = [number for number in self.numbers if not self._is_empty(number)]
        whole = [number for number in typed if self._is_whole(number)]
        rows = [{name: self.cleaned_data[f"{name}-{number}"] for name in self.columns} for number in whole]
        if len(whole) < len(typed):
            said = [self._key(row) for row in rows]
            rows += [dict(row) for row in standing if self._key(row) not in said]
        return rows

    def _key(self, row: Data) -> tuple[Any, ...]:
        return tuple(row[name] for name in self.key)

    def waiting(self) -> list[str]:
        """A row is saved whole, so its other boxes wait with the one that is missing."""
        refused = self.refused()
        halves = [number for number in self.numbers if not self._is_whole(number)]
        beside = [f"{name}-{number}" for number in halves for name in self.columns]
        return list(dict.fromkeys(name for name in [*super().waiting(), *beside] if name not in refused))
