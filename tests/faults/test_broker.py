"""The broker dead, hung, emptied; the worker killed: no page waits, and no roll-up is lost."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from funding.models import Figure, QuarterlyReturn, RollUpMark
from funding.reconciliation import reconcile
from tests.conftest import sign_in
from tests.worker import Broker, until, worker
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def sent() -> tuple[World, QuarterlyReturn]:
    world = build_world()
    world.roll_up()
    world.open()
    world.roll_up()
    return world, world.send(world.return_of(world.north), by=world.lead, actual="777.77")


def certify(client: Client, found: QuarterlyReturn) -> float:
    """Certifies through the page; returns how many seconds the page took."""
    before = time.monotonic()
    answer = client.post(
        reverse("return_certify", args=[found.pk]), {"revision": found.revision, "certified": "on"}
    )
    took = time.monotonic() - before
    assert answer.status_code == 302, answer.content.decode()
    return took


def rolled_up() -> bool:
    return Figure.objects.filter(actual="777.77").count() == 2 and not RollUpMark.objects.exists()


def equal(world: World) -> bool:
    return not any(check.difference for check in reconcile(world.partnership))


def test_a_certified_figure_is_rolled_up_by_the_worker(
    redis: Broker, sent: tuple[World, QuarterlyReturn], tmp_path: Path
) -> None:
    world, found = sent
    with worker(redis.url, tmp_path / "worker.log"):
        certify(sign_in(world.certifier), found)
        until(rolled_up, what="The roll-up")
    assert equal(world)


@pytest.mark.parametrize("fault", ["kill", "hang"])
def test_no_page_waits_for_a_broker_that_is_away_and_the_sweep_does_the_work(
    redis: Broker, sent: tuple[World, QuarterlyReturn], tmp_path: Path, fault: str
) -> None:
    world, found = sent
    client = sign_in(world.certifier)
    client.get(reverse("return_certify", args=[found.pk]))  # templates are compiled
    getattr(redis, fault)()

    assert certify(client, found) < 1
    assert RollUpMark.objects.count() == 1

    if fault == "kill":
        redis.start()
    else:
        redis.wake()
    with worker(redis.url, tmp_path / "worker.log", beat=True):
        until(rolled_up, seconds=60, what="The sweep")
    assert equal(world)


def test_a_worker_killed_at_work_and_a_broker_that_forgot_lose_nothing(
    redis: Broker, sent: tuple[World, QuarterlyReturn], tmp_path: Path
) -> None:
    world, found = sent
    with worker(redis.url, tmp_path / "first.log") as process:
        certify(sign_in(world.certifier), found)
        process.kill()
    import redis as client

    client.Redis(port=redis.port).flushall()
    with worker(redis.url, tmp_path / "second.log", beat=True):
        until(rolled_up, seconds=60, what="The sweep")
    assert equal(world)
