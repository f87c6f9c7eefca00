"""From the facts to the lines of the board: spent, expected, at risk. Pure arithmetic in pounds.

Year-end outturn of an organisation for an award, quarter by quarter: what was returned; else what the latest
counted return before that quarter, in the same year, expects of it; else the plan. No money crosses 31 March.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.board.facts import ACCEPTED, PROVISIONAL, QUARTERS, AwardFact, Facts, Recipient, Spend
from funding.money import ZERO


@dataclass(frozen=True)
class QuarterLine:
    """One quarter: what was returned, or what is expected instead. Never both."""

    number: int
    plan: Decimal
    accepted: Decimal = ZERO
    provisional: Decimal = ZERO
    forecast: Decimal = ZERO
    is_counted: bool = False

    @property
    def spent(self) -> Decimal:
        return self.accepted + self.provisional

    @property
    def expected(self) -> Decimal:
        return self.spent + self.forecast


@dataclass(frozen=True)
class Line:
    """One recipient's year of one award."""

    recipient: Recipient
    award: AwardFact
    allocated: Decimal
    quarters: tuple[QuarterLine, ...]

    @property
    def outturn(self) -> Decimal:
        return sum((quarter.expected for quarter in self.quarters), ZERO)

    @property
    def left(self) -> Decimal:
        """What the allocation would leave unspent on 31 March; negative for spending above it."""
        return self.allocated - self.outturn

    @property
    def plan(self) -> Decimal:
        return sum((quarter.plan for quarter in self.quarters), ZERO)

    @property
    def unplanned(self) -> Decimal:
        """What is allocated and not planned yet; a plan above the allocation leaves nothing."""
        return max(self.allocated - self.plan, ZERO)

    @property
    def at_risk(self) -> Decimal:
        return max(self.left, ZERO)

    @property
    def at_risk_unplanned(self) -> Decimal:
        """How much of what is at risk was never planned; the rest is forecast underspending."""
        return min(self.at_risk, self.unplanned)


@dataclass(frozen=True)
class Sums:
    """Totals of some lines. `at_risk` and `unplanned` are not netted: an overspend here does not save an
    underspend there. `planned_to_date` is the plan of the quarters that were returned.
    """

    allocated: Decimal = ZERO
    plan: Decimal = ZERO
    accepted: Decimal = ZERO
    provisional: Decimal = ZERO
    outturn: Decimal = ZERO
    at_risk: Decimal = ZERO
    over: Decimal = ZERO
    unplanned: Decimal = ZERO
    at_risk_unplanned: Decimal = ZERO
    planned_to_date: Decimal = ZERO
    has_returned: bool = False

    @property
    def spent(self) -> Decimal:
        return self.accepted + self.provisional

    @property
    def left(self) -> Decimal:
        return self.allocated - self.outturn

    @property
    def against_plan(self) -> Decimal:
        """Spent to date less the plan of the same quarters; negative for less spent than planned."""
        return self.spent - self.planned_to_date


def expected(spends: Mapping[int, Spend], bases: Mapping[int, str]) -> tuple[QuarterLine, ...]:
    """The four quarters of one recipient's award. `bases` holds the counted quarters only.

    A counted return without an amount means that the budget line was added later: nothing was spent.
    """
    return tuple(_quarter(number, spends, bases) for number in QUARTERS)


def _quarter(number: int, spends: Mapping[int, Spend], bases: Mapping[int, str]) -> QuarterLine:
    spend = spends.get(number)
    plan = spend.plan if spend else ZERO
    basis = bases.get(number)
    if basis is None:
        return QuarterLine(number, plan, forecast=_forecast(number, plan, spends, bases))
    actual = (spend.actual if spend else None) or ZERO
    return QuarterLine(
        number,
        plan,
        accepted=actual if basis == ACCEPTED else ZERO,
        provisional=actual if basis == PROVISIONAL else ZERO,
        is_counted=True,
    )


def _forecast(number: int, plan: Decimal, spends: Mapping[int, Spend], bases: Mapping[int, str]) -> Decimal:
    latest = max((counted for counted in bases if counted < number), default=None)
    made = spends.get(latest) if latest else None
    forecast = made.forecasts.get(number) if made else None
    return plan if forecast is None else forecast


def lines(facts: Facts, *, before: int = 5) -> tuple[Line, ...]:
    """Every recipient's year of every award, in their order; as it stood `before` a quarter was returned."""
    bases: dict[int, dict[int, str]] = {}
    for returned in facts.returns:
        if returned.is_counted and returned.quarter < before:
            bases.setdefault(returned.recipient, {})[returned.quarter] = returned.basis
    spends: dict[tuple[int, int], dict[int, Spend]] = {}
    for spend in facts.spends:
        spends.setdefault((spend.recipient, spend.award), {})[spend.quarter] = spend
    found = []
    for recipient in facts.recipients:
        for award in facts.awards:
            key = (recipient.pk, award.pk)
            if key in facts.allocations or key in spends:
                quarters = expected(spends.get(key, {}), bases.get(recipient.pk, {}))
                found.append(Line(recipient, award, facts.allocations.get(key, ZERO), quarters))
    return tuple(found)


def total(some: Iterable[Line]) -> Sums:
    """The sums of some lines."""
    chosen = tuple(some)
    quarters = [quarter for line in chosen for quarter in line.quarters]
    return Sums(
        allocated=sum((line.allocated for line in chosen), ZERO),
        plan=sum((quarter.plan for quarter in quarters), ZERO),
        accepted=sum((quarter.accepted for quarter in quarters), ZERO),
        provisional=sum((quarter.provisional for quarter in quarters), ZERO),
        outturn=sum((quarter.expected for quarter in quarters), ZERO),
        at_risk=sum((line.at_risk for line in chosen), ZERO),
        over=sum((max(-line.left, ZERO) for line in chosen), ZERO),
        unplanned=sum((line.unplanned for line in chosen), ZERO),
        at_risk_unplanned=sum((line.at_risk_unplanned for line in chosen), ZERO),
        planned_to_date=sum((quarter.plan for quarter in quarters if quarter.is_counted), ZERO),
        has_returned=any(quarter.is_counted for quarter in quarters),
    )


@dataclass(frozen=True)
class QuarterSums:
    """One quarter over some lines. `planned_by_returned` is the plan of those that returned."""

    number: int
    plan: Decimal
    planned_by_returned: Decimal
    accepted: Decimal
    provisional: Decimal
    forecast: Decimal
    returned: int
    expected_returns: int

    @property
    def spent(self) -> Decimal:
        return self.accepted + self.provisional


def by_quarter(some: Sequence[Line]) -> tuple[QuarterSums, ...]:
    """The sums of some lines, quarter by quarter."""
    return tuple(_quarter_sums(number, some) for number in QUARTERS)


def _quarter_sums(number: int, some: Sequence[Line]) -> QuarterSums:
    cells = [line.quarters[number - 1] for line in some]
    counted = [cell for cell in cells if cell.is_counted]
    return QuarterSums(
        number,
        plan=sum((cell.plan for cell in cells), ZERO),
        planned_by_returned=sum((cell.plan for cell in counted), ZERO),
        accepted=sum((cell.accepted for cell in counted), ZERO),
        provisional=sum((cell.provisional for cell in counted), ZERO),
        forecast=sum((cell.forecast for cell in cells), ZERO),
        returned=len({line.recipient.pk for line in some if line.quarters[number - 1].is_counted}),
        expected_returns=len({line.recipient.pk for line in some}),
    )


def latest_returned(some: Sequence[Line]) -> int | None:
    """The latest quarter for which anyone's return counts."""
    return max((cell.number for line in some for cell in line.quarters if cell.is_counted), default=None)
