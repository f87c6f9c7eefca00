"""The plan of one's own organisation: interventions and budget lines within the allocation."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.models import User
from funding.actions import grants, plans
from funding.models import Award, BudgetLine, CostHeading, Intervention, RollUpMark, Theme
from funding.quarters import Quarter, london_day, year_of
from tests.world import NOW, Q1, Q2, YEAR, World

SignIn = Callable[[User], Client]


def steady(response: HttpResponse) -> str:
    """The page without what differs at every request: the form token and the nonce."""
    return re.sub(r'(nonce|value)="[^"]*"', "", response.content.decode())


def award_of(world: World, year: int) -> Award:
    """An award of the year, of which the north holds something."""
    award = grants.record_award(
        grant=world.grant, year=year, amount=Decimal("500.00"), by=world.officer, at=NOW
    )
    world.decide({(award, world.north): "500.00"}, f"{year}-009")
    return award


def open_award(world: World) -> Award:
    """One that can be planned for, on whatever day the tests run."""
    this_year = year_of(london_day(timezone.now()))
    if this_year <= YEAR:
        return world.award
    award = award_of(world, this_year)
    world.plan(world.north, award, "Mentoring", ["1.00"] * 4, by=world.lead)
    return award


def new_intervention(world: World, **other: str) -> dict[str, str]:
    return {
        "award": str(open_award(world).pk),
        "name": "Teachable moments",
        "tier": "tertiary",
        "theme": str(world.theme.pk),
        "provider": "Barnardo's",
    } | other


def new_line(world: World, **other: str) -> dict[str, str]:
    amounts = {f"quarter_{number}": f"{number},000.50" for number in range(1, 5)}
    return {"cost_heading": str(world.services.pk), "description": "Youth worker"} | amounts | other


def line_page(world: World, organisation: str = "north") -> str:
    found = Intervention.objects.filter(organisation=getattr(world, organisation)).earliest("pk")
    return reverse("budget_line_new", args=[found.pk])


def change_page(world: World, organisation: str = "north") -> str:
    found = BudgetLine.objects.filter(intervention__organisation=getattr(world, organisation)).earliest("pk")
    return reverse("budget_line_change", args=[found.pk])


def pages(world: World) -> list[str]:
    return [reverse("plan"), reverse("intervention_new"), line_page(world), change_page(world)]


def test_the_lead_sees_the_own_plan(as_user: SignIn, world: World) -> None:
    html = as_user(world.lead).get(reverse("plan")).content.decode()
    for text in (
        "North Council",
        "Plan for 2026 to 2027",
        "£450,000.00",
        "£60,000.01",
        "£389,999.99",
        "Mentoring",
        "Knife crime sessions",
        "Primary: universal",
        "Staffing",
        "£10,000.00",
        "£20,000.01",
        "£15,000.00",
    ):
        assert text in html
    assert "Family support" not in html


def test_the_police_plan_the_hotspot_money(as_user: SignIn, world: World) -> None:
    html = as_user(world.police_lead).get(reverse("plan")).content.decode()
    assert "Hotspot patrols" in html
    assert "£360,000.00" in html
    assert "VRU 2026" not in html


def test_strangers_get_404(as_user: SignIn, world: World) -> None:
    for page in pages(world):
        for person in (world.certifier, world.board_member, world.officer, world.approver, world.auditor):
            assert as_user(person).get(page).status_code == 404
            assert as_user(person).post(page, new_line(world)).status_code == 404
    foreign = as_user(world.stranger).get(line_page(world))
    absent = as_user(world.stranger).get(reverse("budget_line_new", args=[987654]))
    assert (foreign.status_code, steady(foreign)) == (404, steady(absent))
    before = BudgetLine.objects.count()
    assert as_user(world.stranger).post(line_page(world), new_line(world)).status_code == 404
    assert BudgetLine.objects.count() == before


def test_nobody_gets_the_sign_in_page(client: Client, world: World) -> None:
    for page in pages(world):
        assert client.get(page).status_code == 302


def test_wrong_methods(as_user: SignIn, world: World) -> None:
    lead = as_user(world.lead)
    assert lead.post(reverse("plan")).status_code == 405
    assert lead.put(reverse("intervention_new")).status_code == 405
    assert lead.delete(line_page(world)).status_code == 405
    assert lead.put(change_page(world)).status_code == 405


def test_an_organisation_without_allocation(as_user: SignIn, world: World) -> None:
    world.decide({(world.award, world.south): "0.00"}, "2026-009")
    html = as_user(world.stranger).get(reverse("intervention_new")).content.decode()
    assert "holds no allocation yet" in html
    assert "<select" not in html
    plan = as_user(world.stranger).get(reverse("plan")).content.decode()
    assert "More is planned than is allocated" in plan


def test_nothing_planned_yet(as_user: SignIn, world: World) -> None:
    award = grants.record_award(
        grant=world.grant, year=2027, amount=Decimal("500.00"), by=world.officer, at=NOW
    )
    world.decide({(award, world.north): "500.00"}, "2026-009")
    lead = as_user(world.lead)
    html = lead.get(reverse("plan"), {"year": "2027"}).content.decode()
    assert "Plan for 2027 to 2028" in html
    assert "Nothing is planned for this allocation yet" in html
    assert "£500.00" in html
    for strange in ("", "abc", "1999", "99999999999999999999"):
        assert "Plan for 2026 to 2027" in lead.get(reverse("plan"), {"year": strange}).content.decode()


def test_an_intervention_is_added(as_user: SignIn, world: World) -> None:
    sent = new_intervention(world)
    html = as_user(world.lead).post(reverse("intervention_new"), sent, follow=True).content.decode()
    assert "Teachable moments is in the plan. Add its budget lines next." in html
    assert "It has no budget line yet." in html
    added = Intervention.objects.get(name="Teachable moments")
    assert (added.organisation, str(added.award_id), added.tier) == (world.north, sent["award"], "tertiary")


def test_the_organisation_comes_from_the_person(as_user: SignIn, world: World) -> None:
    sent = new_intervention(world, organisation=str(world.south.pk), organisation_id=str(world.south.pk))
    as_user(world.lead).post(reverse("intervention_new") + f"?organisation={world.south.pk}", sent)
    assert Intervention.objects.get(name="Teachable moments").organisation == world.north


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Enter the name of the intervention"),
        ({"name": "n" * 121}, "120 characters or fewer"),
        ({"tier": ""}, "Choose a tier"),
        ({"tier": "fourth"}, "Choose a tier of this list"),
        ({"theme": ""}, "Choose a theme"),
        ({"theme": "987654"}, "Choose a theme of this list"),
        ({"award": ""}, "Choose the award that pays for it"),
        ({"award": "abc"}, "Choose an award of this list"),
        ({"name": "Mentoring"}, "You already have an intervention of this name"),
    ],
)
def test_a_wrong_intervention_keeps_what_was_typed(
    as_user: SignIn, world: World, wrong: dict[str, str], sentence: str
) -> None:
    before = Intervention.objects.count()
    html = (
        as_user(world.lead)
        .post(reverse("intervention_new"), new_intervention(world, **wrong))
        .content.decode()
    )
    assert sentence in html
    assert "There is a problem" in html
    assert "Barnardo" in html
    assert Intervention.objects.count() == before


def test_awards_of_this_year_and_later_are_offered_newest_first(as_user: SignIn, world: World) -> None:
    this_year = year_of(london_day(timezone.now()))
    current = open_award(world) if this_year >= YEAR else award_of(world, this_year)
    over, next_one = award_of(world, this_year - 1), award_of(world, this_year + 1)
    lead = as_user(world.lead)
    html = lead.get(reverse("intervention_new")).content.decode()
    assert html.index(f'value="{next_one.pk}"') < html.index(f'value="{current.pk}"')
    assert f'value="{over.pk}"' not in html.split("<select")[1].split("</select>")[0]
    refused = lead.post(reverse("intervention_new"), new_intervention(world, award=str(over.pk)))
    assert "Choose an award of this list" in refused.content.decode()
    past = lead.get(reverse("plan"), {"year": str(this_year - 1)}).content.decode()
    assert "£500.00" in past
    assert "Add an intervention" not in past


def test_an_award_without_an_allocation_is_not_offered(as_user: SignIn, world: World) -> None:
    sent = new_intervention(world, award=str(world.hotspot_award.pk))
    html = as_user(world.lead).post(reverse("intervention_new"), sent).content.decode()
    assert "Choose an award of this list" in html
    assert "Hotspot 2026" not in html


def test_a_budget_line_is_added(as_user: SignIn, world: World) -> None:
    lead = as_user(world.lead)
    shown = lead.get(line_page(world)).content.decode()
    assert "£389,999.99 of your allocation" in shown
    assert "July to September 2026" in shown
    html = lead.post(line_page(world), new_line(world), follow=True).content.decode()
    assert "Mentoring: Youth worker: £10,002.00 is in the plan." in html
    assert "£379,997.99" in html
    line = BudgetLine.objects.get(description="Youth worker")
    assert [amount.amount for amount in line.profile.all()] == [
        Decimal("1000.50"),
        Decimal("2000.50"),
        Decimal("3000.50"),
        Decimal("4000.50"),
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"quarter_2": "two"}, "Enter an amount in figures only"),
        ({"quarter_2": ""}, "Enter an amount for quarter 2, or 0"),
        ({"quarter_2": "-1"}, "Enter an amount of £0 or more"),
        ({"quarter_2": "389999.99"}, "Only £389,999.99 of your allocation for 2026/27 is not planned yet."),
        ({f"quarter_{number}": "0" for number in range(1, 5)}, "above £0 in at least one quarter"),
        ({"cost_heading": ""}, "Choose a cost heading"),
        ({"cost_heading": "987654"}, "Choose a cost heading of this list"),
        ({"description": "d" * 121}, "120 characters or fewer"),
    ],
)
def test_a_wrong_budget_line_keeps_what_was_typed(
    as_user: SignIn, world: World, wrong: dict[str, str], sentence: str
) -> None:
    before = BudgetLine.objects.count()
    sent = new_line(world, **wrong)
    html = as_user(world.lead).post(line_page(world), sent).content.decode()
    assert sentence in html
    assert "There is a problem" in html
    assert f'value="{sent["quarter_2"]}"' in html
    assert f'value="{sent["description"]}"' in html
    assert BudgetLine.objects.count() == before


def test_the_same_budget_line_twice_is_refused(as_user: SignIn, world: World) -> None:
    lead = as_user(world.lead)
    lead.post(line_page(world), new_line(world))
    html = lead.post(line_page(world), new_line(world)).content.decode()
    assert "already has a budget line with this heading and description" in html


def test_all_that_is_left_can_be_planned(as_user: SignIn, world: World) -> None:
    rest = {"quarter_1": "389999.99", "quarter_2": "0", "quarter_3": "0", "quarter_4": "0"}
    html = as_user(world.lead).post(line_page(world), new_line(world, **rest), follow=True).content.decode()
    assert "£450,000.00" in html
    assert "Add a budget line" not in html


def test_queries_do_not_grow(as_user: SignIn, world: World, django_assert_max_num_queries: Any) -> None:
    lead = as_user(world.lead)
    addresses = pages(world)
    counts = []
    for page in addresses:
        with django_assert_max_num_queries(8) as few:
            lead.get(page)
        counts.append(len(few))
    for number in range(20):
        world.plan(world.north, world.award, f"More {number}", ["1.00"] * 4, by=world.lead)
        world.plan(
            world.north,
            world.award,
            "Mentoring",
            ["1.00"] * 4,
            by=world.lead,
            heading=CostHeading.objects.create(name=f"Heading {number}", position=10 + number),
        )
        Theme.objects.create(name=f"Theme {number}", position=10 + number)
    for page, count in zip(addresses, counts, strict=True):
        with django_assert_max_num_queries(8) as many:
            lead.get(page)
        assert len(many) == count


# --- changing the profile of a budget line -------------------------------------------------


def change(*amounts: str, seen: str = "10000.00") -> dict[str, str]:
    """What the page sends of the north's mentoring, £10,000.00 in each quarter."""
    typed = {f"quarter_{number}": amount for number, amount in enumerate(amounts, start=1) if amount}
    return typed | {f"seen_{number}": seen for number in range(1, 5)}


def profile_of(world: World) -> list[str]:
    line = BudgetLine.objects.get(intervention__name="Mentoring")
    return [str(amount.amount) for amount in line.profile.order_by("quarter")]


def test_the_plan_leads_to_a_change_of_each_line(as_user: SignIn, world: World) -> None:
    html = as_user(world.lead).get(reverse("plan")).content.decode()
    for line in BudgetLine.objects.filter(intervention__organisation=world.north):
        assert reverse("budget_line_change", args=[line.pk]) in html
    assert html.count('<span class="govuk-visually-hidden"> Staffing of Mentoring</span>') == 1


def test_a_profile_is_changed(as_user: SignIn, world: World) -> None:
    world.roll_up()
    lead = as_user(world.lead)
    html = lead.get(change_page(world)).content.decode()
    for text in (
        "£389,999.99 of your allocation",
        "set its remaining quarters to 0",
        "July to September 2026",
    ):
        assert text in html
    assert html.count('value="10000.00"') == 8  # four boxes, and what was seen of each
    response = lead.post(change_page(world), change("10,000", "12,500.50", "0", "0"), follow=True)
    assert "Mentoring: Staffing: £22,500.50 is planned for the year." in response.content.decode()
    assert profile_of(world) == ["10000.00", "12500.50", "0.00", "0.00"]
    assert RollUpMark.objects.filter(organisation=world.north, year=YEAR).count() == 4


def test_all_of_a_line_can_go(as_user: SignIn, world: World) -> None:
    as_user(world.lead).post(change_page(world), change("0", "0", "0", "0"))
    assert profile_of(world) == ["0.00"] * 4


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    [
        (("10000", "two", "0", "0"), "Enter an amount in figures only"),
        (("10000", "", "0", "0"), "Enter an amount for quarter 2, or 0"),
        (("10000", "-1", "0", "0"), "Enter an amount of £0 or more"),
        (
            ("10000", "10000", "10000", "400000"),
            "This adds £390,000.00 to your plan. Only £389,999.99 of your allocation for 2026/27",
        ),
    ],
)
def test_a_wrong_profile_keeps_what_was_typed(
    as_user: SignIn, world: World, amounts: tuple[str, ...], sentence: str
) -> None:
    html = as_user(world.lead).post(change_page(world), change(*amounts)).content.decode()
    assert sentence in html
    assert "There is a problem" in html
    for number, amount in enumerate(amounts, start=1):
        assert re.search(rf'name="quarter_{number}"[^>]*value="{amount}"', html)
    assert profile_of(world) == ["10000.00"] * 4


def test_a_quarter_whose_return_is_on_its_way_stands(as_user: SignIn, world: World) -> None:
    world.open(Q1)
    world.open(Q2)
    world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    world.send(world.return_of(world.north, Q2), by=world.lead)
    lead = as_user(world.lead)
    html = lead.get(change_page(world)).content.decode()
    assert "Its return has been accepted." in html
    assert "Its return is with its certifier." in html
    assert re.findall(r'name="(quarter_\d)"', html) == ["quarter_3", "quarter_4"]
    lead.post(change_page(world), change("", "", "7000", "0"))
    assert profile_of(world) == ["10000.00", "10000.00", "7000.00", "0.00"]


def test_what_was_typed_for_a_quarter_that_was_sent_meanwhile_is_told(as_user: SignIn, world: World) -> None:
    world.open(Q2)
    world.send(world.return_of(world.north, Q2), by=world.lead)
    lead = as_user(world.lead)
    html = lead.post(change_page(world), change("10000", "12345", "9000", "0")).content.decode()
    assert "The return for Quarter 2, July to September 2026 is with its certifier" in html
    assert "You typed 12345 there." in html
    assert 'value="9000"' in html
    assert profile_of(world) == ["10000.00"] * 4
    # The page as it is drawn now can be saved.
    lead.post(change_page(world), change("10000", "", "9000", "0"))
    assert profile_of(world) == ["10000.00", "10000.00", "9000.00", "0.00"]


def test_nothing_can_change_once_every_quarter_is_returned(as_user: SignIn, world: World) -> None:
    line = world.plan(world.north, award_of(world, 2024), "Long ago", ["1.00"] * 4, by=world.lead)
    for number in range(1, 5):
        quarter = Quarter(2024, number)
        world.open(quarter)
        world.accept(world.return_of(world.north, quarter), by=world.lead, certifier=world.certifier)
    html = as_user(world.lead).get(reverse("budget_line_change", args=[line.pk])).content.decode()
    assert "nothing of this line can change" in html
    assert "Save the change" not in html


def test_a_change_that_somebody_else_made_is_not_overwritten_unseen(as_user: SignIn, world: World) -> None:
    line = BudgetLine.objects.get(intervention__name="Mentoring")
    others = [Decimal("10000.00"), Decimal("10000.00"), Decimal("10000.00"), Decimal("4000.00")]
    plans.change_profile(budget_line=line, profile=others, by=world.lead, at=NOW)
    lead = as_user(world.lead)
    html = lead.post(change_page(world), change("10000", "10000", "9000", "10000")).content.decode()
    assert "Somebody else changed this budget line after you opened this page." in html
    assert "£4,000.00" in html
    assert 'name="seen_4" value="4000.00"' in html
    assert 'value="9000"' in html
    assert profile_of(world)[2:] == ["10000.00", "4000.00"]
    again = change("10000", "10000", "9000", "10000") | {"seen_4": "4000.00"}
    assert lead.post(change_page(world), again).status_code == 302
    assert profile_of(world)[2:] == ["9000.00", "10000.00"]


def test_a_line_of_somebody_else_is_not_there(as_user: SignIn, world: World) -> None:
    stranger, before = as_user(world.stranger), profile_of(world)
    foreign, absent = stranger.get(change_page(world)), stranger.get("/plan/lines/987654/change/")
    assert (foreign.status_code, steady(foreign)) == (404, steady(absent))
    for sent in (
        change("0", "0", "0", "0"),
        change("0", "0", "0", "0") | {"organisation": str(world.south.pk)},
    ):
        assert stranger.post(change_page(world), sent).status_code == 404
    assert profile_of(world) == before


def test_a_plan_above_a_cut_allocation_only_comes_down(as_user: SignIn, world: World) -> None:
    world.decide({(world.award, world.north): "50000.00"}, "2026-009")
    lead = as_user(world.lead)
    assert "is £10,000.01 above your allocation" in lead.get(change_page(world)).content.decode()
    grown = lead.post(change_page(world), change("10000", "10000", "10000", "10000.01")).content.decode()
    assert "Your plan for 2026/27 is £10,000.01 above your allocation, so it cannot grow." in grown
    assert lead.post(change_page(world), change("10000", "10000", "10000", "9999")).status_code == 302
    assert profile_of(world)[3] == "9999.00"
