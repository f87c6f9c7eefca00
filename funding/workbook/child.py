"""The process that holds an uploaded file: `python -m funding.workbook.child LIMITS < file`.

It sends lines of JSON: {"progress": [step, done, total]}, {"rows": [...]}, {"sheet": ...}, {"book": ...} or
{"refused": sentence}. It imports what it needs, then gives up the means to do harm, then reads.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import orjson
from python_calamine import CalamineError, PasswordError

from funding.workbook import content, workbooks
from funding.workbook.book import RefusedWorkbook
from funding.workbook.grid import Grid, Opened
from funding.workbook.limits import Limits
from funding.workbook.sentences import BROKEN, ENCRYPTED, OUT_OF_MEMORY

_CHUNK = 200
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME


def main() -> int:
    """Reads standard input and writes lines. 0 when there was an answer, a refusal included."""
    limits = Limits(**orjson.loads(sys.argv[1]))
    gc.disable()  # one file is read, and all memory goes at once
    confine(limits)
    try:
        _answer(limits)
    except RefusedWorkbook as refusal:
        _send({"refused": str(refusal)})
    except PasswordError:
        _send({"refused": ENCRYPTED})
    except (CalamineError, OSError, ValueError, IndexError):
        # What the reader of cells finds wrong with a file it cannot make sense of.
        _send({"refused": BROKEN})
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def confine(limits: Limits) -> None:
    """No more memory, time, files or cores than one workbook needs; an orphan ends by itself."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))
    signal.alarm(limits.seconds + 1)


def _answer(limits: Limits) -> None:
    _send({"progress": ["Checking the file", 0, 1]})
    with os.fdopen(0, "rb", closefd=False) as file:
        data = file.read(limits.size + 1)
    kind = content.kind_of(data)
    opened = _opened_text(data, limits) if kind == "csv" else workbooks.opened(kind, data, limits)
    _send({"progress": ["Checking the file", 1, 1]})
    budget = _Budget(limits)
    for grid in opened.grids:
        _send_sheet(grid, budget)
    _send({"book": opened.kind, "properties": opened.properties})


def _opened_text(data: bytes, limits: Limits) -> Opened:
    from funding.workbook import delimited  # a workbook need not wait for it

    return delimited.opened(data, limits)


class _Budget:
    """What all sheets together may still hold."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.cells, self.text = limits, limits.cells, limits.text

    def spend(self, grid: Grid, first_row: int, rows: list[list[Any]], sent: int) -> None:
        """Takes these rows off. A chunk shorter than the longest cell allowed cannot hold a longer one."""
        self.cells -= sum(map(len, rows))
        if self.cells < 0:
            raise RefusedWorkbook(
                f"This workbook holds more than {self.limits.cells:,} cells. Delete the sheets and rows"
                " that do not"
                " belong to the return and upload it again."
            )
        self.text -= sent
        if sent > self.limits.cell_text:
            self._look_for_long_text(grid, first_row, rows)
        if self.text < 0:
            raise RefusedWorkbook(
                "This workbook holds too much text for a return. Delete the sheets and rows that do not"
                " belong to it"
                " and upload it again."
            )

    def _look_for_long_text(self, grid: Grid, first_row: int, rows: list[list[Any]]) -> None:
        for row, values in enumerate(rows, start=first_row):
            if any(isinstance(value, str) and len(value) > self.limits.cell_text for value in values):
                raise RefusedWorkbook(
                    f"A cell in row {row} of sheet “{grid.name[:31]}” holds more than"
                    f" {self.limits.cell_text:,}"
                    " characters. Shorten it and upload the workbook again."
                )


def _send_sheet(grid: Grid, budget: _Budget) -> None:
    done, step = 0, f"Reading sheet {grid.name[:31]}"
    for rows in _chunks(_padded(grid)):
        line = orjson.dumps({"rows": rows}, default=_as_date, option=_OPTIONS)
        budget.spend(grid, done + 1, rows, len(line))
        done += len(rows)
        _write(line)
        _send({"progress": [step, done, max(done, grid.marks.last_row)]})
    _send(
        {
            "sheet": grid.name,
            "hidden": grid.hidden,
            "formulas": sorted(grid.marks.formulas),
            "errors": [(*place, text) for place, text in grid.marks.errors.items()],
        }
    )


def _padded(grid: Grid) -> Iterator[list[Any]]:
    """The rows without their blank ends, longer where a formula or an error without a value follows."""
    ends: dict[int, int] = {}
    for row, column in (*grid.marks.formulas, *grid.marks.errors):
        ends[row] = max(ends.get(row, 0), column)
    number = 0
    for number, values in enumerate(grid.rows, start=1):
        while values and values[-1] == "":
            values.pop()
        if ends and (short := ends.pop(number, 0) - len(values)) > 0:
            values.extend([""] * short)
        yield values
    for row in range(number + 1, max(ends, default=0) + 1):
        yield [""] * ends.get(row, 0)


def _chunks(rows: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _as_date(value: object) -> dict[str, str]:
    """A date as 2026-10-31, with its time unless that is midnight; a length of time as 40:30:00."""
    if isinstance(value, datetime) and value.time() == time.min:
        value = value.date()
    return {"date": value.isoformat() if isinstance(value, date | time) else str(value)}


def _send(message: dict[str, Any] | Sequence[Any]) -> None:
    _write(orjson.dumps(message))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    os._exit(main())  # everything is flushed, and giving memory back piece by piece would take time
