"""Claims are what certified returns say, to the penny, and carry by themselves what changes later."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from funding.actions import claims, match, returns
from funding.actions.claims import UnableToFreeze
from funding.actions.errors import UnableToDo
from funding.claims import reading
from funding.claims.paper import Line, sums
from funding.claims.tie_out import Check, tie_out
from funding.models import Claim, ClaimMapping, ClaimPart, ClaimReturn, MatchKind, MatchLine
from funding.money import ZERO
from tests.funding.claims.year import PAST, PastYear, past_year, recomputed
from tests.world import NOW

pytestmark = pytest.mark.django_db
P = ClaimPart


@pytest.fixture
def past(db: None) -> PastYear:
    return past_year()


def by_heading(lines: list[Line]) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if not line.is_match:
            found[line.organisation_name, line.heading_label] += line.amount
    return {key: amount for key, amount in found.items() if amount}


def check(past: PastYear, part: ClaimPart, title: str, *, frozen: bool) -> Check:
    paper = past.paper(part) if frozen else past.draft(part)
    found = tie_out(paper, reading.returns_now(past.award, part))
    return next(one for one in found if title in one.title)


def test_a_draft_is_the_recompute_and_the_board_and_knows_what_is_missing(past: PastYear) -> None:
    past.certify("north", 1, "1000.01")
    paper = past.draft(P.Q1)
    assert by_heading(paper.lines) == recomputed(past.award, 1)
    assert paper.total == Decimal("2000.02")
    assert [(one.organisation_name, one.basis) for one in paper.returns] == [
        ("North Council", "provisional"),
        ("South Council", "missing"),
    ]
    assert (paper.accepted, paper.provisional) == (ZERO, Decimal("2000.02"))
    missing = check(past, P.Q1, "Every return is in", frozen=False)
    assert not missing.is_green
    assert "South Council Q1 2025/26 (not returned)" in missing.words
    behind = check(past, P.Q1, "what the board shows", frozen=False)
    assert (behind.is_green, behind.difference) == (False, Decimal("2000.02"))
    assert "to be rolled up" in behind.words
    past.world.roll_up()
    agrees = check(past, P.Q1, "what the board shows", frozen=False)
    assert (agrees.is_green, agrees.left, agrees.right) == (True, Decimal("2000.02"), Decimal("2000.02"))


def test_only_certified_returns_count(past: PastYear) -> None:
    past.certify("north", 1, "1000.01")
    past.world.send(past.found("south", 1), by=past.world.stranger, actual="77.77")
    assert past.draft(P.Q1).total == Decimal("2000.02")
    why = {"reason": "Why?", "by": past.world.officer, "at": NOW}
    returns.query(quarterly_return=past.found("north", 1), **why)  # type: ignore[arg-type]
    assert past.draft(P.Q1).total == ZERO
    assert {one.basis for one in past.draft(P.Q1).returns} == {"queried", "missing"}


def test_a_year_of_claims_and_its_statement_are_the_certified_total(past: PastYear) -> None:
    """Late certification, a correction, a return that is certified again, a heading that is moved."""
    past.certify("north", 1, "1000.01")
    past.freeze(P.Q1)
    past.certify("south", 1, "700.07")
    past.certify("north", 2, "1100.11", corrects=(1, "-100.10"))
    past.freeze(P.Q2)
    past.certify_again("north", 1, "1234.56")
    past.certify("north", 3, "900.00")
    past.certify("south", 3, "0.01")
    past.freeze(P.Q3)
    past.certify("north", 4, "800.00")
    past.freeze(P.Q4)
    past.certify("south", 2, "55.55")
    past.certify("south", 4, "44.44")
    statement = past.freeze(P.STATEMENT)

    every = [line for part in P for line in past.paper(part).lines]
    expected = recomputed(past.award)
    assert by_heading(every) == expected
    assert sum(Claim.objects.values_list("total", flat=True), ZERO) == sum(expected.values())
    assert statement.to_date == sum(expected.values())
    assert statement.total == Decimal("99.99")
    second = {(line.kind, line.of_quarter): line for line in past.paper(P.Q2).lines if line.is_adjustment}
    assert second["correction", 1].amount == Decimal("-100.10")
    assert second["change", 1].amount == Decimal("700.07")
    assert "No certified return of Q1 2025/26 stood" in second["change", 1].explanation
    third = [line for line in past.paper(P.Q3).lines if line.is_adjustment]
    assert [line.amount for line in third] == [Decimal("234.55")] * 2
    assert {line.explanation for line in third} == {
        "Q1 2025/26 was certified again since it was claimed: version 2 stands instead of version 1."
    }
    for part in P:
        paper = past.paper(part)
        assert paper.digest == Claim.objects.get(part=part).digest
        rows = sums(paper, lambda line: line.key.heading, {})
        assert sum(row.to_date for row in rows.values()) == paper.to_date
    assert check(past, P.STATEMENT, "certified returns say", frozen=True).is_green


def test_a_heading_that_is_moved_is_carried_and_sums_to_nothing(past: PastYear) -> None:
    past.certify("north", 1, "1000.00")
    past.freeze(P.Q1)
    labour = ClaimMapping.objects.get(fund=past.award.grant.fund, cost_heading=past.world.staffing)
    labour.claim_heading = ClaimMapping.objects.get(
        fund=past.award.grant.fund, cost_heading=past.world.services
    ).claim_heading
    labour.save()
    paper = past.draft(P.Q2)
    assert sorted(line.amount for line in paper.lines) == [Decimal("-1000.00"), Decimal("1000.00")]
    assert {line.explanation for line in paper.lines} == {
        "The claim heading of these costs of Q1 2025/26 was changed since it was claimed."
    }


def test_what_is_queried_again_is_taken_back_until_it_is_certified(past: PastYear) -> None:
    past.certify("north", 1, "1000.00")
    past.freeze(P.Q1)
    why = {"reason": "Why?", "by": past.world.officer, "at": NOW}
    returns.query(quarterly_return=past.found("north", 1), **why)  # type: ignore[arg-type]
    paper = past.draft(P.Q2)
    assert (paper.total, paper.to_date) == (Decimal("-2000.00"), ZERO)
    assert all("back with its organisation" in line.explanation for line in paper.lines)
    explained = check(past, P.Q1, "certified returns say", frozen=True)
    assert explained.difference == Decimal("2000.00")
    assert "North Council Q1 2025/26 (not certified any more)" in explained.words
    assert "The next claim" in explained.words


def test_nothing_crosses_31_march(past: PastYear) -> None:
    past.certify("north", 1, "1000.00")
    past.freeze(P.Q1)
    other = past.world.award
    now = reading.draft(type(other).objects.select_related("grant").get(pk=other.pk), P.Q2, {}, None)
    assert now.lines == []
    for part in (P.Q2, P.Q3, P.Q4, P.STATEMENT):
        past.freeze(part)
    past.certify("south", 4, "10.00")
    explained = check(past, P.STATEMENT, "certified returns say", frozen=True)
    assert explained.difference == Decimal("-10.00")
    assert "Nothing of it is carried into another year" in explained.words


def test_spending_above_an_allocation_is_explained_by_name(past: PastYear) -> None:
    past.certify("south", 1, "200000.01")
    allocations = check(past, P.Q1, "ledger allocates", frozen=False)
    assert not allocations.is_green
    assert "South Council by £0.01" in allocations.words
    assert check(past, P.Q1, "within the award", frozen=False).is_green
    past.certify("north", 1, "200000.00")
    above = check(past, P.Q1, "within the award", frozen=False)
    assert "£100,000.01 is above the award" in above.words


def test_match_stands_beside_the_claim_which_keeps_its_versions(past: PastYear) -> None:
    found = past.found("north", 1)
    entries = [
        match.MatchEntry("Lottery", MatchKind.CASH, True, Decimal("50.00")),
        match.MatchEntry("Trust", MatchKind.CASH, True, Decimal("5.00")),
        match.MatchEntry("School", MatchKind.IN_KIND, False, Decimal("7.00")),
    ]
    match.save_match(
        quarterly_return=found, revision=found.revision, entries=entries, by=past.world.lead, at=NOW
    )
    signed = past.certify("north", 1, "1.00").versions.get()
    assert MatchLine.objects.count() == 3
    claim = past.freeze(P.Q1)
    paper = past.paper(P.Q1)
    assert [(line.match_label, line.amount) for line in paper.match] == [
        ("Cash, secured", Decimal("55.00")),
        ("In kind, not secured", Decimal("7.00")),
    ]
    assert claim.total == Decimal("2.00")
    kept = ClaimReturn.objects.get(organisation=past.world.north)
    assert (kept.version_number, kept.version_digest) == (1, signed.digest)
    assert ClaimReturn.objects.get(organisation=past.world.south).version_number is None


def test_it_is_frozen_by_the_approver_as_checked_once_in_order_and_after_its_period(past: PastYear) -> None:
    seen = past.draft(P.Q1).digest
    for name in ("officer", "auditor", "board_member", "lead", "certifier", "administrator"):
        with pytest.raises(UnableToDo):
            claims.freeze(award=past.award, part=P.Q1, seen=seen, by=getattr(past.world, name), at=NOW)
    with pytest.raises(UnableToFreeze, match="for Q1 has to be frozen first"):
        past.freeze(P.Q2)
    early = datetime(PAST, 6, 30, 12, tzinfo=UTC)
    with pytest.raises(UnableToFreeze, match="period ends on 30 June 2025"):
        claims.freeze(award=past.award, part=P.Q1, seen="", by=past.world.approver, at=early)
    past.certify("north", 1, "1.00")
    with pytest.raises(UnableToFreeze, match="has moved"):
        claims.freeze(award=past.award, part=P.Q1, seen=seen, by=past.world.approver, at=NOW)
    assert not Claim.objects.exists()
    past.freeze(P.Q1)
    with pytest.raises(UnableToFreeze, match="frozen already"):
        past.freeze(P.Q1)


def test_costs_without_a_heading_are_not_frozen(past: PastYear) -> None:
    ClaimMapping.objects.filter(fund=past.award.grant.fund, cost_heading=past.world.services).delete()
    past.certify("north", 1, "12.34")
    assert not check(past, P.Q1, "claim heading", frozen=False).is_green
    with pytest.raises(UnableToFreeze, match=r"£12\.34 has no claim heading"):
        past.freeze(P.Q1)
