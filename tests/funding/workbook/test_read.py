"""Reading an uploaded workbook: the same figures from every kind, at their true places, with true progress."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest

from funding.workbook import cells
from funding.workbook.book import Book, RefusedWorkbook, Sheet, letters
from funding.workbook.limits import LIMITS, Limits
from funding.workbook.read import ROOT, read
from tests.funding.workbook import hostile, writers

# Two blank rows and a blank column first: a person's table does not begin in A1.
TABLE: list[list[Any]] = [
    [],
    [],
    [None, "Heading", "Actual", "Spent on", "Agreed"],
    [None, "Staff – café £", Decimal("1250.10"), date(2026, 10, 31), True],
    [],
    [None, "Travel", Decimal("0.01"), date(2026, 12, 1), False],
    [None, "Grants", Decimal("9999999999.99"), date(2027, 3, 31), None],
]
WRITERS: dict[str, Callable[[list[list[Any]]], bytes]] = {
    "xlsx": writers.xlsx,
    "xls": writers.xls,
    "ods": writers.ods,
    "csv": writers.comma_separated,
}


def silent(step: str, done: int, total: int) -> None:
    """Nobody waits for this file."""


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., Book]:
    """Reads bytes as an upload of this name."""

    def read_bytes(data: bytes, name: str = "return.xlsx", limits: Limits = LIMITS) -> Book:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return read(path, name=name, report=silent, limits=limits)

    return read_bytes


def first(book: Book) -> Sheet:
    return next(iter(book.sheets.values()))


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_figures_to_the_penny_from_every_kind(kind: str, reading: Callable[..., Book]) -> None:
    book = reading(WRITERS[kind](TABLE), f"return.{kind}")
    sheet = first(book)
    assert book.kind == kind
    assert sheet.cell(4, 2).text == "Staff – café £"
    assert [cells.amount(sheet.cell(row, 3)) for row in (4, 6, 7)] == [
        Decimal("1250.10"),
        Decimal("0.01"),
        Decimal("9999999999.99"),
    ]
    assert [cells.day(sheet.cell(row, 4)) for row in (4, 6, 7)] == [
        date(2026, 10, 31),
        date(2026, 12, 1),
        date(2027, 3, 31),
    ]
    assert sheet.cell(4, 3).address == "C4"
    assert [len(row) > 0 for row in sheet.rows()] == [False, False, True, True, False, True, True]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_kinds_of_cells_are_kept(kind: str, reading: Callable[..., Book]) -> None:
    sheet = first(reading(WRITERS[kind](TABLE)))
    assert [cell.kind for cell in list(sheet.rows())[3]] == ["empty", "text", "number", "date", "bool"]
    assert sheet.cell(4, 5).text == "TRUE"
    assert sheet.cell(99, 99).kind == "empty"


def test_the_name_of_the_file_says_nothing(reading: Callable[..., Book]) -> None:
    assert reading(writers.xlsx(TABLE), "return.csv").kind == "xlsx"
    assert reading(writers.comma_separated(TABLE), "return.xls").kind == "csv"


def test_formulas_are_known_as_such_in_xlsx(reading: Callable[..., Book]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_formula("C8", "=1+1", None, 999)
        sheet.write_array_formula("C9:C10", "{=C4:C5*2}", None, 5)
        sheet.write_formula("Z30", "=A1")

    sheet = first(reading(writers.xlsx(TABLE, fill=fill)))
    assert sheet.formulas == {(8, 3), (9, 3), (10, 3), (30, 26)}
    assert sheet.cell(8, 3).is_formula
    assert sheet.cell(30, 26).is_formula
    assert not sheet.cell(4, 3).is_formula
    with pytest.raises(ValueError, match="Paste its value instead"):
        cells.amount(sheet.cell(8, 3))


def test_formulas_are_known_as_such_in_xls(reading: Callable[..., Book]) -> None:
    import xlwt

    sheet = first(
        reading(writers.xls(TABLE, fill=lambda book, sheet: sheet.write(8, 2, xlwt.Formula("1+1"))))
    )
    assert sheet.formulas == {(9, 3)}
    with pytest.raises(ValueError, match="formula"):
        cells.amount(sheet.cell(9, 3))


def test_hidden_sheets_and_custom_properties_are_told(reading: Callable[..., Book]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        book.add_worksheet("Lists").very_hidden()
        book.set_custom_property("Return", "17-abc")

    book = reading(writers.xlsx(TABLE, fill=fill))
    assert {name: sheet.hidden for name, sheet in book.sheets.items()} == {"Spend": False, "Lists": True}
    assert book.properties == {"Return": "17-abc"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_every_usual_form(delimiter: str, encoding: str, reading: Callable[..., Book]) -> None:
    rows = [["Line", "Actual", "Words"], ["Café", "£1,250.00", 'He said "no; never", twice\nand left']]
    sheet = first(reading(writers.comma_separated(rows, delimiter=delimiter, encoding=encoding), "a.csv"))
    assert [cell.text for cell in list(sheet.rows())[1]] == rows[1]
    assert cells.amount(sheet.cell(2, 2)) == Decimal("1250.00")


def test_a_first_line_that_names_the_separator(reading: Callable[..., Book]) -> None:
    sheet = first(reading(b"sep=;\r\nA,B;C\r\n1,50;2\r\n", "a.csv"))
    assert [[cell.text for cell in row] for row in sheet.rows()] == [["A,B", "C"], ["1,50", "2"]]


def test_progress_is_true(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = tmp_path / "upload"
    path.write_bytes(writers.xlsx([["Line", number] for number in range(950)]))
    read(path, name="a.xlsx", report=lambda *step: told.append(step))
    rows = [(done, total) for step, done, total in told if step == "Reading sheet Spend"]
    assert rows == [(200, 950), (400, 950), (600, 950), (800, 950), (950, 950)]


def test_a_caller_who_gives_up_leaves_no_child(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(writers.xlsx(TABLE))

    def give_up(step: str, done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        read(path, name="a.xlsx", report=give_up)


def large(tmp_path: Path) -> Path:
    """More rows than fit into a pipe: the child lives until they are taken."""
    path = tmp_path / "upload"
    path.write_bytes(writers.xlsx([["Line", number] for number in range(20_000)]))
    return path


def living_child() -> psutil.Process:
    """The one that reads for us just now."""
    return next(
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and "funding.workbook.child" in child.cmdline()
    )


def signalled(number: signal.Signals, tmp_path: Path, limits: Limits = LIMITS) -> str:
    """The refusal when the child is sent a signal as soon as it has begun."""
    struck: list[int] = []

    def strike(step: str, done: int, total: int) -> None:
        if not struck:
            struck.append(living_child().pid)
            os.kill(struck[0], number)

    with pytest.raises(RefusedWorkbook) as refusal:
        read(large(tmp_path), name="a.xlsx", report=strike, limits=limits)
    assert not psutil.pid_exists(struck[0])
    return str(refusal.value)


def test_a_child_that_hangs_is_stopped(tmp_path: Path) -> None:
    begun = time.monotonic()
    assert "took too long" in signalled(signal.SIGSTOP, tmp_path, replace(LIMITS, seconds=2))
    assert time.monotonic() - begun < 6


def test_each_end_of_a_child_has_its_sentence(tmp_path: Path) -> None:
    assert "damaged" in signalled(signal.SIGKILL, tmp_path)
    assert "damaged" in signalled(signal.SIGSEGV, tmp_path)
    assert "memory" in signalled(signal.SIGABRT, tmp_path)
    assert "took too long" in signalled(signal.SIGXCPU, tmp_path)


def test_too_much_memory_is_said(reading: Callable[..., Book]) -> None:
    bomb = hostile.KINDS["two thousand million spaces"].make()
    with pytest.raises(RefusedWorkbook, match="memory"):
        reading(bomb, limits=replace(LIMITS, memory=200 * 1024 * 1024))


HELPLESS = """
import os, resource, sys
from dataclasses import replace
from funding.workbook.child import confine
from funding.workbook.limits import LIMITS
confine(replace(LIMITS, memory=300 * 1024 * 1024, seconds=30))
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
try:
    bytes(400 * 1024 * 1024)
except MemoryError:
    print("no memory")
try:
    with open(sys.argv[1], "wb", buffering=0) as file:
        file.write(b"x")
except OSError:
    print("no files")
"""


def test_the_child_can_do_little(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELPLESS, str(tmp_path / "x")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == ["no memory", "no files"]


def test_the_child_does_not_see_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@host/name")
    seen: list[dict[str, str]] = []

    def look(step: str, done: int, total: int) -> None:
        if not seen:
            seen.append(living_child().environ())

    read(large(tmp_path), name="a.xlsx", report=look)
    assert set(seen[0]) <= {"LANG", "PYTHONPATH", "LC_CTYPE"}


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (256, "IV"), (16384, "XFD")])
def test_columns_have_letters(column: int, name: str) -> None:
    assert letters(column) == name
