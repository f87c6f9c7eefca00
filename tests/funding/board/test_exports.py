"""CSV: numbers stay numbers, and no text runs as a formula."""

import csv
import io
from decimal import Decimal

import pytest

from funding.board import exports
from funding.board.charts import page
from funding.board.charts.chart import Chart
from funding.board.charts.table import Cell, Column, Kind, Table
from tests.funding.board.small import small

SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "−", "﹢", "﹣", "﹦", "﹫"]
BODIES = ["1+1", 'HYPERLINK("http://x")', "cmd|' /C calc'!A0"]
PREFIXES = ["", " ", "\u00a0", "\u200b", "\ufeff"]
TRIGGERS = [prefix + sign + body for sign in SIGNS for body in BODIES for prefix in PREFIXES[:3]] + [
    prefix + "=1+1" for prefix in PREFIXES
]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def chart(*cells: Cell) -> Chart:
    columns = (Column("Name", Kind.TEXT), Column("Amount"))
    return Chart("authorities", "", "", Table("", columns, (cells,), cells))


@pytest.mark.parametrize("text", TRIGGERS)
def test_no_text_runs_as_a_formula(text: str) -> None:
    assert len(TRIGGERS) >= 40

    rows = read(exports.csv_text(chart(text, Decimal("1.00"))))

    assert [row[0] for row in rows[1:]] == [f"'{text}"] * 2


@pytest.mark.parametrize("text", ["North", "O'Neill", "1 = 1", "B&NES", "a-b", ""])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert read(exports.csv_text(chart(text, 1)))[1][0] == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Decimal("1234.50"), "1234.50"),
        (Decimal("-0.01"), "-0.01"),
        (Decimal("0.00"), "0.00"),
        (7, "7"),
        (None, "not returned"),
    ],
)
def test_amounts_are_plain_numbers_and_missing_is_a_word(cell: Cell, text: str) -> None:
    assert read(exports.csv_text(chart("North", cell)))[1][1] == text


def test_excel_knows_the_encoding() -> None:
    assert exports.csv_text(chart("£", 1)).encode().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("slug", page.TABLES)
def test_every_file_holds_its_table_to_the_penny(slug: str) -> None:
    table = page.build(small()).charts[slug].table

    rows = read(exports.csv_text(page.build(small()).charts[slug]))

    assert len(rows) == 1 + len(table.rows) + bool(table.foot)
    for written, row in zip(rows[1:], table.rows, strict=False):
        for text, cell in zip(written, row, strict=True):
            assert not isinstance(cell, Decimal) or Decimal(text) == cell


def test_the_name_says_table_year_and_run() -> None:
    facts = small()

    assert exports.file_name(page.build(facts).charts["tiers"], facts) == "board-tiers-2026-27-run-31.csv"
