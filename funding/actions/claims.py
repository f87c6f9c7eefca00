"""Freezing a claim to the Home Office: what was checked is written once and never changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorities.models import User
from authorities.roles import Permission
from funding.actions.errors import UnableTo, check_may, refusals
from funding.claims import claim_sql, reading
from funding.claims.paper import Paper
from funding.claims.standing import DRAFT, FROZEN, standing
from funding.models import Award, Claim, ClaimLine, ClaimPart, ClaimReturn
from funding.money import ZERO, pounds
from funding.quarters import london_day


class UnableToFreeze(UnableTo):
    """The claim cannot be frozen."""


@transaction.atomic
def freeze(*, award: Award, part: ClaimPart, seen: str, by: User, at: datetime) -> Claim:
    """Writes the claim as it stands, if it is still what was checked: `seen` is the digest of that draft.

    Raises UnableToFreeze before its period is over, out of order, a second time, for costs without a claim
    heading, and when a return has moved since the check.
    """
    check_may(Permission.FREEZE_CLAIM, by=by, at=at, partnership=award.grant.partnership)
    # No return is certified, queried or reopened between the queries of the draft.
    reading.rows(claim_sql.HOLD_RETURNS, reading.parameters(award, part))
    claims = {claim.part: claim for claim in Claim.objects.filter(award=award)}
    where = standing(award, part, claims, london_day(at))
    if where.code == FROZEN:
        raise UnableToFreeze("This claim has been frozen already. A frozen claim never changes.")
    if where.code != DRAFT:
        raise UnableToFreeze(f"This claim cannot be frozen yet. {where.why_not}")
    paper = reading.draft(award, part, reading.frozen_lines(award), claims.get(part - 1))
    if paper.unmapped:
        amount = pounds(sum((abs(line.amount) for line in paper.unmapped), ZERO))
        raise UnableToFreeze(
            f"{amount} has no claim heading. Ask an administrator to add it, then check again."
        )
    if paper.digest != seen:
        raise UnableToFreeze("A return has moved since you opened this page. Check the figures below again.")
    with refusals(UnableToFreeze), transaction.atomic():
        return _write(paper, by, at)


def _write_lines(claim: Claim, paper: Paper) -> None:
    ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=claim,
            position=position,
            kind=line.kind,
            organisation_id=line.key.organisation,
            organisation_name=line.organisation_name,
            quarter_number=line.key.quarter,
            corrects_quarter=line.key.corrects,
            claim_heading_id=line.key.heading,
            heading_label=line.heading_label,
            match_kind=line.key.match_kind,
            is_secured=line.key.is_secured,
            amount=line.amount,
            explanation=line.explanation,
        )
        for position, line in enumerate(paper.every_line, start=1)
    )


def _write(paper: Paper, by: User, at: datetime) -> Claim:
    claim = Claim.objects.create(
        award=paper.award,
        part=paper.part,
        total=paper.total,
        to_date=paper.to_date,
        digest=paper.digest,
        line_count=len(paper.every_line),
        return_count=len(paper.returns),
        frozen_by=by,
        frozen_at=at,
    )
    _write_lines(claim, paper)
    ClaimReturn.objects.bulk_create(
        ClaimReturn(
            claim=claim,
            organisation_id=one.organisation,
            organisation_name=one.organisation_name,
            quarter_number=one.quarter,
            basis=one.basis,
            quarterly_return_id=one.return_pk,
            version_number=one.version,
            version_digest=one.version_digest,
            certified_at=one.certified_at,
        )
        for one in paper.returns
    )
    return claim
