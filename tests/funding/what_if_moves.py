"""Short ways to a scenario of `world`, through the actions."""

from __future__ import annotations

from decimal import Decimal

from authorities.models import Organisation, User
from funding.actions import scenarios
from funding.models import CostHeading, Scenario, ScenarioMove
from funding.what_if.places import Place
from tests.world import NOW, YEAR, World


def begin(world: World, name: str = "More for the south", *, by: User | None = None) -> Scenario:
    return scenarios.start(
        partnership=world.partnership, year=YEAR, name=name, by=by or world.officer, at=NOW
    )


def place(
    world: World,
    organisation: Organisation,
    heading: CostHeading | None = None,
    quarter: int | None = None,
    award: int | None = None,
) -> Place:
    return Place(award or world.award.pk, organisation.pk, heading and heading.pk, quarter)


def move(
    world: World, scenario: Scenario, amount: str, source: Place, target: Place, *, by: User | None = None
) -> ScenarioMove:
    return scenarios.move(
        scenario=scenario,
        source=source,
        target=target,
        amount=Decimal(amount),
        by=by or world.officer,
        at=NOW,
    )


def from_north_to_south(world: World, scenario: Scenario, amount: str = "2500.01") -> ScenarioMove:
    """From what north plans for staffing in Q3 to what south does in Q4."""
    here, there = place(world, world.north, world.staffing, 3), place(world, world.south, world.staffing, 4)
    return move(world, scenario, amount, here, there)


def move_fields(world: World, amount: str, **changes: str) -> dict[str, str]:
    """What a person enters for the same."""
    staffing = str(world.staffing.pk)
    return {
        "move_amount": amount,
        "from_holder": f"{world.award.pk}-{world.north.pk}",
        "from_heading": staffing,
        "from_quarter": "3",
        "to_holder": f"{world.award.pk}-{world.south.pk}",
        "to_heading": staffing,
        "to_quarter": "4",
    } | changes
