"""The board and its neighbours as they are read: enlarged four times, with letters twice as large, on paper, and
each drawing beside its table. One load of a page serves all of it. Any word on the console fails the test."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.drawings import RULES, Drawing, faults, name_of
from tests.browser.reading import build_reading, pages
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HERE = Path(__file__).parent
REFLOW, PAPER, DRAWN = (HERE.joinpath(name).read_text() for name in ("reflow.js", "paper.js", "drawn.js"))
WIDE = {"width": 1280, "height": 900}
# 1280 by 1024 pixels at 400 %.
ENLARGED = {"width": 320, "height": 256}
# A4 less the margins of print.css, in CSS pixels.
UPRIGHT, ACROSS = {"width": 703, "height": 1009}, {"width": 1032, "height": 680}
# Drawings follow the width, and have smaller letters where they are narrow.
FITTED = """() => [...document.querySelectorAll("[data-chart]")].every(area =>
  area._fullLayout.width <= area.clientWidth && area.layout.font.size === (area.clientWidth < 480 ? 12 : 14))"""
# Words as they are seen: without those that are for ears only.
SEEN = """all => all.filter(one => one.checkVisibility()).map(one => {
  const seen = one.cloneNode(true);
  seen.querySelectorAll(".govuk-visually-hidden, button").forEach(part => part.remove());
  return seen.textContent;
})"""
LETTERS = "size => document.documentElement.style.fontSize = size"


@pytest.fixture
def reading(transactional_db: None) -> World:
    return build_reading()


def test_every_page_enlarged_on_paper_and_drawn(sign_in_as: SignIn, reading: World, tmp_path: Path) -> None:
    page = sign_in_as(reading.officer)
    found: list[str] = []
    drawn: set[str] = set()
    for number, address in enumerate(pages(reading)):
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        keys, wrong = drawings(page)
        drawn |= keys
        wrong += [*printed(page, tmp_path / f"{number}.pdf"), *enlarged(page)]
        found += [f"{address}: {words}" for words in wrong]

    if found:
        pytest.fail("\n".join(found))
    assert drawn == set(RULES)


def drawings(page: Page) -> tuple[set[str], list[str]]:
    """The keys of what a page draws, and what of it is not as its table says."""
    for area in page.locator("[data-chart]").all():
        expect(area.locator("svg.main-svg").first).to_be_visible()
    shown = [Drawing(**one) for one in page.evaluate(DRAWN)]
    return {name_of(one.key) for one in shown}, [
        f"{one.key}: {words}" for one in shown for words in faults(one)
    ]


def enlarged(page: Page) -> Iterator[str]:
    page.evaluate(LETTERS, "200%")
    yield from (f"with letters twice as large: {words}" for words in page.evaluate(REFLOW))
    page.evaluate(LETTERS, "")
    page.set_viewport_size(ENLARGED)  # type: ignore[arg-type]
    page.wait_for_function(FITTED)
    yield from (f"at 400 %: {words}" for words in page.evaluate(REFLOW))


def printed(page: Page, file: Path) -> Iterator[str]:
    """On A4 either way round, and as the text of a PDF where pdftotext is there to read it."""
    pdf = page.pdf(path=file, format="A4", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    if shutil.which("pdftotext"):
        yield from (f"in the PDF: {words}" for words in in_pdf(page, file))
    for name, size in (("upright", UPRIGHT), ("across", ACROSS)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        yield from (f"on paper, {name}: {words}" for words in page.evaluate(PAPER))
    page.emulate_media(media="null")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def in_pdf(page: Page, file: Path) -> Iterator[str]:
    """Every cell is there; no sheet ends with a heading, and the last one says where it comes from."""
    text = subprocess.run(
        ["pdftotext", "-raw", str(file), "-"],
        capture_output=True, text=True, check=True, timeout=20,
    ).stdout  # fmt: skip
    sheets = [sheet for sheet in text.split("\f") if sheet.strip()]
    whole = squeezed(text)
    cells = page.locator("main td, main th, main h1, main h2").evaluate_all(SEEN)
    yield from (f"“{cell}” is missing" for cell in cells if squeezed(cell) not in whole)
    headings = {
        squeezed(words)
        for words in page.locator("h1, h2, h3, h4, caption, summary").all_inner_texts()
        if words.strip()
    }
    for sheet in sheets:
        last = squeezed(sheet.strip().splitlines()[-1])
        if any(heading == last or (len(last) > 12 and heading.endswith(last)) for heading in headings):
            yield f"a sheet ends with the heading “{last}”"
    if "Signout" in whole or "Saveaspicture" in whole:
        yield "what can only be pressed is printed"
    if "thepageasitstoodon" not in squeezed(sheets[-1]):
        yield "the last sheet does not say where it comes from"


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", words)
