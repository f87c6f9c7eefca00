"""The demonstration's board as it once stood, so that there is something to look back at and compare with."""

from __future__ import annotations

from datetime import datetime

from funding.actions import board_packs, reviews, rollups
from funding.board.pack import make_due
from funding.demo.people import Cast
from funding.models import ReturnRound
from funding.quarters import Quarter


def keep(cast: Cast, at: datetime) -> None:
    """Rolls up all that is there by then, and keeps the board's figures of every year."""
    rollups.roll_up(clock=lambda: at)
    board_packs.take(partnership=cast.partnership, clock=lambda: at)


def close(cast: Cast, quarter: Quarter, at: datetime) -> None:
    """Closes the round, which freezes its pack."""
    opened = ReturnRound.objects.get(
        partnership=cast.partnership, year=quarter.year, quarter_number=quarter.number
    )
    reviews.close_round(opened=opened, by=cast.officer, at=at)
    keep(cast, at)
    make_due(clock=lambda: at)
