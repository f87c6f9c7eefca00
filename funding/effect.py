"""What a decision does to allocations, in figures and in one sentence. Pure: no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.money import ZERO, pounds, whole_pounds
from funding.quarters import year_label


@dataclass(frozen=True)
class Movement:
    """One organisation's allocation in one year: pounds before the decision, and the decision's line."""

    organisation: str
    before: Decimal
    change: Decimal

    @property
    def after(self) -> Decimal:
        return self.before + self.change


@dataclass(frozen=True)
class YearEffect:
    """What a decision does to one award. The movements name every organisation that could hold it."""

    year: int
    award: Decimal
    movements: Sequence[Movement]

    @property
    def before(self) -> Decimal:
        return sum((movement.before for movement in self.movements), ZERO)

    @property
    def change(self) -> Decimal:
        return sum((movement.change for movement in self.movements), ZERO)

    @property
    def after(self) -> Decimal:
        return self.before + self.change

    @property
    def remainder(self) -> Decimal:
        """What the decision leaves of the award; below zero when it would exceed it."""
        return self.award - self.after

    @property
    def overdrawn(self) -> list[Movement]:
        """Organisations that would be left with less than nothing."""
        return [movement for movement in self.movements if movement.after < 0]

    @property
    def is_possible(self) -> bool:
        return self.remainder >= 0 and not self.overdrawn

    @property
    def sentence(self) -> str:
        """Like "moves £84,000 from Bristol to Somerset in 2026/27": the end of "This decision ..."."""
        year = year_label(self.year)
        takers = [movement for movement in self.movements if movement.change > 0]
        givers = [movement for movement in self.movements if movement.change < 0]
        added = spoken(sum((movement.change for movement in takers), ZERO))
        taken = spoken(-sum((movement.change for movement in givers), ZERO))
        if not givers:
            return f"allocates {added} to {_names(takers)} in {year}"
        if not takers:
            return f"takes {taken} from {_names(givers)} in {year}"
        if self.change == 0:
            return f"moves {added} from {_names(givers)} to {_names(takers)} in {year}"
        return f"adds {added} to {_names(takers)} and takes {taken} from {_names(givers)} in {year}"

    @property
    def remainder_sentence(self) -> str:
        if self.remainder > 0:
            return f"{spoken(self.remainder)} of the award remains."
        if self.remainder == 0:
            return "All of the award is then allocated."
        return f"That is {spoken(-self.remainder)} more than the award."


def describe(effects: Sequence[YearEffect]) -> str:
    """The whole decision in words: a sentence for each year, each with what remains."""
    return " ".join(f"This decision {effect.sentence}. {effect.remainder_sentence}" for effect in effects)


def spoken(amount: Decimal) -> str:
    """In prose whole pounds stand without pennies: £84,000, but £84,000.50."""
    return whole_pounds(amount) if amount == amount.to_integral_value() else pounds(amount)


def _names(movements: Sequence[Movement]) -> str:
    *first, last = [movement.organisation for movement in movements]
    return f"{', '.join(first)} and {last}" if first else last
