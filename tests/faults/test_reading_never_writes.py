"""GET and HEAD change nothing: no page that is only looked at writes a row, for any role."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding.board.charts.page import TABLES
from tests.architecture.test_access_matrix import (
    CERTIFIED,
    DRAFT,
    PRINCIPALS,
    QUERIED,
    SENT,
    TABLE,
    Stage,
    address_of,
)
from tests.world import World

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|.*\bFOR (UPDATE|SHARE|NO KEY))", re.IGNORECASE)
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


def is_write(sql: str) -> bool:
    """The cache holds the counters of the sign-in page, and nothing else."""
    return bool(WRITES.match(sql)) and "shared_cache" not in sql


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> Iterator[None]:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "structlog" not in name]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def visits(standing: Stage) -> Iterator[tuple[str, str, str]]:
    """Who opens which address, and how: at first plain pages, and two outsiders everything; then what each
    may read."""
    is_first = standing.stage == DRAFT
    plain = [reverse(name) for name in PLAIN] + [
        reverse(name, args=[slug]) for name in ("board_csv", "board_xlsx") for slug in list(TABLES)[:3]
    ]
    verbs = ("get", "head") if is_first else ("get",)
    for principal in PRINCIPALS[:12]:
        if is_first:
            yield from ((principal, address, verb) for address in plain for verb in verbs)
        is_outside = is_first and principal in ("stranger", "anonymous")
        for route in TABLE:
            for owner in ("north", "police"):
                if (route.about, owner) in standing.numbers and (is_outside or principal in route.readers):
                    address = address_of(route.name, standing.numbers[route.about, owner])
                    yield from ((principal, address, verb) for verb in verbs)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [DRAFT, SENT, CERTIFIED, QUERIED])
def test_no_page_that_is_read_writes(world: World, stage: str) -> None:
    standing, wrote, count = Stage(world, stage), [], 0
    for principal, address, verb in visits(standing):
        with CaptureQueriesContext(connection) as queries:
            getattr(standing.clients[principal], verb)(address)
        count += 1
        wrote += [(principal, verb, address, one["sql"][:80]) for one in queries if is_write(one["sql"])]
    assert wrote == []
    assert count > 400


def test_the_look_out_sees_a_write(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        world.open()
    assert any(is_write(one["sql"]) for one in queries)
