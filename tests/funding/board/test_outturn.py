"""The outturn rule: what was returned; else the latest counted forecast before it; else the plan."""

from decimal import Decimal

import pytest

from funding.board.outturn import by_quarter, expected, latest_returned, lines, total
from tests.funding.board.small import returned, small, spend

FULL = {
    1: spend(1, "100", "90", q2="80", q3="70", q4="60"),
    2: spend(2, "100", "85", q3="75", q4="65"),
    3: spend(3, "100", "95", q4="55"),
    4: spend(4, "100", "110"),
}


@pytest.mark.parametrize(
    ("counted", "amounts"),
    [
        ((), ["100", "100", "100", "100"]),
        ((1,), ["90", "80", "70", "60"]),
        ((1, 2), ["90", "85", "75", "65"]),
        ((1, 3), ["90", "80", "95", "55"]),
        ((2,), ["100", "85", "75", "65"]),
        ((4,), ["100", "100", "100", "110"]),
        ((1, 2, 3, 4), ["90", "85", "95", "110"]),
    ],
)
def test_each_quarter_takes_the_best_that_is_known(counted: tuple[int, ...], amounts: list[str]) -> None:
    quarters = expected(FULL, dict.fromkeys(counted, "accepted"))

    assert [quarter.expected for quarter in quarters] == [Decimal(amount) for amount in amounts]


def test_a_forecast_of_zero_is_a_forecast_and_not_a_gap() -> None:
    quarters = expected({1: spend(1, "100", "90", q2="0"), 2: spend(2, "100")}, {1: "accepted"})

    assert quarters[1].expected == 0


def test_a_line_that_was_added_after_the_return_counts_as_nothing_spent() -> None:
    quarters = expected({1: spend(1, "100"), 2: spend(2, "100")}, {1: "accepted"})

    assert (quarters[0].spent, quarters[0].is_counted) == (0, True)
    assert quarters[1].expected == 100


def test_accepted_and_provisional_are_told_apart() -> None:
    first, second, *_ = expected(FULL, {1: "accepted", 2: "provisional"})

    assert (first.accepted, first.provisional) == (90, 0)
    assert (second.accepted, second.provisional) == (0, 85)


@pytest.mark.parametrize("basis", ["missing", "queried"])
def test_what_does_not_count_stands_at_its_forecast(basis: str) -> None:
    facts = small(returns=(returned(1, "accepted"), returned(2, basis)))

    north = lines(facts)[0]

    assert [quarter.is_counted for quarter in north.quarters] == [True, False, False, False]
    assert north.outturn == Decimal("240.00") + Decimal("260.00") + Decimal("250.00") * 2


def test_an_overspend_does_not_save_the_underspend_of_another() -> None:
    facts = small(allocations={(1, 10): Decimal("1000.00"), (2, 20): Decimal("300.00")})

    sums = total(lines(facts))

    assert (sums.at_risk, sums.over) == (Decimal("110.00"), Decimal("100.00"))
    assert sums.left == Decimal("10.00")


def test_an_allocation_without_a_plan_is_wholly_at_risk() -> None:
    sums = total(lines(small(spends=(), allocations={(1, 10): Decimal("5.01")})))

    assert (sums.outturn, sums.at_risk, sums.has_returned) == (0, Decimal("5.01"), True)


def test_the_quarters_add_up_to_the_year() -> None:
    found = lines(small())
    quarters = by_quarter(found)

    assert sum(each.spent + each.forecast for each in quarters) == total(found).outturn
    assert (quarters[1].returned, quarters[1].expected_returns) == (1, 2)
    assert quarters[1].planned_by_returned == Decimal("250.00")


def test_as_it_stood_before_a_quarter_was_returned() -> None:
    facts = small()

    before, now = (total(lines(facts, before=quarter)).outturn for quarter in (2, 5))

    assert (before, now) == (Decimal("1400.00"), Decimal("1290.00"))
    assert latest_returned(lines(facts)) == 2
