"""Figures out of cells: exact, or refused with a sentence. Pure.

The same text gives the same answer here as in the boxes of the portal's pages, with these differences, each
of which a spreadsheet makes necessary: a space that does not break, and a space between thousands, are
taken; where differences may be negative, so are brackets and a minus sign at the end; a number cell loses
the noise that binary arithmetic leaves behind the fifteenth digit. A formula is never taken: what is stored
beside it can be anything.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Context, Decimal

from funding import money
from funding.workbook.book import Cell

FORMULA = "This cell holds a formula. Paste its value instead."
_MINUS = ("-", money.MINUS)
_HARD_SPACES = str.maketrans("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", "  ")
_SPACED = re.compile(r"(£? ?)([0-9]{1,3}(?: [0-9]{3})+)(\.[0-9]{1,2})?", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+", re.ASCII)
_HOURS = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})*|[0-9]{1,6})(?:\.[0-9]{1,2})?", re.ASCII)
_MOST_COUNTED, _MOST_HOURS = 9_999_999, 999_999
# Excel itself keeps fifteen digits; what a sum leaves far beyond the penny is noise as well.
_FIFTEEN = Context(prec=15)
_NOISE = Decimal("1e-9")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGER = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", re.ASCII)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T[0-9:.]+)?", re.ASCII)
_IN_WORDS = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3,9})\.?[ -]([0-9]{4})", re.ASCII)
_DAY_HINT = "Enter a date like 31/10/2026 or 31 October 2026"


def amount(cell: Cell, negative: bool = False) -> Decimal:
    """Pounds to the penny, £0 or more; less too where `negative`. Raises ValueError with a sentence."""
    if cell.kind == "number":
        return _amount_of_number(cell, negative)
    text = _text(cell, "an amount in figures, like 1,250.00", "Enter an amount, or 0")
    spaced = _SPACED.fullmatch(text)
    if spaced:
        text = f"{spaced[1]}{spaced[2].replace(' ', ',')}{spaced[3] or ''}"
    return _signed(text) if negative else money.parse(text)


def count(cell: Cell) -> int:
    """A whole number of people, sessions or events. Raises ValueError with a sentence."""
    hint = "Enter a whole number of 0 or more, like 120"
    if cell.kind == "number":
        found = _without_noise(cell, places=0)
        if found is None or cell.text.startswith("-"):
            raise ValueError(hint)
        number = int(found)
    else:
        text = _text(cell, "a whole number, like 120", "Enter a number, or 0")
        if not _COUNT.fullmatch(text):
            raise ValueError(hint)
        number = int(text.replace(",", "")) if len(text) < 20 else _MOST_COUNTED + 1
    if number > _MOST_COUNTED:
        raise ValueError(f"Enter a number of {_MOST_COUNTED:,} or less")
    return number


def hours(cell: Cell) -> Decimal:
    """Hours with up to two decimal places. Raises ValueError with a sentence."""
    hint = "Enter hours of 0 or more, like 37.5"
    if cell.kind == "number":
        found = _without_noise(cell, places=2)
        if found is None or cell.text.startswith("-"):
            raise ValueError(hint)
    else:
        text = _text(cell, "hours as a number, like 37.5", "Enter hours, or 0")
        if not _HOURS.fullmatch(text):
            raise ValueError(hint)
        found = Decimal(text.replace(",", ""))
    if found > _MOST_HOURS:
        raise ValueError(f"Enter {_MOST_HOURS:,} hours or fewer")
    return found


def day(cell: Cell) -> date:
    """A date cell, or one typed day first, in words or as 2026-10-31. Raises ValueError with a sentence."""
    if cell.is_formula:
        raise ValueError(FORMULA)
    if cell.kind == "number":
        raise ValueError(f"This cell holds a number and not a date. {_DAY_HINT}")
    text = cell.text if cell.kind == "date" else _text(cell, "a date", _DAY_HINT)
    if iso := _ISO.fullmatch(text):
        return _date(iso[1], iso[2], iso[3])
    if first := _DAY_FIRST.fullmatch(text):
        return _date(first[4], first[3], first[1])
    if (words := _IN_WORDS.fullmatch(text)) and (month := _month(words[2].lower())):
        return _date(words[3], str(month), words[1])
    if re.fullmatch(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}", text, re.ASCII):
        raise ValueError("Enter the year with four digits, like 31/10/2026")
    raise ValueError(_DAY_HINT)


def _text(cell: Cell, wanted: str, empty: str) -> str:
    """The typed text of a cell that should hold a figure."""
    if cell.is_formula:
        raise ValueError(FORMULA)
    if cell.kind == "error":
        raise ValueError(f"This cell holds an error ({cell.text}). Put the figure in its place.")
    if cell.kind in ("bool", "date"):
        what = "a date" if cell.kind == "date" else f"the word {cell.text}"
        raise ValueError(f"This cell holds {what}. Enter {wanted}")
    text = cell.text.translate(_HARD_SPACES).strip()
    if not text:
        raise ValueError(empty)
    return text


def _signed(text: str) -> Decimal:
    """An amount with a minus sign in front or behind, or in brackets. Nothing is 0, and has no sign."""
    inner = re.fullmatch(r"(£? ?)\((.*)\)", text) or re.fullmatch(r"()(.*)[-−]", text)
    typed = f"{inner[1]}{inner[2]}".strip() if inner else text
    if inner and (typed[:1] in _MINUS or not typed):
        raise ValueError(money.HINT)
    found = money.parse(f"-{typed}" if inner else typed, negative=True)
    if not found and (inner or typed[:1] in _MINUS):
        raise ValueError("Enter nothing as 0, without a minus sign or brackets")
    return found


def _amount_of_number(cell: Cell, negative: bool) -> Decimal:
    found = _without_noise(cell, places=2)
    if found is None:
        raise ValueError("Enter pounds and pence with no more than 2 digits after the point, like 1,250.00")
    if not found and cell.text == "-0":
        raise ValueError("Enter nothing as 0, without a minus sign or brackets")
    return money.parse(f"{found:f}", negative=negative)


def _without_noise(cell: Cell, places: int) -> Decimal | None:
    """The number with so many decimal places, if that is what the cell holds but for noise."""
    if cell.is_formula:
        raise ValueError(FORMULA)
    number = Decimal(cell.text)
    if number.adjusted() > 15:
        # Far beyond every limit, and too long to be written out: the largest of its sign stands for it.
        return Decimal("9999999999999").copy_sign(number)
    nearest = round(number, places)
    exact = _FIFTEEN.plus(number) == nearest or abs(number - nearest) < _NOISE
    return (nearest if nearest else abs(nearest)) if exact else None


def _month(typed: str) -> int:
    """1 for jan and january; 0 for no month."""
    short, rest = typed[:3], typed[3:]
    number = _MONTHS.index(short) + 1 if short in _MONTHS else 0
    return number if number and rest in ("", _LONGER[number - 1], "t" if short == "sep" else "") else 0


def _date(year: str, month: str, number: str) -> date:
    try:
        found = date(int(year), int(month), int(number))
    except ValueError as problem:
        raise ValueError(f"There is no such day. {_DAY_HINT}") from problem
    if not 2000 <= found.year <= 2099:
        raise ValueError(f"This date is far from any return. {_DAY_HINT}")
    return found
