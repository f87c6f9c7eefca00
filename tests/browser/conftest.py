"""A real browser on a live server. Skipped, with the reason, where no Chromium is installed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from authorities.models import User
from tests.conftest import sign_in as session_of
from tests.worker import Broker, worker
from tests.world import World, build_world

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
PATIENCE = 30_000  # milliseconds, for a machine with much else to do
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")

SignIn = Callable[[User], Page]
expect.set_options(timeout=PATIENCE / 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if CHROMIUM is None and here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed: apt-get install chromium"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright's loop runs in this thread, and Django would take every query for one inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def portal(transactional_db: None, settings: Any) -> Iterator[LiveServerThread]:
    """The portal as it is served: WhiteNoise gives out the fingerprinted files, not Django's test helper."""
    settings.WHITENOISE_AUTOREFRESH = False
    server = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None, server.error
    yield server
    server.terminate()
    _settle()


def _settle() -> None:
    """Wait for answers that nobody waits for any more: a page may have been left while it saved by itself,
    and its tables cannot be emptied under it."""
    busy = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute(busy)
            if not cursor.rowcount:
                return
            time.sleep(0.1)


@pytest.fixture
def live_world(transactional_db: None) -> World:
    """The cast with a password each, so that they come in by the sign-in page."""
    world = build_world()
    world.roll_up()
    return world


@pytest.fixture
def running_worker(redis: Broker, live_world: World, tmp_path: Path) -> Iterator[None]:
    with worker(redis.url, tmp_path / "worker.log", beat=True):
        yield


@pytest.fixture
def sign_in_as(
    chromium: Browser, portal: LiveServerThread, request: pytest.FixtureRequest
) -> Iterator[SignIn]:
    """`sign_in_as(officer)` gives that person's own browser window. Whatever the console says fails the test."""
    options: dict[str, Any] = getattr(request, "param", {})
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(line: ConsoleMessage) -> None:
        # GOV.UK's style sheet names a typeface that is not ours to serve. Ours replaces it; where the sheets
        # arrive far apart, the browser may ask for it in between.
        # That somebody else has saved meanwhile is an answer (409), which the browser notes as well.
        if (
            line.type == "error"
            and "/assets/fonts/" not in line.location["url"]
            and "status of 409" not in line.text
        ):
            complaints.append(f"{line.text} {line.location}")

    def sign_in(user: User) -> Page:
        address = f"http://127.0.0.1:{portal.port}"
        context = chromium.new_context(base_url=address, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # The sign-in form has tests of its own, and checking a password is slow on purpose.
        session = session_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
        page.goto("/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []
