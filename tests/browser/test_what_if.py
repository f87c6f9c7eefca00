"""From the live plan to a proposed decision in a browser, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from funding.models import Decision
from tests.browser.conftest import SignIn
from tests.browser.test_opcc import WITH_AND_WITHOUT, fits, press, says
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def choose(page: Page, side: str, organisation: str, heading: str, quarter: str) -> None:
    group = page.get_by_role("group", name=side, exact=True)
    group.get_by_label("Organisation").select_option(label=organisation)
    group.get_by_label("Cost heading").select_option(label=heading)
    group.get_by_label("Quarter").select_option(label=quarter)


@WITH_AND_WITHOUT
def test_from_the_live_plan_to_a_proposed_decision(
    sign_in_as: SignIn, live_world: World, request: pytest.FixtureRequest
) -> None:
    officer = sign_in_as(live_world.officer)
    officer.goto("/grants/")
    officer.get_by_role("link", name="What if").click()
    officer.get_by_role("button", name="Start from the live plan").click()
    officer.get_by_label("Name of the scenario").fill("More for the south")
    press(officer, "Copy the live plan")
    says(officer, "Nothing has been moved yet")
    fits(officer)

    officer.get_by_label("Amount to move").fill("20,000.01")
    third, fourth = "Q3, October to December 2026", "Q4, January to March 2027"
    choose(officer, "From", "North (VRU 2026)", "Staffing", third)
    choose(officer, "To", "South (VRU 2026)", "Staffing", fourth)
    press(officer, "Move")
    expect(officer.locator(".govuk-error-summary")).to_contain_text("Move £10,000.00 or less")
    expect(officer.get_by_label("Amount to move")).to_have_value("20,000.01")
    fits(officer)
    officer.get_by_label("Amount to move").fill("2,500.01")
    press(officer, "Move")
    says(officer, "The scenario gives South £2,500.01 more and North £2,500.01 less than the live plan")
    if "without" not in request.node.callspec.id:
        expect(officer.locator("[data-chart] svg.main-svg").first).to_be_visible()

    officer.get_by_role("button", name="Check and propose: VRU 2026").click()
    says(officer, "This decision moves £2,500.01 from North to South in 2026/27")
    fits(officer)
    officer.get_by_label("Reference of the decision").fill("2026-300")
    press(officer, "Propose decision")
    says(officer, "Decision 2026-300 is proposed")
    assert Decision.objects.get(reference="2026-300").lines.count() == 2
