"""What a kept record of the board adds up to for each recipient, as the board page works it out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from funding.board.facts import Spend
from funding.board.outturn import QuarterLine, expected
from funding.board.record import Record
from funding.money import ZERO


def counted(record: Record) -> set[tuple[int, int]]:
    """Recipient and quarter of every return that counts in the record."""
    return {(one.recipient, one.quarter) for one in record.returns if one.is_counted}


def _quarters(record: Record) -> Iterator[tuple[int, QuarterLine]]:
    """Every quarter of every recipient's award, as the board page works it out."""
    bases: dict[int, dict[int, str]] = {}
    for one in record.returns:
        if one.is_counted:
            bases.setdefault(one.recipient, {})[one.quarter] = one.basis
    spends: dict[tuple[int, int], dict[int, Spend]] = {}
    for spend in record.spends:
        spends.setdefault((spend.recipient, spend.award), {})[spend.quarter] = spend
    for (recipient, _), some in spends.items():
        yield from ((recipient, quarter) for quarter in expected(some, bases.get(recipient, {})))


def spent(record: Record) -> dict[int, Decimal]:
    return _by_recipient((recipient, quarter.spent) for recipient, quarter in _quarters(record))


def outturn(record: Record) -> dict[int, Decimal]:
    return _by_recipient((recipient, quarter.expected) for recipient, quarter in _quarters(record))


def allocated(record: Record) -> dict[int, Decimal]:
    return _by_recipient((recipient, amount) for (recipient, _), amount in record.allocations.items())


def _by_recipient(amounts: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for recipient, amount in amounts:
        found[recipient] = found.get(recipient, ZERO) + amount
    return found
