"""Every page that cannot be used now says which lock it is, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from authorities.models import Membership, User
from funding.actions import returns, reviews
from funding.actions.errors import LOCKED
from funding.actions.plans import held_quarters
from funding.models import QuarterlyReturn, ReturnStatus
from tests.architecture.access_table import TABLE
from tests.world import NOW, World

SignIn = Callable[[User], Client]
S = ReturnStatus
# Every page on which the people who prepare a return change something of it.
ENTRY = [
    route.name
    for route in TABLE
    if route.about == "return" and route.is_form and "lead" in route.writers and "north" not in route.not_for
]
SHUT = (S.WITH_CERTIFIER, S.CERTIFIED, S.IN_REVIEW, S.ACCEPTED, S.LOCKED)


def bring(world: World, state: ReturnStatus) -> QuarterlyReturn:
    """The return of the north, moved on to the state."""
    opened = world.open()
    found = world.send(world.return_of(world.north), by=world.lead)
    if state == S.WITH_CERTIFIER:
        return found
    found = returns.certify(quarterly_return=found, by=world.certifier, at=NOW)
    if state == S.IN_REVIEW:
        returns.review(quarterly_return=found, by=world.officer, at=NOW)
    if state in (S.ACCEPTED, S.LOCKED):
        found = returns.accept(quarterly_return=found, by=world.officer, at=NOW)
    if state == S.LOCKED:
        reviews.close_round(opened=opened, by=world.officer, at=NOW)
    return world.return_of(world.north)


@pytest.mark.parametrize("state", SHUT)
def test_each_entry_page_of_a_locked_return_says_why(
    state: ReturnStatus, world: World, as_user: SignIn
) -> None:
    found = bring(world, state)
    assert found.status == state
    client, silent = as_user(world.lead), []
    for name in ENTRY:
        answer = client.get(reverse(name, args=[found.pk]), follow=True)
        if answer.status_code != 200 or escape(LOCKED[state]) not in answer.content.decode():
            silent.append(name)
    assert silent == []
    assert len(ENTRY) >= 6


@pytest.mark.parametrize("state", [S.NOT_STARTED, S.CERTIFIED, S.ACCEPTED])
def test_the_certifier_is_told_too(state: ReturnStatus, world: World, as_user: SignIn) -> None:
    if state == S.NOT_STARTED:
        world.open()
        found = world.return_of(world.north)
    else:
        found = bring(world, state)
    page = as_user(world.certifier).get(reverse("return_certify", args=[found.pk]), follow=True)
    assert escape(LOCKED[state]) in page.content.decode()


def test_every_state_has_a_sentence() -> None:
    assert set(LOCKED) == set(ReturnStatus)
    assert all(sentence.endswith(".") for sentence in LOCKED.values())


def test_a_plan_that_a_return_holds_says_so(world: World, as_user: SignIn) -> None:
    bring(world, S.CERTIFIED)
    held = held_quarters(organisation=world.north, year=2026)
    assert set(held) == {2}
    line = world.return_of(world.north).spend_lines.earliest("pk").budget_line_id
    page = as_user(world.lead).get(reverse("budget_line_change", args=[line])).content.decode()
    assert f"Its return {held[2]}." in page


def test_a_role_that_has_ended_says_whom_to_ask(world: World, as_user: SignIn) -> None:
    Membership.objects.filter(user=world.lead).update(ends_on=NOW.date().replace(year=2025))
    page = as_user(world.lead).get("/").content.decode()
    assert "You have no role at present" in page
    assert "Ask an administrator of your partnership for one." in page
