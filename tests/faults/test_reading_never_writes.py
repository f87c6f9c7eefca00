"""GET and HEAD change nothing: no page that is only looked at writes a row, for any role."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from funding.board.charts.page import TABLES
from tests.architecture.test_access_matrix import (
    DRAFT,
    PRINCIPALS,
    QUERIED,
    TABLE,
    address_of,
    ask,
    reading_only,
    stage_at,
)
from tests.world import World

PLAIN = (
    *(
        "home",
        "training",
        "board",
        "board_packs",
        "board_rows",
        "board_rows_csv",
        "grants",
        "claims",
        "decisions",
        "plan",
        "intervention_new",
        "tracker",
        "tracker_accept",
        "tracker_remind",
        "round_new",
        "own_returns",
        "deputies",
        "deputy_new",
        "waivers",
        "waiver_new",
        "api_tokens",
        "api_token_new",
        "api",
    ),
    *("notices", "notice_preferences", "calendar", "jobs"),
    *("switch_organisation", "accessibility_statement", "account_login", "account_reset_password"),
)


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> Iterator[None]:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "structlog" not in name]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
def test_no_page_that_is_read_writes() -> None:
    """The addresses without a number; those with one are looked at by the matrix of access."""
    standing = stage_at(DRAFT)
    tables = [reverse(name, args=[slug]) for name in ("board_csv", "board_xlsx") for slug in list(TABLES)[:3]]
    for principal in PRINCIPALS[:12]:
        for address in (*map(reverse, PLAIN), *tables):
            for method in ("GET", "HEAD"):
                ask(standing.clients[principal], address, method, {})


@pytest.mark.django_db
def test_no_page_of_a_queried_return_writes() -> None:
    """A state that the matrix leaves out."""
    standing = stage_at(QUERIED)
    for route in TABLE:
        for owner in ("north", "police"):
            if (route.about, owner) in standing.numbers:
                for principal in PRINCIPALS[:12]:
                    if principal in route.readers:
                        address = address_of(route.name, standing.numbers[route.about, owner])
                        ask(standing.clients[principal], address, "GET", {})


def test_the_look_out_sees_a_write(world: World) -> None:
    with pytest.raises(AssertionError), reading_only():
        world.open()
