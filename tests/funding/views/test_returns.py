"""An organisation's returns, and one return for everyone who may see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.filters import date_words
from authorities.models import User
from funding.actions import patrols, returns, rounds
from funding.models import QuarterlyReturn, ReturnRound
from funding.quarters import Quarter, london_day
from funding.return_parts import parts
from tests.funding.views.test_rounds import open_past
from tests.world import NOW, Q1, Q2, START, World

SignIn = Callable[[User], Client]


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def page_of(client: Client, found: QuarterlyReturn) -> str:
    return client.get(reverse("return", args=[found.pk])).content.decode()


# --- the organisation's list ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("lead", 200),
        ("certifier", 200),
        ("police_lead", 200),
        ("officer", 404),
        ("auditor", 404),
        ("board_member", 404),
    ],
)
def test_who_has_a_list_of_own_returns(who: str, code: int, world: World, as_user: SignIn) -> None:
    assert as_user(getattr(world, who)).get(reverse("own_returns")).status_code == code


def test_the_list_is_only_read(lead: User, as_user: SignIn) -> None:
    assert as_user(lead).post(reverse("own_returns")).status_code == 405


def test_an_open_return_is_a_card_with_one_button(
    found: QuarterlyReturn, world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    page = as_user(lead).get(reverse("own_returns")).content.decode()
    assert "Start" in page
    assert "Quarter 2, July to September 2026" in page
    assert reverse("return", args=[world.return_of(world.south).pk]) not in page
    assert "View" in as_user(certifier).get(reverse("own_returns")).content.decode()
    world.fill(found, by=lead)
    assert "Continue" in as_user(lead).get(reverse("own_returns")).content.decode()
    returns.send(quarterly_return=world.return_of(world.north), by=lead, at=NOW)
    page = as_user(certifier).get(reverse("own_returns")).content.decode()
    assert "Certify or decline" in page
    assert reverse("return_certify", args=[found.pk]) in page


def test_a_late_return_says_by_how_much(world: World, lead: User, as_user: SignIn) -> None:
    open_past(world)
    days = (london_day(timezone.now()) - date(2024, 4, 30)).days
    page = as_user(lead).get(reverse("own_returns")).content.decode()
    assert f"Was due on 30 April 2024, {days} days late." in page


def test_earlier_returns_show_what_was_spent(
    world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.open(Q1)
    world.accept(world.return_of(world.north, Q1), by=lead, certifier=certifier, actual="1234.50")
    page = as_user(lead).get(reverse("own_returns")).content.decode()
    assert "Earlier returns" in page
    assert "£2,469.00" in page


def test_without_an_open_return_the_next_one_is_named(
    world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    today = Quarter.of(london_day(timezone.now()))
    page = as_user(lead).get(reverse("own_returns")).content.decode()
    assert f"The OPCC has not asked you for {today.previous} yet." in page


def test_after_the_last_return_the_next_day_to_open_is_named(
    world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    today = Quarter.of(london_day(timezone.now()))
    last = today.previous
    opened = ReturnRound.objects.create(
        partnership=world.partnership,
        year=last.year,
        quarter_number=last.number,
        due_on=last.due_on,
        opened_by=world.officer,
        opened_at=NOW,
    )
    found = QuarterlyReturn.objects.create(round=opened, organisation=world.north)
    world.certify(found, by=lead, certifier=certifier)
    page = as_user(lead).get(reverse("own_returns")).content.decode()
    assert f"No return is open. The next one opens on {date_words(today.next.starts_on)}." in page


@pytest.mark.parametrize("quarters", [1, 4])
def test_the_list_costs_the_same_queries_for_many_returns(
    quarters: int,
    world: World,
    lead: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    open_past(world)
    for number in range(1, quarters):
        rounds.open_round(
            partnership=world.partnership,
            quarter=Quarter(2023, number),
            due_on=date(2024, 4, 30),
            by=world.officer,
            at=NOW,
        )
    client = as_user(lead)
    with django_assert_num_queries(5):
        assert client.get(reverse("own_returns")).content.decode().count("portal-card__head") == quarters


# --- one return ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("lead", 200),
        ("certifier", 200),
        ("officer", 200),
        ("approver", 200),
        ("auditor", 200),
        ("stranger", 404),
        ("police_lead", 404),
        ("board_member", 404),
        ("administrator", 404),
    ],
)
def test_who_may_see_a_return(
    who: str, code: int, found: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    response = as_user(getattr(world, who)).get(reverse("return", args=[found.pk]))
    assert response.status_code == code


def test_a_stranger_sees_what_a_wrong_number_shows(
    found: QuarterlyReturn, stranger: User, as_user: SignIn
) -> None:
    client = as_user(stranger)
    theirs = client.get(reverse("return", args=[found.pk]))
    nothing = client.get(reverse("return", args=[999999]))
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    fresh = re.compile(r'(nonce|name="csrfmiddlewaretoken" value)="[^"]*"')
    assert fresh.sub("", theirs.content.decode()) == fresh.sub("", nothing.content.decode())


def test_a_return_is_only_read(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    assert as_user(lead).post(reverse("return", args=[found.pk])).status_code == 405


def test_its_preparer_sees_what_is_left(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    client = as_user(lead)
    page = page_of(client, found)
    assert "3 of 7 parts completed" in page
    assert page.count("To do") == 4
    assert reverse("return_nil", args=[found.pk]) in page
    assert "Patrols" not in page
    world.fill(found, by=lead)
    page = page_of(client, found)
    assert "Everything is filled in" in page
    assert page.index("Progress in words") < page.index("Check your answers and send")


def test_the_police_have_patrols_instead_of_activity(
    world: World, police_lead: User, as_user: SignIn
) -> None:
    world.open()
    page = page_of(as_user(police_lead), world.return_of(world.police))
    assert "Patrols" in page
    assert "Activity" not in page


def test_a_police_return_without_a_live_hotspot_can_be_finished(world: World, police_lead: User) -> None:
    assert world.hotspot
    world.open()
    police = world.return_of(world.police)
    assert not {part.code: part.is_done for part in parts(police)}["patrols"]
    world.hotspot.ends_on = Q1.ends_on
    world.hotspot.save()
    assert {part.code: part.is_done for part in parts(police)}["patrols"]


def test_while_it_is_open_others_read_a_draft(
    found: QuarterlyReturn, world: World, lead: User, officer: User, as_user: SignIn
) -> None:
    page = page_of(as_user(officer), found)
    assert "not returned" in page
    assert "<table" not in page, "nothing entered is not a table of zeros"
    world.fill(found, by=lead, actual="1234.50")
    page = page_of(as_user(officer), found)
    assert "£2,469.00" in page
    assert "These figures are not certified and may still change." in page
    assert "North Council, which prepares it" in page
    assert 'type="submit"' not in page.split("<main")[1]


def test_with_the_certifier_each_sees_the_own_next_step(
    *, found: QuarterlyReturn, world: World, lead: User, certifier: User, officer: User, as_user: SignIn
) -> None:
    world.send(found, by=lead)
    page = page_of(as_user(lead), found)
    assert "Take it back </button>" in " ".join(page.split())
    assert reverse("return_recall", args=[found.pk]) in page
    assert "This return is with its certifier." in page
    page = page_of(as_user(certifier), found)
    assert reverse("return_certify", args=[found.pk]) in page
    assert reverse("return_recall", args=[found.pk]) not in page
    page = page_of(as_user(officer), found)
    assert "The certifier of North Council" in page
    assert reverse("return_review", args=[found.pk]) not in page


def test_a_certified_return_carries_its_receipt(
    *, found: QuarterlyReturn, world: World, lead: User, certifier: User, officer: User, as_user: SignIn
) -> None:
    world.certify(found, by=lead, certifier=certifier)
    page = page_of(as_user(lead), found)
    assert "Certifier (Section 151 or chief finance officer), 2 November 2026 at 9:30am London time" in page
    assert "It can only be changed if the OPCC queries it." in page
    assert reverse("return_review", args=[found.pk]) in page_of(as_user(officer), found)
    assert reverse("return_review", args=[found.pk]) not in page_of(as_user(world.auditor), found)


def test_the_history_is_told_newest_first_with_reasons(
    found: QuarterlyReturn, world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    sent = world.send(found, by=lead)
    returns.decline(quarterly_return=sent, reason="Accrue <b>staffing</b>.", by=certifier, at=NOW)
    page = page_of(as_user(world.officer), found)
    sentences = ["declined to certify", "sent the return to its certifier", "saved the return 4 times"]
    places = [page.index(sentence) for sentence in sentences]
    assert places == sorted(places)
    assert "Accrue &lt;b&gt;staffing&lt;/b&gt;." in page


def test_names_of_hotspots_are_for_police_and_opcc(
    world: World, police_lead: User, officer: User, auditor: User, as_user: SignIn
) -> None:
    world.open()
    police = world.send(world.return_of(world.police), by=police_lead)
    assert "Secret Street" in page_of(as_user(police_lead), police)
    assert "Secret Street" in page_of(as_user(officer), police)
    for person in (auditor, world.police_certifier):
        page = page_of(as_user(person), police)
        assert "H01" in page
        assert "Secret Street" not in page


def test_a_quarter_that_nobody_certified_is_left_out_aloud(
    world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.open(Q1)
    world.fill(world.return_of(world.north, Q1), by=lead, actual="7777.00")
    world.open(Q2)
    second = world.certify(world.return_of(world.north), by=lead, certifier=certifier)
    page = page_of(as_user(lead), second)
    assert "No certified spend is counted for Q1 2026/27" in page
    assert "£3,200.00" in page, "£1,000 spent and twice £1,100 forecast, without the draft quarter"


@pytest.mark.parametrize("extra", [0, 12])
@pytest.mark.parametrize("who", ["lead", "officer"])
def test_a_return_costs_the_same_queries_for_many_lines_and_hotspots(
    who: str,
    extra: int,
    world: World,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for number in range(extra):
        world.plan(world.north, world.award, f"More {number}", ["10.00"] * 4, by=world.lead)
        world.plan(world.police, world.hotspot_award, f"More {number}", ["10.00"] * 4, by=world.police_lead)
        patrols.draw_hotspot(
            organisation=world.police,
            authority=world.north,
            reference=f"X{number}",
            name="Some Road",
            starts_on=START,
            by=world.police_lead,
            at=NOW,
        )
    world.open()
    north = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    police = world.certify(
        world.return_of(world.police), by=world.police_lead, certifier=world.police_certifier
    )
    client = as_user(getattr(world, who))
    with django_assert_num_queries(9):
        client.get(reverse("return", args=[north.pk]))
    if who == "officer":
        with django_assert_num_queries(9):
            client.get(reverse("return", args=[police.pk]))


@pytest.mark.parametrize("extra", [0, 12])
def test_the_task_list_costs_the_same_queries_for_many_lines(
    *,
    extra: int,
    found: QuarterlyReturn,
    world: World,
    lead: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for number in range(extra):
        world.plan(world.north, world.award, f"More {number}", ["10.00"] * 4, by=lead)
    world.fill(found, by=lead)
    client = as_user(lead)
    with django_assert_num_queries(8):
        page_of(client, found)
