"""Where an amount stands in a plan, and the sums of many. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from funding.money import ZERO

K = TypeVar("K")
QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Place:
    """An award's pounds with one organisation. Without heading and quarter: held and not planned."""

    award: int
    organisation: int
    heading: int | None = None
    quarter: int | None = None

    @property
    def holder(self) -> tuple[int, int]:
        """As the ledger names an allocation."""
        return self.award, self.organisation


Amounts = Mapping[Place, Decimal]


def summed(pairs: Iterable[tuple[K, Decimal]]) -> dict[K, Decimal]:
    """The sum for each key, in the order in which the keys come."""
    found: dict[K, Decimal] = {}
    for key, amount in pairs:
        found[key] = found.get(key, ZERO) + amount
    return found


def allocations(amounts: Amounts) -> dict[tuple[int, int], Decimal]:
    """Pounds by (award, organisation): the plan, and what is not planned."""
    return summed((place.holder, amount) for place, amount in amounts.items())


def by_quarter(amounts: Amounts) -> dict[int | None, Decimal]:
    """Pounds by quarter; under None what is not planned."""
    none: dict[int | None, Decimal] = dict.fromkeys((*QUARTERS, None), ZERO)
    return none | summed((place.quarter, amount) for place, amount in amounts.items())


def of_organisation(amounts: Amounts, organisation: int) -> Amounts:
    return {place: amount for place, amount in amounts.items() if place.organisation == organisation}


def differences(before: Amounts, after: Amounts) -> dict[Place, Decimal]:
    """What is more or less after, where anything is."""
    places = dict.fromkeys((*before, *after))
    found = {place: after.get(place, ZERO) - before.get(place, ZERO) for place in places}
    return {place: amount for place, amount in found.items() if amount}


def moved(before: Amounts, after: Amounts) -> Decimal:
    """How many pounds stand elsewhere: what was added or what was taken, whichever is more."""
    changes = differences(before, after).values()
    added = sum((amount for amount in changes if amount > 0), ZERO)
    taken = -sum((amount for amount in changes if amount < 0), ZERO)
    return max(added, taken)
