"""Where a year stands, and the words that go with it: what is at risk in May was not spent in April."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from funding.board.facts import Facts
from funding.board.outturn import Line


@dataclass(frozen=True)
class Words:
    """How the page calls the same figures as the year goes by."""

    on_plan: str
    risk: str
    spent: str
    plan: str
    outturn: str
    at_risk: str


RUNNING = Words(
    on_plan="Are we on plan?",
    risk="What is at risk?",
    spent="Spent to date",
    plan="Plan to date",
    outturn="Year-end forecast",
    at_risk="At risk",
)
ENDED = Words(
    on_plan="Did we keep to plan?",
    risk="What was not spent?",
    spent="Spent in the year",
    plan="Plan",
    outturn="Outturn",
    at_risk="Not spent",
)
AHEAD = replace(RUNNING, on_plan="What is planned?", at_risk="Not planned yet")


class Phase(Enum):
    """A year ends on 31 March; it is closed when every return of it counts, and nothing is forecast."""

    AHEAD = "ahead"
    RUNNING = "running"
    ENDED = "ended"
    CLOSED = "closed"

    @property
    def is_over(self) -> bool:
        return self in (Phase.ENDED, Phase.CLOSED)

    @property
    def words(self) -> Words:
        return {Phase.AHEAD: AHEAD, Phase.RUNNING: RUNNING}.get(self, ENDED)


def phase(facts: Facts, lines: Sequence[Line]) -> Phase:
    """Where the year of the board stands."""
    if not facts.has_begun:
        return Phase.AHEAD
    if lines and all(cell.is_counted for line in lines for cell in line.quarters):
        return Phase.CLOSED
    return Phase.ENDED if facts.has_ended else Phase.RUNNING
