"""What other areas were given: one fund and period of published amounts, our own award beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count, Q, Subquery

from funding.board.facts import AwardFact, Comparison, FundFact
from funding.models import PublishedAllocation
from funding.money import ZERO
from funding.quarters import year_label

# A national total stands in the same list; it is no area to compare with.
OURS = "This partnership"
NATIONAL = re.compile(r"\(\d+ (areas|forces)\)$")


def comparisons(
    partnership: str, awards: Sequence[AwardFact], fund: FundFact | None
) -> tuple[Comparison, ...]:
    """The amounts of the fund asked for, or of the fund and period with the most areas; largest first."""
    found = [_one(partnership, row) for row in _rows(fund) if not NATIONAL.search(row["area"])]
    if found and not any(row.is_ours for row in found):
        found += _own_award(awards, found[0])
    return tuple(sorted(found, key=lambda row: (-row.amount, row.area)))


def _one(partnership: str, row: Mapping[str, Any]) -> Comparison:
    comparison = Comparison(**row)
    if not partnership.casefold().startswith(comparison.area.casefold()):
        return comparison
    return replace(comparison, area=f"{comparison.area} (us)", is_ours=True)


def _rows(fund: FundFact | None) -> list[Mapping[str, Any]]:
    named = Q(*(("fund__iexact", name) for name in _names(fund)), _connector=Q.OR) if fund else Q()
    lists = PublishedAllocation.objects.order_by().filter(named).values("fund", "period")
    longest = lists.annotate(areas=Count("pk")).order_by("-areas", "-period", "-fund")
    rows = PublishedAllocation.objects.filter(
        fund=Subquery(longest.values("fund")[:1]), period=Subquery(longest.values("period")[:1])
    )
    return list(rows.values("area", "fund", "period", "amount", "is_rounded", "source"))


def _names(fund: FundFact) -> tuple[str, ...]:
    """How sources may call a fund: Hotspot Action is published as "Hotspot Action Fund"."""
    words = fund.code.replace("-", " ")
    return (fund.name, f"{fund.name} fund", words, f"{words} fund")


def _own_award(awards: Sequence[AwardFact], other: Comparison) -> list[Comparison]:
    """Our award of the same fund and year, for a list of published amounts that we are not in."""
    ours = [
        award
        for award in awards
        if year_label(award.year) == other.period
        and other.fund.casefold() in (name.casefold() for name in _names(award.fund))
    ]
    if not ours:
        return []
    return [
        Comparison(
            OURS,
            other.fund,
            other.period,
            sum((award.amount for award in ours), ZERO),
            is_rounded=False,
            source="This portal's award",
            basis=ours[0].basis,
            is_ours=True,
        )
    ]
