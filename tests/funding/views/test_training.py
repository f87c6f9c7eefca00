"""Practising through the pages: made by an administrator, plainly marked, never by accident."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.urls import reverse

from authorities.models import Membership, Partnership
from funding import calendars
from funding.actions import bulk
from funding.actions.training import make_copy
from funding.models import Fund, Notice, QuarterlyReturn
from tests.conftest import sign_in
from tests.world import NOW, World

BANNER = "Nothing here is real, and no e-mail is sent."


@pytest.fixture
def copy(world: World) -> Partnership:
    world.open()
    return make_copy(partnership=world.partnership, by=world.administrator, at=NOW)


def practise(client: Client) -> str:
    """The way over from the home page."""
    page = client.get("/").content.decode()
    membership = page.split('name="membership" value="')[1].split('"')[0]
    return client.post(
        reverse("switch_organisation"), {"membership": membership}, follow=True
    ).content.decode()


def test_the_administrator_makes_it_and_starts_again(world: World) -> None:
    client = sign_in(world.administrator)
    assert "There is no training copy yet." in client.get(reverse("training")).content.decode()
    assert "Tick the box to make the training copy." in client.post(reverse("training")).content.decode()
    assert not Partnership.objects.filter(training_for=world.partnership).exists()
    for name in ("Test Partnership (training)", "Test Partnership, copy 2 (training)"):
        page = client.post(reverse("training"), {"confirmed": "on"}, follow=True).content.decode()
        assert f"{name} is ready" in page
        assert "Start again" in page


def test_practice_is_no_due_day_and_no_notice_that_looks_real(world: World, copy: Partnership) -> None:
    """The organisations of the copy have the names of the real ones."""
    days = [due.name for due in calendars.due_days(world.lead, on=NOW.date())]
    assert f"return-{world.return_of(world.north).pk}" in days
    assert not [name for name in days if name == f"return-{_practice(copy, world).pk}"]
    bulk.remind(chosen=[_practice(copy, world), world.return_of(world.north)], by=world.officer, at=NOW)
    told = Notice.objects.filter(user=world.lead, kind="nudged").order_by("pk")
    assert [one.subject.startswith("Training. ") for one in told] == [True, False]
    assert [one.email_state for one in told] == ["none", "waiting"]


def _practice(copy: Partnership, world: World) -> QuarterlyReturn:
    return QuarterlyReturn.objects.in_full().get(round__partnership=copy, organisation__name=world.north.name)


def test_nobody_begins_in_training(world: World, copy: Partnership) -> None:
    for person in (world.lead, world.officer, world.board_member, world.administrator):
        page = sign_in(person).get("/").content.decode()
        assert BANNER not in page
        assert "Practise in the training copy" in page
        assert "(training)" not in page


def test_every_page_of_it_says_so(world: World, copy: Partnership) -> None:
    client = sign_in(world.lead)
    home = practise(client)
    assert "Go back to the real portal" in home
    found = QuarterlyReturn.objects.get(round__partnership=copy, organisation__name="North Council")
    for address in (
        "/",
        reverse("own_returns"),
        reverse("return_spend", args=[found.pk]),
        "/accessibility/",
        "/nowhere/",
    ):
        page = client.get(address).content.decode()
        assert BANNER in page
        assert "portal-header--training" in page
        assert "Training: " in page.split("<title>")[1].split("</title>")[0] if "<title>" in page else True
    assert BANNER not in practise(client)


def test_the_title_says_so_too(world: World, copy: Partnership) -> None:
    client = sign_in(world.lead)
    practise(client)
    title = client.get(reverse("own_returns")).content.decode().split("<title")[1].split("</title>")[0]
    assert title.split(">")[1].strip().startswith("Training: ")


def test_the_choice_of_organisations_names_it(world: World, copy: Partnership) -> None:
    page = html.unescape(sign_in(world.lead).get(reverse("switch_organisation")).content.decode())
    assert "Training: North Council, as authority lead" in page
    assert page.index("North Council, as authority lead") < page.index("Training: North Council")


def test_each_side_sees_only_itself(world: World, copy: Partnership) -> None:
    officer, real = sign_in(world.officer), world.return_of(world.north)
    practice = QuarterlyReturn.objects.get(round__partnership=copy, organisation__name="North Council")
    assert officer.get(reverse("return", args=[real.pk])).status_code == 200
    assert officer.get(reverse("return", args=[practice.pk])).status_code == 404
    practise(officer)
    assert officer.get(reverse("return", args=[real.pk])).status_code == 404
    assert officer.get(reverse("return", args=[practice.pk])).status_code == 200
    assert officer.get(reverse("grant", args=[world.grant.pk])).status_code == 404


def test_a_role_that_ends_ends_in_the_copy_too(world: World, copy: Partnership) -> None:
    client = sign_in(world.lead)
    practise(client)
    Membership.objects.filter(user=world.lead, organisation=world.north).update(ends_on="2024-01-01")
    page = client.get("/").content.decode()
    assert BANNER not in page
    assert "You have no role at present" in page


def test_the_real_administration_goes_on_and_practising_does_not_reach_it(
    world: World, copy: Partnership
) -> None:
    world.administrator.is_staff = True
    world.administrator.save()
    client = sign_in(world.administrator)
    person = reverse("admin:authorities_user_change", args=[world.lead.pk])
    assert 'name="_save"' in client.get(person).content.decode()
    organisations = client.get(reverse("admin:authorities_organisation_changelist")).content.decode()
    assert "5 organisations" in organisations
    practise(client)
    fund = reverse("admin:funding_fund_change", args=[Fund.objects.earliest("pk").pk])
    for address in (person, fund, reverse("admin:authorities_organisation_changelist")):
        assert client.get(address).status_code == 403
    page = client.get(reverse("training")).content.decode()
    assert "You are in the training copy." in page
    refused = client.post(reverse("training"), {"confirmed": "on"}).content.decode()
    assert "This is the training copy." in refused
