"""The training copy: the same people, money and plan; nothing in common with the real partnership."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from authorities import actions as people
from authorities.models import Membership, Organisation, Partnership
from authorities.roles import Role
from funding.actions import entries, returns
from funding.actions.errors import UnableToDo
from funding.actions.training import UnableToTrain, make_copy
from funding.models import (
    BudgetLine,
    Decision,
    DecisionLine,
    Figure,
    Grant,
    Hotspot,
    Notice,
    ProfileAmount,
    QuarterlyReturn,
    ReturnRules,
    ReturnStatus,
)
from funding.quarters import london_day
from tests.world import NOW, Q2, World


def copied(world: World) -> Partnership:
    return make_copy(partnership=world.partnership, by=world.administrator, at=NOW)


def within(world: World, copy: Partnership) -> World:
    """The copy as a world of its own, with the same cast."""
    named = {one.short_name: one for one in Organisation.objects.of(copy)}
    return replace(
        world, partnership=copy, hub=named["OPCC"], north=named["North"], south=named["South"],
        police=named["Police"], grant=Grant.objects.get(partnership=copy, name=world.grant.name),
    )  # fmt: skip


def counts() -> dict[str, int]:
    return {
        model.__name__: model.objects.count()
        for model in (QuarterlyReturn, Decision, DecisionLine, BudgetLine, ProfileAmount, Hotspot, Grant)
    }


def test_the_copy_has_everything_to_practise_with(world: World) -> None:
    copy = copied(world)
    there = within(world, copy)
    assert (copy.name, copy.is_training) == ("Test Partnership (training)", True)
    found = QuarterlyReturn.objects.filter(round__partnership=copy)
    assert {(one.organisation.name, one.quarter, one.status) for one in found} == {
        (name, Q2, ReturnStatus.NOT_STARTED)
        for name in ("Test OPCC", "North Council", "South Council", "Test Police")
    }
    assert found[0].round.due_on >= london_day(NOW) + timedelta(days=28)
    for before, after in ((world.grant, there.grant),):
        held = [
            sorted(
                (line.award.year, line.organisation.name, line.amount)
                for line in DecisionLine.objects.filter(award__grant=grant).approved()
            )
            for grant in (before, after)
        ]
        assert held[0] == held[1]
    profiles = [
        sorted(
            ProfileAmount.objects.filter(
                budget_line__intervention__organisation__partnership=one
            ).values_list("budget_line__intervention__name", "quarter", "amount")
        )
        for one in (world.partnership, copy)
    ]
    assert profiles[0] == profiles[1]
    assert ReturnRules.of(copy).variance_pounds == Decimal("9999999.00")


def test_everybody_has_the_same_role_there_and_deputies_stand_in_for_the_same_person(world: World) -> None:
    cover = people.give_role(
        user=world.auditor, organisation=world.north, role=Role.CERTIFIER,
        starts_on=london_day(NOW), ends_on=date(2099, 1, 1), deputy_for=world.certifier.memberships.get(),
    )  # fmt: skip
    copy = copied(world)
    roles = [
        sorted(
            Membership.objects.filter(organisation__partnership=one).values_list(
                "user__email", "organisation__name", "role", "ends_on"
            )
        )
        for one in (world.partnership, copy)
    ]
    assert roles[0] == roles[1]
    again = Membership.objects.get(organisation__partnership=copy, user=world.auditor, role=Role.CERTIFIER)
    assert again.deputy_for
    assert again.deputy_for != cover.deputy_for
    assert again.deputy_for.user == world.certifier


def test_a_role_that_is_over_is_not_copied(world: World) -> None:
    Membership.objects.filter(user=world.stranger).update(ends_on=london_day(NOW) - timedelta(days=1))
    assert not Membership.objects.filter(
        organisation__partnership=copied(world), user=world.stranger
    ).exists()


def test_names_of_hotspots_stay_where_they_are_needed(world: World) -> None:
    copied(world)
    assert list(Hotspot.objects.order_by("pk").values_list("reference", "name")) == [
        ("H01", "Secret Street"),
        ("H01", "Practice area H01"),
    ]


def test_a_return_is_practised_from_end_to_end_and_counts_nowhere_else(world: World) -> None:
    world.open()
    there = within(world, copied(world))
    before = world.return_of(world.north)
    there.accept(there.return_of(there.north), by=world.lead, certifier=world.certifier)
    world.roll_up()
    assert there.return_of(there.north).status == ReturnStatus.ACCEPTED
    assert world.return_of(world.north).status == before.status == ReturnStatus.NOT_STARTED
    figures = Figure.objects.filter(organisation__partnership=world.partnership, actual__isnull=False)
    assert not figures.exclude(actual=0).exists()
    assert not Notice.objects.filter(
        organisation__partnership=there.partnership, email_state="waiting"
    ).exists()


def test_rights_do_not_cross(world: World) -> None:
    """A lead of north alone in the real partnership is no lead of the real south by way of the copy."""
    there = within(world, copied(world))
    Membership.objects.filter(user=world.lead, organisation=world.north).update(
        ends_on=london_day(NOW) - timedelta(days=1)
    )
    world.open()
    with pytest.raises(returns.UnableToMoveReturn):
        entries.save_narrative(
            quarterly_return=world.return_of(world.north), revision=0, progress="x", problems="",
            next_steps="", by=world.lead, at=NOW,
        )  # fmt: skip
    assert there.return_of(there.north).status == ReturnStatus.NOT_STARTED


def test_starting_again_makes_a_fresh_copy_and_ends_the_roles_in_the_old_one(world: World) -> None:
    first = copied(world)
    Membership.objects.filter(user=world.lead, organisation__partnership=world.partnership).update(
        starts_on=london_day(NOW)
    )
    second, third = copied(world), copied(world)
    names = [
        "Test Partnership (training)",
        "Test Partnership, copy 2 (training)",
        "Test Partnership, copy 3 (training)",
    ]
    assert [one.name for one in (first, second, third)] == names
    current = Membership.objects.current(london_day(NOW)).filter(
        organisation__partnership__training_for__isnull=False
    )
    assert {one.organisation.partnership for one in current} == {third}
    real = Membership.objects.current(london_day(NOW)).filter(organisation__partnership=world.partnership)
    assert current.count() == real.count() == 11


def test_only_an_administrator_of_the_real_partnership_makes_one(world: World) -> None:
    for person in (world.officer, world.approver, world.lead, world.board_member):
        with pytest.raises(UnableToDo):
            make_copy(partnership=world.partnership, by=person, at=NOW)
    with pytest.raises(UnableToTrain, match="This is the training copy"):
        make_copy(partnership=copied(world), by=world.administrator, at=NOW)


def test_without_allocations_there_is_nothing_to_practise_and_nothing_is_left(world: World) -> None:
    later = NOW.replace(year=2028)
    before = counts()
    with pytest.raises(UnableToTrain, match="Nobody holds an allocation for Quarter 2"):
        make_copy(partnership=world.partnership, by=world.administrator, at=later)
    assert counts() == before
    assert Partnership.objects.count() == 1


def test_a_plan_above_a_cut_allocation_is_brought_down_to_it(world: World) -> None:
    world.decide({(world.award, world.north): "30000.00"}, "2026-009")
    copy = copied(world)
    planned = ProfileAmount.objects.filter(budget_line__intervention__organisation__partnership=copy)
    north = planned.filter(budget_line__intervention__organisation__name="North Council")
    assert sum(one.amount for one in north) == Decimal("30000.00")
