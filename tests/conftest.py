"""The fixed cast, on the real database, and what keeps append-only tables from blocking a clean-up."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.test import Client

from authorities.models import User
from tests.worker import Broker, broker
from tests.world import World, build_open_world, build_signed_world, build_world

CAST = (
    "officer",
    "approver",
    "lead",
    "certifier",
    "stranger",
    "police_lead",
    "board_member",
    "auditor",
    "administrator",
)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """`make test` has migrated a database for all of its processes."""
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")


@pytest.fixture
def _flushable(transactional_db: None) -> Iterator[None]:
    """A transactional test ends with TRUNCATE, which the append-only tables refuse. As the tests' own
    superuser, step over the triggers for that one moment; `pytest_runtest_teardown` steps back."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: the collector of garbage need not walk over it again
    and again, nor run every 700 objects where one query makes more. That is a tenth of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        names = getattr(item, "fixturenames", [])
        marker = item.get_closest_marker("django_db")
        if {"transactional_db", "live_server"} & set(names) or (marker and marker.kwargs.get("transaction")):
            names.append("_flushable")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    yield
    if "_flushable" in getattr(item, "fixturenames", []) and connection.connection is not None:
        connection.connection.rollback()
        with connection.connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")
        connection.connection.commit()


@pytest.fixture(autouse=True)
def _files_of_the_test(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Private files of a test lie in a folder of its own, also for a worker that it starts."""
    settings.FILES_ROOT = tmp_path / "files"
    monkeypatch.setenv("FILES_ROOT", str(settings.FILES_ROOT))


@pytest.fixture(autouse=True)
def _no_list_of_static_files(settings: Any) -> None:
    """WhiteNoise lists every static file when a client sends its first request, which takes longer than the
    request. It looks a file up when it is asked for instead; the server of browser tests does as in service.
    """
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def world(db: None, request: pytest.FixtureRequest) -> World:
    """The one world of a test: further on from the start where the test asks for one of those below."""
    for name, build in FURTHER_ON.items():
        if name in request.fixturenames:
            return build()
    return build_world()


# The furthest first: who asks for two has both.
FURTHER_ON = {"signed_world": build_signed_world, "open_world": build_open_world}


@pytest.fixture
def open_world(world: World) -> World:
    """`world`, with the round of quarter 2 open: its rows are put back, not made again."""
    return world


@pytest.fixture
def signed_world(world: World) -> World:
    """`world`, with the return of the north for quarter 2 certified."""
    return world


def _member(name: str) -> object:
    @pytest.fixture(name=name)
    def person(world: World) -> User:
        found: User = getattr(world, name)
        return found

    return person


for _name in CAST:
    globals()[_name] = _member(_name)


def sign_in(user: User) -> Client:
    """A client signed in as that person."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """`as_user(officer).get(...)`: a client signed in as that person."""
    return sign_in


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker of the test's own, which the pages publish to."""
    with broker(tmp_path) as running:
        monkeypatch.setitem(current_app.conf, "broker_url", running.url)
        yield running
