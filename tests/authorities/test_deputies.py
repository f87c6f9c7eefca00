"""Dated cover for certifiers and approvers: who may appoint whom, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from authorities import actions
from authorities.actions import UnableToAppoint
from authorities.models import Membership, User
from authorities.roles import Permission, Role
from funding.models import Certificate
from tests.world import NOW, START, World

SignIn = Callable[[User], Client]
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def colleague(world: World) -> User:
    user = actions.add_person(email="colleague@test.example", name="Colleague", last_login=NOW)
    actions.give_role(user=user, organisation=world.north, role=Role.BOARD_MEMBER, starts_on=START)
    return user


def appoint(world: World, user: User, **options: object) -> Membership:
    return actions.appoint_deputy(
        **{  # type: ignore[arg-type]
            "principal": world.certifier.memberships.get(),
            "user": user,
            "starts_on": TODAY,
            "ends_on": TODAY + 13 * DAY,
            "by": world.certifier,
            "on": TODAY,
            **options,
        }
    )


def may_certify(world: World, user: User, on: date) -> bool:
    return Membership.objects.may(Permission.CERTIFY_RETURN, user=user, on=on, organisation=world.north)


def test_a_deputy_holds_the_role_between_the_two_days_and_no_longer(world: World, colleague: User) -> None:
    deputy = appoint(world, colleague)
    assert deputy.label == "Certifier, deputy of Certifier"
    assert not may_certify(world, colleague, TODAY - DAY)
    assert may_certify(world, colleague, TODAY)
    assert may_certify(world, colleague, TODAY + 13 * DAY)
    assert not may_certify(world, colleague, TODAY + 14 * DAY), "it ends by itself"
    assert may_certify(world, world.certifier, TODAY), "the principal keeps the role"


def test_cover_ends_with_the_role_that_it_is_for(world: World, colleague: User) -> None:
    """An administrator ends the role of somebody who leaves earlier than the cover was appointed for."""
    appoint(world, colleague)
    world.certifier.memberships.update(ends_on=TODAY + 2 * DAY)
    assert may_certify(world, colleague, TODAY + 2 * DAY)
    assert not may_certify(world, colleague, TODAY + 3 * DAY)


def test_one_row_is_current_on_the_days_on_which_the_database_says_so(world: World, colleague: User) -> None:
    appoint(world, colleague)
    world.certifier.memberships.update(ends_on=TODAY + 2 * DAY)
    for day in (TODAY + number * DAY for number in range(-2, 9)):
        found = set(Membership.objects.current(day))
        assert {one for one in Membership.objects.all() if one.is_current(day)} == found
    assert len(found) == Membership.objects.count() - 2, (
        "the principal's role has ended, and the cover with it"
    )


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [
        (-1, 5, "cannot be in the past"),
        (5, 4, "cannot be before the first day"),
        (0, 366, "at most 366 days"),
        (367, 368, "more than a year away"),
    ],
)
def test_days_that_make_no_sense(
    *, starts: int, ends: int, sentence: str, world: World, colleague: User
) -> None:
    with pytest.raises(UnableToAppoint, match=sentence):
        appoint(world, colleague, starts_on=TODAY + starts * DAY, ends_on=TODAY + ends * DAY)


def test_366_days_are_the_most(world: World, colleague: User) -> None:
    assert appoint(world, colleague, ends_on=TODAY + 365 * DAY).pk


def test_cover_ends_with_the_role_that_it_covers(world: World, colleague: User) -> None:
    Membership.objects.filter(user=world.certifier).update(ends_on=TODAY + 5 * DAY)
    with pytest.raises(UnableToAppoint, match="Your own role ends on 7 November 2026"):
        appoint(world, colleague)


@pytest.mark.parametrize("who", ["certifier", "stranger", "officer"])
def test_only_other_people_of_the_organisation_stand_in(world: World, who: str) -> None:
    with pytest.raises(UnableToAppoint, match="somebody else of your organisation"):
        appoint(world, getattr(world, who))


def test_a_closed_account_and_an_auditor_do_not_stand_in(world: World, colleague: User) -> None:
    approver = world.approver.memberships.get()
    assert world.auditor not in actions.possible_deputies(approver, on=TODAY)
    assert world.officer in actions.possible_deputies(approver, on=TODAY)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(UnableToAppoint, match="somebody else of your organisation"):
        appoint(world, colleague)


def test_a_deputy_appoints_nobody(world: World, colleague: User) -> None:
    deputy = appoint(world, colleague)
    with pytest.raises(UnableToAppoint, match="You stand in for somebody yourself"):
        appoint(world, world.lead, principal=deputy, by=colleague)


def test_nobody_appoints_for_another_or_without_the_right(world: World, colleague: User) -> None:
    for principal, by in ((world.certifier, world.lead), (world.lead, world.lead)):
        with pytest.raises(UnableToAppoint, match="does not let you"):
            appoint(world, colleague, principal=principal.memberships.get(), by=by)


def test_the_same_days_are_covered_once_by_one_person(world: World, colleague: User) -> None:
    appoint(world, colleague)
    with pytest.raises(UnableToAppoint, match="Colleague already is certifier on some of these days"):
        appoint(world, colleague, starts_on=TODAY + 13 * DAY, ends_on=TODAY + 20 * DAY)
    assert appoint(world, colleague, starts_on=TODAY + 14 * DAY, ends_on=TODAY + 20 * DAY).pk


def test_cover_is_ended_by_the_principal_alone(world: World, colleague: User) -> None:
    running = appoint(world, colleague)
    coming = appoint(world, colleague, starts_on=TODAY + 30 * DAY, ends_on=TODAY + 31 * DAY)
    with pytest.raises(UnableToAppoint, match="Only the person whose role it is"):
        actions.end_deputy(deputy=running, by=colleague, on=TODAY)
    actions.end_deputy(deputy=running, by=world.certifier, on=TODAY)
    actions.end_deputy(deputy=coming, by=world.certifier, on=TODAY)
    assert not may_certify(world, colleague, TODAY + DAY)
    assert not may_certify(world, colleague, TODAY + 30 * DAY)
    with pytest.raises(UnableToAppoint, match="ends today, or has ended"):
        actions.end_deputy(deputy=running, by=world.certifier, on=TODAY)


def test_from_appointing_to_signing_as_deputy(world: World, colleague: User, as_user: SignIn) -> None:
    today = localdate()
    last = today + 13 * DAY
    client = as_user(world.certifier)
    page = client.get(reverse("deputy_new")).content.decode()
    assert "Colleague" in page
    assert "Stranger" not in page
    body = {"person": colleague.pk, "starts_on": f"{today:%d %m %Y}", "ends_on": f"{last:%d %m %Y}"}
    page = client.post(reverse("deputy_new"), body, follow=True).content.decode()
    assert "Colleague stands in for you from" in page
    assert "Colleague stands in for you as certifier from" in client.get("/").content.decode()

    world.open()
    sent = world.send(world.return_of(world.north), by=world.lead)
    deputy = as_user(colleague)
    home = deputy.get("/").content.decode()
    assert "Board member" in home, "a person's own part comes first"
    membership = Membership.objects.get(deputy_for__isnull=False)
    deputy.post(reverse("switch_organisation"), {"membership": membership.pk})
    assert "You stand in for Certifier as certifier until" in deputy.get("/").content.decode()
    assert deputy.get(reverse("deputy_new")).status_code == 302
    assert (
        "You sign as: <strong>Deputy of Certifier"
        in deputy.get(reverse("return_certify", args=[sent.pk])).content.decode()
    )
    deputy.post(reverse("return_certify", args=[sent.pk]), {"revision": sent.revision, "certified": "on"})
    certificate = Certificate.objects.get()
    assert (certificate.certified_by, certificate.capacity) == (colleague, "Deputy of Certifier")
    receipt = deputy.get(reverse("return_receipt", args=[sent.pk])).content.decode()
    assert "Deputy of Certifier" in receipt


def test_a_lead_who_stands_in_does_not_certify_what_they_prepared(world: World, as_user: SignIn) -> None:
    today = localdate()
    deputy = appoint(world, world.lead, starts_on=today, ends_on=today, on=today)
    world.open()
    sent = world.send(world.return_of(world.north), by=world.lead)
    client = as_user(world.lead)
    client.post(reverse("switch_organisation"), {"membership": deputy.pk})
    address = reverse("return_certify", args=[sent.pk])
    assert "somebody else must certify it" in client.get(address).content.decode()
    page = client.post(address, {"revision": sent.revision, "certified": "on"}).content.decode()
    assert "somebody else must certify it" in page
    assert not Certificate.objects.exists()


def test_ending_on_the_page(world: World, colleague: User, as_user: SignIn) -> None:
    today = localdate()
    deputy = appoint(world, colleague, starts_on=today, ends_on=today + 5 * DAY, on=today)
    client = as_user(world.certifier)
    assert "End the cover" in client.get(reverse("deputies")).content.decode()
    assert as_user(world.south_certifier).post(reverse("deputy_end", args=[deputy.pk])).status_code == 404
    assert as_user(world.lead).post(reverse("deputy_end", args=[deputy.pk])).status_code == 403
    page = client.post(reverse("deputy_end", args=[deputy.pk]), follow=True).content.decode()
    assert "The cover by Colleague ends today." in page
    assert "End the cover" not in as_user(world.lead).get(reverse("deputies")).content.decode()


def test_a_form_keeps_what_was_typed(world: World, colleague: User, as_user: SignIn) -> None:
    body = {"person": colleague.pk, "starts_on": "31 2 2026", "ends_on": ""}
    page = as_user(world.certifier).post(reverse("deputy_new"), body).content.decode()
    assert "Enter a real date" in page
    assert 'value="31 2 2026"' in page
    assert "checked" in page
