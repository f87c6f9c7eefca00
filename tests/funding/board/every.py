"""A small year of two partnerships in which everything happens that moves a figure of the board."""

from __future__ import annotations

from decimal import Decimal

from authorities.models import User
from funding.actions import corrections, nil, returns, reviews
from funding.models import BudgetLine, PublishedAllocation, QuarterlyReturn, Tier
from tests.faults.neighbours import build_neighbours
from tests.remembered import remembered
from tests.world import NOW, Q1, Q2, World, build_world

Places = tuple[World, World]


@remembered
def build_every() -> Places:
    """Accepted, certified, corrected, queried, nil and missing returns, in both; quarter 1 is closed, so
    that its pack is due. No two amounts are alike, so that a figure in the wrong place shows."""
    world = build_world()
    far = build_neighbours(world)
    for place, heading in ((world, world.staffing), (far, world.services)):
        place.plan(
            place.south,
            place.award,
            "Outreach",
            ["1111.11", "1222.22", "1333.33", "1444.44"],
            by=place.stranger,
            tier=Tier.TERTIARY,
            heading=heading,
        )
    for area, amount in (("Kent", "812345.67"), ("Essex", "711111.10"), ("Devon", "600000.01")):
        PublishedAllocation.objects.create(
            area=area, fund="VRU", period="2026/27", amount=Decimal(amount), is_rounded=False, source="A list"
        )
    for place, pennies in ((world, "0.01"), (far, "0.07")):
        _year(place, Decimal(pennies))
    world.roll_up()
    for place in (world, far):
        reviews.close_round(opened=place.return_of(place.north, Q1).round, by=place.officer, at=NOW)
    world.roll_up()
    return world, far


def _year(place: World, pennies: Decimal) -> None:
    """Quarter 1: north accepted, south queried, the police nil. Quarter 2: north accepted in one place with a
    correction of quarter 1, south certified, the police missing."""
    place.open(Q1)
    north, south = (place.lead, place.certifier), (place.stranger, place.south_certifier)
    place.accept(
        place.return_of(place.north, Q1), by=north[0], certifier=north[1],
        actual=str(Decimal("9000.10") + pennies), forecast=str(Decimal("9500.20") + pennies),
    )  # fmt: skip
    asked = place.certify(
        place.return_of(place.south, Q1),
        by=south[0],
        certifier=south[1],
        actual="7777.77",
        forecast="7070.70",
    )
    _nothing(place, place.return_of(place.police, Q1), place.police_lead, place.police_certifier)
    place.open(Q2)
    second = place.fill(
        place.return_of(place.north), by=north[0],
        actual=str(Decimal("8000.30") + pennies), forecast=str(Decimal("8500.40") + pennies),
    )  # fmt: skip
    _correct(place, second, by=north[0], amount=Decimal("-123.45") - pennies)
    signed = returns.certify(
        quarterly_return=returns.send(quarterly_return=_fresh(second), by=north[0], at=NOW),
        by=north[1],
        at=NOW,
    )
    if pennies > Decimal("0.05"):
        returns.accept(quarterly_return=signed, by=place.officer, at=NOW)
    place.certify(
        place.return_of(place.south), by=south[0], certifier=south[1], actual="6543.21", forecast="6006.06"
    )
    returns.query(quarterly_return=_fresh(asked), reason="What is this?", by=place.officer, at=NOW)


def _fresh(found: QuarterlyReturn) -> QuarterlyReturn:
    return QuarterlyReturn.objects.in_full().get(pk=found.pk)


def _correct(place: World, second: QuarterlyReturn, *, by: User, amount: Decimal) -> None:
    line = BudgetLine.objects.of(place.north, 2026).first()
    assert line
    corrections.correct(
        quarterly_return=second,
        corrects=place.return_of(place.north, Q1),
        budget_line=line,
        amount=amount,
        reason="An invoice was booked twice.",
        revision=second.revision,
        by=by,
        at=NOW,
    )


def _nothing(place: World, found: QuarterlyReturn, by: User, certifier: User) -> None:
    filled = place.fill(found, by=by)
    nil.declare_nil(
        quarterly_return=filled, revision=filled.revision, explanation="No patrols yet.", by=by, at=NOW
    )
    sent = returns.send(quarterly_return=_fresh(found), by=by, at=NOW)
    signed = returns.certify(quarterly_return=sent, by=certifier, at=NOW)
    returns.accept(quarterly_return=signed, by=place.officer, at=NOW)
