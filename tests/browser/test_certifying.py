"""Certifying, the receipt, and back to the certified version, in a browser with and without JavaScript."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from authorities import actions as people
from authorities.roles import Role
from funding.actions import entries, returns
from funding.models import Certificate, QuarterlyReturn, ReturnStatus
from tests.browser.conftest import SignIn
from tests.world import NOW, START, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WITH_AND_WITHOUT = pytest.mark.parametrize(
    "sign_in_as",
    [{"java_script_enabled": True}, {"java_script_enabled": False}],
    ids=["with JavaScript", "without JavaScript"],
    indirect=True,
)
NARROW = {"width": 390, "height": 900}


@pytest.fixture
def sent(live_world: World) -> QuarterlyReturn:
    live_world.open()
    return live_world.send(live_world.return_of(live_world.north), by=live_world.lead)


def fits(page: Page) -> bool:
    """Whether a phone shows the page without scrolling sideways."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    return page.locator("html").evaluate("root => root.scrollWidth") <= NARROW["width"]


@WITH_AND_WITHOUT
def test_from_the_declaration_to_the_receipt(
    sign_in_as: SignIn, live_world: World, sent: QuarterlyReturn, tmp_path: Path
) -> None:
    page = sign_in_as(live_world.certifier)
    page.locator("a", has_text="Certify: North Council").click()
    expect(page.locator("main")).to_contain_text("You sign as: Section 151 or chief finance officer")
    page.get_by_role("button", name="Certify the return").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Tick the box to certify the return")
    page.get_by_label("I certify this return").check()
    page.get_by_role("button", name="Certify the return").click()

    expect(page.locator("h1")).to_contain_text("Certification receipt")
    certificate = Certificate.objects.get()
    expect(page.locator("main")).to_contain_text(certificate.reference)
    expect(page.locator("main")).to_contain_text("London time")
    with page.expect_download() as paper:
        page.get_by_role("button", name="Download as PDF").click()
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF-")
    with page.expect_download() as content:
        page.get_by_role("link", name="Download the content of version 1").click()
    digest = hashlib.sha256(Path(content.value.path()).read_bytes()).hexdigest()
    expect(page.locator("main")).to_contain_text(digest)
    assert fits(page)


@WITH_AND_WITHOUT
def test_declining_needs_a_reason(sign_in_as: SignIn, live_world: World, sent: QuarterlyReturn) -> None:
    page = sign_in_as(live_world.certifier)
    page.goto(f"/returns/{sent.pk}/certify/")
    page.get_by_role("button", name="Decline to certify").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Give a reason")
    page.get_by_label("What has to change?").fill("Staffing is not accrued.")
    page.get_by_role("button", name="Decline to certify").click()
    expect(page.locator("main")).to_contain_text("You have declined the return.")
    sent.refresh_from_db()
    assert sent.status == ReturnStatus.DRAFT


@WITH_AND_WITHOUT
def test_back_to_the_certified_version(sign_in_as: SignIn, live_world: World, sent: QuarterlyReturn) -> None:
    world = live_world
    signed = returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    queried = returns.query(quarterly_return=signed, reason="Why so little?", by=world.officer, at=NOW)
    entries.save_narrative(
        quarterly_return=queried,
        revision=queried.revision,
        progress="Something else.",
        problems="",
        next_steps="More of the same.",
        by=world.lead,
        at=NOW,
    )
    page = sign_in_as(world.lead)
    page.goto(f"/returns/{sent.pk}/")
    page.get_by_role("link", name="Go back to the certified version").click()
    expect(page.locator("main")).to_contain_text("1 value changed.")
    expect(page.locator("main")).to_contain_text("Something else.")
    page.get_by_label("Why do the certified figures stand?").fill("The ledger agrees.")
    page.get_by_role("button", name="Go back to the certified version").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Tick the box")
    expect(page.get_by_label("Why do the certified figures stand?")).to_have_value("The ledger agrees.")
    page.get_by_label("Undo these changes").check()
    page.get_by_role("button", name="Go back to the certified version").click()
    expect(page.locator("main")).to_contain_text("The certified version stands again")
    sent.refresh_from_db()
    assert (sent.status, sent.certified_by) == (ReturnStatus.CERTIFIED, world.certifier)


@WITH_AND_WITHOUT
def test_appointing_a_deputy(sign_in_as: SignIn, live_world: World) -> None:
    user = people.add_person(email="colleague@test.example", name="Colleague", last_login=NOW)
    people.give_role(user=user, organisation=live_world.north, role=Role.BOARD_MEMBER, starts_on=START)
    first = localdate()
    page = sign_in_as(live_world.certifier)
    page.goto("/deputies/")
    page.get_by_role("button", name="Appoint a deputy").click()
    page.get_by_label("Colleague").check()
    page.get_by_label("First day").fill(f"{first:%d %m %Y}")
    page.get_by_label("Last day").fill(f"{first + timedelta(days=400):%d %m %Y}")
    page.get_by_role("button", name="Appoint").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("at most 366 days")
    page.get_by_label("Last day").fill(f"{first + timedelta(days=13):%d %m %Y}")
    page.get_by_role("button", name="Appoint").click()
    expect(page.locator("main")).to_contain_text("Colleague stands in for you from")
    page.get_by_role("button", name="End the cover").click()
    expect(page.locator("main")).to_contain_text("The cover by Colleague ends today.")
