"""All that the board knows of one year, before anything is filtered: what a page shows of today, and what is
kept of a day that is over. Pure.

Both go through `narrowed`, so that a page of the past is made as the page of today is. A record becomes JSON
and comes back as it was: amounts are texts, never binary fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from funding.board.facts import (
    AwardFact,
    Comparison,
    Facts,
    FundFact,
    FundShares,
    Patrolled,
    Recipient,
    Returned,
    Share,
    Spend,
    Stamp,
)
from funding.board.filters import Filters, choose
from funding.quarters import year_of

FORMAT = 1


@dataclass(frozen=True)
class PartShare:
    """One recipient's part of a tier or cost heading, of one award."""

    recipient: int
    award: int
    share: Share


@dataclass(frozen=True)
class Record:
    """One year of a partnership. `comparisons` goes by the code of the fund asked for; "" is for all."""

    partnership: str
    year: int
    recipients: tuple[Recipient, ...]
    awards: tuple[AwardFact, ...]  # of every year, for the choices of the page
    allocations: Mapping[tuple[int, int], Decimal]
    spends: tuple[Spend, ...]
    tiers: tuple[PartShare, ...]
    headings: tuple[PartShare, ...]
    returns: tuple[Returned, ...]
    comparisons: Mapping[str, tuple[Comparison, ...]] = field(default_factory=dict)
    latest: int | None = None  # the last year in which anyone was asked to return
    small_number: int = 0
    patrolled_before: tuple[Patrolled, ...] = ()


def offered(
    asked: Mapping[str, str],
    *,
    recipients: Sequence[Recipient],
    awards: Sequence[AwardFact],
    latest: int | None,
    today: date,
) -> Filters:
    """The filters that there are to choose from, and those that the address asks for."""
    years = sorted({award.year for award in awards} | ({latest} if latest else set()), reverse=True)
    default = latest or max((year for year in years if year <= year_of(today)), default=year_of(today))
    funds = list(dict.fromkeys(award.fund for award in awards))
    return choose(asked, years=years or [default], default_year=default, funds=funds, recipients=recipients)


def chosen(awards: Sequence[AwardFact], filters: Filters) -> list[AwardFact]:
    """The awards that the filters leave."""
    return [award for award in awards if award.year == filters.year and filters.fund in (None, award.fund)]


def narrowed(record: Record, filters: Filters, *, today: date, stamp: Stamp) -> Facts:
    """The facts that the filters leave of a record."""
    shown = [one for one in record.recipients if filters.recipient in (None, one)]
    awards = chosen(record.awards, filters)
    bodies, keys = {one.pk for one in shown}, {award.pk for award in awards}
    held = (award.year for award in record.awards if filters.fund in (None, award.fund))
    of_hotspots = {award.pk for award in record.awards if award.fund.is_hotspot}
    return Facts(
        partnership=record.partnership,
        year=record.year,
        today=today,
        recipients=tuple(shown),
        awards=tuple(awards),
        allocations={
            key: amount for key, amount in record.allocations.items() if key[0] in bodies and key[1] in keys
        },
        spends=tuple(one for one in record.spends if one.recipient in bodies and one.award in keys),
        tiers=_by_fund(record.tiers, bodies, awards),
        headings=_by_fund(record.headings, bodies, awards),
        returns=tuple(one for one in record.returns if one.recipient in bodies),
        opened=frozenset(one.quarter for one in record.returns),
        comparisons=record.comparisons.get(filters.fund.code if filters.fund else "", ()),
        stamp=stamp,
        fund=filters.fund,
        recipient=filters.recipient,
        small_number=record.small_number,
        held_years=tuple(sorted(set(held))),
        funded_next=frozenset(one.fund.code for one in record.awards if one.year == record.year + 1),
        patrolled_before=tuple(one for one in record.patrolled_before if one.recipient in bodies),
        hotspot_funds=len(
            {one.fund for one in record.awards if one.year == record.year and one.fund.is_hotspot}
        ),
        supporting=tuple(
            one for one in record.spends if one.recipient in bodies and one.award not in of_hotspots
        ),
    )


def _by_fund(
    parts: Sequence[PartShare], bodies: set[int], awards: Sequence[AwardFact]
) -> tuple[FundShares, ...]:
    """The shares of each fund, in the order of the funds; a fund that nothing was returned of has none."""
    keys: dict[FundFact, set[int]] = {}
    for award in awards:
        keys.setdefault(award.fund, set()).add(award.pk)
    found = (FundShares(fund, _summed(parts, bodies, own)) for fund, own in keys.items())
    return tuple(one for one in found if one.shares)


def _summed(parts: Sequence[PartShare], bodies: set[int], awards: set[int]) -> tuple[Share, ...]:
    """By name, in the order in which the names come; none of a name that nothing was returned of."""
    found: dict[str, Share] = {}
    for part in parts:
        if part.recipient in bodies and part.award in awards:
            one, sums = part.share, found.get(part.share.name)
            found[one.name] = (
                Share(
                    one.name,
                    sums.plan + one.plan,
                    sums.accepted + one.accepted,
                    sums.provisional + one.provisional,
                )
                if sums
                else one
            )
    return tuple(one for one in found.values() if one.plan or one.actual)


def to_json(record: Record) -> dict[str, Any]:
    """What is kept in the database. The same record always gives the same content."""
    return {"format": FORMAT, "record": _plain(record)}


def from_json(content: Mapping[str, Any]) -> Record:
    """The record as it was. Raises ValueError for a content of a later release."""
    if content["format"] != FORMAT:
        raise ValueError(f"Format {content['format']} of a board record is not known.")
    found = _typed(content["record"], Record)
    assert isinstance(found, Record)
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return sorted([_plain(key), _plain(held)] for key, held in value.items())
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(value: Any, kind: Any) -> Any:
    """The value as its annotation says that it was."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if value is None else _typed(value, inside[0])
    if origin is tuple:
        kinds = [inside[0]] * len(value) if inside[-1] is Ellipsis else inside
        return tuple(_typed(one, each) for one, each in zip(value, kinds, strict=True))
    if origin is Mapping:
        return {_typed(key, inside[0]): _typed(held, inside[1]) for key, held in value}
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        return kind(**{name: _typed(held, hints[name]) for name, held in value.items()})  # type: ignore[operator]
    if kind is Decimal:
        return Decimal(value)
    return date.fromisoformat(value) if kind is date else value
