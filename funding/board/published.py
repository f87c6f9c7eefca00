"""What other areas were given: one fund and period of published amounts, our own award beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Subquery

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
    found = [
        Comparison(f"{area} (us)" if ours else area, *rest, is_ours=ours)
        for area, *rest in _rows(fund)
        if not NATIONAL.search(area)
        for ours in [partnership.casefold().startswith(area.casefold())]
    ]
    if found and not any(row.is_ours for row in found):
        found += _own_award(awards, found[0])
    return tuple(sorted(found, key=lambda row: (-row.amount, row.area)))


def _rows(fund: FundFact | None) -> QuerySet[PublishedAllocation, tuple[str, str, str, Decimal, bool, str]]:
    named = Q(*(("fund__iexact", name) for name in _names(fund)), _connector=Q.OR) if fund else Q()
    lists = PublishedAllocation.objects.order_by().filter(named).values("fund", "period")
    longest = lists.annotate(areas=Count("pk")).order_by("-areas", "-period", "-fund")
    return PublishedAllocation.objects.filter(
        fund=Subquery(longest.values("fund")[:1]), period=Subquery(longest.values("period")[:1])
    ).values_list("area", "fund", "period", "amount", "is_rounded", "source")


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
