"""Counts, hours and days out of cells, and what a cell that holds something else is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from funding.workbook import cells
from funding.workbook.book import Cell, CellKind


def cell(text: str, kind: CellKind = "text", *, is_formula: bool = False) -> Cell:
    return Cell("Spend", 4, 2, text, kind, is_formula)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("120", "text", 120),
        ("1,200", "text", 1200),
        (" 7 ", "text", 7),
        ("120", "number", 120),
        ("2.9999999999999996", "number", 3),
        ("0", "number", 0),
        ("9999999", "number", 9_999_999),
    ],
)
def test_a_count_is_a_whole_number(text: str, kind: CellKind, expected: int) -> None:
    assert cells.count(cell(text, kind)) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1.5", "number"), ("-1", "number"), ("1e+22", "number"), ("10000000", "number"), ("-0", "number"),
        ("1.5", "text"), ("1,00", "text"), ("-1", "text"), ("", "empty"), ("12 people", "text"), ("١٢", "text"),
        ("9" * 400, "text"), ("1e3", "text"), ("1_000", "text"), ("O", "text"),
    ],
)  # fmt: skip
def test_a_doubtful_count_is_refused(text: str, kind: CellKind) -> None:
    with pytest.raises(ValueError, match=r"^Enter "):
        cells.count(cell(text, kind))


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("37.5", "text", "37.5"),
        ("1,037.25", "text", "1037.25"),
        ("37.5", "number", "37.50"),
        ("0", "number", "0"),
    ],
)
def test_hours_have_up_to_two_decimal_places(text: str, kind: CellKind, expected: str) -> None:
    assert cells.hours(cell(text, kind)) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("37.125", "number"),
        ("-1", "number"),
        ("1000000", "number"),
        ("37h", "text"),
        ("37:30", "text"),
        ("1.", "text"),
    ],
)
def test_doubtful_hours_are_refused(text: str, kind: CellKind) -> None:
    with pytest.raises(ValueError, match=r"^Enter "):
        cells.hours(cell(text, kind))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-10-31", "date"), ("2026-10-31T14:30:00", "date"), ("2026-10-31", "text"), ("31/10/2026", "text"),
        ("31-10-2026", "text"), ("31.10.2026", "text"), ("31 Oct 2026", "text"), ("31 October 2026", "text"),
        ("31-OCT-2026", "text"), ("31 oct. 2026", "text"), (" 31/10/2026\u00a0", "text"),
    ],
)  # fmt: skip
def test_a_day_in_every_usual_form(text: str, kind: CellKind) -> None:
    assert cells.day(cell(text, kind)) == date(2026, 10, 31)


@pytest.mark.parametrize("month", range(1, 13))
def test_months_by_their_names(month: int) -> None:
    day = date(2026, month, 9)
    assert cells.day(cell(f"{day:%-d %B %Y}")) == cells.day(cell(f"{day:%d-%b-%Y}")) == day


def test_a_month_that_is_shortened_to_four_letters() -> None:
    assert cells.day(cell("9 Sept 2026")) == date(2026, 9, 9)


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("31/10/26", "text", "four digits"), ("31/02/2026", "text", "no such day"), ("10/31/2026", "text", "no such day"),
        ("31/10-2026", "text", "like 31/10/2026"), ("31 Octopus 2026", "text", "like 31/10/2026"),
        ("46326", "number", "number and not a date"), ("soon", "text", "like"), ("", "empty", "like"),
        ("31/10/1926", "text", "far from"), ("12:30:00", "date", "like"), ("٣١/١٠/٢٠٢٦", "text", "like"),
        ("TRUE", "bool", "the word TRUE"), ("#REF!", "error", "holds an error"), ("9 Mart 2026", "text", "like"),
    ],
)  # fmt: skip
def test_a_doubtful_day_is_refused(text: str, kind: CellKind, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        cells.day(cell(text, kind))


@pytest.mark.parametrize("figure", [cells.amount, cells.count, cells.hours, cells.day])
@pytest.mark.parametrize(
    ("text", "kind"), [("1", "number"), ("1", "text"), ("", "empty"), ("2026-10-31", "date")]
)
def test_no_figure_is_taken_from_a_formula(figure: Callable[[Cell], Any], text: str, kind: CellKind) -> None:
    with pytest.raises(ValueError, match="holds a formula"):
        figure(cell(text, kind, is_formula=True))
