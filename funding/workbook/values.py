"""Makes a value of a cell, as its column asks, and shows values to people. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from authorities.filters import date_words
from funding.money import pounds
from funding.workbook import cells
from funding.workbook.book import Cell
from funding.workbook.form import Column, Kind
from funding.workbook.headings import plain

LONGEST_WORDS = 3000
MAXIMUM_COUNT = 9_999_999
MAXIMUM_HOURS = 999_999


def value_of(cell: Cell, column: Column) -> Any:
    """The value that the cell holds; None of an empty one. Raises ValueError with a sentence."""
    if not cell.text.strip() and not cell.is_formula:
        return None
    return _READERS[column.kind](cell, column)


def _amount(cell: Cell, column: Column) -> Decimal:
    amount: Decimal = cells.amount(cell, negative=True)
    if amount < 0:
        raise ValueError(
            "Enter £0 or more. A correction of an earlier quarter has its own page in the portal."
        )
    return amount


def _count(cell: Cell, column: Column) -> int:
    count: int = cells.count(cell)
    if not 0 <= count <= MAXIMUM_COUNT:
        raise ValueError(f"Enter a whole number from 0 to {MAXIMUM_COUNT:,}.")
    return count


def _hours(cell: Cell, column: Column) -> Decimal:
    hours: Decimal = cells.hours(cell)
    if not 0 <= hours <= MAXIMUM_HOURS:
        raise ValueError(f"Enter hours from 0 to {MAXIMUM_HOURS:,}.")
    return hours


def _day(cell: Cell, column: Column) -> date:
    day: date = cells.day(cell)
    return day


def _choice(cell: Cell, column: Column) -> str:
    said = _text(cell)
    for code, label in column.choices:
        if plain(said) in (plain(label), plain(code)):
            return code
    raise ValueError(f"Choose one of these: {'; '.join(label for _, label in column.choices)}.")


def _words(cell: Cell, column: Column) -> str:
    text = _text(cell)
    if len(text) > LONGEST_WORDS:
        raise ValueError(f"Shorten this to {LONGEST_WORDS} characters or fewer. It has {len(text)}.")
    return text


def _text(cell: Cell) -> str:
    if cell.is_formula:
        raise ValueError("Type the words themselves. The portal does not take the result of a formula.")
    if cell.kind == "error":
        raise ValueError(f"The cell holds the error {cell.text}. Type the words.")
    text = cell.text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(ord(one) < 32 and one not in "\n\t" for one in text):
        raise ValueError("Some characters of this text cannot be kept. Type it again.")
    return text


_READERS = {
    Kind.AMOUNT: _amount,
    Kind.COUNT: _count,
    Kind.HOURS: _hours,
    Kind.DAY: _day,
    Kind.CHOICE: _choice,
    Kind.WORDS: _words,
}


def shown(value: Any, column: Column) -> str:
    """The value for people. Nothing is an empty text, never zero."""
    if value is None or value == "":
        return ""
    if column.kind == Kind.AMOUNT:
        return pounds(value)
    if isinstance(value, date):
        return date_words(value)
    if isinstance(value, Decimal | int):
        return f"{value:,}"
    return dict(column.choices).get(str(value), str(value))


def exact(value: Any) -> str:
    """The value for the portal, to be read back without loss."""
    return value.isoformat() if isinstance(value, date) else str(value)
