"""Writes what a workbook says into its return: every sheet in one save, with one event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from authorities.models import User
from funding.actions.entries import SpendEntry, saving, upsert, write_lines
from funding.actions.errors import UnableToMoveReturn, refusals
from funding.models import (
    ActivityLine,
    BudgetLine,
    PatrolLine,
    QuarterlyReturn,
    SpendLine,
    VarianceReason,
)
from funding.money import ZERO

# By line, what of it changes: values by the name of the field, as exact texts.
Lines = Mapping[int, dict[str, str]]
COUNTS = ("universal_reached", "targeted_reached", "sessions")
PATROLS = ("hours", "visits", "arrests", "searches", "asb_powers")
REASONS = {"reason": "code", "reason_words": "words", "recovers_on": "recovers_on"}
WORDS = (
    *("progress", "problems", "next_steps"),
    *("spend_rag", "spend_rag_reason", "delivery_rag", "delivery_rag_reason"),
)


def save_changes(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    changes: Collection[Mapping[str, Any]],
    reason: str,
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """Each change has `part`, `key` of its line, `field` and `value`. What is not among them stays.

    Raises UnableToMoveReturn when somebody else saved meanwhile, or the return is not open.
    """
    words = {one["key"]: one["value"] for one in changes if one["part"] == "progress" and one["key"] in WORDS}
    lines = {part: _by_line(changes, part) for part in ("spend", "activity", "patrols")}
    more: dict[str, Any] = {"is_nil": False} if any(lines.values()) else {}
    with (
        refusals(UnableToMoveReturn),
        saving(quarterly_return, revision, by, at, reason=reason, **words, **more) as saved,
    ):
        _spend(saved, lines["spend"])
        _reasons(saved, lines["spend"])
        _counts(saved, lines["activity"], ActivityLine, "intervention_id", COUNTS)
        _counts(saved, lines["patrols"], PatrolLine, "hotspot_id", PATROLS)
    return saved


def _by_line(changes: Iterable[Mapping[str, Any]], part: str) -> Lines:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for one in changes:
        if one["part"] == part:
            found[int(one["key"])][one["field"]] = one["value"]
    return found


def _spend(saved: QuarterlyReturn, lines: Lines) -> None:
    """The money of the lines that change, merged with what stands."""
    lines = {key: said for key, said in lines.items() if not set(said) <= set(REASONS)}
    own = {line.pk: line for line in BudgetLine.objects.of(saved.organisation, saved.round.year)}
    standing = {line.budget_line_id: line for line in saved.spend_lines.filter(budget_line__in=lines)}
    forecasts: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for one in saved.forecast_lines.filter(budget_line__in=lines):
        forecasts[one.budget_line_id][one.quarter_number] = one.amount
    write_lines(
        saved, [_entry(own[key], said, standing.get(key), forecasts[key]) for key, said in lines.items()]
    )


def _entry(
    line: BudgetLine, said: Mapping[str, str], standing: SpendLine | None, forecasts: dict[int, Decimal]
) -> SpendEntry:
    ahead = {
        int(name.removeprefix("forecast")): Decimal(value)
        for name, value in said.items()
        if name.startswith("forecast")
    }
    actual = Decimal(said["actual"]) if "actual" in said else standing.actual if standing else None
    committed = standing.committed if standing else ZERO
    return SpendEntry(line, actual, Decimal(said.get("committed", committed)), forecasts | ahead)


def _reasons(saved: QuarterlyReturn, lines: Lines) -> None:
    said = {
        key: {REASONS[name]: value for name, value in one.items() if name in REASONS}
        for key, one in lines.items()
    }
    said = {key: one for key, one in said.items() if one}
    standing = {one.budget_line_id: one for one in saved.variance_reasons.filter(budget_line__in=said)}
    rows = []
    for key, values in said.items():
        row = standing.get(key) or VarianceReason(quarterly_return=saved, budget_line_id=key)
        for name, value in values.items():
            setattr(row, name, date.fromisoformat(value) if name == "recovers_on" else value)
        rows.append(row)
    _upsert(rows, ("quarterly_return", "budget_line"), tuple(REASONS.values()))


def _counts(
    saved: QuarterlyReturn, lines: Lines, model: type[models.Model], owner: str, names: tuple[str, ...]
) -> None:
    """Counts of the lines that change. A new line comes whole: reading refuses one with a gap."""
    found = model._default_manager.filter(quarterly_return=saved, **{f"{owner}__in": list(lines)})
    standing = {getattr(row, owner): row for row in found}
    rows = []
    for key, said in lines.items():
        row = standing.get(key) or model(**{"quarterly_return": saved, owner: key, **dict.fromkeys(names, 0)})
        for name, value in said.items():
            setattr(row, name, Decimal(value) if name == "hours" else int(value))
        rows.append(row)
    _upsert(rows, ("quarterly_return", owner.removesuffix("_id")), names)


def _upsert(rows: list[Any], key: tuple[str, ...], names: tuple[str, ...]) -> None:
    for row in rows:
        row.pk = None  # the unique key finds the row that is there
    upsert(rows, key=key, values=names)
