"""Grants and awards: read by the OPCC and auditors, recorded by a grants officer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from authorities import actions as people
from authorities.models import OrganisationKind, User
from authorities.roles import Role
from funding.actions import decisions, grants
from funding.models import Award, AwardStatus, Basis, Fund, Grant
from tests.world import NOW, START, World

SignIn = Callable[[User], Client]
GOOD = {
    "year": "2027",
    "amount": "£1,250.50",
    "status": "offered",
    "basis": "derived",
    "source": "Essex, 031-24",
}


@pytest.fixture
def elsewhere(db: None) -> User:
    """A grants officer of another partnership."""
    other = people.found_partnership(name="Elsewhere", police_force_code="E23000098", board_name="Board")
    opcc = people.add_organisation(
        partnership=other, kind=OrganisationKind.OPCC, name="Elsewhere OPCC", short_name="OPCC", position=1
    )
    user = people.add_person(email="elsewhere@test.example", name="Elsewhere")
    people.give_role(user=user, organisation=opcc, role=Role.OFFICER, starts_on=START)
    return user


def pages(world: World) -> list[str]:
    return [
        reverse("grants"),
        reverse("grant", args=[world.grant.pk]),
        reverse("award_new", args=[world.grant.pk]),
        reverse("award_change", args=[world.award.pk]),
    ]


def add_years(world: World, count: int) -> None:
    for year in range(2027, 2027 + count):
        grants.record_award(
            grant=world.grant,
            year=year,
            amount=Decimal("100.00"),
            basis=Basis.DERIVED,
            source="Worked out",
            by=world.officer,
            at=NOW,
        )


def test_pages_show_to_the_officer(as_user: SignIn, world: World) -> None:
    for page in pages(world):
        assert as_user(world.officer).get(page).status_code == 200


def test_strangers_get_404(as_user: SignIn, world: World, elsewhere: User) -> None:
    for page in pages(world):
        for stranger in (world.lead, world.certifier, world.board_member, world.administrator):
            assert as_user(stranger).get(page).status_code == 404
    for page in pages(world)[1:]:
        assert as_user(elsewhere).get(page).status_code == 404
        assert as_user(elsewhere).post(page, GOOD).status_code in (404, 405)
    assert b"VRU 2026" not in as_user(elsewhere).get(reverse("grants")).content


def test_nobody_gets_the_sign_in_page(client: Client, world: World) -> None:
    for page in pages(world):
        assert client.get(page).status_code == 302


def test_readers_read_and_do_not_write(as_user: SignIn, world: World) -> None:
    lists, detail, new, change = pages(world)
    for reader in (world.approver, world.auditor):
        assert as_user(reader).get(lists).status_code == 200
        assert b"Record an award" not in as_user(reader).get(detail).content
        for page in (new, change):
            assert as_user(reader).get(page).status_code == 403
            assert as_user(reader).post(page, GOOD).status_code == 403
    assert Award.objects.filter(grant=world.grant).count() == 1


def test_wrong_methods_and_numbers(as_user: SignIn, world: World) -> None:
    officer = as_user(world.officer)
    assert officer.post(reverse("grants")).status_code == 405
    assert officer.delete(reverse("grant", args=[world.grant.pk])).status_code == 405
    assert officer.put(reverse("award_new", args=[world.grant.pk])).status_code == 405
    for name in ("grant", "award_new", "award_change"):
        assert officer.get(reverse(name, args=[987654])).status_code == 404


def test_figures_of_the_list_and_of_the_grant(as_user: SignIn, world: World) -> None:
    add_years(world, 1)
    # A proposal is not an allocation yet.
    decisions.propose(
        grant=world.grant,
        reference="2026-014",
        reason="x",
        wanted={(world.award.pk, world.south.pk): Decimal("310000.00")},
        seen={(world.award.pk, world.south.pk): Decimal("300000.00")},
        by=world.officer,
        at=NOW,
    )
    listed = as_user(world.officer).get(reverse("grants")).content.decode()
    for text in (
        "£1,000,000.00",
        "£1,000,100.00",
        "£950,000.00",
        "£50,100.00",
        "2026/27 to 2027/28",
        "Derived",
    ):
        assert text in listed
    page = as_user(world.officer).get(reverse("grant", args=[world.grant.pk])).content.decode()
    assert "spending is at risk until the agreement is signed" in page
    assert "Worked out" in page
    assert "£50,000.00" in page


def test_no_warning_while_every_award_is_agreed(as_user: SignIn, world: World) -> None:
    page = as_user(world.officer).get(reverse("grant", args=[world.grant.pk])).content.decode()
    assert "at risk" not in page
    assert "Derived" not in page


def test_an_award_is_recorded(as_user: SignIn, world: World) -> None:
    page = reverse("award_new", args=[world.grant.pk])
    response = as_user(world.officer).post(page, GOOD, follow=True)
    assert "The award for 2027/28 is recorded: £1,250.50." in response.content.decode()
    award = world.grant.awards.get(year=2027)
    assert (award.amount, award.status, award.basis) == (
        Decimal("1250.50"),
        AwardStatus.OFFERED,
        Basis.DERIVED,
    )
    assert award.source == "Essex, 031-24"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "12k"}, "Enter an amount in figures only"),
        ({"amount": "-5"}, "Enter an amount of £0 or more"),
        ({"amount": ""}, "Enter an amount, or 0"),
        ({"year": "2026"}, "Choose a year of this list"),
        ({"year": ""}, "Choose a financial year"),
        ({"year": "1999"}, "Choose a year of this list"),
        ({"status": "signed"}, "Choose one of the stages"),
        ({"basis": ""}, "Choose where the figure comes from"),
        ({"source": ""}, "Enter the source"),
        ({"source": "x" * 301}, "300 characters or fewer"),
    ],
)
def test_wrong_input_keeps_what_was_typed(
    as_user: SignIn, world: World, wrong: dict[str, Any], sentence: str
) -> None:
    page = reverse("award_new", args=[world.grant.pk])
    response = as_user(world.officer).post(page, GOOD | wrong).content.decode()
    assert sentence in response
    assert "There is a problem" in response
    assert "<title>Error: " in response.replace("\n", "").replace("  ", "")
    typed = (GOOD | wrong)["source"] or (GOOD | wrong)["amount"]
    assert typed in response
    assert world.grant.awards.count() == 1


def test_only_the_declared_fields_are_taken(as_user: SignIn, world: World) -> None:
    crossing = GOOD | {
        "grant": str(world.hotspot_grant.pk),
        "grant_id": str(world.hotspot_grant.pk),
        "id": "1",
    }
    as_user(world.officer).post(reverse("award_new", args=[world.grant.pk]), crossing)
    assert world.grant.awards.count() == 2
    assert world.hotspot_grant.awards.count() == 1


def test_a_fund_without_free_years_says_so(as_user: SignIn, world: World) -> None:
    fund = world.grant.fund
    type(fund).objects.filter(pk=fund.pk).update(starts_on="2026-04-01", ends_on="2027-03-31")
    page = as_user(world.officer).get(reverse("award_new", args=[world.grant.pk])).content.decode()
    assert "Every year in which the fund VRU runs has an award already" in page
    assert "<select" not in page


def test_an_award_changes(as_user: SignIn, world: World) -> None:
    page = reverse("award_change", args=[world.award.pk])
    change = {
        "amount": "1000000.01",
        "status": "varied",
        "basis": "published",
        "source": "Variation notice 1",
    }
    response = as_user(world.officer).post(page, change, follow=True)
    assert "The award for 2026/27 is changed." in response.content.decode()
    world.award.refresh_from_db()
    assert (world.award.amount, world.award.status) == (Decimal("1000000.01"), AwardStatus.VARIED)
    assert world.award.source == "Variation notice 1"


def test_an_award_never_goes_back(as_user: SignIn, world: World) -> None:
    page = reverse("award_change", args=[world.award.pk])
    shown = as_user(world.officer).get(page).content.decode()
    assert 'value="offered"' not in shown
    assert 'value="varied"' in shown
    change = {"amount": "1000000.01", "status": "offered", "basis": "published", "source": "x"}
    response = as_user(world.officer).post(page, change).content.decode()
    assert "an award never goes back" in response
    assert "1000000.01" in response
    world.award.refresh_from_db()
    assert world.award.status == AwardStatus.AGREED


def test_an_award_never_falls_below_what_is_allocated(as_user: SignIn, world: World) -> None:
    page = reverse("award_change", args=[world.award.pk])
    assert "£950,000.00 of this award is allocated" in as_user(world.officer).get(page).content.decode()
    change = {"amount": "949999.99", "status": "varied", "basis": "published", "source": "Cut"}
    response = as_user(world.officer).post(page, change).content.decode()
    assert "There is a problem" in response
    assert "949999.99" in response
    world.award.refresh_from_db()
    assert world.award.amount == Decimal("1000000.00")


@pytest.mark.parametrize("name", ["grants", "grant"])
def test_queries_do_not_grow_with_rows(
    as_user: SignIn, world: World, django_assert_max_num_queries: Any, name: str
) -> None:
    client = as_user(world.officer)
    page = reverse(name, args=[world.grant.pk] if name == "grant" else [])
    with django_assert_max_num_queries(6) as few:
        client.get(page)
    add_years(world, 20)
    for number in range(20):
        grants.record_grant(
            partnership=world.partnership,
            fund=world.grant.fund,
            name=f"More {number}",
            by=world.officer,
            at=NOW,
        )
    with django_assert_max_num_queries(6) as many:
        client.get(page)
    assert len(few) == len(many)


# --- recording a grant ---------------------------------------------------------------------

NEW = "grant_new"


def new_grant(fund: Fund, /, **other: str) -> dict[str, str]:
    return {
        "fund": str(fund.pk),
        "name": "VRU 2026 to 2029",
        "announced_amount": "£3,000,000",
        "announced_on": "2 6 2026",
        "subject_to": "an application each year",
        "source": "Home Office letter",
        "hub_percent": "12.5",
    } | other


def test_a_grant_is_recorded_and_its_award_comes_next(as_user: SignIn, world: World) -> None:
    officer = as_user(world.officer)
    assert reverse(NEW) in officer.get(reverse("grants")).content.decode()
    response = officer.post(reverse(NEW), new_grant(world.grant.fund), follow=True)
    recorded = Grant.objects.get(name="VRU 2026 to 2029")
    html = response.content.decode()
    assert response.redirect_chain == [(reverse("grant", args=[recorded.pk]), 302)]
    assert "VRU 2026 to 2029 is recorded. Record its award for each year next." in html
    assert reverse("award_new", args=[recorded.pk]) in html
    assert (recorded.partnership, recorded.fund) == (world.partnership, world.grant.fund)
    assert (recorded.announced_amount, recorded.announced_on) == (Decimal("3000000.00"), date(2026, 6, 2))
    assert (recorded.subject_to, recorded.source) == ("an application each year", "Home Office letter")
    assert recorded.hub_percent == Decimal("12.50")


def test_what_is_optional_may_stay_empty(as_user: SignIn, world: World) -> None:
    sent = new_grant(
        world.hotspot_grant.fund, announced_amount="", announced_on="", subject_to="", hub_percent=""
    )
    assert as_user(world.officer).post(reverse(NEW), sent).status_code == 302
    recorded = Grant.objects.get(name="VRU 2026 to 2029")
    assert (recorded.announced_amount, recorded.announced_on, recorded.hub_percent) == (None, None, 0)


@pytest.mark.parametrize(("typed", "stored"), [("0", "0.00"), ("100", "100.00"), ("7.25 %", "7.25")])
def test_shares_that_are_taken(as_user: SignIn, world: World, typed: str, stored: str) -> None:
    as_user(world.officer).post(reverse(NEW), new_grant(world.grant.fund, hub_percent=typed))
    assert Grant.objects.get(name="VRU 2026 to 2029").hub_percent == Decimal(stored)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"fund": ""}, "Choose a fund"),
        ({"fund": "987654"}, "Choose a fund of this list"),
        ({"name": ""}, "Enter the name of the grant"),
        ({"name": "n" * 121}, "120 characters or fewer"),
        ({"name": "VRU 2026"}, "Your partnership already has a grant of this name."),
        ({"announced_amount": "3m"}, "Enter an amount in figures only"),
        ({"announced_on": "31 2 2026"}, "Enter a real date"),
        ({"subject_to": "s" * 201}, "200 characters or fewer"),
        ({"source": ""}, "Enter the source"),
        ({"source": "s" * 301}, "300 characters or fewer"),
        ({"hub_percent": ""}, "Enter the share that the OPCC keeps, or 0"),
        ({"hub_percent": "100.01"}, "Enter a percentage from 0 to 100"),
        ({"hub_percent": "-1"}, "Enter a percentage from 0 to 100"),
        ({"hub_percent": "12.345"}, "Enter a percentage from 0 to 100"),
        ({"hub_percent": "1e1"}, "Enter a percentage from 0 to 100"),
        ({"hub_percent": "NaN"}, "Enter a percentage from 0 to 100"),
        ({"hub_percent": "\uff11\uff12"}, "Enter a percentage from 0 to 100"),
    ],
)
def test_a_wrong_grant_keeps_what_was_typed(
    as_user: SignIn, world: World, wrong: dict[str, str], sentence: str
) -> None:
    before = Grant.objects.count()
    sent = new_grant(world.grant.fund, **wrong)
    html = as_user(world.officer).post(reverse(NEW), sent).content.decode()
    assert sentence in html
    assert "There is a problem" in html
    for name in ("name", "announced_amount", "announced_on", "subject_to", "source", "hub_percent"):
        assert f'value="{sent[name]}"' in html or not sent[name]
    assert Grant.objects.count() == before


def test_a_fund_paid_to_the_police_has_no_hub_share(as_user: SignIn, world: World) -> None:
    html = (
        as_user(world.officer)
        .post(reverse(NEW), new_grant(world.hotspot_grant.fund, hub_percent="5"))
        .content.decode()
    )
    assert "Hotspot is paid to the police: leave this empty, or enter 0" in html
    assert 'value="5"' in html


def test_the_partnership_of_a_grant_comes_from_the_person(
    as_user: SignIn, world: World, elsewhere: User
) -> None:
    other = elsewhere.memberships.get().organisation.partnership
    crossing = new_grant(world.grant.fund, partnership=str(other.pk), partnership_id=str(other.pk))
    as_user(world.officer).post(f"{reverse(NEW)}?partnership={other.pk}", crossing)
    assert Grant.objects.get(name="VRU 2026 to 2029").partnership == world.partnership
    # The same name is free in another partnership.
    assert as_user(elsewhere).post(reverse(NEW), new_grant(world.grant.fund)).status_code == 302


def test_who_may_not_record_a_grant(as_user: SignIn, world: World, client: Client) -> None:
    sent, before = new_grant(world.grant.fund), Grant.objects.count()
    for reader in (world.approver, world.auditor):
        assert "Record a grant" not in as_user(reader).get(reverse("grants")).content.decode()
        assert as_user(reader).get(reverse(NEW)).status_code == 403
        assert as_user(reader).post(reverse(NEW), sent).status_code == 403
    for stranger in (world.lead, world.certifier, world.board_member, world.administrator):
        assert as_user(stranger).get(reverse(NEW)).status_code == 404
        assert as_user(stranger).post(reverse(NEW), sent).status_code == 404
    assert client.get(reverse(NEW)).status_code == 302
    assert as_user(world.officer).put(reverse(NEW)).status_code == 405
    assert Grant.objects.count() == before


def test_the_first_grant_and_the_first_fund(as_user: SignIn, elsewhere: User) -> None:
    opcc, officer = elsewhere.memberships.get().organisation, as_user(elsewhere)
    auditor = people.add_person(email="auditor@test.example", name="Auditor")
    people.give_role(user=auditor, organisation=opcc, role=Role.AUDITOR, starts_on=START)
    assert "an administrator adds funds" in officer.get(reverse("grants")).content.decode()
    empty = officer.get(reverse(NEW)).content.decode()
    assert "An administrator adds funds." in empty
    assert "<select" not in empty
    Fund.objects.create(code="vru", name="VRU", starts_on=START)
    html = officer.get(reverse("grants")).content.decode()
    assert "No grant yet. Record the first." in html
    assert reverse(NEW) in html
    assert (
        "No grant has been recorded for this partnership yet."
        in as_user(auditor).get(reverse("grants")).content.decode()
    )


def test_queries_of_a_new_grant_do_not_grow(
    as_user: SignIn, world: World, django_assert_max_num_queries: Any
) -> None:
    client = as_user(world.officer)
    with django_assert_max_num_queries(6) as few:
        client.get(reverse(NEW))
    for number in range(20):
        Fund.objects.create(code=f"f{number}", name=f"Fund {number}", starts_on=START)
    with django_assert_max_num_queries(6) as many:
        client.get(reverse(NEW))
    assert len(few) == len(many)
