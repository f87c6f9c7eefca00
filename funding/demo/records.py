"""The demonstration's board as it stood in summer, so that there is something to compare with."""

from __future__ import annotations

from datetime import datetime

from funding.actions import board_packs, rollups
from funding.demo.people import Cast


def keep(cast: Cast, at: datetime) -> None:
    """Rolls up all that is there by then, and keeps the board's figures of every year."""
    rollups.roll_up(clock=lambda: at)
    board_packs.take(partnership=cast.partnership, clock=lambda: at)
