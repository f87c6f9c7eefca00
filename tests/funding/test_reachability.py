"""Whether somebody can certify in time: the four things that a certifier needs."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from authorities import actions as people
from authorities.models import Membership, User
from authorities.roles import Role
from funding import reachability
from tests.world import NOW, Q2, START, World

TODAY = date(2026, 10, 5)
DUE = date(2026, 11, 2)


def problem(world: World, on: date = TODAY) -> str:
    return reachability.problem(world.north, DUE, on)


def test_a_certifier_who_signed_in_and_prepared_nothing_is_reachable(world: World) -> None:
    world.open()
    assert problem(world) == ""


def test_nobody_holds_the_role_on_the_due_day(world: World) -> None:
    Membership.objects.filter(user=world.certifier).update(ends_on=DUE - timedelta(days=1))
    assert problem(world) == (
        "North Council has no certifier on 2 November 2026, when its return has to be certified. Ask an "
        "administrator to name one, or a certifier to appoint a deputy."
    )


def test_after_the_due_day_today_counts(world: World) -> None:
    Membership.objects.filter(user=world.certifier).update(ends_on=DUE)
    assert problem(world, on=DUE) == ""
    assert "has no certifier on 3 November 2026, when its return could first be" in problem(
        world, on=DUE + timedelta(days=1)
    )


def test_a_closed_account_cannot_be_reached(world: World) -> None:
    User.objects.filter(pk=world.certifier.pk).update(is_active=False)
    assert "Certifier has an account that is closed" in problem(world)


def test_without_an_address_nobody_can_be_told(world: World) -> None:
    User.objects.filter(pk=world.certifier.pk).update(email="")
    assert "Certifier has no e-mail address" in problem(world)


def test_who_has_never_signed_in_may_not_know(world: World) -> None:
    User.objects.filter(pk=world.certifier.pk).update(last_login=None)
    assert "Certifier has never signed in" in problem(world)


def test_a_sign_in_counts_for_200_days(world: World) -> None:
    on = NOW.date() + timedelta(days=200)
    assert problem(world, on=on) == ""
    assert "Certifier last signed in on 2 November 2026" in problem(world, on=on + timedelta(days=1))


def test_who_prepared_the_return_cannot_certify_it(world: World) -> None:
    people.give_role(user=world.lead, organisation=world.north, role=Role.CERTIFIER, starts_on=START)
    Membership.objects.filter(user=world.certifier).update(ends_on=TODAY)
    world.open()
    assert problem(world) == ""
    world.fill(world.return_of(world.north), by=world.lead)
    assert "Lead prepared part of the return" in problem(world)


def test_one_who_can_is_enough(world: World) -> None:
    User.objects.filter(pk=world.certifier.pk).update(last_login=None)
    second = people.add_person(email="second@test.example", name="Second", last_login=NOW)
    people.give_role(user=second, organisation=world.north, role=Role.CERTIFIER, starts_on=START)
    assert problem(world) == ""


def test_many_returns_are_one_query_and_only_those_with_a_problem_are_told(world: World) -> None:
    Membership.objects.filter(user=world.certifier).update(ends_on=TODAY)
    opened = world.open()
    returns = list(type(world.return_of(world.north)).objects.in_full().filter(round=opened))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = reachability.problems(returns, TODAY)
    assert len(queries) == 1
    ours = world.return_of(world.north)
    # Nobody certifies for the OPCC either in this cast.
    assert set(found) == {ours.pk, world.return_of(world.hub).pk}
    assert found[ours.pk] == problem(world)


def test_nothing_is_said_before_the_last_four_weeks_or_once_it_is_certified(world: World) -> None:
    world.open()
    ours = world.return_of(world.north)
    Membership.objects.filter(user=world.certifier).update(ends_on=NOW.date())
    after = NOW.date() + timedelta(days=1)
    assert reachability.problems([ours], DUE - timedelta(days=29)) == {}
    assert reachability.problems([ours], after)
    certified = world.certify(ours, by=world.lead, certifier=world.certifier)
    assert reachability.problems([certified], after) == {}


def test_more_time_moves_the_day(world: World) -> None:
    world.open()
    ours = world.return_of(world.north)
    type(ours).objects.filter(pk=ours.pk).update(extended_to=date(2026, 12, 1))
    Membership.objects.filter(user=world.certifier).update(ends_on=date(2026, 11, 20))
    ours = world.return_of(world.north, Q2)
    assert "on 1 December 2026" in reachability.problems([ours], date(2026, 11, 10))[ours.pk]
