"""How fast a workbook is read: every guard, the child and its pipe against the library of cells alone."""

from __future__ import annotations

from pathlib import Path
from random import Random

import xlsxwriter
from python_calamine import CalamineWorkbook

from funding.workbook.read import read
from tests.bench.test_bench import ratio, tell

ROWS, AMOUNTS = 20_000, 7
ROUNDS = 15
# The target is twice; a machine that is busy with other work makes a second process dearer than it is.
OUT_OF_ALL_PROPORTION = 5


def write(path: Path) -> None:
    """20,000 lines of ten cells: two words, seven amounts, a sentence, and totals below that are formulas."""
    random = Random(20_000)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Spend")
        for row in range(ROWS):
            sheet.write_string(row, 0, f"Line {row}")
            sheet.write_string(row, 1, random.choice(["Staff", "Travel", "Grants to providers"]))
            for column in range(2, 2 + AMOUNTS):
                sheet.write_number(row, column, random.randrange(10**7) / 100)
            sheet.write_string(row, 2 + AMOUNTS, f"What was done, in words, number {row % 500}")
        for column in range(2, 2 + AMOUNTS):
            sheet.write_formula(ROWS, column, "=1+1", None, 2)


def test_speed_of_reading(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    write(path)

    def whole() -> None:
        book = read(path, name="large.xlsx", report=lambda step, done, total: None)
        assert book.sheets["Spend"].height == ROWS + 1
        assert len(book.sheets["Spend"].formulas) == AMOUNTS

    def alone() -> None:
        with CalamineWorkbook.from_path(path) as book:
            assert len(book.get_sheet_by_index(0).to_python()) == ROWS + 1

    against_alone, milliseconds = ratio(whole, alone, rounds=ROUNDS)
    tell(
        "Guarded reading of a workbook against python-calamine alone",
        against_alone,
        f"{milliseconds:.0f} ms, {ROWS:,} rows",
    )
    print()
    assert against_alone < OUT_OF_ALL_PROPORTION
