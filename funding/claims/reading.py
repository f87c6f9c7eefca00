"""Reads a claim: what certified returns say now, what frozen claims said, and the difference as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from funding.claims import claim_sql, words
from funding.claims.paper import Key, Line, Paper, Returned
from funding.models import Award, Claim, ClaimHeading, ClaimLine, ClaimLineKind, ClaimPart, ClaimReturn
from funding.money import ZERO

Amounts = dict[Key, Decimal]
UNMAPPED = "No claim heading"
ORDER = {ClaimLineKind.QUARTER: 0, ClaimLineKind.CORRECTION: 1, ClaimLineKind.CHANGE: 2}


def parameters(award: Award, part: ClaimPart) -> dict[str, Any]:
    """For the statements of `claim_sql`. The award comes with its grant."""
    return {
        "award": award.pk,
        "fund": award.grant.fund_id,
        "partnership": award.grant.partnership_id,
        "year": award.year,
        "last": part.last_quarter,
    }


def rows(statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def certified(award: Award, part: ClaimPart) -> Amounts:
    """What certified returns say now, of the quarters up to that of the claim."""
    found = rows(claim_sql.CERTIFIED, parameters(award, part))
    return {Key(*key): amount for *key, amount in found if amount is not None}


def returns_now(award: Award, part: ClaimPart) -> tuple[Returned, ...]:
    """Every return that the claim could be built from, missing ones too."""
    return tuple(
        Returned(organisation, name, quarter, basis, pk, version, digest, certified_at, held)
        for organisation, name, held, quarter, pk, basis, version, digest, certified_at in rows(
            claim_sql.RETURNS, parameters(award, part)
        )
    )


def frozen_lines(award: Award) -> dict[int, list[Line]]:
    """The lines of the award's frozen claims, by part."""
    found: dict[int, list[Line]] = {}
    for row in (
        ClaimLine.objects.filter(claim__award=award)
        .order_by("claim__part", "position")
        .values_list(
            *("claim__part", "kind", "organisation", "quarter_number", "corrects_quarter", "claim_heading"),
            *("match_kind", "is_secured", "organisation_name", "heading_label", "amount", "explanation"),
        )
    ):
        part, kind, *key, name, label, amount, explanation = row
        found.setdefault(part, []).append(Line(kind, Key(*key), name, label, amount, explanation))
    return found


def frozen_returns(claim: Claim) -> tuple[Returned, ...]:
    """What the claim was built from."""
    found = ClaimReturn.objects.filter(claim=claim).values_list(
        *("organisation", "organisation_name", "quarter_number", "basis", "quarterly_return"),
        *("version_number", "version_digest", "certified_at"),
    )
    return tuple(
        Returned(*row) for row in found.order_by("organisation__position", "organisation", "quarter_number")
    )


def frozen(claim: Claim, lines: Mapping[int, list[Line]]) -> Paper:
    """A claim as it was frozen; `lines` are those of its award."""
    return Paper(
        award=claim.award,
        part=ClaimPart(claim.part),
        every_line=tuple(lines.get(claim.part, ())),
        returns=frozen_returns(claim),
        before=_before(lines, claim.part),
        claim=claim,
    )


def draft(award: Award, part: ClaimPart, lines: Mapping[int, list[Line]], last: Claim | None) -> Paper:
    """The claim as it would be frozen now. `last` is the latest frozen claim of the award, just before it."""
    now, found = certified(award, part), returns_now(award, part)
    before = _before(lines, part)
    labels = _headings(award)
    earlier = frozen_returns(last) if last else ()
    changed = _differences(part, now, before)
    made = [*_of_quarter(award, part, now), *_changes(award.year, changed, found, earlier)]
    names = {one.organisation: one.organisation_name for one in found}
    places = {one: place for place, one in enumerate(names)}
    headings = {one: place for place, one in enumerate(labels)}
    made.sort(
        key=lambda one: (
            *(bool(one[1].match_kind), ORDER[one[0]], places[one[1].organisation], one[1].quarter),
            *(
                one[1].corrects or 0,
                headings.get(one[1].heading or 0, -1),
                one[1].match_kind,
                not one[1].is_secured,
            ),
        )
    )
    every = tuple(
        Line(
            kind,
            key,
            names[key.organisation],
            "" if key.match_kind else labels.get(key.heading or 0, UNMAPPED),
            amount,
            explanation,
        )
        for kind, key, amount, explanation in made
    )
    return Paper(award, part, every, found, before)


def _headings(award: Award) -> dict[int, str]:
    return dict(ClaimHeading.objects.filter(fund=award.grant.fund_id).values_list("pk", "label"))


def _before(lines: Mapping[int, list[Line]], part: int) -> tuple[Line, ...]:
    return tuple(line for earlier in sorted(lines) if earlier < part for line in lines[earlier])


Made = tuple[ClaimLineKind, Key, Decimal, str]


def _of_quarter(award: Award, part: ClaimPart, now: Amounts) -> Iterator[Made]:
    """What the returns of the claim's own quarter say, and what they correct."""
    for key, amount in now.items():
        if key.quarter != part or not amount:
            continue
        if key.corrects:
            why = words.correction(award.year, key.quarter, key.corrects)
            yield ClaimLineKind.CORRECTION, key, amount, why
        else:
            yield ClaimLineKind.QUARTER, key, amount, ""


def _differences(part: ClaimPart, now: Amounts, before: tuple[Line, ...]) -> Amounts:
    """What earlier quarters say now, less what earlier claims said. Nothing crosses 31 March: an award has
    one year."""
    claimed: Amounts = {}
    for line in before:
        claimed[line.key] = claimed.get(line.key, ZERO) + line.amount
    return {
        key: difference
        for key in now.keys() | claimed.keys()
        if key.quarter < part and (difference := now.get(key, ZERO) - claimed.get(key, ZERO))
    }


def _changes(
    year: int, changed: Amounts, found: tuple[Returned, ...], earlier: tuple[Returned, ...]
) -> Iterator[Made]:
    """The differences, each with its reason; `earlier` are the returns that the last claim was built from."""
    was = {(one.organisation, one.quarter): one for one in earlier}
    stands = {(one.organisation, one.quarter): one for one in found}
    for key, difference in changed.items():
        place = key.organisation, key.quarter
        why = words.change(year, was.get(place), stands.get(place), key.quarter)
        yield ClaimLineKind.CHANGE, key, difference, why
