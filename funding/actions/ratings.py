"""How the organisation itself judges the quarter: two ratings with reasons, and its risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from authorities.models import User
from funding.actions.entries import saving
from funding.actions.errors import UnableToMoveReturn, refusals
from funding.models import QuarterlyReturn, Rag, ReturnRisk


@dataclass(frozen=True)
class Rating:
    """One of the five points, or none yet, and why."""

    rag: Rag | None
    reason: str


@dataclass(frozen=True)
class RiskEntry:
    """One risk: likelihood and impact of 1 to 5, before and after mitigation."""

    title: str
    likelihood_before: int
    impact_before: int
    mitigation: str
    likelihood_after: int
    impact_after: int
    owner: str


def save_ratings(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    spend: Rating,
    delivery: Rating,
    risks: Sequence[RiskEntry],
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """Both ratings and all risks of the return; what is not among them any more is taken out.

    Raises UnableToMoveReturn for two risks of one title, and when somebody else saved meanwhile.
    """
    ratings = {
        "spend_rag": spend.rag or "",
        "spend_rag_reason": spend.reason.strip(),
        "delivery_rag": delivery.rag or "",
        "delivery_rag_reason": delivery.reason.strip(),
    }
    with refusals(UnableToMoveReturn), saving(quarterly_return, revision, by, at, **ratings) as saved:
        standing = {risk.title: risk for risk in saved.risks.all()}
        for title in standing.keys() - {risk.title for risk in risks}:
            standing[title].delete()
        for entry in risks:
            risk = standing.get(entry.title) or ReturnRisk(quarterly_return=saved, title=entry.title)
            for name in RISK_FACTS:
                setattr(risk, name, getattr(entry, name))
            risk.save()
    return saved


RISK_FACTS = (
    "likelihood_before",
    "impact_before",
    "mitigation",
    "likelihood_after",
    "impact_after",
    "owner",
)
