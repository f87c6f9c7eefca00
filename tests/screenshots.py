"""Pictures of the main pages in docs/screenshots/, wide and narrow: `make screenshots`.

Loads the demonstration into the database it is given, serves it, and signs in as each kind of person.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from funding.actions import board_packs  # noqa: E402
from funding.models import Claim, Decision, Grant, Meeting, QuarterlyReturn, Scenario  # noqa: E402

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
WIDTHS = {"wide": 1280, "narrow": 390}
TALLEST = 2400
DOTS_PER_INCH = 60


def in_round(name: str) -> int:
    return QuarterlyReturn.objects.get(
        organisation__short_name=name, round__year=2026, round__quarter_number=2
    ).pk


# (file name, person or none, address)
PAGES: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("sign-in", "", lambda: reverse("account_login")),
    ("home-officer", "OPCC grants officer", lambda: reverse("home")),
    ("grants", "OPCC grants officer", lambda: reverse("grants")),
    (
        "allocations",
        "OPCC grants officer",
        lambda: reverse("allocations", args=[Grant.objects.get(name__contains="from 2026 (ill").pk]),
    ),
    (
        "decision",
        "OPCC approver",
        lambda: reverse("decision", args=[Decision.objects.get(status="proposed").pk]),
    ),
    ("tracker", "OPCC grants officer", lambda: reverse("tracker")),
    ("home-lead", "Bristol lead", lambda: reverse("home")),
    ("return-tasks", "Bristol lead", lambda: reverse("return", args=[in_round("Bristol")])),
    ("return-spend", "Bristol lead", lambda: reverse("return_spend", args=[in_round("Bristol")])),
    ("return-variances", "Bristol lead", lambda: reverse("return_variances", args=[in_round("Bristol")])),
    ("return-ratings", "Bristol lead", lambda: reverse("return_ratings", args=[in_round("Bristol")])),
    ("return-activity", "Bristol lead", lambda: reverse("return_activity", args=[in_round("Bristol")])),
    ("return-workbook", "Bristol lead", lambda: reverse("upload_new", args=[in_round("Bristol")])),
    ("return-changes", "Bristol lead", lambda: reverse("return_changes", args=[in_round("Bristol")])),
    (
        "return-queried",
        "Bath and North East Somerset lead",
        lambda: reverse("return", args=[in_round("B&NES")]),
    ),
    ("notices", "Bristol lead", lambda: reverse("notices")),
    ("receipt", "Somerset lead", lambda: reverse("return_receipt", args=[in_round("Somerset")])),
    ("report", "Somerset lead", lambda: reverse("return_report", args=[in_round("Somerset")])),
    ("query", "OPCC grants officer", lambda: reverse("return_query", args=[in_round("South Glos")])),
    ("accept-clean", "OPCC grants officer", lambda: reverse("tracker_accept")),
    ("waivers", "OPCC grants officer", lambda: reverse("waivers")),
    ("jobs", "Administrator", lambda: reverse("jobs")),
    ("training", "Administrator", lambda: reverse("training")),
    ("return-patrols", "Police lead", lambda: reverse("return", args=[in_round("Police")])),
    ("certify", "Police certifier", lambda: reverse("return_certify", args=[in_round("Police")])),
    ("review", "OPCC grants officer", lambda: reverse("return_review", args=[in_round("South Glos")])),
    ("board", "Board member", lambda: reverse("board")),
    ("board-rows", "Board member", lambda: f"{reverse('board_rows')}?measure=spent&year=2026"),
    ("board-changes", "OPCC grants officer", lambda: reverse("board_changes")),
    ("board-flags", "OPCC grants officer", lambda: reverse("flags")),
    ("board-years", "Board member", lambda: reverse("board_years")),
    ("board-packs", "Board member", lambda: reverse("board_packs")),
    ("open-data", "OPCC approver", lambda: reverse("open_data")),
    ("meetings", "Board member", lambda: reverse("meetings")),
    ("meeting", "Board member", lambda: reverse("meeting", args=[Meeting.objects.latest("held_on").pk])),
    ("milestones", "OPCC grants officer", lambda: reverse("milestones")),
    ("claims", "OPCC approver", lambda: reverse("claims")),
    ("what-if", "OPCC grants officer", lambda: reverse("what_if", args=[Scenario.objects.earliest("pk").pk])),
)

# On paper: how many of the first sheets.
SHEETS: tuple[tuple[str, str, int, Callable[[], str]], ...] = (
    ("board", "Board member", 3, lambda: reverse("board")),
    ("board-changes", "OPCC grants officer", 1, lambda: reverse("board_changes")),
    ("board-years", "Board member", 1, lambda: reverse("board_years")),
    ("claim", "OPCC approver", 1, lambda: reverse("claim", args=[Claim.objects.latest("pk").award_id, "q1"])),
)


@contextmanager
def portal() -> Iterator[str]:
    """The address of the portal, served from this process."""
    server = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


def sign_in(browser: Browser, address: str, person: str, width: int) -> Page:
    page = browser.new_context(base_url=address, viewport={"width": width, "height": 900}).new_page()
    if person:
        page.goto(reverse("account_login"))
        page.get_by_role("button", name=f"Sign in as {person}", exact=True).click()
    return page


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not installed. On Debian: apt-get install chromium", file=sys.stderr)
        return 1
    if shutil.which("pdftoppm") is None:
        print("pdftoppm is not installed. On Debian: apt-get install poppler-utils", file=sys.stderr)
        return 1
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_demo", "--today", "2026-11-23")
    board_packs.take_all(clock=timezone.now)  # as the worker does after each roll-up
    FOLDER.mkdir(parents=True, exist_ok=True)
    with portal() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for size, width in WIDTHS.items():
            for name, person, where in PAGES:
                take(sign_in(browser, address, person, width), where(), FOLDER / f"{name}-{size}.png", width)
        for name, person, sheets, where in SHEETS:
            print_sheets(sign_in(browser, address, person, WIDTHS["wide"]), where(), name, sheets)
        browser.close()
    print(
        f"{len(PAGES) * len(WIDTHS) + sum(sheets for _, _, sheets, _ in SHEETS)} pictures in {FOLDER.relative_to(Path.cwd())}"
    )
    return 0


def take(page: Page, where: str, file: Path, width: int) -> None:
    """The whole page, or its beginning where it is very long. Charts are given time to draw."""
    page.goto(where)
    page.wait_for_load_state("networkidle")
    height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(300)
    page.screenshot(path=file)
    page.context.close()


def print_sheets(page: Page, where: str, name: str, sheets: int) -> None:
    """The first sheets of the page on paper, as board-print-1.png and so on."""
    page.goto(where)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    for sheet in range(1, sheets + 1):
        options = ("-png", "-r", str(DOTS_PER_INCH), "-f", str(sheet), "-singlefile", "-")
        subprocess.run(["pdftoppm", *options, str(FOLDER / f"{name}-print-{sheet}")], input=pdf, check=True)
    page.context.close()


if __name__ == "__main__":
    sys.exit(main())
