"""The formula: what it suggests sums to the award, whatever the inputs."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from funding.formula import suggest

FIVE = [
    (193_400, Decimal("0.85")),
    (472_400, Decimal("1.20")),
    (216_700, Decimal("0.90")),
    (290_400, Decimal("0.85")),
    (571_600, Decimal("0.90")),
]


def test_the_hub_keeps_its_share_and_the_rest_follows_population_times_violence() -> None:
    shares = suggest(
        Decimal("1000.00"), hub_percent=Decimal(20), weights=[(100, Decimal(1)), (100, Decimal(3))]
    )
    assert shares.hub == Decimal("200.00")
    assert shares.devolved == [Decimal("200.00"), Decimal("600.00")]


def test_five_authorities_of_avon_and_somerset() -> None:
    shares = suggest(Decimal("1512572.00"), hub_percent=Decimal("20.00"), weights=FIVE)
    assert shares.hub == Decimal("302514.40")
    assert shares.devolved == [
        Decimal("117873.74"),
        Decimal("406474.03"),
        Decimal("139843.76"),
        Decimal("176993.46"),
        Decimal("368872.61"),
    ]
    assert shares.hub + sum(shares.devolved) == Decimal("1512572.00")


def test_no_hub_share_leaves_everything_to_the_authorities() -> None:
    shares = suggest(Decimal("0.05"), hub_percent=Decimal(0), weights=FIVE)
    assert shares.hub == 0
    assert sum(shares.devolved) == Decimal("0.05")


def test_a_hub_that_keeps_everything_leaves_nothing() -> None:
    shares = suggest(Decimal("99.99"), hub_percent=Decimal(100), weights=FIVE)
    assert shares.hub == Decimal("99.99")
    assert shares.devolved == [0, 0, 0, 0, 0]


def test_an_authority_without_violence_gets_nothing() -> None:
    shares = suggest(Decimal("10.00"), hub_percent=Decimal(0), weights=[(5, Decimal(0)), (5, Decimal(1))])
    assert shares.devolved == [0, Decimal("10.00")]


@pytest.mark.parametrize("weights", [[], [(0, Decimal(1))], [(100, Decimal(0))]])
def test_nothing_to_share_by_is_refused(weights: list[tuple[int, Decimal]]) -> None:
    with pytest.raises(ValueError, match="weights"):
        suggest(Decimal("10.00"), hub_percent=Decimal(0), weights=weights)


def test_random_awards_never_lose_a_penny() -> None:
    chance = random.Random(20261102)
    for _ in range(2000):
        amount = Decimal(chance.randrange(0, 500_000_000)) / 100
        percent = Decimal(chance.randrange(0, 10_001)) / 100
        weights = [
            (chance.randrange(1, 900_000), Decimal(chance.randrange(1, 400)) / 100)
            for _ in range(chance.randrange(1, 9))
        ]
        shares = suggest(amount, hub_percent=percent, weights=weights)
        assert shares.hub + sum(shares.devolved) == amount
        assert all(share >= 0 for share in [shares.hub, *shares.devolved])
