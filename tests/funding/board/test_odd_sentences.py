"""Sentences and costs in the cases that are rare: corrections, nil returns, other funds, several forces."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from funding.board import record
from funding.board.charts import delivery, page, patrols, shares, spending
from funding.board.charts.phase import RUNNING, Phase
from funding.board.facts import AwardFact, Facts, FundFact, Patrolled, Recipient, Share, Stamp
from funding.board.filters import Filters
from funding.board.outturn import lines
from tests.funding.board.small import (
    HOTSPOT,
    HOTSPOT_AWARD,
    NORTH,
    POLICE,
    VRU,
    VRU_AWARD,
    of_vru,
    returned,
    small,
    spend,
)

NIL = Decimal("0.00")
OTHER = AwardFact(30, FundFact(3, "other", "Other"), 2026, Decimal("500.00"))
SOUTH = Recipient(3, "South Police", "South", is_police=True)


def answers(facts: Facts) -> dict[str, str]:
    return {one.slug: one.words for one in page.build(facts).answers}


def narrowed(**chosen: Any) -> Facts:
    """Two funds pay for the ten young people of Quarter 1: £60 of the one, £40 of the other."""
    kept = record.Record(
        partnership="Test Partnership",
        year=2026,
        recipients=(NORTH, POLICE),
        awards=(VRU_AWARD, OTHER, HOTSPOT_AWARD),
        allocations={},
        spends=(
            spend(1, "60", "60", targeted="60"),
            spend(1, "40", "40", award=30, targeted="40"),
            spend(1, "9", "9", recipient=1, award=20, targeted="9"),
        ),
        tiers=(),
        headings=(),
        returns=(returned(1, "accepted", universal=0, targeted=10, sessions=1),),
    )
    filters = replace(Filters(2026, None, None, (), (), (), ()), **chosen)
    return record.narrowed(kept, filters, today=date(2026, 11, 2), stamp=Stamp(None, None, 0))


@pytest.mark.parametrize("fund", [None, VRU, OTHER.fund])
def test_people_are_not_counted_by_fund_so_neither_is_what_they_cost(fund: FundFact | None) -> None:
    row = delivery.reach(narrowed(fund=fund)).table.rows[0]

    assert row[1:4] == (10, Decimal("100.00"), Decimal("10.00"))


def test_who_returns_no_people_and_spends_nothing_on_them_hides_no_cost() -> None:
    office = Recipient(4, "Office", "Office")
    facts = small(recipients=(NORTH, office), returns=(*small().returns, returned(1, "accepted", 4)))
    spends = (*facts.spends, spend(1, "5", "5", recipient=4, targeted="5"))

    assert delivery.reach(facts).table.rows[0][2:4] == (Decimal("120.00"), Decimal("10.00"))
    paid = delivery.reach(replace(facts, spends=spends, supporting=spends))
    assert paid.table.rows[0][2:4] == (Decimal("125.00"), "not recorded")


def test_a_quarter_is_so_far_until_each_return_asked_for_counts() -> None:
    office = Recipient(4, "Office", "Office")
    facts = small(recipients=(NORTH, office), today=date(2026, 10, 20))

    assert answers(facts)["bought"].startswith("In Quarter 2, 10 young people")
    asked = replace(facts, returns=(*facts.returns, returned(2, "missing", 4)))
    assert answers(asked)["bought"].startswith("In Quarter 2 so far, 10 young people")


def test_corrections_that_outweigh_spending_are_no_cost_of_anything() -> None:
    facts = small(
        spends=(spend(2, "100", "-30", targeted="-20"), spend(1, "100", "-50", 2, 20)),
        tiers=of_vru(Share("Secondary: early help", Decimal(50), Decimal(-30), NIL)),
    )

    assert answers(facts)["bought"] == (
        "In Quarter 2, 10 young people had targeted support and universal work reached 200. "
        "In Quarter 1, patrols spent 50 hours in hotspots, 3.8 a week."
    )
    assert (
        shares.tiers(facts, RUNNING).title == "What was returned comes to −£30, so no tier has a share of it"
    )


def test_a_nil_return_is_a_return() -> None:
    facts = small(headings=of_vru(Share("Staffing", Decimal(50), NIL, NIL)), tiers=())

    assert "comes to £0, so no cost heading has a share" in shares.headings(facts, RUNNING).title
    assert "Nothing has been returned yet" in shares.tiers(facts, RUNNING).title


def test_who_holds_nothing_is_not_named() -> None:
    held = {(1, 10): Decimal("900.00"), (2, 20): NIL}

    assert answers(small(allocations=held))["where"].startswith("Of £900, North holds £900. VRU:")
    assert answers(small(allocations=dict.fromkeys(held, NIL)))["where"].startswith("VRU:")


def test_who_is_above_plan_has_nothing_to_catch_up() -> None:
    facts = small(
        recipients=(NORTH, POLICE),
        allocations={(1, 10): Decimal("1000.00"), (2, 20): Decimal("400.00")},
        spends=(
            spend(1, "250", "300", q2="250", q3="250", q4="250"),
            *(spend(quarter, "250") for quarter in (2, 3, 4)),
            *(spend(quarter, "100", recipient=2, award=20) for quarter in (1, 2, 3, 4)),
        ),
        returns=(returned(1, "accepted"),),
    )

    assert spending.authorities(facts, lines(facts), Phase.RUNNING).title == (
        "Spending to date is £50 (20.0%) above plan; North explains all of it, and is forecast to spend £50 "
        "more than it holds"
    )


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ((Patrolled(2, 1, Decimal(40)),), "25.0% more than in the same months a year before"),
        ((Patrolled(2, 1, Decimal(50)),), "as many as in the same months a year before"),
        # The other force has not returned now: its hours of then are not compared with nothing.
        (
            (Patrolled(2, 1, Decimal(40)), Patrolled(3, 1, Decimal(400))),
            "25.0% more than in the same months a year before",
        ),
        ((Patrolled(3, 1, Decimal(400)),), ""),
        ((Patrolled(2, 3, Decimal(40)),), ""),
    ],
)
def test_hours_are_compared_with_those_of_the_same_forces(before: tuple[Patrolled, ...], words: str) -> None:
    facts = small(recipients=(NORTH, POLICE, SOUTH), patrolled_before=before)

    said = patrols.hotspots(facts, lines(facts)).answer

    assert (
        said
        == f"In Quarter 1, patrols spent 50 hours in hotspots, 3.8 a week, at £2.00 an hour{'; ' if words else ''}{words}"
    )


def test_the_pounds_of_one_of_two_hotspot_funds_are_not_what_an_hour_costs() -> None:
    facts = small(fund=HOTSPOT, hotspot_funds=2)

    chart = patrols.hotspots(facts, lines(facts))

    assert chart.title.startswith("In Quarter 1, patrols spent 50 hours in hotspots, 3.8 a week;")
    assert chart.table.rows[0][-2:] == (Decimal("100.00"), "not known")
    assert chart.table.foot[-1] == "not known"
    one = small(fund=HOTSPOT)
    assert patrols.hotspots(one, lines(one)).table.rows[0][-1] == Decimal("2.00")
