"""The thread of a query: who reads it, who writes in it, and who settles it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from authorities.models import User
from funding.actions import returns, reviews
from funding.actions.returns import Question
from funding.models import BudgetLine, QueryReply, ReturnPart, ReturnQuery
from tests.world import NOW, World

SignIn = Callable[[User], Client]


@pytest.fixture
def asked(world: World, lead: User, certifier: User, officer: User) -> ReturnQuery:
    world.open()
    certified = world.certify(world.return_of(world.north), by=lead, certifier=certifier)
    line = BudgetLine.objects.of(world.north, 2026)[0]
    returns.query(
        quarterly_return=certified,
        reason="Please explain.",
        questions=[Question(ReturnPart.SPEND, "Why so little?", budget_line=line)],
        due_on=date(2026, 11, 10),
        by=officer,
        at=NOW,
    )
    return ReturnQuery.objects.get()


def address_of(asked: ReturnQuery) -> str:
    return reverse("query", args=[asked.pk])


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        ("officer", 200, 302),
        ("lead", 200, 302),
        ("certifier", 200, 403),
        ("auditor", 200, 403),
        ("approver", 200, 403),
        ("stranger", 404, 404),
        ("police_lead", 404, 404),
        ("board_member", 404, 404),
        ("administrator", 404, 404),
    ],
)
def test_who_reads_and_who_writes(
    *, who: str, read: int, write: int, asked: ReturnQuery, world: World, as_user: SignIn
) -> None:
    client = as_user(getattr(world, who))
    assert client.get(address_of(asked)).status_code == read
    assert client.post(address_of(asked), {"text": "An answer."}).status_code == write
    assert QueryReply.objects.count() == (write == 302)


def test_both_sides_write_and_the_thread_is_kept(
    asked: ReturnQuery, officer: User, lead: User, as_user: SignIn
) -> None:
    as_user(lead).post(address_of(asked), {"text": "The mentor left."})
    as_user(officer).post(address_of(asked), {"text": "When does the next one start?"})
    page = as_user(lead).get(address_of(asked)).content.decode()
    places = [page.index(text) for text in ("Why so little?", "The mentor left.", "When does the next one")]
    assert places == sorted(places)
    assert "Mentoring: Staffing" in page
    assert "answered" in page
    assert "wrote for the OPCC" in page


def test_an_empty_answer_is_refused(asked: ReturnQuery, lead: User, as_user: SignIn) -> None:
    page = as_user(lead).post(address_of(asked), {"text": " \n "}).content.decode()
    assert "Write an answer." in page
    assert not QueryReply.objects.exists()


def test_a_late_answer_is_marked_until_it_is_there(asked: ReturnQuery, lead: User, as_user: SignIn) -> None:
    client = as_user(lead)
    assert "days late" in client.get(address_of(asked)).content.decode()
    task_list = reverse("return", args=[asked.quarterly_return_id])
    assert "days late" in client.get(task_list).content.decode().split("The OPCC asks")[1]
    client.post(address_of(asked), {"text": "The mentor left."})
    assert "days late" not in client.get(address_of(asked)).content.decode()


def test_the_opcc_settles_and_nobody_writes_any_more(
    asked: ReturnQuery, officer: User, lead: User, as_user: SignIn
) -> None:
    address = reverse("query_settle", args=[asked.pk])
    assert as_user(lead).post(address).status_code == 403
    assert as_user(officer).get(address).status_code == 302
    assert not ReturnQuery.objects.get().settled_at
    assert "The query is settled." in as_user(officer).post(address, follow=True).content.decode()
    again = as_user(officer).post(address, follow=True).content.decode()
    assert "This query is settled already." in again
    page = as_user(lead).post(address_of(asked), {"text": "Too late."}).content.decode()
    assert "This query is settled." in page
    assert "Officer</strong> settled it" in page
    assert not QueryReply.objects.exists()


def test_the_query_stands_beside_its_line_in_the_grid(
    asked: ReturnQuery, lead: User, officer: User, as_user: SignIn
) -> None:
    spend = reverse("return_spend", args=[asked.quarterly_return_id])
    page = as_user(lead).get(spend).content.decode()
    assert f'href="{address_of(asked)}"' in page
    assert "Why so little?" in page
    reviews.settle(query=asked, by=officer, at=NOW)
    assert address_of(asked) not in as_user(lead).get(spend).content.decode()


def test_html_in_a_thread_is_only_text(asked: ReturnQuery, lead: User, as_user: SignIn) -> None:
    as_user(lead).post(address_of(asked), {"text": "<script>alert(1)</script>"})
    page = as_user(lead).get(address_of(asked)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
