"""One line of a return's sheet: what it says, what earlier returns said, and the plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from funding.models import BudgetLine, ReasonCode
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
class Correction:
    """What this return takes back from, or adds to, an earlier quarter's actual, in pounds."""

    of: Quarter
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class Reason:
    """Why a line spent other than planned. Without a day it will not recover in this year."""

    code: str
    words: str
    recovers_on: date | None

    @property
    def label(self) -> str:
        return str(ReasonCode(self.code).label)


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
    corrections: Sequence[Correction] = ()
    # Whether the partnership's rules ask why the actual is not the plan; and what the return says to it.
    asks_why: bool = False
    reason: Reason | None = None

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
    def corrected(self) -> Decimal:
        """The corrections of earlier quarters that this return carries: they count in this quarter."""
        return sum((correction.amount for correction in self.corrections), ZERO)

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
        """Certified spend of earlier quarters, this one's with its corrections, and the later forecasts."""
        if self.entry is None or self.entry.actual is None:
            return None
        return self.earlier + self.entry.actual + self.corrected + sum(self.entry.forecasts.values(), ZERO)

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

    @property
    def expected_now(self) -> Decimal:
        """Of this quarter: the last forecast of it, else its plan."""
        return self.expected(self.quarter.number)

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
        bound = self.earlier + self.entry.actual + self.corrected + self.entry.committed
        if bound > self.budget:
            found.append(f"Spent and committed together are {pounds(bound - self.budget)} over the budget.")
        return found
