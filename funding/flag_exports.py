"""Every flag as CSV, the answered ones too: amounts as plain numbers, and no text that runs as a formula."""

from __future__ import annotations

from collections.abc import Iterator

from authorities.filters import date_words
from funding.csv_rows import csv_of, neutral
from funding.flags import Flags
from funding.models import FlagAnswer, QuarterlyReturn
from funding.money import plain

HEAD = (
    *("Organisation", "Quarter", "Flag", "Why", "Pounds in question", "The preparer"),
    *("Status", "Answer", "Answered by", "Answered on"),
)
NOT_CONFIRMED = "was not asked, or has not confirmed it"


def csv_text(found: Flags, *, with_words: bool) -> str:
    """Without the preparer's own words for readers who may not open the return."""
    return csv_of([HEAD, *([neutral(cell) for cell in row] for row in _rows(found, with_words))])


def _rows(found: Flags, with_words: bool) -> Iterator[list[str]]:
    for flag in found.waiting:
        stake = "" if flag.stake is None else plain(flag.stake)
        said = NOT_CONFIRMED
        if flag.prompt.words:
            said = f"{flag.prompt.who}: {flag.prompt.words}" if with_words else "confirmed the figures"
        yield [*_of(flag.quarterly_return), flag.prompt.title, flag.why, stake, said, "Waiting", "", "", ""]
    for answer, stands in found.answered:
        stake = "" if answer.stake is None else plain(answer.stake)
        title = [*_of(answer.quarterly_return), answer.title, answer.why, stake, ""]
        yield [*title, status(answer, stands), answer.words, answer.by.name, date_words(answer.at)]


def _of(found: QuarterlyReturn) -> list[str]:
    return [found.organisation.name, found.quarter.label]


def status(answer: FlagAnswer, stands: bool) -> str:
    """What was answered, and whether it is about the figures as they stand."""
    said = "A real concern" if answer.is_concern else "Dismissed"
    return said if stands else f"{said}; the figures have changed since"
