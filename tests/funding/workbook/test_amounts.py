"""Hostile amounts by four ways: a box of a page, a text cell, a number cell, a CSV. Exact pennies or a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from funding.forms.fields import AmountField
from funding.workbook import cells
from funding.workbook.book import Cell, Sheet
from funding.workbook.read import read
from tests.funding.workbook import hostile, writers

Answer = Decimal | str  # pounds, or the sentence of a refusal

TAKEN = {
    "0": "0.00", "0.0": "0.00", "0.00": "0.00", "£0": "0.00", "1": "1.00", "1.5": "1.50", "1.05": "1.05",
    "0.01": "0.01", "0.99": "0.99", "12.34": "12.34", "1234.5": "1234.50", "1,234.50": "1234.50", "£1,234.50": "1234.50",
    "£ 12": "12.00", "007": "7.00", "1,000": "1000.00", "1,000,000": "1000000.00", "999999.99": "999999.99",
    "9,999,999,999.99": "9999999999.99", "9999999999.99": "9999999999.99", "1250.10": "1250.10",
    " 12.34 ": "12.34", "\t5": "5.00", "5\n": "5.00", "\u00a05": "5.00", "5\u00a0": "5.00", "0000000001": "1.00",
    "4310": "4310.00", "4310.00": "4310.00", "100000.10": "100000.10", "0.10": "0.10", "0.1": "0.10", "33.33": "33.33",
}  # fmt: skip

REFUSED = [
    # Signs and brackets, where an amount is £0 or more.
    "-1", "-0", "-0.00", "−5", "–5", "—5", "+5", "(5)", "(1,250.00)", "£(5)", "(£5)", "5-", "5−", "-£5", "£-5", "--5",
    "5+", "±5", "-", "--", "()", "( )", "(5", "5)", "((5))",
    # Too fine, too large, half written.
    "1.005", "2.665", "12.345", "0.001", "1250.1000000000001", "1.", ".5", ".", "1..2", "1.2.3", "5,", ",5", "1,00",
    "1,0000", "12,34.00", "10,000,00", "1,,000", "1.000,50", "1.000.000", "1,000.000", "1'000", "1’000", "1234,50",
    "10000000000", "10000000000.00", "99999999999", "9" * 20, "9" * 400, "1" + ",000" * 50, "0." + "0" * 300 + "1",
    # What a machine would read as a number, and a person would not.
    "NaN", "nan", "sNaN", "-nan", "inf", "Infinity", "-inf", "1e9", "1E+9", "1e-2", "1e309", "0E+999999999", "0x10",
    "0b1", "0o7", "1_000", "1_0", "1L", "1f", "1d", "1j", "True", "TRUE", "None", "null", "undefined", "#N/A", "#DIV/0!",
    # Digits of other alphabets, and letters that look like digits.
    "１２３", "1２", "١٢٣", "۱۲۳", "१२३", "૧૨", "𝟏𝟐", "①", "½", "1½", "Ⅷ", "²", "1²", "O", "1O", "l5", "I5", "０．５",
    "1٫5", "1،000", "1．5", "1，000", "٪5",
    # Invisible and turning characters.
    "1\u200b0", "\u200b5", "5\u202e", "\u202d5", "\ufeff5", "5\u2060", "1\u00ad0", "5\u0301", "1\u2009000", "1\u3000000",
    # Words, units, other money.
    "5 pounds", "GBP 5", "5 GBP", "$5", "€5", "££5", "£5£", "£", "£ ", "£  5", "5p", "5k", "5m", "5%", "50p", "one", "n/a",
    "N/A", "tbc", "nil", "none", "-/-", "?", "see note", "approx 5", "c. 500", "5 or 6", "5/6", "5-6", "5*6", "5+6", "5;6",
    # Formulas and other tongues.
    "=1+1", "=SUM(A1)", "=5", "+1+1", "@1", "@SUM(1)", "'5", '"5"', "`5`", "=cmd|' /C calc'!A0", "<b>5</b>", "&#53;",
    "%35", "5;DROP TABLE", "{{5}}", "${5}", "5\n6", "5\t6", "5  6", "\\5", "5\\",
]  # fmt: skip

# A spreadsheet writes thousands with spaces, and people paste them; a box of a page asks for commas.
SPACED = {
    "1 000": "1000.00",
    "1 234 567.89": "1234567.89",
    "1\u00a0250.00": "1250.00",
    "£1\u202f250": "1250.00",
}
EVERY = [*TAKEN, *REFUSED, *SPACED]


def answered(work: Callable[[], Decimal]) -> Answer:
    """The amount, or what the person is told. Anything but these two is a fault of ours, and is raised."""
    try:
        found = work()
    except ValidationError as problem:
        return str(problem.message)
    except ValueError as problem:
        return str(problem)
    assert isinstance(found, Decimal)
    assert found.is_finite()
    assert found.as_tuple().exponent == -2
    return found


def by_form(text: str) -> Answer:
    return answered(lambda: AmountField().clean(text))


def sheet_of(data: bytes, folder: Path) -> Sheet:
    path = folder / "upload"
    path.write_bytes(data)
    book = read(path, name="upload", report=lambda step, done, total: None)
    return next(iter(book.sheets.values()))


@pytest.fixture(scope="module")
def text_cells(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    """All texts in the first column of one workbook."""
    return sheet_of(writers.xlsx([[text] for text in EVERY]), tmp_path_factory.mktemp("text"))


@pytest.fixture(scope="module")
def csv_cells(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    """All texts in the first column of one CSV, each on its own row."""
    return sheet_of(writers.comma_separated([[text, "x"] for text in EVERY]), tmp_path_factory.mktemp("csv"))


def cell_of(sheet: Sheet, text: str) -> Cell:
    return sheet.cell(EVERY.index(text) + 1, 1)


def test_there_are_enough_of_them() -> None:
    assert len(set(EVERY)) == len(EVERY) >= 120
    assert len(set(REFUSED)) >= 120


@pytest.mark.parametrize(("text", "amount"), TAKEN.items())
def test_taken_to_the_penny_by_every_way(text: str, amount: str, text_cells: Sheet, csv_cells: Sheet) -> None:
    ways = (
        by_form(text),
        answered(lambda: cells.amount(cell_of(text_cells, text))),
        answered(lambda: cells.amount(cell_of(csv_cells, text))),
    )
    assert ways == (Decimal(amount),) * 3
    assert {str(way) for way in ways} == {amount}


@pytest.mark.parametrize("text", REFUSED)
def test_refused_in_the_same_words_by_every_way(text: str, text_cells: Sheet, csv_cells: Sheet) -> None:
    by_box = by_form(text)
    by_cell = answered(lambda: cells.amount(cell_of(text_cells, text)))
    by_csv = answered(lambda: cells.amount(cell_of(csv_cells, text)))
    assert isinstance(by_box, str)
    assert by_box.startswith(("Enter ", "Check "))
    assert by_cell == by_csv == by_box


@pytest.mark.parametrize(("text", "amount"), SPACED.items())
def test_spaces_between_thousands_are_taken_from_cells_only(
    text: str, amount: str, text_cells: Sheet, csv_cells: Sheet
) -> None:
    assert isinstance(by_form(text), str)
    assert cells.amount(cell_of(text_cells, text)) == Decimal(amount)
    assert cells.amount(cell_of(csv_cells, text)) == Decimal(amount)


# ---- number cells: the digits as the file holds them, whatever wrote it ---------------------------------------

NOISY = {
    "1250.1000000000001": "1250.10", "0.30000000000000004": "0.30", "1.1500000000000001": "1.15",
    "2.9999999999999996": "3.00", "99999.989999999991": "99999.99", "5.6843418860808015E-14": "0.00", "1E3": "1000.00",
    "1e-2": "0.01", "1.25E+3": "1250.00", "9999999999.9899998": "9999999999.99", "-0.0000000000000001": "0.00",
    "0." + "0" * 300 + "1": "0.00", "1.": "1.00",
}  # fmt: skip
PLAIN_NUMBERS = [
    text for text in EVERY if re.fullmatch(r"[0-9]+(\.[0-9]{1,20})?", text, re.ASCII) and text not in NOISY
]
REFUSED_NUMBERS = [
    "12.345", "2.665", "0.001", "0.005", "1e-7", "1250.1001", "10000000000", "1e10", "1e22", "1e300", "-1", "-0.01", "-0",
    "-0.0", "1e309", "-1e309", "1e999999", "NaN", "nan", "inf", "-inf", "infinity", "0x10", "1_000", "٣", "",
]  # fmt: skip


def number_cells(numbers: list[str], folder: Path) -> Sheet:
    """A column of number cells with these very digits: no library comes between."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{text}</v></c><c r="B{row}"><v>1</v></c></row>'
        for row, text in enumerate(numbers, 1)
    )
    return sheet_of(hostile.book(rows)(), folder)


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Cell]:
    every = [*PLAIN_NUMBERS, *NOISY, *REFUSED_NUMBERS]
    sheet = number_cells(every, tmp_path_factory.mktemp("numbers"))
    return lambda text: sheet.cell(every.index(text) + 1, 1)


@pytest.mark.parametrize("text", PLAIN_NUMBERS)
def test_a_plain_number_is_what_a_box_makes_of_it(text: str, numbers: Callable[[str], Cell]) -> None:
    by_cell = answered(lambda: cells.amount(numbers(text)))
    if isinstance(by_form(text), str):
        assert isinstance(by_cell, str)
    else:
        assert by_cell == by_form(text)


@pytest.mark.parametrize(("text", "amount"), NOISY.items())
def test_noise_behind_the_penny_is_left_out(text: str, amount: str, numbers: Callable[[str], Cell]) -> None:
    assert cells.amount(numbers(text)) == Decimal(amount)


@pytest.mark.parametrize("text", REFUSED_NUMBERS)
def test_a_number_that_is_no_amount_is_refused(text: str, numbers: Callable[[str], Cell]) -> None:
    told = answered(lambda: cells.amount(numbers(text)))
    assert isinstance(told, str)
    assert told.startswith(("Enter ", "Check ", "This cell holds an error"))


# ---- differences, which may be negative -----------------------------------------------------------------------

NEGATIVE = {
    "(1,250.00)": "-1250.00", "£(5)": "-5.00", "(£5)": "-5.00", "5-": "-5.00", "5−": "-5.00", "-5": "-5.00", "−£5": "-5.00",
    "( 5 )": "-5.00", "12.50": "12.50",
}  # fmt: skip
NOT_NEGATIVE = [
    "-0",
    "(0)",
    "0-",
    "(-5)",
    "-(5)",
    "--5",
    "5--",
    "()",
    "(5",
    "5)",
    "-",
    "(1e9)",
    "(NaN)",
    "-٣",
    "(5)-",
    "+5",
]


@pytest.mark.parametrize(("text", "amount"), NEGATIVE.items())
def test_a_difference_may_be_negative(text: str, amount: str) -> None:
    assert cells.amount(Cell("S", 1, 1, text, "text", False), negative=True) == Decimal(amount)


@pytest.mark.parametrize("text", NOT_NEGATIVE)
def test_a_doubtful_difference_is_refused(text: str) -> None:
    assert isinstance(
        answered(lambda: cells.amount(Cell("S", 1, 1, text, "text", False), negative=True)), str
    )
