"""What people enter in a return, part by part. Each save counts up the return's revision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.db import models, transaction

from authorities.models import User
from funding.actions.errors import UnableToMoveReturn
from funding.actions.returns import move
from funding.models import (
    ActivityLine,
    BudgetLine,
    ForecastLine,
    Intervention,
    QuarterlyReturn,
    ReturnStatus,
    SpendLine,
)
from funding.return_parts import unfinished


class UnableToSave(UnableToMoveReturn):
    """What was entered cannot be saved."""


@dataclass(frozen=True)
class SpendEntry:
    """One budget line's row of the grid, in pounds; forecasts by number of a later quarter.

    What nobody has entered yet is None or, of the forecasts, not there.
    """

    budget_line: BudgetLine
    actual: Decimal | None
    committed: Decimal
    forecasts: Mapping[int, Decimal]


@dataclass(frozen=True)
class ActivityEntry:
    """What one intervention did: counts of people and sessions."""

    intervention: Intervention
    universal_reached: int
    targeted_reached: int
    sessions: int


@transaction.atomic
def save_spend(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    entries: Sequence[SpendEntry],
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """The whole grid of spend and forecast. Raises UnableToSave when somebody else saved meanwhile."""
    with saving(quarterly_return, revision, by, at, is_nil=False) as saved:
        own = set(BudgetLine.objects.of(saved.organisation, saved.round.year).values_list("pk", flat=True))
        if {entry.budget_line.pk for entry in entries} != own:
            raise UnableToSave("The plan has changed since you opened this page. Open it again and check.")
        later = {quarter.number for quarter in saved.quarter.remaining}
        if any(not set(entry.forecasts) <= later for entry in entries):
            raise UnableToSave("A forecast is for a later quarter of the year, and for no other.")
        write_lines(saved, entries)
    return saved


def write_lines(saved: QuarterlyReturn, entries: Sequence[SpendEntry]) -> None:
    """Writes these lines and leaves the others. Call it inside `saving`."""
    # A forecast that was taken out again leaves nothing behind.
    kept = [(entry.budget_line.pk, number) for entry in entries for number in entry.forecasts]
    for one in saved.forecast_lines.filter(budget_line__in=[entry.budget_line.pk for entry in entries]):
        if (one.budget_line_id, one.quarter_number) not in kept:
            one.delete()
    upsert(
        [
            SpendLine(
                quarterly_return=saved,
                budget_line=entry.budget_line,
                actual=entry.actual,
                committed=entry.committed,
            )
            for entry in entries
        ],
        key=("quarterly_return", "budget_line"),
        values=("actual", "committed"),
    )
    upsert(
        [
            ForecastLine(
                quarterly_return=saved, budget_line=entry.budget_line, quarter_number=number, amount=amount
            )
            for entry in entries
            for number, amount in entry.forecasts.items()
        ],
        key=("quarterly_return", "budget_line", "quarter_number"),
        values=("amount",),
    )


@transaction.atomic
def save_activity(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    entries: Sequence[ActivityEntry],
    emptied: Sequence[Intervention] = (),
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """What each intervention did in the quarter. What is among neither stays as it is saved.

    Raises UnableToSave.
    """
    with saving(quarterly_return, revision, by, at, is_nil=False) as saved:
        saved.activity_lines.filter(intervention__in=emptied).delete()
        upsert(
            [
                ActivityLine(
                    quarterly_return=saved,
                    intervention=entry.intervention,
                    universal_reached=entry.universal_reached,
                    targeted_reached=entry.targeted_reached,
                    sessions=entry.sessions,
                )
                for entry in entries
            ],
            key=("quarterly_return", "intervention"),
            values=("universal_reached", "targeted_reached", "sessions"),
        )
    return saved


def save_narrative(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    progress: str,
    problems: str,
    next_steps: str,
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """The words of the return. Raises UnableToSave."""
    words = {"progress": progress, "problems": problems, "next_steps": next_steps}
    with saving(quarterly_return, revision, by, at, **words) as saved:
        return saved


@contextmanager
def saving(
    quarterly_return: QuarterlyReturn, revision: int, by: User, at: datetime, **changes: Any
) -> Iterator[QuarterlyReturn]:
    """Takes the return for a save, counts its revision up, and refuses one that was saved meanwhile.

    The lines are written inside it, in the same transaction: the row stays locked to its end. What leaves
    nothing to do makes a draft ready to send.
    """
    # Who saved is in the record of every row, also where no request brings it: an upload saves in a job.
    with transaction.atomic(), pghistory.context(user=by.pk):
        current = QuarterlyReturn.objects.select_for_update(no_key=True).values_list("revision", flat=True)
        if current.get(pk=quarterly_return.pk) != revision:
            raise UnableToSave(
                "Somebody else saved this return while you were typing. What you typed is kept below and is "
                "not saved yet. Compare it with the saved return, then save again."
            )
        saved = move("save", quarterly_return, by, at, revision=revision + 1, **changes)
        yield saved
        if saved.status == ReturnStatus.DRAFT and not unfinished(saved):
            move("complete", saved, by, at)


def upsert(rows: Sequence[models.Model], *, key: Sequence[str], values: Sequence[str]) -> None:
    """Writes the rows, replacing the values of those that are there already."""
    if rows:
        type(rows[0])._default_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=key, update_fields=values
        )
