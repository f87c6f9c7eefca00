"""The money of one return as a sheet: every budget line of the year with plan, spend, forecast and totals.

Read-only, two queries however many lines. Every page that shows a return's figures reads them from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Sum

from funding.models import (
    COUNTED_STATES,
    BudgetLine,
    ForecastLine,
    Intervention,
    QuarterlyReturn,
    SpendLine,
)
from funding.money import ZERO, pounds
from funding.quarters import Quarter

# A quarter that spends over a tenth more than its profile is worth a question.
OVER_PROFILE = Decimal("1.10")


@dataclass(frozen=True)
class Entry:
    """What one return says of one budget line, in pounds; forecasts by number of a later quarter."""

    actual: Decimal | None
    committed: Decimal
    forecasts: Mapping[int, Decimal]


@dataclass(frozen=True)
class Row:
    """One budget line. What nobody has entered yet is None, never zero."""

    line: BudgetLine
    quarter: Quarter
    profile: Mapping[int, Decimal]
    earlier: Decimal
    previous: Mapping[int, Entry]
    entry: Entry | None
    is_nil: bool

    @property
    def label(self) -> str:
        return self.line.description or self.line.cost_heading.name

    @property
    def budget(self) -> Decimal:
        """For the whole year: the sum of the profile."""
        return sum(self.profile.values(), ZERO)

    @property
    def plan(self) -> Decimal:
        return self.profile[self.quarter.number]

    @property
    def actual(self) -> Decimal | None:
        return self.entry.actual if self.entry else None

    @property
    def committed(self) -> Decimal | None:
        return self.entry.committed if self.entry else None

    @property
    def is_complete(self) -> bool:
        """Whether the actual and every later quarter's forecast are entered."""
        if self.entry is None or self.entry.actual is None:
            return False
        return {quarter.number for quarter in self.quarter.remaining} <= set(self.entry.forecasts)

    def forecast(self, number: int) -> Decimal | None:
        """What is expected of a later quarter of the year."""
        return self.entry.forecasts.get(number) if self.entry else None

    @property
    def forecast_sum(self) -> Decimal | None:
        return sum(self.entry.forecasts.values(), ZERO) if self.entry else None

    @property
    def full_year(self) -> Decimal | None:
        """Certified spend of earlier quarters, this quarter's, and the forecast of the later ones."""
        if self.entry is None or self.entry.actual is None:
            return None
        return self.earlier + self.entry.actual + sum(self.entry.forecasts.values(), ZERO)

    @property
    def left(self) -> Decimal | None:
        """Of the budget, at the end of the year; below zero where the line overspends."""
        return None if self.full_year is None else self.budget - self.full_year

    @property
    def last_actual(self) -> Decimal | None:
        """What the quarter before this one spent, if it was in this year and returned."""
        before = self.previous.get(self.quarter.number - 1)
        return before.actual if before else None

    def expected(self, number: int) -> Decimal:
        """For a quarter: what the newest earlier return forecast, else the profile."""
        forecast = self.last_forecast(number)
        return self.profile[number] if forecast is None else forecast

    def last_forecast(self, number: int) -> Decimal | None:
        """What the newest earlier return of the year expected of the quarter."""
        if not self.previous:
            return None
        return self.previous[max(self.previous)].forecasts.get(number)

    @property
    def flags(self) -> list[str]:
        """What a reader should look at. None of these stops the return."""
        if self.entry is None or self.entry.actual is None:
            return []
        found = []
        if self.entry.actual == 0 and self.plan > 0 and not self.is_nil:
            found.append(f"Nothing was spent; {pounds(self.plan)} was planned.")
        if self.entry.actual > self.plan * OVER_PROFILE:
            over = self.entry.actual - self.plan
            found.append(f"Spent {pounds(over)} more than was planned for the quarter.")
        if self.left is not None and self.left < 0:
            found.append(f"The year is forecast to go {pounds(-self.left)} over the budget.")
        bound = self.earlier + self.entry.actual + self.entry.committed
        if bound > self.budget:
            found.append(f"Spent and committed together are {pounds(bound - self.budget)} over the budget.")
        return found


@dataclass(frozen=True)
class Group:
    """The lines of one intervention."""

    intervention: Intervention
    rows: list[Row]

    @property
    def fund(self) -> str:
        return str(self.intervention.award.grant.fund.name)


@dataclass(frozen=True)
class Sheet:
    """All lines in the order of the plan. A total adds what is there, and is None where nothing is."""

    quarter: Quarter
    rows: list[Row]
    uncounted: list[Quarter]

    @cached_property
    def groups(self) -> list[Group]:
        by_intervention = groupby(self.rows, key=lambda row: row.line.intervention)
        return [Group(intervention, list(rows)) for intervention, rows in by_intervention]

    @property
    def has_funds(self) -> bool:
        """Whether the lines are paid from more than one fund, so that each needs its name."""
        return len({group.fund for group in self.groups}) > 1

    @property
    def is_complete(self) -> bool:
        return bool(self.rows) and all(row.is_complete for row in self.rows)

    @property
    def is_empty(self) -> bool:
        return not any(row.entry for row in self.rows)

    @property
    def later(self) -> list[Quarter]:
        return self.quarter.remaining

    def _total(self, amount: Callable[[Row], Decimal | None]) -> Decimal | None:
        return _sum(amount(row) for row in self.rows)

    @property
    def budget(self) -> Decimal:
        return sum((row.budget for row in self.rows), ZERO)

    @property
    def plan(self) -> Decimal:
        return sum((row.plan for row in self.rows), ZERO)

    @property
    def earlier(self) -> Decimal:
        return sum((row.earlier for row in self.rows), ZERO)

    @property
    def actual(self) -> Decimal | None:
        return self._total(lambda row: row.actual)

    @property
    def committed(self) -> Decimal | None:
        return self._total(lambda row: row.committed)

    def forecast(self, number: int) -> Decimal | None:
        """The total expected of a later quarter."""
        return self._total(lambda row: row.forecast(number))

    @property
    def forecast_sum(self) -> Decimal | None:
        return self._total(lambda row: row.forecast_sum)

    @property
    def full_year(self) -> Decimal | None:
        return self._total(lambda row: row.full_year)

    @property
    def left(self) -> Decimal | None:
        return self._total(lambda row: row.left)

    @property
    def last_actual(self) -> Decimal | None:
        return self._total(lambda row: row.last_actual)

    def last_forecast(self, number: int) -> Decimal | None:
        """The total that earlier returns expected of the quarter."""
        return self._total(lambda row: row.last_forecast(number))

    def over_allocation(self, held: Mapping[tuple[int, int], Decimal], organisation: int) -> list[str]:
        """A sentence for each award of which more is forecast to be spent than the organisation holds."""
        found = []
        by_award = {row.line.intervention.award_id: row.line.intervention.award for row in self.rows}
        for key, award in by_award.items():
            year = _sum(row.full_year for row in self.rows if row.line.intervention.award_id == key)
            allocation = held.get((key, organisation), ZERO)
            if year is not None and year > allocation:
                found.append(
                    f"{award.grant.name}: the forecast for the year is {pounds(year - allocation)} more than "
                    f"your allocation of {pounds(allocation)}."
                )
        return found


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    there = [amount for amount in amounts if amount is not None]
    return sum(there, ZERO) if there else None


def load(quarterly_return: QuarterlyReturn) -> Sheet:
    """The sheet of one return: what it says, what its year's earlier returns said, and the plan."""
    quarter = quarterly_return.quarter
    said, counted = _entries(quarterly_return)
    before = range(1, quarter.number)
    rows = []
    for line in _lines(quarterly_return):
        previous = {number: said[number, line.pk] for number in before if (number, line.pk) in said}
        profile = {number: getattr(line, f"profile_{number}") or ZERO for number in range(1, 5)}
        earlier = sum((entry.actual or ZERO for number, entry in previous.items() if number in counted), ZERO)
        entry = said.get((quarter.number, line.pk))
        rows.append(Row(line, quarter, profile, earlier, previous, entry, quarterly_return.is_nil))
    return Sheet(quarter, rows, [Quarter(quarter.year, number) for number in before if number not in counted])


def _lines(quarterly_return: QuarterlyReturn) -> Iterable[BudgetLine]:
    lines = BudgetLine.objects.of(quarterly_return.organisation, quarterly_return.round.year)
    quarters = {
        f"profile_{number}": Sum("profile__amount", filter=Q(profile__quarter=number))
        for number in range(1, 5)
    }
    return lines.annotate(**quarters)


def _entries(quarterly_return: QuarterlyReturn) -> tuple[dict[tuple[int, int], Entry], set[int]]:
    """What this and the earlier returns of the year say by quarter and line; which earlier ones count."""
    quarter = quarterly_return.quarter
    forecasts = ForecastLine.objects.filter(
        quarterly_return=OuterRef("quarterly_return"), budget_line=OuterRef("budget_line")
    ).order_by("quarter_number")
    lines = (
        SpendLine.objects.filter(
            quarterly_return__organisation=quarterly_return.organisation,
            quarterly_return__round__year=quarter.year,
            quarterly_return__round__quarter_number__lte=quarter.number,
        )
        .annotate(
            expected=ArraySubquery(forecasts.values("amount")),
            expected_of=ArraySubquery(forecasts.values("quarter_number")),
        )
        .values_list(
            "quarterly_return__round__quarter_number",
            "quarterly_return__status",
            "budget_line",
            "actual",
            "committed",
            "expected_of",
            "expected",
        )
    )
    said: dict[tuple[int, int], Entry] = {}
    counted: set[int] = set()
    for number, status, line, actual, committed, numbers, amounts in lines:
        said[number, line] = Entry(actual, committed, dict(zip(numbers, amounts, strict=True)))
        if number < quarter.number and status in COUNTED_STATES:
            counted.add(number)
    return said, counted
