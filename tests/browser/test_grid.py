"""The amount grid under fast hands: keys, pasted blocks, totals and undo, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route

ROWS, COLS = ("north", "south"), ("2026", "2027")
CELL = '<td><input id="{0}{1}" data-row="{0}" data-col="{1}" value="100.10"></td>'
BODY = "".join(
    f"<tr>{''.join(CELL.format(row, col) for col in COLS)}<td data-total-row='{row}'></td></tr>"
    for row in ROWS
)
GRID = f"""<!doctype html><form method="post"><p data-grid-summary role="status"></p><table data-grid>{BODY}
<tr><td data-total-col="2026"></td><td data-remainder-col="2026" data-limit="250"></td>
<td data-total-all></td></tr>
</table></form><script type="module" src="/js/grid.js"></script>"""
PASTE = """(cell, text) => { const data = new DataTransfer(); data.setData("text/plain", text);
cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})) }"""


def serve(route: Route) -> None:
    """Our own script files, and the page above for everything else."""
    name = route.request.url.partition("/js/")[2]
    if name:
        route.fulfill(
            content_type="text/javascript", body=(settings.BASE_DIR / "static/js" / name).read_text()
        )
    else:
        route.fulfill(content_type="text/html; charset=utf-8", body=GRID)


@pytest.fixture
def grid(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.route("**/*", serve)
    page.goto("http://grid.test/")
    yield page
    page.close()


def focused(page: Page) -> Any:
    return page.evaluate("document.activeElement.id")


def total(page: Page, which: str) -> str | None:
    return page.text_content(f"[data-{which}]")


def test_keys_move_through_the_grid_and_never_send_the_form(grid: Page) -> None:
    grid.focus("#north2026")
    grid.keyboard.press("Enter")
    assert focused(grid) == "south2026"
    grid.keyboard.press("Enter")
    grid.keyboard.press("ArrowUp")
    grid.keyboard.press("ArrowRight")
    assert focused(grid) == "north2027"
    grid.keyboard.press("ArrowDown")
    assert focused(grid) == "south2027"


def test_totals_follow_the_typing_to_the_penny(grid: Page) -> None:
    assert total(grid, "total-all") == "£400.40"
    grid.fill("#north2026", "£1,000.2")
    assert total(grid, "total-row=north") == "£1,100.30"
    assert total(grid, "total-col='2026'") == "£1,100.30"
    assert total(grid, "remainder-col='2026'") == "\N{MINUS SIGN}£850.30"


@pytest.mark.parametrize("text", ["1.234", "1,00", "abc", "1e5", "NaN", "--1", "£", "-5", "(500)", "1 000"])
def test_an_unclear_amount_is_never_counted(grid: Page, text: str) -> None:
    grid.fill("#north2026", text)
    assert total(grid, "total-all") == "check amounts"
    assert total(grid, "total-row=south") == "£200.20"


def test_a_block_from_a_spreadsheet_fills_cells_and_is_undone_as_one(grid: Page) -> None:
    grid.focus("#north2026")
    grid.eval_on_selector("#north2026", PASTE, "£1,000\t2.50\r\n5\t0.50\tout\r\n")
    assert grid.input_value("#north2026") == "£1,000"
    assert total(grid, "total-all") == "£1,008.00"
    assert grid.locator(".money-cell--changed").count() == 4
    grid.wait_for_function(
        "document.querySelector('[data-grid-summary]').textContent.includes('1 did not fit')"
    )
    grid.keyboard.press("Control+z")
    assert total(grid, "total-all") == "£400.40"
    assert grid.locator(".money-cell--changed").count() == 0
    grid.keyboard.press("Control+Shift+z")
    assert total(grid, "total-all") == "£1,008.00"


def test_a_large_sum_keeps_its_pennies(grid: Page) -> None:
    grid.fill("#north2026", "90,071,992,547,409.91")
    grid.fill("#north2027", "0.02")
    assert total(grid, "total-row=north") == "£90,071,992,547,409.93"
