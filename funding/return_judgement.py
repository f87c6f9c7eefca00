"""How the organisation judges one return: ratings, risks, match funding, and what it confirmed. Read-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from funding.models import MatchKind, MatchLine, QuarterlyReturn, Rag, ReturnRisk
from funding.money import ZERO
from funding.return_reading import Row

RISK_FACTS = (
    *("title", "likelihood_before", "impact_before", "mitigation"),
    *("likelihood_after", "impact_after", "owner"),
)


@dataclass(frozen=True)
class Rated:
    """One of the two ratings."""

    about: str
    code: str
    reason: str

    @property
    def label(self) -> str:
        return str(Rag(self.code).label) if self.code else ""


@dataclass(frozen=True)
class Match:
    """Match funding of the quarter. Cash and in kind are added up apart: in kind is no grant cost."""

    lines: list[MatchLine]
    spent: Decimal | None

    def _sum(self, kind: MatchKind) -> Decimal:
        return sum((line.amount for line in self.lines if line.kind == kind), ZERO)

    @property
    def cash(self) -> Decimal:
        return self._sum(MatchKind.CASH)

    @property
    def in_kind(self) -> Decimal:
        return self._sum(MatchKind.IN_KIND)

    @property
    def not_secured(self) -> Decimal:
        return sum((line.amount for line in self.lines if not line.is_secured), ZERO)

    def share(self, amount: Decimal) -> str:
        """An amount as per cent of what the grant paid in the quarter, or nothing where it paid nothing."""
        if not self.spent:
            return ""
        percent = (amount * 100 / self.spent).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"{percent}% of the grant spend of the quarter"


@dataclass(frozen=True)
class Judgement:
    """All of it, for every page that shows a return."""

    ratings: list[Rated]
    risks: list[ReturnRisk]
    match: Match

    @property
    def is_rated(self) -> bool:
        return any(rating.code for rating in self.ratings)

    @property
    def worse_after(self) -> list[ReturnRisk]:
        """Risks that are said to be higher after mitigation than before: worth a look, and no error."""
        return [risk for risk in self.risks if risk.score_after > risk.score_before]


def judgement_lists(quarterly_return: QuarterlyReturn) -> Mapping[str, QuerySet[Any, Any]]:
    """What `judgement` is made from."""
    risks = ReturnRisk.objects.filter(quarterly_return=quarterly_return)
    match = MatchLine.objects.filter(quarterly_return=quarterly_return)
    return {
        "risks": risks.order_by("id").values(*RISK_FACTS),
        "match": match.order_by("kind", "source").values("source", "kind", "is_secured", "amount"),
    }


def judgement(
    quarterly_return: QuarterlyReturn, found: Mapping[str, Sequence[Row]], spent: Decimal | None
) -> Judgement:
    """From the rows of `judgement_lists`; `spent` is the quarter's spend from the grant, in pounds."""
    return Judgement(
        ratings=[
            Rated("Spend", quarterly_return.spend_rag, quarterly_return.spend_rag_reason),
            Rated("Delivery", quarterly_return.delivery_rag, quarterly_return.delivery_rag_reason),
        ],
        risks=[ReturnRisk(**one) for one in found["risks"]],
        match=Match([_match(one) for one in found["match"]], spent),
    )


def _match(row: Row) -> MatchLine:
    return MatchLine(**row | {"amount": Decimal(row["amount"])})


def previous_risks(quarterly_return: QuarterlyReturn) -> list[ReturnRisk]:
    """What the organisation's last earlier return said could go wrong: where its next one starts from."""
    quarter = quarterly_return.quarter.previous
    risks = ReturnRisk.objects.filter(
        quarterly_return__organisation=quarterly_return.organisation,
        quarterly_return__round__year=quarter.year,
        quarterly_return__round__quarter_number=quarter.number,
    )
    return list(risks.order_by("id"))


def match_of(quarterly_return: QuarterlyReturn, lines: list[MatchLine]) -> Match:
    """Match funding beside what the return says that the grant paid in the quarter. One query."""
    spent = quarterly_return.spend_lines.aggregate(spent=Sum("actual"))["spent"]
    return Match(lines, spent)
