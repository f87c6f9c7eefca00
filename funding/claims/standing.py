"""Where each claim of an award stands: not yet, draft or frozen; and the list of a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from authorities.filters import date_words
from funding.claims import claim_sql
from funding.claims.reading import rows
from funding.models import Award, Claim, ClaimPart
from funding.money import ZERO

FROZEN, DRAFT, NOT_YET = "frozen", "draft", "not_yet"


@dataclass(frozen=True)
class Standing:
    """One claim of one award. `since` is what its quarters say now beyond all claims up to it."""

    award: Award
    part: ClaimPart
    code: str
    why_not: str = ""
    claim: Claim | None = None
    total: Decimal | None = None
    since: Decimal | None = None

    @property
    def label(self) -> str:
        return {FROZEN: "Frozen", DRAFT: "Draft", NOT_YET: "Not yet"}[self.code]


def standing(award: Award, part: ClaimPart, claims: Mapping[int, Claim], today: date) -> Standing:
    """Whether the claim is frozen, or can be drafted; if not, why."""
    if claim := claims.get(part):
        return Standing(award, part, FROZEN, claim=claim, total=claim.total)
    ends_on = part.quarter(award.year).ends_on
    if today <= ends_on:
        return Standing(award, part, NOT_YET, f"Its period ends on {date_words(ends_on)}.")
    if part > 1 and part - 1 not in claims:
        earlier = ClaimPart(part - 1).name_in_text
        return Standing(award, part, NOT_YET, f"{earlier[0].upper()}{earlier[1:]} has to be frozen first.")
    return Standing(award, part, DRAFT)


def of_year(awards: Sequence[Award], today: date) -> list[list[Standing]]:
    """The claims of some awards of one year and partnership, award by award, with pounds: two queries."""
    if not awards:
        return []
    claims: dict[int, dict[int, Claim]] = defaultdict(dict)
    for claim in Claim.objects.filter(award__in=[award.pk for award in awards]).select_related("frozen_by"):
        claims[claim.award_id][claim.part] = claim
    certified: dict[tuple[int, int], Decimal] = {}
    given = {"partnership": awards[0].grant.partnership_id, "year": awards[0].year}
    for award, quarter, amount in rows(claim_sql.CERTIFIED_BY_AWARD, given):
        certified[award, quarter] = amount or ZERO
    return [
        [
            _with_pounds(standing(award, part, claims[award.pk], today), claims[award.pk], certified)
            for part in ClaimPart
        ]
        for award in awards
    ]


def _with_pounds(
    one: Standing, claims: Mapping[int, Claim], certified: Mapping[tuple[int, int], Decimal]
) -> Standing:
    quarters = range(1, one.part.last_quarter + 1)
    now = sum((certified.get((one.award.pk, number), ZERO) for number in quarters), ZERO)
    if one.claim:
        return Standing(
            one.award, one.part, one.code, claim=one.claim, total=one.total, since=now - one.claim.to_date
        )
    if one.code == DRAFT:
        before = claims.get(one.part - 1)
        return Standing(one.award, one.part, one.code, total=now - (before.to_date if before else ZERO))
    return one
