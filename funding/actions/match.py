"""Money and help beside the grant in one quarter. In kind is no eligible grant cost, and counts apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from authorities.models import User
from funding.actions.entries import saving
from funding.actions.errors import UnableToMoveReturn, refusals
from funding.models import MatchKind, MatchLine, QuarterlyReturn


@dataclass(frozen=True)
class MatchEntry:
    """What one source gave in the quarter, in pounds."""

    source: str
    kind: MatchKind
    is_secured: bool
    amount: Decimal


def save_match(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    entries: Sequence[MatchEntry],
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """All match funding of the quarter; what is not among the entries any more is taken out.

    Raises UnableToMoveReturn for one source twice in one kind, and when somebody else saved meanwhile.
    """
    with refusals(UnableToMoveReturn), saving(quarterly_return, revision, by, at) as saved:
        standing = {(line.source, line.kind): line for line in saved.match_lines.all()}
        for key in standing.keys() - {(entry.source, entry.kind) for entry in entries}:
            standing[key].delete()
        for entry in entries:
            line = standing.get((entry.source, entry.kind)) or MatchLine(
                quarterly_return=saved, source=entry.source, kind=entry.kind
            )
            line.is_secured, line.amount = entry.is_secured, entry.amount
            line.save()
    return saved
