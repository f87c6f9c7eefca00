"""Hotspots: drawn and ended by the police, read by the OPCC, hidden from everybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.models import User
from funding.actions import patrols
from funding.models import Hotspot
from funding.quarters import london_day
from tests.faults.neighbours import build_neighbours
from tests.world import NOW, Q1, Q2, START, World

SignIn = Callable[[User], Client]
NEW = "hotspot_new"


def new_hotspot(world: World, **other: str) -> dict[str, str]:
    return {
        "reference": "H02",
        "name": "Hidden Square",
        "authority": str(world.south.pk),
        "starts_on": "1 10 2026",
    } | other


def last_day(day: str, **other: str) -> dict[str, str]:
    return {"ends_on": day, "confirmed": "on"} | other


def draw(world: World, reference: str, **other: Any) -> Hotspot:
    arguments = {
        "organisation": world.police,
        "authority": world.north,
        "reference": reference,
        "name": f"Place {reference}",
        "starts_on": START,
        "by": world.police_lead,
        "at": NOW,
    } | other
    return patrols.draw_hotspot(**arguments)


def end_page(world: World) -> str:
    assert world.hotspot
    return reverse("hotspot_end", args=[world.hotspot.pk])


def steady(page: str) -> str:
    """The page without what differs at every request: the form token and the nonce."""
    return re.sub(r'(nonce|value)="[^"]*"', "", page)


def test_the_police_see_their_hotspots(as_user: SignIn, world: World) -> None:
    today = london_day(timezone.now())
    draw(world, "H00", ends_on=date(2023, 6, 30))
    draw(world, "H05", ends_on=today - timedelta(days=1))
    draw(world, "H03", ends_on=today)
    html = as_user(world.police_lead).get(reverse("hotspots")).content.decode()
    live, ended = html.split("Ended</h2>")
    assert "2 patrolled hotspots" in live
    assert live.index("H01") < live.index("H03")
    for text in ("Secret Street", "North Council", "1 April 2022", end_page(world), reverse(NEW)):
        assert text in live
    assert ended.index("H05") < ended.index("H00")
    assert "30 June 2023" in ended
    assert "H01" not in ended


def test_the_opcc_reads_and_changes_nothing(as_user: SignIn, world: World) -> None:
    for reader in (world.officer, world.approver):
        client = as_user(reader)
        html = client.get(reverse("hotspots")).content.decode()
        assert "Secret Street" in html
        assert "Add a hotspot" not in html
        assert end_page(world) not in html
        assert client.get(reverse(NEW)).status_code == 403
        assert client.post(reverse(NEW), new_hotspot(world)).status_code == 403
        assert client.get(end_page(world)).status_code == 403
        assert client.post(end_page(world), last_day("31 12 2026")).status_code == 403
    assert Hotspot.objects.get().ends_on is None


def test_strangers_get_404(as_user: SignIn, world: World) -> None:
    people = (world.lead, world.stranger, world.board_member, world.auditor, world.certifier)
    for person in (*people, world.police_certifier, world.administrator):
        client = as_user(person)
        for page in (reverse("hotspots"), reverse(NEW), end_page(world)):
            assert client.get(page).status_code == 404
            assert client.post(page, new_hotspot(world) | last_day("31 12 2026")).status_code == 404
    assert Hotspot.objects.get().ends_on is None


def test_another_partnership_has_its_own(as_user: SignIn, world: World) -> None:
    far = build_neighbours(world)
    for person in (far.police_lead, far.officer):
        client = as_user(person)
        listed = client.get(reverse("hotspots")).content.decode()
        assert "Far Secret Street" in listed
        assert "H01" not in listed
        foreign, absent = client.get(end_page(world)), client.get(reverse("hotspot_end", args=[987654]))
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert steady(foreign.content.decode()) == steady(absent.content.decode())
    assert as_user(far.police_lead).post(end_page(world), last_day("31 12 2026")).status_code == 404
    crossing = new_hotspot(world, authority=str(world.north.pk))
    html = as_user(far.police_lead).post(reverse(NEW), crossing).content.decode()
    assert "Choose a local authority of this list" in html


def test_nobody_gets_the_sign_in_page_and_wrong_methods(
    client: Client, as_user: SignIn, world: World
) -> None:
    for page in (reverse("hotspots"), reverse(NEW), end_page(world)):
        assert client.get(page).status_code == 302
    police = as_user(world.police_lead)
    assert police.post(reverse("hotspots")).status_code == 405
    assert police.put(reverse(NEW)).status_code == 405
    assert police.delete(end_page(world)).status_code == 405


def test_where_the_pages_are_found(as_user: SignIn, world: World) -> None:
    def navigation(person: User) -> list[str]:
        html = as_user(person).get(reverse("home")).content.decode()
        return re.findall(r'service-navigation__link" href="([^"]*)"', html)

    assert navigation(world.police_lead) == ["/", "/plan/", "/returns/", "/hotspots/"]
    for person in (world.officer, world.lead, world.certifier):
        assert "/hotspots/" not in navigation(person)
    link = f'href="{reverse("hotspots")}"'
    assert link in as_user(world.officer).get(reverse("tracker")).content.decode()
    assert link not in as_user(world.auditor).get(reverse("tracker")).content.decode()


def test_a_hotspot_is_drawn(as_user: SignIn, world: World) -> None:
    police = as_user(world.police_lead)
    police.get(reverse(NEW))
    html = police.post(reverse(NEW), new_hotspot(world), follow=True).content.decode()
    assert "H02, Hidden Square, is on the list: returns ask for its patrols from 1 October 2026." in html
    drawn = Hotspot.objects.get(reference="H02")
    assert (drawn.organisation, drawn.authority, drawn.name) == (world.police, world.south, "Hidden Square")
    assert (drawn.starts_on, drawn.ends_on) == (date(2026, 10, 1), None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reference": ""}, "Enter a reference, like H035"),
        ({"reference": "H" * 13}, "12 characters or fewer"),
        ({"reference": "H01"}, "You already have a hotspot with this reference."),
        ({"name": ""}, "Enter the name of the hotspot"),
        ({"name": "n" * 121}, "120 characters or fewer"),
        ({"authority": ""}, "Choose the local authority that it lies in"),
        ({"authority": "police"}, "Choose a local authority of this list"),
        ({"starts_on": ""}, "Enter a date"),
        ({"starts_on": "31 9 2026"}, "Enter a real date"),
    ],
)
def test_a_wrong_hotspot_keeps_what_was_typed(
    as_user: SignIn, world: World, wrong: dict[str, str], sentence: str
) -> None:
    sent = new_hotspot(world, **wrong)
    if sent["authority"] == "police":
        sent["authority"] = str(world.police.pk)
    html = as_user(world.police_lead).post(reverse(NEW), sent).content.decode()
    assert sentence in html
    assert "There is a problem" in html
    for name in ("reference", "name", "starts_on"):
        assert f'value="{sent[name]}"' in html or not sent[name]
    assert Hotspot.objects.count() == 1


def test_a_hotspot_does_not_begin_in_a_return_that_was_sent(as_user: SignIn, world: World) -> None:
    world.open(Q2)
    world.send(world.return_of(world.police, Q2), by=world.police_lead)
    police = as_user(world.police_lead)
    html = police.post(reverse(NEW), new_hotspot(world, starts_on="30 9 2026")).content.decode()
    assert "it cannot start before 1 October 2026." in html
    assert 'value="30 9 2026"' in html
    assert police.post(reverse(NEW), new_hotspot(world, starts_on="1 10 2026")).status_code == 302


def test_a_hotspot_ends_and_history_keeps_its_patrols(as_user: SignIn, world: World) -> None:
    world.open(Q1)
    accepted = world.accept(
        world.return_of(world.police, Q1), by=world.police_lead, certifier=world.police_certifier
    )
    police = as_user(world.police_lead)
    shown = police.get(end_page(world)).content.decode()
    assert "History keeps its patrols" in shown
    html = police.post(end_page(world), last_day("30 9 2026"), follow=True).content.decode()
    assert "H01, Secret Street: its last day is 30 September 2026." in html
    assert Hotspot.objects.get().ends_on == date(2026, 9, 30)
    assert accepted.patrol_lines.get().hours > 0
    assert "Secret Street" in police.get(reverse("return", args=[accepted.pk])).content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (last_day(""), "Enter a date"),
        (last_day("30 2 2026"), "Enter a real date"),
        (last_day("31 3 2022"), "H01 starts on 1 April 2022. Enter that day or a later one."),
        ({"ends_on": "31 12 2026"}, "Tick the box to confirm that the hotspot ends"),
    ],
)
def test_a_wrong_last_day_keeps_what_was_typed(
    as_user: SignIn, world: World, sent: dict[str, str], sentence: str
) -> None:
    html = as_user(world.police_lead).post(end_page(world), sent).content.decode()
    assert sentence in html
    assert "There is a problem" in html
    assert f'value="{sent["ends_on"]}"' in html or not sent["ends_on"]
    assert Hotspot.objects.get().ends_on is None


def test_an_accepted_quarter_keeps_its_hotspot(as_user: SignIn, world: World) -> None:
    world.open(Q1)
    world.accept(world.return_of(world.police, Q1), by=world.police_lead, certifier=world.police_certifier)
    police = as_user(world.police_lead)
    for day in ("31 3 2026", "30 6 2026"):
        html = police.post(end_page(world), last_day(day)).content.decode()
        assert "has been accepted with this hotspot in it. Enter 1 July 2026 or a later day." in html
        assert f'value="{day}"' in html
    assert police.post(end_page(world), last_day("1 7 2026")).status_code == 302


def test_a_hotspot_that_has_ended_stays_ended(as_user: SignIn, world: World) -> None:
    over = draw(world, "H09", ends_on=date(2024, 6, 30))
    page, police = reverse("hotspot_end", args=[over.pk]), as_user(world.police_lead)
    assert "This hotspot has ended." in police.get(page).content.decode()
    html = police.post(page, last_day("31 12 2026")).content.decode()
    assert "H09 ended on 30 June 2024 already." in html
    over.refresh_from_db()
    assert over.ends_on == date(2024, 6, 30)


def test_nothing_drawn_yet(as_user: SignIn, world: World) -> None:
    Hotspot.objects.all().delete()
    police = as_user(world.police_lead).get(reverse("hotspots")).content.decode()
    assert "No hotspot is patrolled now. Add the first" in police
    officer = as_user(world.officer).get(reverse("hotspots")).content.decode()
    assert "No hotspot is patrolled now." in officer
    assert "Add the first" not in officer


@pytest.mark.parametrize("extra", [0, 15])
def test_queries_do_not_grow(
    *, extra: int, as_user: SignIn, world: World, django_assert_num_queries: Any
) -> None:
    for number in range(extra):
        draw(world, f"X{number}")
        draw(world, f"Y{number}", ends_on=date(2024, 6, 30))
    police, officer = as_user(world.police_lead), as_user(world.officer)
    with django_assert_num_queries(4):
        officer.get(reverse("hotspots"))
    for page in (reverse("hotspots"), reverse(NEW), end_page(world)):
        with django_assert_num_queries(4):
            police.get(page)
