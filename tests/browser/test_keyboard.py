"""The board and its neighbours without a mouse: every stop in the order of reading, each to be seen, and no trap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, TimeoutError, expect

from funding.models import Scenario
from tests.browser.conftest import SignIn
from tests.browser.reading import build_reading, meeting_of
from tests.world import NOW, YEAR, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# Wider than where tables are stacked, and too narrow for the widest of them.
SIZE = {"width": 700, "height": 800}

# Everything that can be reached, in the order of the page, and how it looks while it is not.
STOPS = """() => {
  const STOP = "a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea, summary, [tabindex='0']";
  window.look = (node) => {
    const one = (style) => [
      style.backgroundColor, style.boxShadow,
      style.outlineStyle === "none" || style.outlineColor === "rgba(0, 0, 0, 0)" ? "" : style.outlineColor + style.outlineWidth,
    ].join();
    return one(getComputedStyle(node)) + one(getComputedStyle(node, "::before"));
  };
  window.stops = [...document.querySelectorAll(STOP)].filter(node => node.checkVisibility({ visibilityProperty: true }));
  window.before = stops.map(look);
  return stops.length;
}"""
# Where the focus is: its place among the stops, whether it can be seen, and where it stands.
HERE = """() => {
  const place = stops.indexOf(document.activeElement);
  if (place < 0) return null;
  const box = stops[place].getBoundingClientRect();
  return {
    place, name: stops[place].outerHTML.slice(0, 120), shows: look(stops[place]) !== before[place],
    on: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    left: box.left + scrollX, top: box.top + scrollY, bottom: box.bottom + scrollY,
  };
}"""


@pytest.fixture
def reading(transactional_db: None) -> World:
    return build_reading()


def addresses(world: World) -> list[str]:
    return [
        f"{reverse('board')}?year={YEAR}",
        f"{reverse('board_rows')}?measure=spent&year={YEAR}",
        f"{reverse('board_changes')}?since=day&since_day={NOW.date()}&until=now&year={YEAR}",
        reverse("flags"),
        meeting_of(world),
        reverse("what_if", args=[Scenario.objects.earliest("pk").pk]),
    ]


def test_every_stop_in_the_order_of_reading(sign_in_as: SignIn, reading: World) -> None:
    page = sign_in_as(reading.officer)
    page.set_viewport_size(SIZE)  # type: ignore[arg-type]
    found: list[str] = []
    for address in addresses(reading):
        page.goto(address)
        drawn(page)
        found += [f"{address}: {words}" for words in walk(page)]
        found += [f"{address}: {words}" for words in (*folds(page), *scrolls(page))]
        page.goto(address)
        skips_to_the_content(page)
    if found:
        pytest.fail("\n".join(found))


def drawn(page: Page) -> None:
    for area in page.locator("[data-chart]").all():
        expect(area.locator("svg.main-svg").first).to_be_visible()


def skips_to_the_content(page: Page) -> None:
    """The first stop leads past the header, and the next one lies in the content."""
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_focused()
    expect(page.locator(".govuk-skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null"), page.url


def walk(page: Page) -> Iterator[str]:
    """By Tab from the first stop to the last and out of the page."""
    count = page.evaluate(STOPS)
    assert count > 8, page.url
    last: dict[str, Any] | None = None
    for place in range(count):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None or here["place"] != place:
            yield f"stop {place} is passed over for {here and here['name']}"
            return
        if not here["shows"]:
            yield f"{here['name']} does not show that it has the focus"
        if not here["on"]:
            yield f"{here['name']} is out of sight"
        if last and here["bottom"] < last["top"] and here["left"] <= last["left"]:
            yield f"{here['name']} stands before {last['name']}"
        last = here
    page.keyboard.press("Shift+Tab")
    if (page.evaluate(HERE) or {}).get("place") != count - 2:
        yield "the focus does not go back by Shift and Tab"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    # To the browser's own controls; a browser without any begins again at once.
    if (page.evaluate(HERE) or {}).get("place", 0):
        yield "the focus does not leave the page at its end"


def folds(page: Page) -> Iterator[str]:
    """What is folded away opens and closes by Enter."""
    for part in page.locator("main details").all():
        part.locator("summary").press("Enter")
        if part.get_attribute("open") is None:
            yield f"{part.inner_text()} does not open"
        part.locator("summary").press("Enter")
        if part.get_attribute("open") is not None:
            yield f"{part.inner_text()} does not close"


def scrolls(page: Page) -> Iterator[str]:
    """A table that is wider than its box is moved by the arrow keys."""
    for box in page.locator(".scroll-box").all():
        if box.evaluate("box => box.scrollWidth > box.clientWidth + 1"):
            box.focus()
            page.keyboard.press("ArrowRight")
            try:
                page.wait_for_function("() => document.activeElement.scrollLeft > 0", timeout=2000)
            except TimeoutError:
                yield f"{box.get_attribute('aria-label')} does not scroll"
