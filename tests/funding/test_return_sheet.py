"""The money of a return, line by line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from authorities.models import User
from funding import return_sheet
from funding.models import QuarterlyReturn
from tests.world import Q1, Q2, World

D = Decimal


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def test_what_nobody_entered_is_none_and_never_zero(found: QuarterlyReturn) -> None:
    sheet = return_sheet.load(found)
    assert [row.label for row in sheet.rows] == ["Staffing", "Interventions"]
    assert (sheet.plan, sheet.budget) == (D("15000.00"), D("60000.01"))
    assert (sheet.actual, sheet.full_year, sheet.left, sheet.forecast(3)) == (None, None, None, None)
    assert sheet.is_empty
    assert not sheet.is_complete


def test_the_full_year_is_certified_spend_plus_actual_plus_forecast(
    world: World, lead: User, certifier: User
) -> None:
    world.open(Q1)
    world.certify(world.return_of(world.north, Q1), by=lead, certifier=certifier, actual="900.01")
    world.open(Q2)
    world.fill(world.return_of(world.north), by=lead, actual="1000.10", forecast="2000.00")
    sheet = return_sheet.load(world.return_of(world.north))
    first = sheet.rows[0]
    assert (first.earlier, first.actual, first.forecast_sum) == (D("900.01"), D("1000.10"), D("4000.00"))
    assert first.full_year == D("5900.11")
    assert first.left == D("34099.89")
    assert (sheet.full_year, sheet.left) == (D("11800.22"), D("48199.79"))
    assert sheet.uncounted == []


def test_an_earlier_quarter_counts_only_once_it_is_certified(world: World, lead: User) -> None:
    world.open(Q1)
    world.send(world.return_of(world.north, Q1), by=lead, actual="900.00", forecast="700.00")
    world.open(Q2)
    sheet = return_sheet.load(world.return_of(world.north))
    assert sheet.earlier == 0
    assert sheet.uncounted == [Q1]
    assert sheet.rows[0].last_actual == D("900.00"), "shown beside, though not counted"
    assert sheet.rows[0].expected(3) == D("700.00")


def test_a_line_added_after_the_return_does_not_empty_its_totals(
    found: QuarterlyReturn, world: World, lead: User, certifier: User
) -> None:
    world.accept(found, by=lead, certifier=certifier, actual="1000.00")
    world.plan(world.north, world.award, "Later", ["0", "0", "10.00", "10.00"], by=lead)
    sheet = return_sheet.load(world.return_of(world.north))
    assert [row.actual for row in sheet.rows] == [D("1000.00"), D("1000.00"), None]
    assert sheet.actual == D("2000.00")
    assert sheet.rows[2].expected(3) == D("10.00")


def test_other_organisations_and_years_are_no_part_of_it(
    found: QuarterlyReturn, world: World, lead: User, stranger: User
) -> None:
    world.fill(world.return_of(world.south), by=stranger, actual="5.00")
    world.fill(found, by=lead, actual="1.00")
    assert return_sheet.load(found).actual == D("2.00")


def test_more_than_the_allocation_is_said_by_award(found: QuarterlyReturn, world: World, lead: User) -> None:
    world.fill(found, by=lead, actual="1000.00", forecast="1000.00")
    sheet = return_sheet.load(world.return_of(world.north))
    key = (world.award.pk, world.north.pk)
    assert sheet.over_allocation({key: D("6000.00")}, world.north.pk) == []
    [sentence] = sheet.over_allocation({key: D("5999.99")}, world.north.pk)
    assert sentence == (
        "VRU 2026: the forecast for the year is £0.01 more than your allocation of £5,999.99."
    )


@pytest.mark.parametrize(("actual", "flagged"), [("5500.00", False), ("5500.01", True), ("5000.00", False)])
def test_a_tenth_over_the_profile_is_flagged(
    actual: str, flagged: bool, found: QuarterlyReturn, world: World, lead: User
) -> None:
    world.fill(found, by=lead, actual=actual, forecast="0.00")
    row = return_sheet.load(world.return_of(world.north)).rows[1]
    assert any("more than was planned" in flag for flag in row.flags) is flagged
