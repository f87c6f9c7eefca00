"""A real Celery worker and a real broker for tests, each as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

from vru_portal.servers import free_port, redis_program

ROOT = Path(settings.BASE_DIR)


def until(answer: Callable[[], object], *, seconds: int = 30, what: str = "it") -> None:
    """Waits until the answer is true. Fails the test when that takes too long."""
    deadline = time.monotonic() + seconds
    while not answer():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} seconds"
        time.sleep(0.05)


def database_url() -> str:
    """The address of the test database, for a process of its own."""
    values = connection.get_connection_params()
    host = values.get("host") or ""
    login = f"{values['user']}:{values.get('password') or ''}"
    if host.startswith("/"):
        return f"postgresql://{login}@/{values['dbname']}?host={host}"
    return f"postgresql://{login}@{host}:{values.get('port') or 5432}/{values['dbname']}"


class Broker:
    """A Redis-protocol server on a port of its own, which can be hung, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                str(redis_program(prefer_system=True)),
                *("--port", str(self.port), "--bind", "127.0.0.1", "--appendonly", "yes"),
                *("--dir", str(self.folder), "--save", "", "--maxmemory-policy", "noeviction"),
            ],
            stdout=subprocess.DEVNULL,
        )
        until(self.answers, what="The broker's start")

    def answers(self) -> bool:
        try:
            return bool(redis.Redis(port=self.port, socket_timeout=1).ping())
        except redis.RedisError:
            return False

    def hang(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    running = Broker(folder)
    try:
        yield running
    finally:
        running.wake()
        running.kill()


@contextmanager
def worker(url: str, log: Path, *, beat: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the test database; with `beat` also the sweep. Ready when this returns."""
    environment = os.environ | {"DATABASE_URL": database_url(), "REDIS_URL": url, "LOG_LEVEL": "INFO"}
    environment["FILES_ROOT"] = str(settings.FILES_ROOT)
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "vru_portal",
        "worker",
        "--concurrency=1",
        "--loglevel=INFO",
    ]
    if beat:
        command += ["--beat", "--schedule", str(log.with_suffix(".schedule"))]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        until(lambda: b" ready." in log.read_bytes(), what="The worker's start")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
