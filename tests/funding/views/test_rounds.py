"""The tracker, and opening a quarter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities import actions as people
from authorities.filters import date_words
from authorities.models import OrganisationKind, User
from funding.actions import grants, leniency, rounds
from funding.models import AwardStatus, Basis, QuarterlyReturn, ReturnRound
from funding.quarters import Quarter, london_day
from tests.world import NOW, Q1, Q2, World

SignIn = Callable[[User], Client]
TRACKER, NEW = "tracker", "round_new"
# Far enough back to be over, and late, whenever these tests run.
PAST = Quarter(2023, 4)


def past_award(world: World) -> None:
    """An award and allocations for 2023/24, which is over."""
    award = grants.record_award(
        grant=world.grant,
        year=PAST.year,
        amount=world.award.amount,
        status=AwardStatus.AGREED,
        basis=Basis.PUBLISHED,
        by=world.officer,
        at=NOW,
    )
    world.decide({(award, world.north): "1000.00", (award, world.south): "1000.00"}, "2023-001")


def open_past(world: World) -> ReturnRound:
    past_award(world)
    return rounds.open_round(
        partnership=world.partnership, quarter=PAST, due_on=date(2024, 4, 30), by=world.officer, at=NOW
    )


# --- the tracker ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("officer", 200),
        ("approver", 200),
        ("auditor", 200),
        ("lead", 404),
        ("certifier", 404),
        ("board_member", 404),
        ("administrator", 404),
    ],
)
def test_who_sees_the_tracker(who: str, code: int, world: World, as_user: SignIn) -> None:
    client = as_user(getattr(world, who))
    assert client.get(reverse(TRACKER)).status_code == code


def test_other_methods_are_refused(officer: User, as_user: SignIn) -> None:
    assert as_user(officer).post(reverse(TRACKER)).status_code == 405
    assert as_user(officer).delete(reverse(NEW)).status_code == 405


def test_before_the_first_round_the_tracker_says_so(officer: User, auditor: User, as_user: SignIn) -> None:
    page = as_user(officer).get(reverse(TRACKER)).content.decode()
    assert "No quarter has been opened for returns yet." in page
    assert "Open a round" in page
    assert "Open a round" not in as_user(auditor).get(reverse(TRACKER)).content.decode()


def test_the_matrix_shows_states_and_totals(
    world: World, officer: User, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.open()
    world.accept(world.return_of(world.north), by=lead, certifier=certifier)
    page = as_user(officer).get(reverse(TRACKER)).content.decode()
    assert "Returns in 2026 to 2027" in page
    assert reverse("return", args=[world.return_of(world.south).pk]) in page
    assert page.count("Not open yet") == 4 * 3, "four organisations, three quarters"
    assert "1 of 4" in page, "the quarter's total"
    assert "0 of 1" in page, "a row's total"
    assert "Test Board" not in page.split("<table")[1], "the board returns nothing"


def test_late_returns_are_counted_and_found(world: World, officer: User, as_user: SignIn) -> None:
    open_past(world)
    client = as_user(officer)
    page = client.get(reverse(TRACKER)).content.decode()
    assert "days late" in page
    assert page.count("No return needed") == 2, "the hub and the police hold nothing of that year"
    page = client.get(reverse(TRACKER), {"late": "on"}).content.decode()
    assert "North Council" in page
    assert "Test Police" not in page.split("<tbody")[1]
    page = client.get(reverse(TRACKER), {"status": "accepted"}).content.decode()
    assert "No organisation has a return in this state." in page


def test_the_year_is_chosen_and_a_wrong_one_is_the_newest(
    world: World, officer: User, as_user: SignIn
) -> None:
    open_past(world)
    world.open()
    client = as_user(officer)
    assert "Returns in 2026 to 2027" in client.get(reverse(TRACKER)).content.decode()
    assert "Returns in 2023 to 2024" in client.get(reverse(TRACKER), {"year": "2023"}).content.decode()
    for wrong in ("1999", "x", "", "2023'"):
        assert "Returns in 2026 to 2027" in client.get(reverse(TRACKER), {"year": wrong}).content.decode()


def test_another_partnership_is_never_shown(world: World, officer: User, as_user: SignIn) -> None:
    other = people.found_partnership(
        name="Elsewhere", police_force_code="E23000001", board_name="Their board"
    )
    theirs = people.add_organisation(
        partnership=other,
        kind=OrganisationKind.LOCAL_AUTHORITY,
        name="Far Council",
        short_name="Far",
        position=0,
    )
    opened = ReturnRound.objects.create(
        partnership=other,
        year=2030,
        quarter_number=1,
        due_on=date(2030, 7, 31),
        opened_by=officer,
        opened_at=NOW,
    )
    QuarterlyReturn.objects.create(round=opened, organisation=theirs)
    page = as_user(officer).get(reverse(TRACKER)).content.decode()
    assert "No quarter has been opened for returns yet." in page
    assert "Far Council" not in page


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ({"status": "accepted"}, ["North Council"], ["South Council", "Test Police"]),
        ({"kind": "police"}, ["Test Police"], ["North Council", "Test OPCC"]),
        ({"kind": "local_authority", "status": "not_started"}, ["South Council"], ["North Council"]),
        ({"kind": "board"}, ["Test OPCC", "North Council"], []),
        ({"quarter": "9", "status": "x"}, ["Test OPCC", "North Council"], []),
    ],
)
def test_the_filters_work_together_and_a_wrong_value_asks_for_nothing(
    *,
    asked: dict[str, str],
    shown: list[str],
    hidden: list[str],
    world: World,
    officer: User,
    as_user: SignIn,
) -> None:
    world.open()
    world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    rows = as_user(officer).get(reverse(TRACKER), asked).content.decode().split("<tbody")[1]
    assert [name for name in shown if name not in rows] == []
    assert [name for name in hidden if name in rows] == []


def test_one_quarter_is_one_column_with_its_own_totals(world: World, officer: User, as_user: SignIn) -> None:
    world.open(Q1)
    world.open()
    world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    client = as_user(officer)
    page = client.get(reverse(TRACKER), {"quarter": "1"}).content.decode()
    assert "July to September" not in page.split("<table")[1]
    assert page.count("1 of 4") == 2, "the column's and the whole"
    assert "1 of 8" in client.get(reverse(TRACKER)).content.decode()


def test_a_return_with_more_time_says_until_when(world: World, officer: User, as_user: SignIn) -> None:
    world.open()
    day = max(london_day(timezone.now()), Q2.due_on) + timedelta(days=3)
    leniency.extend(
        quarterly_return=world.return_of(world.north),
        due_on=day,
        reason="Ill.",
        by=officer,
        at=timezone.now(),
    )
    assert f"until {date_words(day)}" in as_user(officer).get(reverse(TRACKER)).content.decode()


@pytest.mark.parametrize("extra", [0, 15])
def test_the_tracker_costs_the_same_queries_for_many_organisations(
    extra: int,
    world: World,
    officer: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    opened = world.open()
    for number in range(extra):
        council = people.add_organisation(
            partnership=world.partnership,
            kind=OrganisationKind.LOCAL_AUTHORITY,
            name=f"Council {number}",
            short_name=f"C{number}",
            position=20 + number,
        )
        QuarterlyReturn.objects.create(round=opened, organisation=council)
    client = as_user(officer)
    with django_assert_num_queries(7):
        client.get(reverse(TRACKER))


# --- opening a quarter ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "code"), [("lead", 404), ("board_member", 404), ("auditor", 403), ("approver", 403)]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_an_officer_opens_a_round(
    who: str, code: int, method: str, world: World, as_user: SignIn
) -> None:
    past_award(world)
    response = getattr(as_user(getattr(world, who)), method)(
        reverse(NEW), {"quarter": "2023-4", "confirmed": "yes"}
    )
    assert response.status_code == code
    assert not ReturnRound.objects.exists()


def test_finished_quarters_are_offered_newest_first(world: World, officer: User, as_user: SignIn) -> None:
    open_past(world)
    page = as_user(officer).get(reverse(NEW)).content.decode()
    third, second = (page.index(f'value="2023-{number}"') for number in (3, 2))
    assert third < second
    assert 'value="2023-4"' not in page, "it is open already"
    assert "(usually due on 31 January 2024)" in page
    assert 'value="2022-4"' not in page, "that year has no award"


def test_it_is_confirmed_with_the_names_of_those_asked(world: World, officer: User, as_user: SignIn) -> None:
    past_award(world)
    client = as_user(officer)
    page = client.post(reverse(NEW), {"quarter": "2023-4", "due_on": ""}).content.decode()
    assert "2 organisations will be asked for a return" in page
    assert "<li>North Council</li>" in page
    assert "30 April 2024" in page, "the usual date"
    assert f"{reverse(NEW)}?quarter=2023-4&amp;due_on=2024-04-30" in page, "to change it, nothing is lost"
    back = client.get(reverse(NEW), {"quarter": "2023-4", "due_on": "2024-04-30"}).content.decode()
    assert 'value="2023-4" checked' in back
    assert 'value="2024-04-30"' in back
    assert not ReturnRound.objects.exists()
    response = client.post(
        reverse(NEW), {"quarter": "2023-4", "due_on": "2024-05-07", "confirmed": "yes"}, follow=True
    )
    assert response.redirect_chain == [(reverse(TRACKER), 302)]
    assert "is open. Returns are due on 7 May 2024." in response.content.decode()
    opened = ReturnRound.objects.get()
    assert (opened.quarter, opened.due_on, opened.opened_by) == (PAST, date(2024, 5, 7), officer)
    assert set(opened.returns.values_list("organisation__name", flat=True)) == {
        "North Council",
        "South Council",
    }


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose the quarter to open."),
        ({"quarter": "2099-1"}, "Choose one of the quarters of this list."),
        ({"quarter": "2023-4", "due_on": "soon"}, "Enter a real date, like 31 3 2026."),
        ({"quarter": "2023-4", "due_on": "31 3 2024"}, "Enter a date after 31 March 2024"),
        ({"quarter": "2023-4", "due_on": "1 4 2025"}, "and within a year of it."),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    sent: dict[str, str], sentence: str, world: World, officer: User, as_user: SignIn
) -> None:
    past_award(world)
    page = as_user(officer).post(reverse(NEW), sent | {"confirmed": "yes"}).content.decode()
    assert sentence in page
    assert "Error: Open a round" in page
    if "due_on" in sent:
        assert f'value="{sent["due_on"]}"' in page
    assert not ReturnRound.objects.exists()


def test_a_year_without_allocations_asks_nobody(world: World, officer: User, as_user: SignIn) -> None:
    grants.record_award(
        grant=world.grant,
        year=PAST.year,
        amount=world.award.amount,
        status=AwardStatus.AGREED,
        basis=Basis.PUBLISHED,
        by=officer,
        at=NOW,
    )
    client = as_user(officer)
    page = client.post(reverse(NEW), {"quarter": "2023-4"}).content.decode()
    assert "No organisation holds an allocation in this year" in page
    assert "Open the round" not in page
    page = client.post(reverse(NEW), {"quarter": "2023-4", "confirmed": "yes"}).content.decode()
    assert "No organisation holds an allocation in this year, so nobody would return." in page
    assert not ReturnRound.objects.exists()


# --- closing a quarter ---------------------------------------------------------------------


def test_closing_lists_what_is_outstanding_and_needs_a_tick(
    *, world: World, officer: User, lead: User, certifier: User, as_user: SignIn
) -> None:
    opened = world.open()
    world.accept(world.return_of(world.north), by=lead, certifier=certifier)
    address, client = reverse("round_close", args=[opened.pk]), as_user(officer)
    assert address in client.get(reverse(TRACKER)).content.decode()
    page = client.get(address).content.decode()
    assert "Still outstanding" in page
    assert "South Council" in page
    assert "North Council" not in page.split("<table")[1]
    assert "Tick the box to close the round." in client.post(address).content.decode()
    page = client.post(address, {"confirmed": "on"}, follow=True).content.decode()
    assert "is closed. Its accepted returns are locked." in page
    assert "Closed on" in page
    assert "Locked" in page
    assert "was closed by Officer" in client.get(address).content.decode()
    assert "closed already" in client.post(address, {"confirmed": "on"}).content.decode()


@pytest.mark.parametrize(("who", "code"), [("auditor", 403), ("approver", 403), ("lead", 404)])
def test_only_an_officer_closes_a_round(who: str, code: int, world: World, as_user: SignIn) -> None:
    opened = world.open()
    address = reverse("round_close", args=[opened.pk])
    assert as_user(getattr(world, who)).get(address).status_code == code
    assert as_user(getattr(world, who)).post(address, {"confirmed": "on"}).status_code in (403, 404)
    opened.refresh_from_db()
    assert opened.closed_at is None
