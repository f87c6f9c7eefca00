"""What the OPCC looks at beyond what a preparer is asked: a whole quarter against its organisation's past.

Pure. The other rules are those of "confirm or correct", in `funding/prompt_rules.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.money import pounds
from funding.prompt_rules import USUAL, Limits, Prompt, is_unlike, median

MOST_SHOWN = 10


@dataclass(frozen=True)
class Quarterly:
    """What one organisation spent in a quarter, and in each of its earlier accepted quarters, newest last."""

    spent: Decimal
    history: Sequence[Decimal]
    limits: Limits = USUAL

    @property
    def can_be_judged(self) -> bool:
        return len(self.history) >= self.limits.quarters


def unlike_own_quarters(found: Quarterly) -> Iterator[Prompt]:
    """The organisation spent far more or less than in its earlier accepted quarters."""
    if is_unlike(found.spent, found.history, found.limits.pounds, found.limits):
        usual = median(found.history)
        direction = "less" if found.spent < usual else "more"
        yield Prompt(
            "unlike_own_quarters",
            "Spend of the quarter",
            f"{pounds(found.spent)} was spent, far {direction} than usual: in the {len(found.history)} "
            f"earlier accepted quarters it was between {pounds(min(found.history))} and "
            f"{pounds(max(found.history))}, with {pounds(usual)} in the middle.",
            "Ask what was different.",
            "spend",
            figures=(str(found.spent), *map(str, found.history)),
            size=abs(found.spent - usual),
        )
