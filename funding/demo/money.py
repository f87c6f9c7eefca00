"""The demonstration's grants, awards, decisions and plans."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from funding.actions import decisions, grants, plans, reference
from funding.demo import facts, offers, settlements
from funding.demo.people import Cast
from funding.formula import suggest
from funding.models import Award, CostHeading, DecisionLine, Fund, PublishedAllocation, Theme
from funding.money import split

COMPARISON = Path(__file__).with_name("published_allocations.csv")
# What is kept back of the first award that is not agreed yet, in the proposal that waits. Illustrative.
PROPOSED_OF_NEXT = Decimal("1400000.00")


def morning(year: int, month: int, day: int) -> datetime:
    """Nine o'clock in the morning of a day in the past of the demonstration."""
    return datetime(year, month, day, 9, 0, tzinfo=UTC)


def record_reference() -> None:
    """Funds, headings, themes, and what other areas were given."""
    for code, name, starts_on, ends_on, paid_to_police in settlements.FUNDS:
        reference.add_fund(
            code=code, name=name, starts_on=starts_on, ends_on=ends_on, paid_to_police=paid_to_police
        )
    for position, (name, is_labour) in enumerate(offers.COST_HEADINGS, start=1):
        reference.add_cost_heading(name=name, position=position, is_labour=is_labour)
    for position, name in enumerate(offers.THEMES, start=1):
        reference.add_theme(name=name, position=position)
    with COMPARISON.open(encoding="utf-8", newline="") as rows:
        reference.record_published_allocations(
            rows=[
                PublishedAllocation(
                    area=row["area"],
                    fund=row["fund"],
                    period=row["financial_year"],
                    amount=Decimal(row["amount_gbp"]),
                    is_rounded="[rounded in source]" in row["source"],
                    source=row["source"],
                )
                for row in csv.DictReader(rows)
            ]
        )


def award_and_allocate(cast: Cast) -> None:
    """Every settlement with its awards; agreed ones are allocated by the formula, in full."""
    number = 0
    for settlement in settlements.SETTLEMENTS:
        grant = grants.record_grant(
            partnership=cast.partnership,
            fund=Fund.objects.get(code=settlement.fund),
            name=settlement.name,
            announced_amount=settlement.announced_amount,
            announced_on=settlement.announced_on,
            subject_to=settlement.subject_to,
            source=settlement.source,
            hub_percent=settlements.HUB_PERCENT if settlement.fund == "vru" else Decimal(0),
            by=cast.officer,
            at=morning(settlement.years[0].year, 4, 4),
        )
        for year in settlement.years:
            at = morning(min(year.year, 2026), 4, 5)
            award = grants.record_award(
                grant=grant,
                year=year.year,
                amount=year.amount,
                status=year.status,
                basis=year.basis,
                source=year.source,
                by=cast.officer,
                at=at,
            )
            number += 1
            _allocate(cast, award, f"{year.year}-{number:03d}", at)


def _allocate(cast: Cast, award: Award, reference_number: str, at: datetime) -> None:
    """Agreed awards in full, approved; an award that is only offered is proposed and waits."""
    amount = award.amount if award.is_agreed else PROPOSED_OF_NEXT
    decision = decisions.propose(
        grant=award.grant,
        reference=reference_number,
        reason=f"Shares of {award.year_label} by the formula. Illustrative: the real shares are not public.",
        wanted={(award.pk, cast.bodies[code].pk): share for code, share in shares(award, amount).items()},
        seen=DecisionLine.objects.none().allocations(),
        by=cast.officer,
        at=at,
    )
    if award.is_agreed:
        decisions.approve(decision=decision, answer="As proposed.", by=cast.approver, at=at.replace(hour=15))


def shares(award: Award, amount: Decimal) -> dict[str, Decimal]:
    """Pounds by the codes of `facts`: hotspot money is the police's, the rest goes by the formula."""
    if award.grant.fund.paid_to_police:
        return {"police": amount}
    councils = [body for body in facts.BODIES if body.population]
    suggested = suggest(
        amount,
        hub_percent=award.grant.hub_percent,
        weights=[(body.population, body.violence_index) for body in councils],
    )
    devolved = zip((body.code for body in councils), suggested.devolved, strict=True)
    return {"opcc": suggested.hub, **dict(devolved)}


def plan(cast: Cast) -> None:
    """What every organisation buys with what it holds of each agreed award."""
    for award in Award.objects.of(cast.partnership).select_related("grant__fund").order_by("year", "pk"):
        if award.is_agreed:
            for code, amount in shares(award, award.amount).items():
                _plan(cast, code, award, amount)


def _plan(cast: Cast, code: str, award: Award, amount: Decimal) -> None:
    at = morning(award.year, 4, 20)
    buys = {"opcc": offers.HUB_OFFERS, "police": offers.POLICE_OFFERS}.get(code, offers.COUNCIL_OFFERS)
    lines = [(offer, heading, weight) for offer in buys for heading, weight in offer.lines]
    budgets = split(amount, [Decimal(weight) for _, _, weight in lines])
    interventions = {
        offer.name: plans.add_intervention(
            organisation=cast.bodies[code],
            award=award,
            name=offer.name,
            tier=offer.tier,
            theme=Theme.objects.get(name=offer.theme),
            by=cast.preparer(code),
            at=at,
        )
        for offer in buys
    }
    headings = {heading.name: heading for heading in CostHeading.objects.all()}
    for (offer, heading, _), budget in zip(lines, budgets, strict=True):
        plans.add_budget_line(
            intervention=interventions[offer.name],
            cost_heading=headings[heading],
            description="",
            profile=split(budget, [Decimal(part) for part in offers.PROFILE]),
            by=cast.preparer(code),
            at=at,
        )
