"""Six people, from proposing an allocation to the new figure on the board page."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from funding.models import Figure, Hotspot, RollUpMark
from tests.browser.conftest import SignIn
from tests.worker import until
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WITH_AND_WITHOUT = pytest.mark.parametrize(
    "sign_in_as",
    [{"java_script_enabled": True}, {"java_script_enabled": False}],
    ids=["with JavaScript", "without JavaScript"],
    indirect=True,
)


@WITH_AND_WITHOUT
@pytest.mark.usefixtures("running_worker")
def test_from_an_allocation_to_the_board(sign_in_as: SignIn, live_world: World) -> None:
    world = live_world
    officer, approver = sign_in_as(world.officer), sign_in_as(world.approver)

    propose(officer, world)
    approve(approver)
    open_round(officer)
    fill_and_send(sign_in_as(world.lead), world)
    certify(sign_in_as(world.certifier))
    patrols_and_send(sign_in_as(world.police_lead), world)

    board = sign_in_as(world.board_member)
    until(lambda: not RollUpMark.objects.exists(), what="The roll-up")
    provisional = figures_of(board, "North")
    assert "£460,000.00" in provisional  # the new allocation
    assert "£2,469.12" in provisional  # twice £1,234.56, certified and not yet accepted

    accept(officer)
    until(lambda: not RollUpMark.objects.exists(), what="The roll-up")
    accepted = figures_of(board, "North")
    assert accepted.index("£2,469.12") < accepted.index("£0.00")  # moved to the accepted column
    assert "Secret Street" not in board.content()
    assert Figure.objects.filter(actual="1234.56").count() == 2
    call_command("reconcile", "--quiet")


def propose(page: Page, world: World) -> None:
    page.goto(f"/grants/{world.grant.pk}/allocations/")
    page.fill(f"input[name='{cell_name(page, world)}']", "£460,000")
    page.get_by_label("reference").fill("2026-100")
    page.get_by_label("Reason").fill("More violence in the north.")
    page.get_by_role("button", name="Propose decision").click()
    expect(page.locator("h1")).to_contain_text("2026-100")
    expect(page.locator("body")).to_contain_text("£10,000.00")


def cell_name(page: Page, world: World) -> str:
    """The name of the grid's box for the north and the award."""
    box = page.locator(f"input[data-row='{world.north.pk}'][data-col='{world.award.pk}']")
    return str(box.get_attribute("name"))


def approve(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Decide: Decision 2026-100").click()
    page.get_by_label("Approve").check()
    page.get_by_role("button", name="Confirm your answer").click()
    expect(page.locator("main")).to_contain_text("Approved")


def open_round(page: Page) -> None:
    page.goto("/tracker/")
    page.get_by_role("button", name="Open a round").click()
    page.get_by_label("Quarter 2, July to September 2026").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("main")).to_contain_text("North Council")
    page.get_by_role("button", name="Open the round").click()
    expect(page.locator("h1")).to_contain_text("Returns")


def open_return(page: Page) -> None:
    page.goto("/")
    page.locator("a", has_text="Prepare: ").click()


def fill_and_send(page: Page, world: World) -> None:
    open_return(page)
    page.get_by_role("link", name="Spend and forecast").click()
    boxes = page.locator("input[name^='actual-']")
    boxes.nth(0).fill("£1,234.56")
    boxes.nth(1).fill("12..5")
    page.get_by_role("button", name="Save and continue").click()
    # Refused, with what was typed still there and a sentence beside it.
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(boxes.nth(1)).to_have_value("12..5")
    boxes.nth(1).fill("1234.56")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_role("link", name="Activity").click()
    fill_all(page, "main table input[type=text]", "12")
    page.get_by_role("button", name="Save and continue").click()

    page.get_by_role("link", name="Progress in words").click()
    page.get_by_label("What went well this quarter?").fill("Mentors met every young person weekly.")
    page.get_by_role("button", name="Save and continue").click()
    rate(page)
    send(page)


def rate(page: Page) -> None:
    page.get_by_role("link", name="Ratings and risks").click()
    for part in ("Spend", "Delivery"):
        group = page.get_by_role("group", name=f"How is {part.lower()} against the plan?")
        group.get_by_label("Amber", exact=True).check()
        page.get_by_label(f"Why this rating for {part.lower()}?").fill("It began late.")
    page.get_by_role("button", name="Save and continue").click()


def fill_all(page: Page, selector: str, value: str) -> None:
    boxes = page.locator(selector)
    for number in range(boxes.count()):
        boxes.nth(number).fill(value)


def send(page: Page) -> None:
    page.get_by_role("link", name="Check your answers").click()
    page.get_by_role("button", name="Send to the certifier").click()
    expect(page.locator("main")).to_contain_text("With certifier")


def certify(page: Page) -> None:
    page.goto("/")
    page.locator("a", has_text="Certify: North Council").click()
    expect(page.locator("main")).to_contain_text("£2,469.12")
    page.get_by_label("I certify this return").check()
    page.get_by_role("button", name="Certify the return").click()
    expect(page.locator("main")).to_contain_text("Certified")


def patrols_and_send(page: Page, world: World) -> None:
    assert Hotspot.objects.count() == 1
    open_return(page)
    page.get_by_role("link", name="Spend and forecast").click()
    fill_all(page, "input[name^='actual-']", "80,000.00")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Patrols").click()
    expect(page.locator("main")).to_contain_text("Secret Street")
    fill_all(page, "main table input[type=text]", "7")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Progress in words").click()
    page.get_by_label("What went well this quarter?").fill("Every hotspot was patrolled.")
    page.get_by_role("button", name="Save and continue").click()
    rate(page)
    send(page)


def accept(page: Page) -> None:
    page.goto("/")
    page.locator("a", has_text="Review: North Council").click()
    page.locator("form:has(button:has-text('Accept the return')) input[type=checkbox]").check()
    page.get_by_role("button", name="Accept the return").click()
    expect(page.locator("main")).to_contain_text("Accepted")


def figures_of(page: Page, organisation: str) -> str:
    """The row of the organisation in the first table of the board that has one."""
    page.goto("/board/?year=2026")
    expect(page.locator("h1")).to_contain_text("Board")
    return page.locator(
        "tr", has=page.get_by_role("rowheader", name=organisation, exact=True)
    ).first.inner_text()
