"""The grid of spend and forecast as a form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import QueryDict

from funding.actions.entries import SpendEntry
from funding.forms.fields import ActualField, AmountField
from funding.forms.grids import GridForm
from funding.money import ZERO, plain
from funding.return_rows import Row
from funding.return_sheet import Sheet


class SpendForm(GridForm):
    """Actual, committed and a forecast for each later quarter, for every line of the sheet."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for row in sheet.rows:
            name = f"{row.line.intervention.name}, {row.label}"
            key = row.line.pk
            self.add("actual", key, ActualField(), f"{name}: actual", row.actual)
            committed = ZERO if row.committed is None else row.committed
            self.add("committed", key, AmountField(), f"{name}: committed", committed)
            for later in sheet.later:
                # The first time, what was expected before is there already. A gap that was saved stays a gap.
                initial = row.forecast(later.number) if row.entry else row.expected(later.number)
                label = f"{name}: forecast for quarter {later.number}"
                self.add(f"forecast{later.number}", key, AmountField(), label, initial)

    def entries(self) -> list[SpendEntry]:
        """What is typed, for lines of the sheet and for no other. A gap is no amount, never zero."""
        return [self._entry(row) for row in self.sheet.rows]

    def _entry(self, row: Row) -> SpendEntry:
        key = row.line.pk
        forecasts = {later.number: self.said(f"forecast{later.number}-{key}") for later in self.sheet.later}
        return SpendEntry(
            row.line,
            self.said(f"actual-{key}"),
            self.said(f"committed-{key}") or ZERO,
            {number: amount for number, amount in forecasts.items() if amount is not None},
        )


def filled_as_expected(typed: QueryDict, sheet: Sheet) -> tuple[QueryDict, int]:
    """What was typed, with actuals "same as forecast": of the line that was asked for, or of all empty ones.

    Also how many were filled. Nothing is saved by it.
    """
    wanted, data, count = typed.get("fill"), typed.copy(), 0
    for row in sheet.rows:
        name = f"actual-{row.line.pk}"
        is_empty = not data.get(name, "").strip()
        if wanted == str(row.line.pk) or (wanted == "all" and is_empty):
            data[name] = plain(row.expected_now)
            count += 1
    return data, count


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
