"""A sum that is shared out by weights: no penny is lost, no part is more than a penny from its exact share."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from funding import money
from tests.funding.test_money import amounts
from tests.proof.conftest import ROUNDS

SPLITS = 100 * ROUNDS
weights = st.lists(st.decimals(min_value=0, max_value=10**7, places=3), min_size=1, max_size=12).filter(any)


@settings(max_examples=SPLITS, deadline=None)
@given(amounts, weights)
def check(amount: Decimal, shares: list[Decimal]) -> None:
    parts = money.split(amount, shares)

    assert sum(parts) == amount
    assert all(part >= 0 and part == part.quantize(money.PENNY) for part in parts)
    total = sum(shares)
    for part, weight in zip(parts, shares, strict=True):
        # Never more than a penny from the exact share, compared without any division.
        assert abs(part * total - amount * weight) < money.PENNY * total


def test_a_split_never_loses_a_penny(tell: Callable[[str], None]) -> None:
    check()
    tell(f"splits: {SPLITS} sums, none off by a penny")
