"""Rows as CSV that Excel opens as they are meant, with no text that runs as a formula. Pure: no database."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

# A text that begins like this can run as a formula when a spreadsheet opens it; full-width forms too.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Blanks and invisible signs that some spreadsheets skip before they look for a formula.
STEPPED_OVER = " \N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}\N{WORD JOINER}"
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def csv_of(rows: Iterable[Iterable[str]]) -> str:
    """Rows whose cells are harmless already; UTF-8 with the mark by which Excel knows it."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return BYTE_ORDER_MARK + buffer.getvalue()


def neutral(text: str) -> str:
    """A leading apostrophe makes a spreadsheet read what follows as text."""
    seen = unicodedata.normalize("NFKC", text).lstrip(STEPPED_OVER)
    return f"'{text}" if seen.startswith((*TRIGGERS, "\N{MINUS SIGN}")) else text
