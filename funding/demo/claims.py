"""The demonstration's claims: headings that are illustrative, and claims frozen as the year went on."""

from __future__ import annotations

from datetime import datetime

from funding.actions import claims, reference
from funding.claims import reading
from funding.demo.people import Cast
from funding.models import Award, Claim, ClaimPart, CostHeading, Fund
from funding.quarters import Quarter

# The first year whose claims are frozen here. Of the years before it, there are only returns.
FIRST_YEAR = 2025


def record_headings() -> None:
    """Labour and non-labour for every fund: the one division of a claim for which a precedent was found."""
    headings = list(CostHeading.objects.all())
    for fund in Fund.objects.all():
        for position, (code, label, is_labour) in enumerate(
            (("labour", "Labour", True), ("non-labour", "Non-labour", False)), start=1
        ):
            reference.add_claim_heading(
                fund=fund,
                code=code,
                label=label,
                position=position,
                cost_headings=[one for one in headings if one.is_labour == is_labour],
            )


def freeze(cast: Cast, quarter: Quarter, at: datetime) -> None:
    """The claims of the quarter, of every award of its year; after the fourth the statement too."""
    if quarter.year < FIRST_YEAR:
        return
    parts = [ClaimPart(quarter.number)] + ([ClaimPart.STATEMENT] if quarter.number == 4 else [])
    awards = Award.objects.of(cast.partnership).filter(year=quarter.year)
    for award in awards.select_related("grant__fund", "grant__partnership"):
        for part in parts:
            last = Claim.objects.filter(award=award, part=part - 1).first()
            draft = reading.draft(award, part, reading.frozen_lines(award), last)
            claims.freeze(award=award, part=part, seen=draft.digest, by=cast.approver, at=at)
