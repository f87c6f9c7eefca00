"""The formula that suggests shares of an award. Pure.

The OPCC keeps its hub share; the rest is shared by population times level of violence, as Avon and Somerset
described its rule: "based on population and level of reported serious violence".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.money import rounded, split


@dataclass(frozen=True)
class Shares:
    """What the formula suggests, in pounds. `devolved` is in the order of the weights."""

    hub: Decimal
    devolved: list[Decimal]


def suggest(amount: Decimal, *, hub_percent: Decimal, weights: Sequence[tuple[int, Decimal]]) -> Shares:
    """Shares that sum to the amount exactly. Each weight is a population and a violence index."""
    hub = rounded(amount * hub_percent / 100)
    return Shares(hub, split(amount - hub, [population * index for population, index in weights]))
