"""Plans never promise more than the allocation."""

from __future__ import annotations

from decimal import Decimal

import pytest

from funding.actions import grants, plans
from funding.actions.errors import UnableToDo
from funding.models import AwardStatus, Intervention, RollUpMark
from tests.world import NOW, World


def add_line(world: World, profile: list[str], **changes: object) -> object:
    arguments = {
        "intervention": Intervention.objects.get(name="Mentoring"),
        "cost_heading": world.services,
        "description": "",
        "profile": [Decimal(amount) for amount in profile],
        "by": world.lead,
        "at": NOW,
    } | changes
    return plans.add_budget_line(**arguments)  # type: ignore[arg-type]


def test_a_plan_stays_within_the_allocation(world: World) -> None:
    with pytest.raises(plans.UnableToPlan, match=r"Only £389,999\.99 of your allocation"):
        add_line(world, ["390000.00", "0", "0", "0"])
    world.roll_up()

    add_line(world, ["389999.99", "0", "0", "0"])

    assert RollUpMark.objects.count() == 4


def test_names_are_used_once(world: World) -> None:
    with pytest.raises(plans.UnableToPlan, match="already have an intervention"):
        world_intervention(world)
    with pytest.raises(plans.UnableToPlan, match="already has a budget line"):
        add_line(world, ["1", "0", "0", "0"], cost_heading=world.staffing)


def world_intervention(world: World) -> None:
    plans.add_intervention(
        organisation=world.north,
        award=world.award,
        name="Mentoring",
        tier="primary",  # type: ignore[arg-type]
        theme=world.theme,
        by=world.lead,
        at=NOW,
    )


def test_a_stranger_plans_nothing(world: World) -> None:
    with pytest.raises(UnableToDo):
        add_line(world, ["1", "0", "0", "0"], by=world.stranger)


def change_award(world: World, amount: str, status: AwardStatus = AwardStatus.VARIED) -> None:
    grants.change_award(
        award=world.award, amount=Decimal(amount), status=status, source="Letter", by=world.officer, at=NOW
    )


def test_an_award_is_varied_and_keeps_its_history(world: World) -> None:
    change_award(world, "950000.00")
    world.award.refresh_from_db()
    assert (world.award.status, world.award.amount) == ("varied", Decimal("950000.00"))
    assert [event.amount for event in world.award.events.order_by("pgh_id")] == [
        Decimal("1000000.00"),
        Decimal("950000.00"),
    ]


def test_an_award_goes_neither_back_nor_below_what_is_allocated(world: World) -> None:
    with pytest.raises(grants.UnableToRecordAward, match="cannot go back"):
        change_award(world, "1000000.00", AwardStatus.OFFERED)
    with pytest.raises(grants.UnableToRecordAward, match=r"£950,000\.00 of this award is allocated"):
        change_award(world, "949999.99")


def test_a_fund_has_its_years(world: World) -> None:
    with pytest.raises(grants.UnableToRecordAward, match="does not run in 2020/21"):
        grants.record_award(grant=world.grant, year=2020, amount=Decimal(1), by=world.officer, at=NOW)
    with pytest.raises(grants.UnableToRecordAward, match="already has an award"):
        grants.record_award(grant=world.grant, year=2026, amount=Decimal(1), by=world.officer, at=NOW)
