"""What a decision does, in one sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from funding.effect import Movement, YearEffect, describe


def effect(*movements: tuple[str, str, str], award: str = "1000.00") -> YearEffect:
    return YearEffect(
        2026,
        Decimal(award),
        [Movement(name, Decimal(before), Decimal(change)) for name, before, change in movements],
    )


@pytest.mark.parametrize(
    ("movements", "sentence"),
    [
        (
            [("Bristol", "500", "-84"), ("Somerset", "400", "84")],
            "This decision moves £84 from Bristol to Somerset in 2026/27. £100 of the award remains.",
        ),
        (
            [("A", "0", "300.50"), ("B", "0", "99.50"), ("C", "0", "600"), ("D", "0", "0")],
            "This decision allocates £1,000 to A, B and C in 2026/27. All of the award is then allocated.",
        ),
        (
            [("A", "500", "-0.50")],
            "This decision takes £0.50 from A in 2026/27. £500.50 of the award remains.",
        ),
        (
            [("A", "500", "-20"), ("B", "0", "100")],
            "This decision adds £100 to B and takes £20 from A in 2026/27. £420 of the award remains.",
        ),
        (
            [("A", "900", "0"), ("B", "0", "250")],
            "This decision allocates £250 to B in 2026/27. That is £150 more than the award.",
        ),
    ],
)
def test_the_sentence(movements: list[tuple[str, str, str]], sentence: str) -> None:
    assert describe([effect(*movements)]) == sentence


def test_totals_and_what_is_not_possible() -> None:
    over = effect(("A", "900", "0"), ("B", "0", "250"))
    assert (over.before, over.change, over.after, over.remainder) == (900, 250, 1150, -150)
    assert not over.is_possible
    below = effect(("A", "10", "-20"))
    assert below.overdrawn == [below.movements[0]]
    assert not below.is_possible
    assert effect(("A", "10", "-10")).is_possible
