"""Delivery in a real browser: rows that come and go, totals, last quarter's counts, prompts, patrols on a phone."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from funding.models import ActivityLine, Intervention, PatrolLine, QuarterlyReturn, ReturnStatus
from tests.browser.conftest import SignIn
from tests.world import Q1, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PHONE = {"width": 390, "height": 844}
BOTH = pytest.mark.parametrize(
    "sign_in_as",
    [{"java_script_enabled": True}, {"java_script_enabled": False}],
    ids=["with JavaScript", "without JavaScript"],
    indirect=True,
)
BOTH_ON_A_PHONE = pytest.mark.parametrize(
    "sign_in_as",
    [
        {"java_script_enabled": True, "viewport": PHONE},
        {"java_script_enabled": False, "viewport": PHONE},
    ],
    ids=["with JavaScript", "without JavaScript"],
    indirect=True,
)
SOON = 15_000


@pytest.fixture
def scripted(request: pytest.FixtureRequest) -> bool:
    """Whether the browser of this test runs JavaScript."""
    return bool(request.node.callspec.params["sign_in_as"]["java_script_enabled"])


def go(page: Page, part: str, found: QuarterlyReturn) -> None:
    page.goto(reverse(f"return_{part}", args=[found.pk]))


def save(page: Page, name: str = "Save") -> None:
    page.get_by_role("button", name=name, exact=True).last.click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("saved.")


def fits(page: Page) -> bool:
    """Whether nothing of the page is wider than the screen."""
    return bool(page.locator("html").evaluate("root => root.scrollWidth <= window.innerWidth"))


def assert_whole(boxes: Locator) -> None:
    """Every box is within a phone's screen, and wide enough for a number."""
    for box in boxes.all():
        place = box.bounding_box()
        assert place
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= PHONE["width"]
        assert place["width"] >= 100


def fill_risk(page: Page, place: int, title: str) -> None:
    box = page.locator("[data-row-group]").nth(place)
    box.get_by_label("What could go wrong?").fill(title)
    for label, score in (
        ("Likelihood before", "4"),
        ("Impact before", "3"),
        ("Likelihood after", "2"),
        ("Impact after", "3"),
    ):
        box.get_by_label(label).select_option(score)
    box.get_by_label("What do you do about it?").fill("Agency cover.")
    box.get_by_label("Who owns it, by role?").fill("Authority lead")


def rate(page: Page, part: str, rating: str) -> None:
    page.get_by_role("group", name=f"How is {part} against the plan?").get_by_label(
        rating, exact=True
    ).check()
    page.get_by_label(f"Why this rating for {part}?").fill("A post is vacant.")


@BOTH
def test_risks_and_sources_come_and_go(sign_in_as: SignIn, live_world: World, scripted: bool) -> None:
    live_world.open()
    found = live_world.return_of(live_world.north)
    page = sign_in_as(live_world.lead)
    risks_come_and_go(page, found, scripted)
    sources_come_and_go(page, found, scripted)


def risks_come_and_go(page: Page, found: QuarterlyReturn, scripted: bool) -> None:
    go(page, "ratings", found)
    rate(page, "spend", "Amber")
    rate(page, "delivery", "Green")
    page.get_by_role("button", name=re.compile("^Add a")).click()
    fill_risk(page, 0, "A post stays vacant")
    if scripted:
        scores = page.locator(".portal-row__score")
        expect(scores.nth(0)).to_have_text("Score before: 12 of 25")
        expect(scores.nth(1)).to_have_text("Score after: 6 of 25")
    page.get_by_role("button", name=re.compile("^Add a")).click()
    page.get_by_role("button", name=re.compile("^Add a")).click()
    fill_risk(page, 1, "Rooms are lost")
    fill_risk(page, 2, "A school leaves")
    assert page.get_by_label("Why this rating for spend?").input_value() == "A post is vacant."
    page.locator("[data-row-group]").nth(1).get_by_role("button").click()
    expect(page.locator("[data-row-group]")).to_have_count(2)
    assert page.locator("[data-place]").all_inner_texts() == ["1", "2"]
    save(page)
    titles = found.risks.order_by("id").values_list("title", flat=True)
    assert list(titles) == ["A post stays vacant", "A school leaves"]

    page.locator("[data-row-group]").first.get_by_role("button").click()
    page.get_by_label("Likelihood after").select_option("")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose how likely it is after you act")
    assert page.get_by_label("What could go wrong?").input_value() == "A school leaves"
    page.get_by_label("Likelihood after").select_option("5")
    save(page)
    assert found.risks.get().score_after == 15


def sources_come_and_go(page: Page, found: QuarterlyReturn, scripted: bool) -> None:
    go(page, "match", found)
    for place, (source, kind, amount) in enumerate(
        [("Public health", "In kind", "£1,200"), ("A trust", "Cash", "500")]
    ):
        page.get_by_role("button", name=re.compile("^Add a")).click()
        box = page.locator("[data-row-group]").nth(place)
        box.get_by_label("Where does it come from?").fill(source)
        box.get_by_label("Cash or in kind?").select_option(kind)
        box.get_by_label("Is it secured?").select_option("no")
        box.get_by_label("Worth in this quarter").fill(amount)
    save(page)
    expect(page.locator("main")).to_contain_text("Cash £500.00")
    page.locator("[data-row-group]").first.get_by_role("button").click()
    if scripted:  # what goes is saved like what is typed
        expect(page.locator("[data-autosave-status]")).to_contain_text("Saved at", timeout=SOON)
    else:
        save(page)
    assert found.match_lines.get().source == "A trust"


def test_ratings_save_by_themselves_and_half_a_risk_waits(sign_in_as: SignIn, live_world: World) -> None:
    live_world.open()
    found = live_world.return_of(live_world.north)
    page = sign_in_as(live_world.lead)
    go(page, "ratings", found)
    rate(page, "spend", "Amber")
    page.get_by_role("button", name="Add a risk").click()
    page.get_by_label("What could go wrong?").fill("A post stays vacant")
    status = page.locator("[data-autosave-status]")
    expect(status).to_contain_text("What is half filled is saved when it is complete.", timeout=SOON)
    found.refresh_from_db()
    assert (found.spend_rag, found.spend_rag_reason, found.delivery_rag) == ("amber", "A post is vacant.", "")
    assert not found.risks.exists()

    rate(page, "delivery", "Green")
    fill_risk(page, 0, "A post stays vacant")
    expect(status).to_have_text(re.compile(r"^Saved at \d+:\d\d[ap]m\.$"), timeout=SOON)
    assert found.risks.get().title == "A post stays vacant"
    page.reload()  # nothing is unsaved, so nobody asks
    assert page.get_by_label("What could go wrong?").input_value() == "A post stays vacant"


@BOTH
def test_last_quarters_counts_then_prompts_then_sent(
    sign_in_as: SignIn, live_world: World, scripted: bool
) -> None:
    """Activity from last quarter; nobody supported and green are asked about, confirmed, and the return goes."""
    world = live_world
    world.open(Q1)
    world.send(world.return_of(world.north, Q1), by=world.lead)
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead)
    ActivityLine.objects.filter(quarterly_return=found).delete()

    page = sign_in_as(world.lead)
    go(page, "activity", found)
    targeted = page.locator("input[name^='targeted_reached-']")
    targeted.nth(0).fill("0")
    page.get_by_role("button", name="Same as last quarter").click()
    expect(page.locator("main")).to_contain_text("Nothing is saved yet")
    assert [box.input_value() for box in targeted.all()] == ["0", "12"]
    assert not ActivityLine.objects.filter(quarterly_return=found).exists()
    save(page)
    page.get_by_role("link", name="Task list").click()

    page.get_by_role("link", name="Ratings and risks").click()
    rate(page, "spend", "Green")
    save(page, "Save and continue")
    page.get_by_role("link", name="Check your answers and send").click()
    boxes = page.locator("#asked ~ form textarea")
    expect(boxes).to_have_count(2)
    expect(page.get_by_role("button", name="Send to the certifier")).to_have_count(0)
    boxes.nth(0).fill("Right")
    page.get_by_role("button", name="Confirm what is written").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Write a few words")
    for box in boxes.all():
        box.fill("It is right so.")
    page.get_by_role("button", name="Confirm what is written").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("2 prompts confirmed.")
    page.get_by_role("button", name="Send to the certifier").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Sent to your certifier.")
    found.refresh_from_db()
    assert found.status == ReturnStatus.WITH_CERTIFIER


@BOTH_ON_A_PHONE
def test_patrols_on_a_phone(sign_in_as: SignIn, live_world: World, scripted: bool) -> None:
    live_world.open()
    found = live_world.return_of(live_world.police)
    page = sign_in_as(live_world.police_lead)
    go(page, "patrols", found)
    assert fits(page)
    boxes = page.locator("table[data-grid] input")
    assert_whole(boxes)
    for box, typed in zip(boxes.all(), ("1,120.25", "many", "3", "2", "5"), strict=True):
        box.fill(typed)
    if scripted:
        expect(page.locator("[data-count-col=hours]")).to_have_text("1,120.25")
        expect(page.locator("[data-count-col=visits]")).to_have_text("check numbers")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("visits")
    assert boxes.nth(1).input_value() == "many"
    assert fits(page)
    boxes.nth(1).fill("400")
    if scripted:
        expect(page.locator("[data-count-col=visits]")).to_have_text("400")
    save(page)
    line = PatrolLine.objects.get(quarterly_return=found)
    assert (line.hours, line.visits) == (Decimal("1120.25"), 400)
    expect(page.locator("[data-count-col=hours]")).to_have_text("1,120.25")
    for part in ("ratings", "match", "check"):
        go(page, part, found)
        assert fits(page), part


@pytest.mark.parametrize("sign_in_as", [{"viewport": PHONE}], indirect=True)
def test_targets_on_a_phone(sign_in_as: SignIn, live_world: World) -> None:
    mentoring = Intervention.objects.get(name="Mentoring")
    page = sign_in_as(live_world.lead)
    page.goto(reverse("targets", args=[mentoring.pk]))
    boxes = page.locator("table[data-grid] input")
    expect(boxes).to_have_count(12)
    assert fits(page)
    assert_whole(boxes)
