"""The home page: what waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from authorities.models import Membership, User
from funding.actions import returns
from funding.models import ReturnPart, UploadState, WaivedRule, Waiver
from tests.funding.actions.test_decisions import propose
from tests.funding.actions.test_watching import upload
from tests.world import NOW, Q1, World

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
    assert "Late, with your certifier" in home(as_user, world.lead)

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


def test_queries_to_answer_are_counted_with_their_last_day(as_user: SignIn, world: World) -> None:
    world.open()
    found = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    questions = [returns.Question(ReturnPart.SPEND, "Why?"), returns.Question(ReturnPart.NARRATIVE, "How?")]
    returns.query(
        quarterly_return=found, reason="Two.", questions=questions, due_on=date(2099, 11, 20), by=world.officer, at=NOW
    )  # fmt: skip
    html = home(as_user, world.lead)
    assert "Answer: 2 queries about North Council, Q2 2026/27" in html
    assert "Answer by 20 November 2099" in html
    assert "Prepare: North Council" not in html
    assert "1 thing waits for you. The first is due on 20 November 2099." in html
    assert "Answer: " not in home(as_user, world.stranger)


def test_a_workbook_that_is_not_finished_waits_for_who_uploaded_it(as_user: SignIn, world: World) -> None:
    world.open()
    pk = upload(world, state=UploadState.READ).pk
    assert f'href="/uploads/{pk}/"' in home(as_user, world.lead)
    assert "Finish: workbook Q2.xlsx" in home(as_user, world.lead)
    assert "Finish: " not in home(as_user, world.stranger)
    assert "Finish: " not in home(as_user, world.certifier)


def test_a_waiver_waits_for_the_approver(as_user: SignIn, world: World) -> None:
    Waiver.objects.create(
        organisation=world.north, rule=WaivedRule.ACTIVITY, reason="A new provider.", starts_on=date(2026, 10, 1),
        ends_on=date(2027, 3, 31), asked_by=world.officer, asked_at=NOW,
    )  # fmt: skip
    assert "Decide: waive “Activity or patrols” for North Council" in home(as_user, world.approver)
    assert "Decide: " not in home(as_user, world.officer)


def test_the_first_due_day_leads(as_user: SignIn, world: World) -> None:
    world.open()
    world.open(Q1)
    html = home(as_user, world.lead)
    assert html.index("Q1 2026/27") < html.index("Prepare: North Council, Q2 2026/27")
    assert "2 things wait for you. The first was due on 31 July 2026." in html


@pytest.mark.parametrize("person", ["officer", "administrator"])
def test_who_looks_after_jobs_finds_them(as_user: SignIn, world: World, person: str) -> None:
    assert 'href="/jobs/"' in home(as_user, getattr(world, person))
    assert 'href="/jobs/"' not in home(as_user, world.lead)


def test_queries_do_not_grow(
    as_user: SignIn, world: World, django_assert_max_num_queries: Callable[..., object]
) -> None:
    world.open()
    world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    client = as_user(world.officer)
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        client.get("/")
