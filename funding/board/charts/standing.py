"""How the returns behind a figure stand: what counts, what was due and is missing, what is queried.

One vocabulary for the whole page: "not returned" (it was due), "queried", "not due yet". Only a return that
was due and has not come is late.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from funding.board.charts.chart import listed
from funding.board.charts.table import NOT_RETURNED
from funding.board.facts import MISSING, QUARTERS, QUERIED, Facts, Returned
from funding.quarters import Quarter

NOT_DUE, NOT_OPENED, NOT_ASKED = "not due yet", "not opened", "not asked for"
MOST_NAMES = 4


@dataclass(frozen=True)
class Gap:
    """The returns of one quarter that were due and do not count: whose are missing, whose are queried."""

    quarter: int
    missing: tuple[str, ...]
    queried: tuple[str, ...]

    @property
    def words(self) -> str:
        """not returned: Bristol and Police; queried: B&NES"""
        both = ((NOT_RETURNED, self.missing), (QUERIED, self.queried))
        return "; ".join(f"{word}: {named(names)}" for word, names in both if names)

    @property
    def sentence(self) -> str:
        """Bristol and Police have not returned, B&NES is queried"""
        parts = []
        if self.missing:
            parts.append(f"{named(self.missing)} {_verb(self.missing, 'has', 'have')} not returned")
        if self.queried:
            parts.append(f"{named(self.queried)} {_verb(self.queried, 'is', 'are')} queried")
        return ", ".join(parts)

    def mark(self, *, alone: bool) -> str:
        """For a drawing, in lines that fit between the bars: of one organisation, or how many of several."""
        counts = ((len(self.missing), "not\nreturned"), (len(self.queried), QUERIED))
        return "\n".join(word if alone else f"{count} {word}" for count, word in counts if count)


def named(names: Sequence[str]) -> str:
    """Names, or how many there are where a sentence would be nothing but names."""
    return listed(names) if len(names) <= MOST_NAMES else f"{len(names)} organisations"


def _verb(names: Sequence[str], one: str, many: str) -> str:
    return one if len(names) == 1 else many


def days_late(facts: Facts, returned: Returned) -> int:
    """Days past the due day for a return that is missing; otherwise 0."""
    if returned.basis != MISSING or returned.due_on is None:
        return 0
    return max((facts.today - returned.due_on).days, 0)


def reason(facts: Facts, returned: Returned) -> str:
    """Why a return does not count; empty for one that does."""
    if returned.is_counted:
        return ""
    if returned.basis == QUERIED:
        return QUERIED
    return NOT_RETURNED if days_late(facts, returned) else NOT_DUE


def gaps(facts: Facts, recipients: Collection[int]) -> tuple[Gap, ...]:
    """The quarters in which some of these recipients' returns were due and do not count."""
    found = []
    for number in QUARTERS:
        why = {each.recipient: reason(facts, each) for each in facts.returns if each.quarter == number}
        of = [
            [one.short_name for one in facts.recipients if one.pk in recipients and why.get(one.pk) == word]
            for word in (NOT_RETURNED, QUERIED)
        ]
        if any(of):
            found.append(Gap(number, *(tuple(names) for names in of)))
    return tuple(found)


def _all(found: Sequence[Gap]) -> Gap:
    """Who is missing or queried in any of the quarters, each named once."""
    missing = dict.fromkeys(name for gap in found for name in gap.missing)
    queried = dict.fromkeys(name for gap in found for name in gap.queried)
    return Gap(0, tuple(missing), tuple(queried))


def gap_words(found: Sequence[Gap]) -> str:
    """All gaps of some recipients in one phrase."""
    return _all(found).words


def gap_sentence(found: Sequence[Gap]) -> str:
    """The same as a sentence, without a full stop."""
    return _all(found).sentence


def gap_sentences(found: Sequence[Gap], *, alone: bool) -> str:
    """For titles: "; Quarter 2 is not returned" of one, "; in Quarter 2, B&NES is queried" of several."""
    if alone:
        reasons = ((gap.quarter, NOT_RETURNED if gap.missing else QUERIED) for gap in found)
        return "".join(f"; Quarter {number} is {words}" for number, words in reasons)
    return "".join(f"; in Quarter {gap.quarter}, {gap.sentence}" for gap in found)


def marks(found: Sequence[Gap], *, alone: bool) -> list[str]:
    """What the drawings say at each quarter; empty where nothing is missing."""
    by_quarter = {gap.quarter: gap.mark(alone=alone) for gap in found}
    return [by_quarter.get(number, "") for number in QUARTERS]


def missing_quarters(facts: Facts, recipient: int) -> str:
    """Q1, Q2 queried; "none" when every return of the recipient that was due counts."""
    found = gaps(facts, {recipient})
    return ", ".join(f"Q{gap.quarter}{' queried' if gap.queried else ''}" for gap in found) or "none"


def why_nothing(facts: Facts, recipients: Collection[int], numbers: Sequence[int] = QUARTERS) -> str | None:
    """What stands in place of a figure for which nothing counts; None is "not returned"."""
    own = [each for each in facts.returns if each.recipient in recipients and each.quarter in numbers]
    if not own:
        if facts.opened & set(numbers):
            return NOT_ASKED
        return NOT_OPENED if facts.today > Quarter(facts.year, numbers[0]).due_on else NOT_DUE
    reasons = {reason(facts, each) for each in own}
    if NOT_RETURNED in reasons:
        return None
    return next((word for word in (QUERIED, NOT_DUE) if word in reasons), None)
