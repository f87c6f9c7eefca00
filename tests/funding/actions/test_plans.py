"""Plans never promise more than the allocation."""

from __future__ import annotations

from decimal import Decimal

import pytest

from funding.actions import grants, plans
from funding.actions.errors import UnableToDo
from funding.models import AwardStatus, BudgetLine, Grant, Intervention, ProfileAmount, RollUpMark
from tests.world import NOW, Q1, Q2, World


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


def test_a_grant_has_a_name_of_its_own(world: World) -> None:
    with pytest.raises(grants.UnableToRecordAward, match="already has a grant of this name"):
        grants.record_grant(
            partnership=world.partnership, fund=world.grant.fund, name="VRU 2026", by=world.officer, at=NOW
        )
    assert Grant.objects.filter(name="VRU 2026").count() == 1


def change_profile(world: World, *profile: str, **changes: object) -> list[str]:
    """The profile of the north's mentoring after the change; it begins as £10,000.00 a quarter."""
    line = BudgetLine.objects.get(intervention__name="Mentoring", cost_heading=world.staffing)
    arguments = {
        "budget_line": line,
        "profile": [Decimal(amount) for amount in profile],
        "by": world.lead,
        "at": NOW,
    } | changes
    plans.change_profile(**arguments)  # type: ignore[arg-type]
    return [str(amount.amount) for amount in line.profile.order_by("quarter")]


def test_a_profile_moves_between_quarters_and_keeps_its_history(world: World) -> None:
    world.roll_up()
    # All of the allocation is planned: money that moves is never too much half-way.
    add_line(world, ["389999.99", "0", "0", "0"])
    RollUpMark.objects.all().delete()
    assert change_profile(world, "0", "0", "0", "40000") == ["0.00", "0.00", "0.00", "40000.00"]
    marks = RollUpMark.objects.values_list("organisation", "year", "quarter_number")
    assert sorted(marks) == [(world.north.pk, 2026, number) for number in range(1, 5)]
    line = BudgetLine.objects.get(intervention__name="Mentoring", cost_heading=world.staffing)
    last = ProfileAmount.objects.get(budget_line=line, quarter=4)
    assert [event.amount for event in last.events.order_by("pgh_id")] == [Decimal(10000), Decimal(40000)]


def test_a_changed_profile_stays_within_the_allocation(world: World) -> None:
    with pytest.raises(plans.UnableToPlan, match=r"adds £390,000\.00 to your plan. Only £389,999\.99 of"):
        change_profile(world, "10000", "10000", "10000", "400000")
    assert change_profile(world, "10000", "10000", "10000", "399999.99")[3] == "399999.99"
    with pytest.raises(plans.UnableToPlan, match="All of your allocation for 2026/27 is planned already"):
        change_profile(world, "10000", "10000", "10000.01", "399999.99")


def test_a_plan_above_a_cut_allocation_comes_down_and_never_grows(world: World) -> None:
    world.decide({(world.award, world.north): "50000.00"}, "2026-009")
    with pytest.raises(plans.UnableToPlan, match=r"£10,000\.01 above your allocation, so it cannot grow"):
        change_profile(world, "10000", "10000", "10000", "10000.01")
    assert change_profile(world, "10000", "10000", "10000", "5000")[3] == "5000.00"


def test_a_quarter_whose_return_is_on_its_way_stands(world: World) -> None:
    world.open(Q1)
    world.open(Q2)
    world.fill(world.return_of(world.north, Q1), by=world.lead)
    assert change_profile(world, "9000", "10000", "10000", "10000")[0] == "9000.00", "a draft holds nothing"
    world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    world.send(world.return_of(world.north, Q2), by=world.lead)
    with pytest.raises(plans.UnableToPlan, match="The return for Quarter 1, April to June 2026 has been acc"):
        change_profile(world, "0", "10000", "10000", "10000")
    with pytest.raises(plans.UnableToPlan, match=r"The return for Quarter 2, .* is with its certifier"):
        change_profile(world, "9000", "10000.01", "10000", "10000")
    assert change_profile(world, "9000", "10000", "0", "0") == ["9000.00", "10000.00", "0.00", "0.00"]


def test_what_somebody_else_changed_is_not_overwritten_unseen(world: World) -> None:
    seen = [Decimal("10000.00")] * 4
    change_profile(world, "10000", "10000", "10000", "4000", seen=seen)
    with pytest.raises(plans.UnableToPlan, match="Somebody else changed this budget line"):
        change_profile(world, "10000", "10000", "3000", "10000", seen=seen)


def test_a_stranger_changes_no_profile(world: World) -> None:
    for person in (world.stranger, world.certifier, world.officer):
        with pytest.raises(UnableToDo):
            change_profile(world, "0", "0", "0", "0", by=person)
