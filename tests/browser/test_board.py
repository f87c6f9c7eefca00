"""The board page in a browser: every chart is drawn under the strict policy, and nothing is lost without a script."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from funding.actions import board_packs
from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import RULES
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NO_SCRIPT = pytest.mark.parametrize("sign_in_as", [{"java_script_enabled": False}], indirect=True)


def accepted(world: World) -> World:
    world.open()
    world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier, actual="1234.56")
    world.accept(world.return_of(world.police), by=world.police_lead, certifier=world.police_certifier)
    world.roll_up()
    return world


def test_every_chart_is_drawn(sign_in_as: SignIn, live_world: World) -> None:
    page = sign_in_as(accepted(live_world).board_member)
    breaches: list[str] = []
    page.on(
        "console", lambda line: breaches.append(line.text) if "Content Security Policy" in line.text else None
    )
    page.goto("/board/")

    areas = page.locator("[data-chart]")
    assert areas.count() >= 6
    for number in range(areas.count()):
        expect(areas.nth(number).locator("svg.main-svg").first).to_be_visible()
    assert breaches == []
    # The bars are there, not the axes alone.
    assert page.locator("#authorities svg .bars path, #authorities svg .point path").count() >= 4


@NO_SCRIPT
def test_without_a_script_the_tables_say_it_all(sign_in_as: SignIn, live_world: World) -> None:
    page = sign_in_as(accepted(live_world).board_member)
    page.goto("/board/")
    expect(page.locator("#authorities table")).to_contain_text("£2,469.12")
    assert page.locator("[data-chart]:visible").count() == 0

    page.get_by_text("Change the year, fund, organisation or day").click()
    page.get_by_label("Organisation", exact=True).select_option(label="North Council")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("organisation|authority"))
    expect(page.locator("main")).to_contain_text("£2,469.12")


def test_a_download_holds_what_the_table_shows(sign_in_as: SignIn, live_world: World) -> None:
    page = sign_in_as(accepted(live_world).board_member)
    page.goto("/board/")
    with page.expect_download() as download:
        page.locator("#authorities").get_by_role("link", name="CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    north = next(row for row in rows if row and row[0] == "North")
    assert "2469.12" in north


def test_the_waterfall_is_drawn_as_its_table_says(sign_in_as: SignIn, live_world: World) -> None:
    """Each bar's place on the axis is the sum that its row reaches, and its row leads to its events."""
    board_packs.take_all(clock=lambda: NOW)
    accepted(live_world)
    board_packs.take_all(clock=lambda: NOW + timedelta(days=1))
    page = sign_in_as(live_world.officer)
    breaches: list[str] = []
    page.on(
        "console", lambda line: breaches.append(line.text) if "Content Security Policy" in line.text else None
    )
    page.goto(f"/board/changes/?since=day&since_day={NOW.date()}&until=now&year={NOW.year}")

    area = page.locator("[data-chart=spend]")
    expect(area.locator("svg.main-svg").first).to_be_visible()
    assert breaches == []
    spec = json.loads(page.locator("#board-charts").text_content() or "", parse_float=Decimal)["spend"]
    whole, more, _ = spec["data"]
    cells = page.locator("#spend tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert [cell[2].replace("£", "+£") for cell in cells[1:]] == more["customdata"][1:-1]
    assert [cells[0][3], page.locator("#spend tfoot td").nth(2).text_content()] == [
        whole["customdata"][0], whole["customdata"][-1],
    ]  # fmt: skip
    assert area.locator(".bars .point path").count() >= len(cells) + 1
    page.locator("#spend tbody").get_by_role("link").first.click()
    expect(page.locator(":target")).to_contain_text("Return of Q2 2026/27")
    page.locator(":target").get_by_role("link").first.click()
    page.wait_for_url(re.compile("/returns/"))


def test_a_flag_is_dismissed_with_a_reason(sign_in_as: SignIn, live_world: World) -> None:
    live_world.open()
    south = live_world.return_of(live_world.south)
    live_world.certify(south, by=live_world.stranger, certifier=live_world.south_certifier, actual="0.00")
    page = sign_in_as(live_world.officer)
    page.goto("/board/flags/")
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_role("link", name="Say why you dismiss this flag.")).to_be_visible()
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.get_by_label("Your words on South Council").fill("It starts in January.")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("main")).to_contain_text("No return that counts waits for an answer.")
    page.get_by_text("Answered (1)").click()
    expect(page.locator("main")).to_contain_text("“It starts in January.”")
    assert Axe().run(page, options=RULES).response["violations"] == []


def test_a_chart_is_saved_as_a_picture_under_the_strict_policy(sign_in_as: SignIn, live_world: World) -> None:
    page = sign_in_as(accepted(live_world).board_member)
    page.goto("/board/")
    button = page.locator("[data-picture=authorities]")
    title = (page.locator("#authorities .chart__title").text_content() or "").strip()
    expect(page.locator("#authorities svg.main-svg").first).to_be_visible()

    with page.expect_download() as download:
        button.press("Enter")

    # A breach of the policy is an error in the console, and each of those fails the test at its end.
    assert download.value.suggested_filename == "board-authorities-2026-27.svg"
    picture = ElementTree.fromstring(download.value.path().read_text(encoding="utf-8"))  # noqa: S314 - our own file
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    written = " ".join(" ".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text"))
    assert title in " ".join(written.split())
    assert "North" in written
    assert len([path for path in picture.iter("{http://www.w3.org/2000/svg}path") if path.get("d")]) > 8


@NO_SCRIPT
def test_without_a_script_no_picture_is_offered_and_a_figure_leads_to_its_source(
    sign_in_as: SignIn, live_world: World
) -> None:
    page = sign_in_as(accepted(live_world).officer)
    page.goto("/board/")
    assert page.locator("[data-picture]").count() > 0
    assert page.locator("[data-picture]:visible").count() == 0

    page.locator("#authorities").get_by_role("link", name="£2,469.12").first.click()
    expect(page.locator("main")).to_contain_text("£2,469.12")
    page.get_by_role("link", name=re.compile("^Return ?: North")).first.click()
    expect(page.locator("h1")).to_contain_text("Quarter 2")
