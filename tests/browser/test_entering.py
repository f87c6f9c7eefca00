"""Entering money in a real browser: saving by itself, two editors, same as forecast, a narrow screen, no script."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from funding.actions import entries
from funding.models import BudgetLine, QuarterlyReturn, SpendLine
from tests.browser.conftest import SignIn
from tests.browser.test_grid import PASTE
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NO_SCRIPT = pytest.mark.parametrize("sign_in_as", [{"java_script_enabled": False}], indirect=True)
PHONE = pytest.mark.parametrize("sign_in_as", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
SOON = 15_000


@pytest.fixture
def found(live_world: World) -> QuarterlyReturn:
    live_world.open()
    return live_world.return_of(live_world.north)


def lines_of(found: QuarterlyReturn) -> list[BudgetLine]:
    return list(BudgetLine.objects.of(found.organisation, found.round.year))


def opened(sign_in_as: SignIn, world: World, found: QuarterlyReturn, page: str = "return_spend") -> Page:
    window = sign_in_as(world.lead)
    window.goto(reverse(page, args=[found.pk]))
    return window


def told(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-autosave-status]")).to_contain_text(text, timeout=SOON)


def test_the_grid_saves_by_itself_and_says_when(
    sign_in_as: SignIn, live_world: World, found: QuarterlyReturn
) -> None:
    first, second = lines_of(found)
    page = opened(sign_in_as, live_world, found)
    page.fill(f"#id_actual-{first.pk}", "£1,234.50")
    page.fill(f"#id_actual-{second.pk}", "about 5")
    told(page, re.compile(r"Saved at \d+:\d\d[ap]m\."))
    told(page, "1 not saved, because it cannot be read.")
    told(page, "1 amount to enter.")
    expect(page.locator(f"#id_actual-{second.pk}-error")).to_have_text(
        "Enter an amount in figures only, like 1,250.00"
    )
    assert SpendLine.objects.get(budget_line=first).actual == Decimal("1234.50")
    assert page.locator(".money-cell--changed").count() == 1, "what is saved is no change any more"

    page.fill(f"#id_actual-{second.pk}", "5")
    expect(page.locator(f"#id_actual-{second.pk}-error")).to_have_count(0, timeout=SOON)
    assert SpendLine.objects.get(budget_line=second).actual == 5
    page.reload()  # would ask first if anything was unsaved, and playwright would then close the question
    assert page.input_value(f"#id_actual-{first.pk}") == "1234.50"
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/returns/*/*")


def test_words_save_by_themselves(sign_in_as: SignIn, live_world: World, found: QuarterlyReturn) -> None:
    page = opened(sign_in_as, live_world, found, "return_narrative")
    page.get_by_label("What got in the way? (optional)").fill("A post was vacant.")
    told(page, "Saved at")
    found.refresh_from_db()
    assert (found.problems, found.revision) == ("A post was vacant.", 1)


def save_elsewhere(world: World, found: QuarterlyReturn) -> None:
    entries.save_spend(
        quarterly_return=world.return_of(world.north),
        revision=world.return_of(world.north).revision,
        entries=[entries.SpendEntry(line, Decimal("321.00"), Decimal(0), {}) for line in lines_of(found)],
        by=world.lead,
        at=NOW,
    )


def test_a_second_editor_is_told_and_keeps_the_own_text(
    sign_in_as: SignIn, live_world: World, found: QuarterlyReturn
) -> None:
    line = lines_of(found)[0]
    page = opened(sign_in_as, live_world, found)
    save_elsewhere(live_world, found)
    page.fill(f"#id_actual-{line.pk}", "777.00")
    told(page, "Not saved: Somebody else saved this return while you were typing.")
    assert SpendLine.objects.get(budget_line=line).actual == Decimal("321.00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Somebody else saved this return")
    assert page.input_value(f"#id_actual-{line.pk}") == "777.00"
    expect(page.locator(".money-cell__saved").first).to_have_text("Saved: £321.00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Spend and forecast saved.")
    assert SpendLine.objects.get(budget_line=line).actual == Decimal("777.00")


def test_the_own_button_never_meets_the_own_autosave(
    sign_in_as: SignIn, live_world: World, found: QuarterlyReturn
) -> None:
    """While a save by itself is on its way, the button waits for it: no clash with oneself."""
    line = lines_of(found)[0]
    page = opened(sign_in_as, live_world, found)
    under_way: list[str] = []

    def slowly(route: Route) -> None:
        under_way.append(route.request.post_data or "")
        page.wait_for_timeout(1500)
        route.continue_()

    page.route(
        lambda address: address.endswith("/spend/"),
        lambda route: slowly(route) if "autosave" in (route.request.post_data or "") else route.continue_(),
    )
    with page.expect_request(lambda request: "autosave" in (request.post_data or "")):
        page.fill(f"#id_actual-{line.pk}", "8.00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text(
        "Spend and forecast saved.", timeout=2 * SOON
    )
    assert under_way
    assert SpendLine.objects.get(budget_line=line).actual == 8


def test_a_pasted_block_gets_the_same_messages_as_typing(
    sign_in_as: SignIn, live_world: World, found: QuarterlyReturn
) -> None:
    first, second = lines_of(found)
    page = opened(sign_in_as, live_world, found)
    start = f"#id_actual-{first.pk}"
    page.focus(start)
    page.eval_on_selector(start, PASTE, "£1,250.00\t(30.00)\t1.234\r\n(1,250.00)\t12\t13\r\n")
    told(page, "3 not saved, because they cannot be read.")
    messages = {
        cell: page.inner_text(f"#id_{cell}-error")
        for cell in (f"committed-{first.pk}", f"forecast3-{first.pk}", f"actual-{second.pk}")
    }
    assert list(messages.values()) == [
        "Enter an amount of £0 or more, without brackets, like 1,250.00",
        "Enter pounds and pence with no more than 2 digits after the point, like 1,250.00",
        "Enter an actual of £0 or more. To take back spend of an earlier quarter, use a correction",
    ]
    assert SpendLine.objects.get(budget_line=first).actual == 1250
    page.get_by_role("button", name="Save", exact=True).click()
    for cell, message in messages.items():
        expect(page.locator(f"#id_{cell}-error")).to_contain_text(message)


def test_same_as_forecast_with_a_script(
    sign_in_as: SignIn, live_world: World, found: QuarterlyReturn
) -> None:
    first, second = lines_of(found)
    page = opened(sign_in_as, live_world, found)
    page.fill(f"#id_committed-{first.pk}", "66")
    page.get_by_role("button", name=re.compile("^Same as plan.*Mentoring")).click()
    assert page.input_value(f"#id_actual-{first.pk}") == "10000.00"
    page.keyboard.press("Control+z")
    assert page.input_value(f"#id_actual-{first.pk}") == ""
    page.fill(f"#id_actual-{first.pk}", "1")
    page.get_by_role("button", name=re.compile("^Fill every empty actual")).click()
    assert page.input_value(f"#id_actual-{first.pk}") == "1"
    assert page.input_value(f"#id_actual-{second.pk}") == "5000.00"
    assert page.input_value(f"#id_committed-{first.pk}") == "66"


@NO_SCRIPT
def test_same_as_forecast_and_save_without_a_script(
    sign_in_as: SignIn, live_world: World, found: QuarterlyReturn
) -> None:
    first, second = lines_of(found)
    page = opened(sign_in_as, live_world, found)
    page.fill(f"#id_actual-{second.pk}", "about 5")
    page.get_by_role("button", name=re.compile("^Same as plan.*Mentoring")).click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text(
        "1 amount filled in, and not saved yet."
    )
    assert page.input_value(f"#id_actual-{first.pk}") == "10000.00"
    assert page.input_value(f"#id_actual-{second.pk}") == "about 5"
    page.fill(f"#id_actual-{second.pk}", "")
    page.press(f"#id_actual-{second.pk}", "Enter")  # saves, and fills nothing
    expect(page.locator(".govuk-notification-banner")).to_contain_text(
        "Spend and forecast saved. 1 amount to enter."
    )
    assert SpendLine.objects.get(budget_line=first).actual == 10000
    assert SpendLine.objects.get(budget_line=second).actual is None


@NO_SCRIPT
def test_a_clash_without_a_script(sign_in_as: SignIn, live_world: World, found: QuarterlyReturn) -> None:
    line = lines_of(found)[0]
    page = opened(sign_in_as, live_world, found)
    save_elsewhere(live_world, found)
    page.fill(f"#id_actual-{line.pk}", "777.00")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Somebody else saved this return")
    assert page.input_value(f"#id_actual-{line.pk}") == "777.00"


@PHONE
def test_the_grid_on_a_phone(sign_in_as: SignIn, live_world: World, found: QuarterlyReturn) -> None:
    """Every box of a line is whole within the screen, with its name before it."""
    page = opened(sign_in_as, live_world, found)
    assert page.locator("html").evaluate("root => root.scrollWidth") <= 390
    for cell in page.locator("table[data-grid] input").all():
        box = cell.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["width"] >= 100
    label = page.eval_on_selector(
        "td:has(> .money-cell)", "cell => getComputedStyle(cell, '::before').content"
    )
    assert label == '"Actual, Q2"'
