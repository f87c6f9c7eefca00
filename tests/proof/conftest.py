"""How often a claim is tried: a few times with every test run, 200 times by `make proof`."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

ROUNDS = int(os.environ.get("PROOF_ROUNDS", "5"))


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> Iterator[None]:
    """Thousands of refusals, as wanted: none is worth a line in a log."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "structlog" not in name]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a figure past pytest."""

    def say(sentence: str) -> None:
        with capsys.disabled():
            print(f"\n{sentence}")

    return say


def together(*works: Callable[[], Any]) -> list[Any]:
    """Runs them in a thread and on a connection each, all starting at the same moment."""
    start = threading.Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))
