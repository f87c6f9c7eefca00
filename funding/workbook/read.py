"""Reads an uploaded workbook in a process of its own, and answers within seconds whatever the file is.

The child holds the file; this side only takes its lines: progress, sheets, rows, or a refusal. A child that
is too slow, too large or gone is stopped with its whole group, and the person is told which of the three it
was.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import orjson

from funding.workbook.book import Book, RefusedWorkbook, Sheet
from funding.workbook.limits import LIMITS, MEGABYTE, Limits
from funding.workbook.sentences import BROKEN, EMPTY, OUT_OF_MEMORY, TOO_MUCH_MEMORY, TOO_SLOW

Report = Callable[[str, int, int], None]
ROOT = Path(__file__).resolve().parents[2]
MILLISECOND = 1_000_000
_WIRE = 48 * MEGABYTE
_BLOCK = 256 * 1024


def read(path: Path, *, name: str, report: Report, limits: Limits = LIMITS) -> Book:
    """The workbook at `path`, which a person called `name`.

    `report(step, done, total)` hears how far reading is, in rows read of rows that the sheet really has.
    Raises RefusedWorkbook, with a sentence for the person, for everything that is not safely read.
    """
    size = path.stat().st_size
    if not size:
        raise RefusedWorkbook(EMPTY)
    if size > limits.size:
        raise RefusedWorkbook(
            f"This file has {size / MEGABYTE:.1f} MB. At most {limits.size // MEGABYTE} MB are read. Delete"
            " pictures"
            " and sheets that do not belong to the return and upload it again."
        )
    intake = _Intake(report)
    deadline = time.monotonic_ns() // MILLISECOND + limits.seconds * 1000
    with path.open("rb") as file, _child(file, limits) as process:
        for line in _lines(process, deadline):
            intake.take(orjson.loads(line))
            if intake.book:
                return intake.book
    raise RefusedWorkbook(_why(process.returncode))


@contextmanager
def _child(file: IO[bytes], limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    """A child in a session of its own, without our environment. It is gone afterwards, however we leave."""
    options = orjson.dumps(asdict(limits)).decode()
    process = subprocess.Popen(
        # Without the machinery of site-packages, which takes as long to load as a small workbook to read.
        [sys.executable, "-S", "-m", "funding.workbook.child", options],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={"LANG": "C.UTF-8", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # Before the child is reaped its number is still its own, so the group cannot be a stranger's.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def _lines(process: subprocess.Popen[bytes], deadline: int) -> Iterator[bytes]:
    """What the child sends, line by line, until it closes the pipe or the time is up."""
    assert process.stdout
    pipe, left, waiting = process.stdout.fileno(), _WIRE, bytearray()
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    while True:
        remaining = deadline - time.monotonic_ns() // MILLISECOND
        if remaining <= 0 or not poll.poll(remaining):
            raise RefusedWorkbook(TOO_SLOW)
        block = os.read(pipe, _BLOCK)
        if not block:
            return
        left -= len(block)
        if left < 0:
            raise RefusedWorkbook(TOO_MUCH_MEMORY)
        waiting += block
        if b"\n" in block:
            *lines, rest = bytes(waiting).split(b"\n")
            waiting = bytearray(rest)
            yield from lines


def _why(code: int) -> str:
    """The sentence for a child that ended without an answer."""
    if code in (OUT_OF_MEMORY, -signal.SIGABRT):  # the reader's own code aborts when memory is refused
        return TOO_MUCH_MEMORY
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        return TOO_SLOW
    return BROKEN


class _Intake:
    """Puts the child's messages together into a book."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.book: Book | None = None
        self.sheets: dict[str, Sheet] = {}
        self.values: list[list[Any]] = []

    def take(self, message: dict[str, Any]) -> None:
        """One message. The child sends the rows of a sheet first, then the sheet, and the book at the end."""
        if "rows" in message:
            self.values += message["rows"]
        elif "progress" in message:
            step, done, total = message["progress"]
            self.report(step, done, total)
        elif "sheet" in message:
            self._close_sheet(message)
        elif "book" in message:
            self.book = Book(message["book"], self.sheets, message["properties"])
        else:
            raise RefusedWorkbook(message["refused"])

    def _close_sheet(self, message: dict[str, Any]) -> None:
        self.sheets[message["sheet"]] = Sheet(
            name=message["sheet"],
            hidden=message["hidden"],
            values=self.values,
            formulas=frozenset((row, column) for row, column in message["formulas"]),
            errors={(row, column): text for row, column, text in message["errors"]},
        )
        self.values = []
