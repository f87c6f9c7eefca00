"""One answer of the board: its sentence, its drawings and its table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add
from typing import TypeVar

from funding.board.charts.spec import Panel
from funding.board.charts.table import Table
from funding.board.facts import Facts
from funding.quarters import Quarter, year_words

N = TypeVar("N", bound=Decimal | int)
QUARTER_LABELS = ("Q1", "Q2", "Q3", "Q4")


@dataclass(frozen=True)
class Chart:
    """The title is the answer; the subtitle says what is measured and for when. `answer` stands at the
    head of the page where that is to say something else than the title."""

    slug: str
    title: str
    subtitle: str
    table: Table
    panels: tuple[Panel, ...] = ()
    note: str = ""
    answer: str = ""


def scope(facts: Facts) -> str:
    """What is measured for whom: "All funds, all organisations, 2026 to 2027"."""
    fund = facts.fund.name if facts.fund else "All funds"
    recipient = facts.recipient.name if facts.recipient else "all organisations"
    return f"{fund}, {recipient}, {year_words(facts.year)}"


def quarter_row(facts: Facts, number: int) -> str:
    """For rows of tables: Q2, July to September 2026."""
    return f"Q{number}, {Quarter(facts.year, number).months}"


def known(values: Iterable[N | None]) -> N | None:
    """The sum of what is known; None when nothing is. Missing is not zero."""
    found = [value for value in values if value is not None]
    return reduce(add, found) if found else None


def listed(names: Iterable[str]) -> str:
    """Words in a row: a, b and c."""
    words = list(names)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def counted(number: int, one: str, many: str) -> str:
    """1 return, 2 returns."""
    return f"{number:,} {one if number == 1 else many}"


def capital(text: str) -> str:
    """With a capital letter, for the start of a sentence: Under 0.1%."""
    return text[:1].upper() + text[1:]
