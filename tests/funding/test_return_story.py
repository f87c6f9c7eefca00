"""Where a return stands, in words."""

from __future__ import annotations

from datetime import date

import pytest

from funding import return_story
from funding.models import QuarterlyReturn, ReturnRound, ReturnStatus

S = ReturnStatus


@pytest.mark.parametrize(
    ("status", "today", "words"),
    [
        (S.DRAFT, date(2026, 10, 30), "Due on 2 November 2026, 3 days left"),
        (S.DRAFT, date(2026, 11, 1), "Due on 2 November 2026, 1 day left"),
        (S.DRAFT, date(2026, 11, 2), "Due on 2 November 2026, today is the last day"),
        (S.DRAFT, date(2026, 11, 3), "Was due on 2 November 2026, 1 day late"),
        (S.WITH_CERTIFIER, date(2026, 11, 5), "Was due on 2 November 2026, 3 days late"),
        (S.QUERIED, date(2026, 11, 5), "Was due on 2 November 2026"),
        (S.CERTIFIED, date(2026, 10, 5), "Was due on 2 November 2026"),
        (S.ACCEPTED, date(2026, 11, 5), "Was due on 2 November 2026"),
    ],
)
def test_the_due_day_says_how_far_away_it_is(status: ReturnStatus, today: date, words: str) -> None:
    opened = ReturnRound(year=2026, quarter_number=2, due_on=date(2026, 11, 2))
    assert return_story.due(QuarterlyReturn(round=opened, status=status), today) == words
