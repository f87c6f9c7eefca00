"""What the board was asked for, of the quarter of a pack, when the pack was made."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from authorities.filters import date_words
from funding.models import BoardQuestion, ReturnRound


@dataclass(frozen=True)
class Ask:
    """One decision that a meeting was asked for. `outcome` says so where there was none yet."""

    title: str
    meeting: str
    asked: str
    recommendation: str
    amount: Decimal | None
    outcome: str


def of(opened: ReturnRound) -> list[Ask]:
    """Of the meetings that look at the quarter. What is asked later is not in its pack."""
    questions = BoardQuestion.objects.standing().filter(
        meeting__partnership=opened.partnership,
        meeting__year=opened.year,
        meeting__quarter_number=opened.quarter_number,
        meeting__cancelled_at__isnull=True,
    )
    return [_ask(one) for one in questions.select_related("meeting").order_by("meeting__held_on", "pk")]


def _ask(one: BoardQuestion) -> Ask:
    meeting = one.meeting
    outcome = f"{one.get_outcome_display()}: {one.outcome_words}" if one.outcome else "None yet"
    return Ask(
        one.title,
        f"{date_words(meeting.held_on)}, {meeting.place}",
        one.asked,
        one.recommendation,
        one.amount,
        outcome,
    )
