"""The tables of the board as CSV files that Excel opens as they are meant."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from funding.board.charts.chart import Chart
from funding.board.charts.table import NOT_RETURNED, Cell, Nil
from funding.board.facts import Facts
from funding.money import ZERO, plain
from funding.quarters import year_label

# A text that begins like this can run as a formula when a spreadsheet opens it; full-width forms too.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Blanks and invisible signs that some spreadsheets skip before they look for a formula.
STEPPED_OVER = " \N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}\N{WORD JOINER}"
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def csv_text(chart: Chart) -> str:
    """The table with its head and totals."""
    head = [neutral(column.head) for column in chart.table.columns]
    foot = [chart.table.foot] if chart.table.foot else []
    return csv_of([head, *([_cell(cell) for cell in row] for row in (*chart.table.rows, *foot))])


def csv_of(rows: Iterable[Iterable[str]]) -> str:
    """Rows whose cells are harmless already; UTF-8 with the mark by which Excel knows it."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return BYTE_ORDER_MARK + buffer.getvalue()


def file_name(chart: Chart, facts: Facts, kind: str = "csv") -> str:
    """Which table, which year, as at which roll-up: board-quarters-2026-27-run-31.csv."""
    run = f"run-{facts.stamp.run}" if facts.stamp.run else "no-run"
    return f"board-{chart.slug}-{year_label(facts.year).replace('/', '-')}-{run}.{kind}"


def _cell(cell: Cell) -> str:
    """Amounts as plain numbers, so that they can be added up; words without the power to run."""
    if cell is None:
        return NOT_RETURNED
    if isinstance(cell, Nil):
        return plain(ZERO)
    if isinstance(cell, Decimal):
        return plain(cell)
    if isinstance(cell, int):
        return str(cell)
    return neutral(str(cell))


def neutral(text: str) -> str:
    """A leading apostrophe makes a spreadsheet read what follows as text."""
    seen = unicodedata.normalize("NFKC", text).lstrip(STEPPED_OVER)
    return f"'{text}" if seen.startswith((*TRIGGERS, "\N{MINUS SIGN}")) else text
