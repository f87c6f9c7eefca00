"""The home page: what waits for whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from authorities.models import Membership, User
from funding.actions import returns
from tests.funding.actions.test_decisions import propose
from tests.world import NOW, World

SignIn = Callable[[User], Client]


def home(as_user: SignIn, user: User) -> str:
    answer = as_user(user).get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_return_waits_for_one_person_after_the_other(as_user: SignIn, world: World) -> None:
    world.open()
    found = world.return_of(world.north)
    assert "Prepare: North Council, Q2 2026/27" in home(as_user, world.lead)
    assert "Prepare: North Council" not in home(as_user, world.stranger)

    world.send(found, by=world.lead)
    assert "Certify: North Council" in home(as_user, world.certifier)
    assert "With your certifier" in home(as_user, world.lead)

    returns.certify(quarterly_return=world.return_of(world.north), by=world.certifier, at=NOW)
    assert "Review: North Council" in home(as_user, world.officer)
    assert "With the OPCC" in home(as_user, world.lead)
    assert "Review: North Council" not in home(as_user, world.approver)


def test_a_decision_waits_for_the_approver_alone(as_user: SignIn, world: World) -> None:
    propose(world, "460000.00")
    assert "Decide: Decision 2026-100" in home(as_user, world.approver)
    assert "Decide: " not in home(as_user, world.officer)
    assert "Decide: " not in home(as_user, world.board_member)


@pytest.mark.parametrize("person", ["board_member", "auditor", "administrator"])
def test_nothing_waits_for_readers(as_user: SignIn, world: World, person: str) -> None:
    html = home(as_user, getattr(world, person))
    assert "Nothing waits for you." in html
    assert "opens for returns" not in html


def test_a_person_without_a_role_is_told_what_to_do(as_user: SignIn, world: World) -> None:
    Membership.objects.filter(user=world.lead).update(ends_on="2023-01-01")
    assert "You have no role at present" in home(as_user, world.lead)


def test_queries_do_not_grow(
    as_user: SignIn, world: World, django_assert_max_num_queries: Callable[..., object]
) -> None:
    world.open()
    world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    client = as_user(world.officer)
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        client.get("/")
