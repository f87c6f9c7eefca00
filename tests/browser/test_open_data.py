"""The public page as somebody sees it who has no account: before and after a withdrawal."""

from __future__ import annotations

import pytest
from django.test.testcases import LiveServerThread
from django.urls import reverse
from playwright.sync_api import Browser, expect

from funding.actions import open_data
from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import faults
from tests.funding.open_data.identified import identified, published
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_the_public_page_and_its_files(
    chromium: Browser, portal: LiveServerThread, live_world: World
) -> None:
    made = published(identified(live_world))
    context = chromium.new_context(base_url=f"http://127.0.0.1:{portal.port}")
    page, complaints = context.new_page(), []
    page.on("console", lambda line: complaints.append(line.text))
    address = reverse("open_data_public", args=[live_world.partnership.police_force_code])

    assert faults(page, address) == []
    assert complaints == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the grants (JSON)").click()
    assert download.value.path().read_text() == made.json
    assert context.cookies() == []

    open_data.withdraw(
        partnership=live_world.partnership, reason="A wrong amount.", by=live_world.approver, at=NOW
    )
    assert faults(page, address) == []
    expect(page.get_by_text("Reason: A wrong amount.")).to_be_visible()
    context.close()


def test_an_approver_publishes(sign_in_as: SignIn, live_world: World) -> None:
    identified(live_world)
    page = sign_in_as(live_world.approver)
    page.goto(reverse("board"))
    page.get_by_role("link", name="Open data").click()
    expect(page.get_by_text("Nothing has been published yet.")).to_be_visible()
    page.get_by_role("button", name="Check and publish").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Tick the box to publish the grants.")
    page.get_by_label("I have checked these grants").check()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("You have published 3 grants.")).to_be_visible()
