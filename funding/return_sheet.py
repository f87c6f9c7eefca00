"""The money of one return as a sheet: every budget line of the year with plan, spend, forecast and totals.

Read-only, two queries however many lines. Every page that shows a return's figures reads them from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery, Sum, TextField
from django.db.models.functions import Cast, JSONObject

from funding.models import (
    COUNTED_STATES,
    Adjustment,
    BudgetLine,
    ForecastLine,
    Intervention,
    QuarterlyReturn,
    ReturnRules,
    SpendLine,
    VarianceReason,
)
from funding.money import ZERO, pounds
from funding.quarters import Quarter
from funding.return_rows import Correction, Entry, Reason, Row


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
    def corrected(self) -> Decimal | None:
        """The total of the corrections of earlier quarters; None where there is none."""
        return _sum(correction.amount for _, correction in self.corrections)

    @property
    def corrections(self) -> list[tuple[Row, Correction]]:
        return [(row, correction) for row in self.rows for correction in row.corrections]

    @property
    def reasons(self) -> list[Row]:
        """The lines so far from their plan that a reason is asked for, with it or still without it."""
        return [row for row in self.rows if row.asks_why]

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
    rules = ReturnRules.of(quarterly_return.organisation.partnership)
    rows = []
    for line in _lines(quarterly_return):
        previous = {number: said[number, line.pk] for number in before if (number, line.pk) in said}
        profile = {number: getattr(line, f"profile_{number}") or ZERO for number in range(1, 5)}
        earlier = sum((entry.actual or ZERO for number, entry in previous.items() if number in counted), ZERO)
        entry = said.get((quarter.number, line.pk))
        carried, here = _corrections(line, quarter)
        actual = entry.actual if entry else None
        asks_why = actual is not None and rules.ask_why(profile[quarter.number], actual)
        told = line.told if asks_why else None  # type: ignore[attr-defined]
        rows.append(
            Row(
                line,
                quarter,
                profile,
                earlier + carried,
                previous,
                entry,
                quarterly_return.is_nil,
                corrections=here,
                asks_why=asks_why,
                reason=_reason(told) if told else None,
            )
        )
    return Sheet(quarter, rows, [Quarter(quarter.year, number) for number in before if number not in counted])


def _corrections(line: Any, quarter: Quarter) -> tuple[Decimal, list[Correction]]:
    """Those that count in earlier quarters, as a sum, and those that this quarter's return carries."""
    carried, here = ZERO, []
    for one in line.corrected:
        amount = Decimal(one["amount"])
        if one["carrier"] == quarter.number:
            here.append(Correction(Quarter(quarter.year, one["of"]), amount, one["reason"]))
        elif one["status"] in COUNTED_STATES:
            carried += amount
    return carried, here


def _reason(told: dict[str, str]) -> Reason:
    day = told["recovers_on"]
    return Reason(told["code"], told["words"], date.fromisoformat(day) if day else None)


def _lines(quarterly_return: QuarterlyReturn) -> Iterable[BudgetLine]:
    """The lines of the plan with their profile, their corrections up to this quarter and their reason."""
    quarter = quarterly_return.quarter
    lines = BudgetLine.objects.of(quarterly_return.organisation, quarter.year)
    quarters = {
        f"profile_{number}": Sum("profile__amount", filter=Q(profile__quarter=number))
        for number in range(1, 5)
    }
    corrections = Adjustment.objects.filter(
        budget_line=OuterRef("pk"),
        quarterly_return__round__year=quarter.year,
        quarterly_return__round__quarter_number__lte=quarter.number,
    ).order_by("corrects__round__quarter_number")
    reasons = VarianceReason.objects.filter(quarterly_return=quarterly_return, budget_line=OuterRef("pk"))
    # As text: what JSON calls a number would come back as a binary fraction.
    correction = JSONObject(
        carrier="quarterly_return__round__quarter_number",
        status="quarterly_return__status",
        of="corrects__round__quarter_number",
        amount=Cast("amount", TextField()),
        reason="reason",
    )
    reason = JSONObject(code="code", words="words", recovers_on="recovers_on")
    return lines.annotate(
        **quarters,
        corrected=ArraySubquery(corrections.values(told=correction)),
        told=Subquery(reasons.values(told=reason)[:1]),
    )


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
