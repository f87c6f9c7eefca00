"""GET and HEAD change nothing: no page that is only looked at writes a row, for any role."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from funding.board.charts.page import TABLES
from tests.architecture.access_table import DRAFT, PRINCIPALS, QUERIED, SECOND_OF_ROLE, TABLE, address_of
from tests.architecture.asking import ask, reading_only
from tests.architecture.stages import stage_at
from tests.world import World

PLAIN = (
    *(
        "home",
        "training",
        "board",
        "board_packs",
        "meetings",
        "meeting_new",
        "board_actions",
        "milestones",
        "milestones_csv",
        "milestone_new",
        "flags",
        "flags_csv",
        "board_changes",
        "board_years",
        "board_years_csv",
        "open_data",
        "open_data_draft_json",
        "open_data_draft_csv",
        "open_data_publish",
        "open_data_withdraw",
        "what_ifs",
        "what_if_new",
        "what_if_compare",
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


ONE_OF_EACH_ROLE = [one for one in PRINCIPALS if one not in SECOND_OF_ROLE]


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
    for principal in ONE_OF_EACH_ROLE:
        for address in (*map(reverse, PLAIN), *tables):
            for method in ("GET", "HEAD") if principal == "officer" else ("GET",):
                ask(standing.clients[principal], address, method, {})


@pytest.mark.django_db
def test_no_page_of_a_queried_return_writes() -> None:
    """A state that the matrix leaves out."""
    standing = stage_at(QUERIED)
    for route in TABLE:
        for owner in ("north", "police"):
            if route.about == "return" and (route.about, owner) in standing.numbers:
                for principal in ONE_OF_EACH_ROLE:
                    if principal in route.readers:
                        address = address_of(route.name, standing.numbers[route.about, owner])
                        ask(standing.clients[principal], address, "GET", {})


def test_the_look_out_sees_a_write(world: World) -> None:
    with pytest.raises(AssertionError), reading_only():
        world.open()
