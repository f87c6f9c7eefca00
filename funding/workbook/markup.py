"""The person's own workbook back, with a colour and a comment in each cell that has a remark.

An .xlsx is opened and saved by openpyxl in a process of its own, under limits; of the other kinds a new .xlsx
with the same cells is written. Texts stay texts and formulas stay formulas.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from funding.workbook.book import Book
from funding.workbook.copying import copied
from funding.workbook.findings import Remark

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20
# With more remarks than these a workbook takes longer to mark than anybody wants to wait.
MOST_REMARKS = 2_000


class UnableToMark(Exception):
    """The workbook cannot be given back marked up. The preview has every remark all the same."""


def mark(path: Path, book: Book, remarks: Sequence[Remark]) -> bytes:
    """The bytes of an .xlsx. Raises UnableToMark."""
    remarks = remarks[:MOST_REMARKS]
    if book.kind != "xlsx":
        return copied(book, remarks)
    with TemporaryDirectory() as folder:
        wanted, target = Path(folder, "remarks.json"), Path(folder, "marked.xlsx")
        wanted.write_bytes(orjson.dumps(list(map(as_fact, remarks))))
        _run([str(path.resolve()), str(wanted), str(target)])
        if not target.exists():
            raise UnableToMark("Nothing was written.")
        return target.read_bytes()


def as_fact(remark: Remark) -> dict[str, object]:
    """What the other process needs to know of a remark."""
    place = remark.place
    return {
        "level": remark.level,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "address": place.address,
        "typed": remark.typed,
        "sentence": remark.sentence,
    }


def _run(arguments: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "funding.workbook.marking", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise UnableToMark(f"It took longer than {SECONDS} seconds.") from None
    finally:
        # Before the child is reaped its number is its own; afterwards poll() has reaped it already.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code:
        raise UnableToMark(f"The process ended with {code}.")
