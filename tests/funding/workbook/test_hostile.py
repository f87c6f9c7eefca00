"""Every hostile file is answered within ten seconds with its cause, by a reader that stays small and alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from funding.workbook import cells
from funding.workbook.book import Book, RefusedWorkbook
from funding.workbook.limits import LIMITS, Limits
from funding.workbook.marks import corners
from funding.workbook.read import ROOT, read
from tests.funding.workbook.hostile import KINDS, Kind

MEGABYTE = 1024 * 1024
SECONDS = 10
# A refusal ends with what to do.
WHAT_TO_DO = ("pload", "ave ", "Delete", "Copy", "Check", "Fill in", "Export", "Shorten")


def memory(what: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM at its highest."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split(f"{what}:")[1].split()[0])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them, written by the script in a process of its own, so that bombs are not built in this one."""
    folder = tmp_path_factory.mktemp("hostile")
    subprocess.run(
        [sys.executable, "-m", "tests.funding.workbook.hostile", str(folder)], cwd=ROOT, check=True
    )
    return folder


@pytest.fixture(scope="module", autouse=True)
def _stays_small_and_alone(files: Path) -> Iterator[None]:
    """Over the whole run: the highest this process ever stood, and what is left of its children."""
    Path("/proc/self/clear_refs").write_text("5")  # forget how high it stood before
    before = memory("VmRSS")
    others = set(psutil.Process().children(recursive=True))
    yield
    grown = memory("VmHWM") - before
    print(f"\n  {len(KINDS)} kinds of hostile file: memory grew by {grown / MEGABYTE:.0f} MB")
    assert grown <= 100 * MEGABYTE
    assert set(psutil.Process().children(recursive=True)) <= others


def wrong(kind: Kind, path: Path, limits: Limits = LIMITS) -> str:
    """What is wrong with the answer to this file; nothing when it is as it should be."""
    try:
        book = read(path, name=kind.name, report=lambda step, done, total: None, limits=limits)
    except RefusedWorkbook as refusal:
        if kind.bad or kind.good:
            return f"refused as a whole: {refusal}"
        told = kind.says in str(refusal) and any(word in str(refusal) for word in WHAT_TO_DO)
        return "" if told else f"refused in other words: {refusal}"
    if not (kind.bad or kind.good):
        return "read, and not refused"
    return wrong_cells(kind, book)


def wrong_cells(kind: Kind, book: Book) -> str:
    sheet = next(iter(book.sheets.values()))
    for address in kind.good:
        cells.amount(sheet.cell(*corners(address)[0]))
    for address in kind.bad:
        try:
            taken = cells.amount(sheet.cell(*corners(address)[0]), negative=True)
        except ValueError as problem:
            if kind.says not in str(problem):
                return f"{address} refused in other words: {problem}"
        else:
            return f"{address} taken as {taken}"
    return ""


def test_there_are_enough_kinds() -> None:
    assert len(KINDS) >= 60


@pytest.mark.parametrize("title", KINDS)
def test_answered_in_time_with_the_cause(title: str, files: Path) -> None:
    kind = KINDS[title]
    begun = time.monotonic()
    answer = wrong(kind, files / kind.name)
    assert answer == ""
    assert time.monotonic() - begun < SECONDS


# A wall that is taken away must be missed: the same files, with one limit out of reach, get another answer.
FAULTS: dict[str, tuple[str, Callable[[Limits], Limits]]] = {
    "size": ("too large", lambda limits: replace(limits, size=10**9)),
    "ratio": ("bomb", lambda limits: replace(limits, ratio=10**9, unpacked=10**9)),
    "unpacked": ("bomb of many parts", lambda limits: replace(limits, unpacked=10**9)),
    "parts": ("thousand parts", lambda limits: replace(limits, parts=10**9)),
    "depth": ("deep folders", lambda limits: replace(limits, depth=10**9)),
    "sheets": ("ten thousand sheets", lambda limits: replace(limits, sheets=10**9)),
    "rows": ("too many rows", lambda limits: replace(limits, rows=10**9)),
    "columns": ("far column", lambda limits: replace(limits, columns=10**9)),
    "area": ("two corners", lambda limits: replace(limits, area=10**9)),
    "cell text": ("giant text", lambda limits: replace(limits, cell_text=10**9)),
    "text": ("endless text", lambda limits: replace(limits, text=10**9)),
}


@pytest.mark.parametrize("wall", FAULTS)
def test_a_wall_that_is_taken_away_is_missed(wall: str, files: Path) -> None:
    title, fault = FAULTS[wall]
    kind = KINDS[title]
    assert wrong(kind, files / kind.name) == ""
    assert wrong(kind, files / kind.name, limits=fault(LIMITS)) != ""
