"""Opening a quarter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from funding.actions import rounds
from funding.actions.errors import UnableToDo
from funding.models import QuarterlyReturn
from funding.quarters import Quarter
from tests.world import NOW, Q2, World


def test_everybody_who_holds_an_allocation_is_asked(world: World) -> None:
    world.open()
    asked = QuarterlyReturn.objects.values_list("organisation__short_name", "status")
    assert list(asked.order_by("organisation__position")) == [
        ("OPCC", "not_started"),
        ("North", "not_started"),
        ("South", "not_started"),
        ("Police", "not_started"),
    ]


def test_a_quarter_opens_once(world: World) -> None:
    world.open()
    with pytest.raises(rounds.UnableToOpenRound, match="already open"):
        world.open()


@pytest.mark.parametrize(
    ("quarter", "at", "sentence"),
    [
        (Quarter(2026, 3), NOW, "has not ended yet"),
        # 30 September 22:59 UTC is 23:59 in London: the quarter still runs.
        (Q2, datetime(2026, 9, 30, 22, 59, tzinfo=UTC), "has not ended yet"),
        (Quarter(2025, 2), NOW, "holds an allocation"),
    ],
)
def test_a_quarter_that_cannot_be_returned_is_refused(
    world: World, quarter: Quarter, at: datetime, sentence: str
) -> None:
    with pytest.raises(rounds.UnableToOpenRound, match=sentence):
        rounds.open_round(
            partnership=world.partnership, quarter=quarter, due_on=quarter.due_on, by=world.officer, at=at
        )


def test_a_quarter_opens_with_the_london_day_after_its_end(world: World) -> None:
    at = datetime(2026, 9, 30, 23, 1, tzinfo=UTC)  # one minute past midnight in London
    assert rounds.open_round(
        partnership=world.partnership, quarter=Q2, due_on=Q2.due_on, by=world.officer, at=at
    )


def test_only_an_officer_opens(world: World) -> None:
    with pytest.raises(UnableToDo):
        rounds.open_round(partnership=world.partnership, quarter=Q2, due_on=Q2.due_on, by=world.lead, at=NOW)
