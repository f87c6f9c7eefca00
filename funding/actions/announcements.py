"""Who hears of a move of a return. Written in the transaction of the move, so that nobody is told of a move
that was rolled back, and nobody is missed."""

from __future__ import annotations

from datetime import datetime

from authorities.models import User
from funding.models import QuarterlyReturn


def announce(quarterly_return: QuarterlyReturn, *, verb: str, by: User, at: datetime, reason: str) -> None:
    """Writes the notices that the move calls for."""
