"""A lead hands a workbook in with a browser, with and without scripts, while a real worker reads it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from funding.models import QuarterlyReturn, SpendLine
from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import NARROW, RULES, WIDE
from tests.funding.workbook.sheets import content, spent
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def found(live_world: World) -> QuarterlyReturn:
    live_world.open()
    return live_world.return_of(live_world.north)


def hand_in(page: Page, found: QuarterlyReturn, data: bytes) -> None:
    page.goto(reverse("return", args=[found.pk]))
    page.get_by_role("link", name="Upload a workbook").click()
    file = {"name": "Quarter 2 figures.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()


def look(page: Page, name: str) -> None:
    """No fault of access, no sideways scroll; a picture of both widths where somebody asks for them."""
    assert Axe().run(page, options=RULES).response["violations"] == []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator("html").evaluate("root => root.scrollWidth") <= width
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": WIDE, "height": 900})


@pytest.mark.usefixtures("running_worker")
def test_errors_then_the_clean_part_then_all(
    sign_in_as: SignIn, live_world: World, found: QuarterlyReturn
) -> None:
    page = sign_in_as(live_world.lead)
    page.goto(reverse("return", args=[found.pk]))
    look(page, "tasks")
    page.goto(reverse("upload_new", args=[found.pk]))
    look(page, "new")
    hand_in(page, found, content(spent(found, "about 5", 0)))
    page.get_by_role("heading", name="Correct this").wait_for(timeout=60_000)
    look(page, "errors")

    page.get_by_role("button", name="Save only the clean part").click()
    expect(page).to_have_title(re.compile("^Error: "))
    look(page, "unticked")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Save only the clean part").click()
    page.get_by_text("are saved in the return").wait_for()
    assert [str(line.actual) for line in SpendLine.objects.all()] == ["0.00"]

    hand_in(page, found, content(spent(live_world.return_of(live_world.north), 9500.1, 4800)))
    page.get_by_role("button", name="Save all").wait_for(timeout=60_000)
    look(page, "preview")
    page.get_by_role("button", name="Save all").click()
    page.get_by_text("are saved in the return").wait_for()
    assert sorted(str(line.actual) for line in SpendLine.objects.all()) == ["4800.00", "9500.10"]


@pytest.mark.usefixtures("running_worker")
@pytest.mark.parametrize("sign_in_as", [{"java_script_enabled": False}], indirect=True)
def test_the_same_without_a_script(sign_in_as: SignIn, live_world: World, found: QuarterlyReturn) -> None:
    page = sign_in_as(live_world.lead)
    hand_in(page, found, content(spent(found, 9500.1, 4800)))
    # The page comes back by itself until the answer is there.
    page.get_by_role("button", name="Save all").wait_for(timeout=60_000)
    page.get_by_role("button", name="Save all").click()
    page.get_by_text("are saved in the return").wait_for()
    assert SpendLine.objects.count() == 2


def test_a_waiting_page_says_so(sign_in_as: SignIn, live_world: World, found: QuarterlyReturn) -> None:
    """Nobody reads yet: the broker is away, or the worker is."""
    page = sign_in_as(live_world.lead)
    hand_in(page, found, content(spent(found)))
    expect(page.get_by_role("status")).to_have_text("Waiting for the worker")
    expect(page.get_by_role("progressbar")).to_have_count(1)
    look(page, "waiting")
