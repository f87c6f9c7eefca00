"""The tables of the board as CSV files that Excel opens as they are meant."""

from __future__ import annotations

from decimal import Decimal

from funding.board.charts.chart import Chart
from funding.board.charts.table import NOT_RETURNED, Cell, Nil
from funding.board.facts import Facts
from funding.csv_rows import csv_of, neutral
from funding.money import ZERO, plain
from funding.quarters import year_label


def csv_text(chart: Chart) -> str:
    """The table with its head and totals."""
    head = [neutral(column.head) for column in chart.table.columns]
    foot = [chart.table.foot] if chart.table.foot else []
    return csv_of([head, *([_cell(cell) for cell in row] for row in (*chart.table.rows, *foot))])


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
