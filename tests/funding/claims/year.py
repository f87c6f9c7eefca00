"""A financial year that is over, with an award of its own, for claims that are frozen quarter by quarter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from authorities.models import User
from funding.actions import claims, corrections, grants, returns
from funding.claims import reading
from funding.claims.paper import Paper
from funding.models import (
    COUNTED_STATES,
    Adjustment,
    Award,
    AwardStatus,
    Basis,
    BudgetLine,
    Claim,
    ClaimPart,
    QuarterlyReturn,
    SpendLine,
)
from funding.money import ZERO
from funding.quarters import Quarter
from tests.remembered import remembered
from tests.world import NOW, World, build_world

PAST = 2025
QUARTERS = [Quarter(PAST, number) for number in range(1, 5)]


@dataclass
class PastYear:
    """North plans two lines under two headings, South one; nothing is returned yet."""

    world: World
    award: Award

    def certify(
        self, name: str, number: int, actual: str, *, corrects: tuple[int, str] | None = None
    ) -> QuarterlyReturn:
        """Each line spent `actual`; with a correction of an earlier quarter, carried in this one."""
        w, organisation = self.world, getattr(self.world, name)
        by, certifier = self.people(name)
        if corrects:
            found = self.found(name, number)
            corrections.correct(
                quarterly_return=found,
                revision=found.revision,
                corrects=self.found(name, corrects[0]),
                budget_line=BudgetLine.objects.of(organisation, PAST)[0],
                amount=Decimal(corrects[1]),
                reason="Counted twice. =1+1",
                by=by,
                at=NOW,
            )
        return w.certify(self.found(name, number), by=by, certifier=certifier, actual=actual)

    def certify_again(self, name: str, number: int, actual: str) -> QuarterlyReturn:
        """The OPCC queries it, and it comes back with other figures."""
        why = {"reason": "Why?", "by": self.world.officer, "at": NOW}
        returns.query(quarterly_return=self.found(name, number), **why)  # type: ignore[arg-type]
        return self.certify(name, number, actual)

    def people(self, name: str) -> tuple[User, User]:
        w = self.world
        return (w.lead, w.certifier) if name == "north" else (w.stranger, w.south_certifier)

    def found(self, name: str, number: int) -> QuarterlyReturn:
        return self.world.return_of(getattr(self.world, name), Quarter(PAST, number))

    def draft(self, part: ClaimPart) -> Paper:
        last = Claim.objects.filter(award=self.award, part=part - 1).first()
        return reading.draft(self.award, part, reading.frozen_lines(self.award), last)

    def paper(self, part: ClaimPart) -> Paper:
        """As it was frozen."""
        claim = Claim.objects.select_related("award__grant").get(award=self.award, part=part)
        return reading.frozen(claim, reading.frozen_lines(self.award))

    def freeze(self, part: ClaimPart) -> Claim:
        return claims.freeze(
            award=self.award, part=part, seen=self.draft(part).digest, by=self.world.approver, at=NOW
        )


@remembered
def past_year() -> PastYear:
    """Of a world of its own."""
    return begin_year(build_world())


def begin_year(world: World) -> PastYear:
    """With the rounds of all four quarters open."""
    award = grants.record_award(
        grant=world.grant,
        year=PAST,
        amount=Decimal("500000.00"),
        status=AwardStatus.AGREED,
        basis=Basis.PUBLISHED,
        by=world.officer,
        at=NOW,
    )
    world.decide({(award, world.north): "300000.00", (award, world.south): "200000.00"}, "2025-001")
    world.plan(world.north, award, "Mentoring", ["10000.00"] * 4, by=world.lead)
    world.plan(world.north, award, "Sessions", ["5000.00"] * 4, by=world.lead, heading=world.services)
    world.plan(world.south, award, "Support", ["20000.00"] * 4, by=world.stranger)
    for quarter in QUARTERS:
        world.open(quarter)
    return PastYear(world, Award.objects.select_related("grant__fund", "grant__partnership").get(pk=award.pk))


def recomputed(award: Award, last: int = 4) -> dict[tuple[str, str], Decimal]:
    """Pounds by organisation and labour or non-labour, added up in Python from what people entered."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    path = ("quarterly_return__round", "budget_line__cost_heading", "budget_line__intervention__organisation")
    rows = [(one, one.actual) for one in SpendLine.objects.select_related(*path)]
    rows += [(one, one.amount) for one in Adjustment.objects.select_related(*path)]  # type: ignore[misc]
    for one, amount in rows:
        intervention, found = one.budget_line.intervention, one.quarterly_return
        if intervention.award_id != award.pk or found.status not in COUNTED_STATES:
            continue
        if found.round.quarter_number <= last:
            heading = "Labour" if one.budget_line.cost_heading.is_labour else "Non-labour"
            sums[intervention.organisation.name, heading] += amount or ZERO
    return {key: amount for key, amount in sums.items() if amount}
