"""The reading of workbooks killed, doubled, late; hostile files by the real route: no half return, nothing kept."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from funding import files, jobs
from funding.actions import readings, uploads
from funding.models import (
    ForecastLine,
    QuarterlyReturn,
    SpendLine,
    UploadState,
    WorkbookUpload,
)
from tests.conftest import sign_in
from tests.funding.actions.test_uploads import confirm, kept, receive
from tests.funding.workbook import hostile
from tests.funding.workbook.sheets import SPEND, content, spent
from tests.worker import Broker, database_url, until, worker
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
JOB = "from django.utils import timezone; from funding import jobs; jobs.read_workbooks(clock=timezone.now)"
S = UploadState


@pytest.fixture
def standing(transactional_db: None) -> tuple[World, QuarterlyReturn]:
    world = build_world()
    world.roll_up()
    world.open()
    return world, world.return_of(world.north)


def large(found: QuarterlyReturn) -> bytes:
    """A template with one error and many rows beneath, which takes a while to read and to mark."""
    book = spent(found, "about 5", 4800)
    for row in range(12, 6000):
        book[SPEND].cell(row, 20).value = f"note {row}"
    return content(book)


@contextmanager
def process(code: str) -> Iterator[subprocess.Popen[bytes]]:
    """Python with Django on the test database, as a process of its own."""
    environment = os.environ | {"DATABASE_URL": database_url(), "FILES_ROOT": str(settings.FILES_ROOT)}
    command = [sys.executable, "-c", f"import django; django.setup(); {code}"]
    running = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def fresh(upload: WorkbookUpload) -> WorkbookUpload:
    return WorkbookUpload.objects.get(pk=upload.pk)


def fall_silent(upload: WorkbookUpload) -> None:
    """As if the time had passed after which nobody waits for a sign of life any more."""
    aged = timezone.now() - readings.SILENCE - timedelta(seconds=1)
    WorkbookUpload.objects.filter(pk=upload.pk, state=S.READING).update(heartbeat_at=aged)


def test_a_workbook_goes_through_the_real_worker(
    redis: Broker, standing: tuple[World, QuarterlyReturn], tmp_path: Path
) -> None:
    world, found = standing
    client = sign_in(world.lead)
    with worker(redis.url, tmp_path / "worker.log"):
        file = SimpleUploadedFile("return.xlsx", content(spent(found, 9500, 4800.01)))
        address = client.post(reverse("upload_new", args=[found.pk]), {"file": file})["Location"]
        until(lambda: client.get(f"{address}progress/").json()["is_finished"], what="The reading")
    page = client.get(address).content.decode()
    assert "8 cells change, actual total" in page
    assert "+£14,300.01" in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post(address, {"seen": seen, "all": "yes"}).status_code == 302
    assert sum(line.actual or 0 for line in SpendLine.objects.all()) * 100 == 1430001


@pytest.mark.parametrize("point", ["claimed", "reading", "comparing", "marking"])
def test_a_reader_killed_at_any_point_leaves_nothing_half_done(
    standing: tuple[World, QuarterlyReturn], point: str
) -> None:
    world, found = standing
    upload = receive(found, world.lead, large(found))
    reached: dict[str, Callable[[WorkbookUpload], bool]] = {
        "claimed": lambda one: one.state == S.READING,
        "reading": lambda one: one.done > 0,
        "comparing": lambda one: one.step.startswith("Comparing"),
        "marking": lambda one: one.step.startswith("Marking"),
    }
    with process(JOB) as reader:
        until(lambda: reached[point](fresh(upload)) or fresh(upload).state == S.READ, seconds=60, what=point)
        reader.kill()
        reader.wait()
    killed = fresh(upload)
    assert killed.state in (S.READING, S.READ)
    assert not SpendLine.objects.exists()
    assert not found.events.exists()

    fall_silent(upload)
    jobs.read_workbooks(clock=timezone.now)
    done = fresh(upload)
    assert (done.state, len(done.result["remarks"])) == (S.READ, 1)
    assert done.attempts == killed.attempts + (killed.state == S.READING)
    assert {done.stored_as, done.marked_as} <= set(kept())


def test_three_kills_leave_it_stuck_and_its_owner_retries(standing: tuple[World, QuarterlyReturn]) -> None:
    world, found = standing
    upload = receive(found, world.lead, large(found))
    for attempt in range(1, readings.MOST_ATTEMPTS + 1):
        with process(JOB) as reader:
            until(lambda n=attempt: fresh(upload).attempts == n, seconds=60, what="The claim")  # type: ignore[misc]
            reader.kill()
            reader.wait()
        fall_silent(upload)
    assert jobs.read_workbooks(clock=timezone.now) == 0
    assert fresh(upload).state == S.STUCK

    client = sign_in(world.lead)
    assert "Try again" in client.get(reverse("upload", args=[upload.pk])).content.decode()
    client.post(reverse("upload_retry", args=[upload.pk]))
    jobs.read_workbooks(clock=timezone.now)
    assert fresh(upload).state == S.READ


def test_a_killed_worker_is_replaced_and_the_sweep_finds_the_file(
    redis: Broker, standing: tuple[World, QuarterlyReturn], tmp_path: Path
) -> None:
    world, found = standing
    upload = receive(found, world.lead, content(spent(found, 9500, 4800)))
    readings.claim(at=timezone.now())  # by a worker that was killed at once
    fall_silent(upload)
    with worker(redis.url, tmp_path / "worker.log", beat=True):
        until(lambda: fresh(upload).state == S.READ, seconds=90, what="The sweep")
    assert fresh(upload).attempts == 2


def test_two_workers_at_once_read_each_file_once(standing: tuple[World, QuarterlyReturn]) -> None:
    world, found = standing
    data = content(spent(found, 9500, 4800))
    handed_in = [receive(found, world.lead, data) for _ in range(uploads.MOST_WAITING)]
    with process(JOB) as one, process(JOB) as other:
        assert (one.wait(120), other.wait(120)) == (0, 0)
    assert [(fresh(upload).state, fresh(upload).attempts) for upload in handed_in] == [(S.READ, 1)] * len(
        handed_in
    )


def test_a_save_that_is_killed_saves_nothing(standing: tuple[World, QuarterlyReturn]) -> None:
    """The web process dies between the actuals and the forecasts of one workbook."""
    world, found = standing
    upload = receive(found, world.lead, content(spent(found, 9500, 4800)))
    jobs.read_workbooks(clock=timezone.now)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$; "
            "CREATE TRIGGER dawdle BEFORE INSERT ON funding_forecastline FOR EACH ROW EXECUTE FUNCTION dawdle()"
        )
    try:
        code = (
            "from tests.funding.actions.test_uploads import confirm; from funding.models import WorkbookUpload; "
            f"upload = WorkbookUpload.objects.get(pk={upload.pk}); confirm(upload, upload.uploaded_by)"
        )
        with process(code):
            until(_somebody_sleeps, seconds=60, what="The save")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%forecastline%' "
                           "AND pid <> pg_backend_pid() AND datname = current_database()")  # fmt: skip
            cursor.execute("DROP TRIGGER dawdle ON funding_forecastline; DROP FUNCTION dawdle()")
    assert not SpendLine.objects.exists()
    assert not ForecastLine.objects.exists()
    assert fresh(upload).state == S.READ
    assert confirm(fresh(upload), world.lead).state == S.SAVED
    assert SpendLine.objects.count() == 2


def _somebody_sleeps() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


# --- hostile files, by the real route ---------------------------------------------------------


def test_every_hostile_file_is_refused_in_time_and_nobody_else_waits(
    redis: Broker, standing: tuple[World, QuarterlyReturn], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, found = standing
    client, other = sign_in(world.lead), sign_in(world.stranger)
    elsewhere = reverse("return_spend", args=[world.return_of(world.south).pk])
    other.get(elsewhere)
    slowest, longest, wrong = 0.0, 0.0, []
    with worker(redis.url, tmp_path / "worker.log"):
        for title, kind in hostile.KINDS.items():
            began = time.monotonic()
            cause, pages = hand_in(client, found, kind, other, elsewhere)
            slowest, longest = max(slowest, time.monotonic() - began), max(longest, *pages)
            if not cause or (kind.says and not (kind.bad or kind.good) and kind.says not in cause):
                wrong.append((title, cause))
    with capsys.disabled():
        print(
            f"\n{len(hostile.KINDS)} kinds: slowest answer {slowest:.1f} s, slowest page of another {longest:.2f} s"
        )
    assert wrong == []
    assert len(hostile.KINDS) >= 60
    assert kept() == []
    assert not SpendLine.objects.exists()
    assert not found.events.exists()
    assert slowest < 10
    assert longest < 2


def hand_in(
    client: Client, found: QuarterlyReturn, kind: hostile.Kind, other: Client, elsewhere: str
) -> tuple[str, list[float]]:
    """The cause that the page gives, and how long another person's page took meanwhile."""
    file = SimpleUploadedFile(Path(kind.name).name, kind.make())
    answer = client.post(reverse("upload_new", args=[found.pk]), {"file": file})
    pages = []
    while True:
        began = time.monotonic()
        assert other.get(elsewhere).status_code == 200
        pages.append(time.monotonic() - began)
        if answer.status_code == 200:
            # Too large or empty: the form says so itself, in words of its own.
            assert "This file is " in answer.content.decode()
            return kind.says, pages
        upload = WorkbookUpload.objects.latest("pk")
        if upload.state in (S.REFUSED, S.READ, S.STUCK):
            return str(upload.result.get("cause", "")), pages
        assert time.monotonic() - began < 30
        time.sleep(0.05)


def test_files_lie_where_the_worker_finds_them(tmp_path: Path) -> None:
    assert Path(files.storage().location) == tmp_path / "files"
