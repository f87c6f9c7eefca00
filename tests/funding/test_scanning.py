"""The scan against a clamd that speaks, hangs, stammers and hangs up."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from funding import scanning
from tests.clamd import EICAR, Clamd, clamd


@pytest.fixture
def scanner(settings: Any) -> Iterator[Clamd]:
    with clamd() as running:
        settings.CLAMD_URL, settings.CLAMD_TIMEOUT = running.url, 1
        yield running


def test_a_clean_file(scanner: Clamd) -> None:
    content = b"Invoice" * 5000
    assert scanning.scan(io.BytesIO(content)).is_clean
    assert scanner.seen == [content]


def test_an_infected_file(scanner: Clamd) -> None:
    verdict = scanning.scan(io.BytesIO(b"x" + EICAR))
    assert verdict == scanning.Verdict("Win.Test.EICAR_HDB-1")
    assert not verdict.is_clean


def test_over_a_unix_socket(settings: Any, tmp_path: Path) -> None:
    with clamd(tmp_path / "clamd.sock") as running:
        settings.CLAMD_URL, settings.CLAMD_TIMEOUT = running.url, 1
        assert scanning.scan(io.BytesIO(b"x")).is_clean
        assert not scanning.scan(io.BytesIO(EICAR)).is_clean


@pytest.mark.parametrize("mode", ["hang", "hang up", "stammer", "error"])
def test_no_answer_is_never_a_clean_one(scanner: Clamd, mode: str) -> None:
    scanner.mode = mode
    started = time.monotonic()
    with pytest.raises(scanning.UnableToScan):
        scanning.scan(io.BytesIO(b"x"))
    assert time.monotonic() - started < 5


def test_nobody_there(settings: Any) -> None:
    with clamd() as gone:
        settings.CLAMD_URL, settings.CLAMD_TIMEOUT = gone.url, 1
    with pytest.raises(scanning.UnableToScan):
        scanning.scan(io.BytesIO(b"x"))


def test_without_an_address_there_is_no_scanner(settings: Any) -> None:
    settings.CLAMD_URL = ""
    assert not scanning.is_set_up()
