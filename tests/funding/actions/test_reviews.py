"""Back to the certified version: every line, the words, the signature, and the same digest."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from authorities import actions as people
from authorities.roles import Role
from funding.actions import entries, ratings, returns, reviews
from funding.actions.errors import UnableToMoveReturn
from funding.models import (
    Adjustment,
    BudgetLine,
    EvidenceFile,
    EvidenceState,
    MatchKind,
    MatchLine,
    QuarterlyReturn,
    Rag,
    ReasonCode,
    ReturnStatus,
    RollUpMark,
    VarianceReason,
)
from funding.snapshot import content_of, digest_of
from tests.world import NOW, Q1, START, World

HOUR = timedelta(hours=1)
LATER = NOW + 5 * HOUR


def risk(title: str, score: int = 3) -> ratings.RiskEntry:
    return ratings.RiskEntry(title, score, score, "Watch it.", 1, 1, "Head of service")


def rate(world: World, found: QuarterlyReturn, titles: list[str], reason: str = "As planned.") -> None:
    found.refresh_from_db()
    rating = ratings.Rating(Rag.AMBER, reason)
    ratings.save_ratings(
        quarterly_return=found,
        revision=found.revision,
        spend=rating,
        delivery=rating,
        risks=[risk(title) for title in titles],
        by=world.lead,
        at=NOW,
    )
    found.refresh_from_db()


def evidence(found: QuarterlyReturn, world: World, name: str, digest: str) -> EvidenceFile:
    return EvidenceFile.objects.create(
        quarterly_return=found,
        name=name,
        stored_as=f"evidence/{found.pk}/{name}",
        content_type="application/pdf",
        size=10,
        digest=digest,
        state=EvidenceState.CLEAN,
        added_by=world.lead,
        added_at=NOW,
    )


@pytest.fixture
def rich(world: World) -> QuarterlyReturn:
    """Certified and queried, with a line of every kind: corrections, reasons, match, risks, evidence."""
    world.open(Q1)
    earlier = world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead)
    first, second = BudgetLine.objects.of(world.north, 2026)
    Adjustment.objects.create(
        quarterly_return=found, corrects=earlier, budget_line=first, amount="-12.34", reason="Twice."
    )
    VarianceReason.objects.create(
        quarterly_return=found,
        budget_line=second,
        code=ReasonCode.VACANCY,
        words="A post.",
        recovers_on=date(2027, 1, 31),
    )
    MatchLine.objects.create(
        quarterly_return=found, source="Council", kind=MatchKind.CASH, is_secured=True, amount="500.00"
    )
    MatchLine.objects.create(
        quarterly_return=found, source="Council", kind=MatchKind.IN_KIND, is_secured=False, amount="70.00"
    )
    evidence(found, world, "ledger.pdf", "a" * 64)
    rate(world, found, ["Zebra", "Apple"])
    sent = returns.send(quarterly_return=found, by=world.lead, at=NOW)
    signed = returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    return returns.query(quarterly_return=signed, reason="Why?", by=world.officer, at=NOW + HOUR)


def revert(found: QuarterlyReturn, world: World, **options: object) -> QuarterlyReturn:
    return reviews.revert(
        **{  # type: ignore[arg-type]
            "quarterly_return": found,
            "reason": "The ledger agrees.",
            "by": world.lead,
            "at": LATER,
            **options,
        }
    )


def test_every_kind_of_line_comes_back_and_the_digest_is_the_same(
    rich: QuarterlyReturn, world: World
) -> None:
    digest = rich.versions.get().digest
    first, second = BudgetLine.objects.of(world.north, 2026)
    world.fill(rich, by=world.lead, actual="9999.00", forecast="1.00")
    rich.adjustments.all().delete()
    rich.variance_reasons.all().delete()
    VarianceReason.objects.create(
        quarterly_return=rich, budget_line=first, code=ReasonCode.OTHER, words="Else."
    )
    rich.match_lines.filter(kind=MatchKind.CASH).delete()
    rich.match_lines.update(amount="1.00")
    rich.forecast_lines.filter(budget_line=second, quarter_number=4).delete()
    evidence(rich, world, "later.pdf", "b" * 64)
    evidence(rich, world, "ledger again.pdf", "a" * 64)
    rate(world, rich, ["Apple", "Middle", "Zebra"], reason="Worse.")
    assert digest_of(content_of(rich)) != digest

    reverted = revert(rich, world)

    assert digest_of(content_of(world.return_of(world.north))) == digest
    assert reverted.status == ReturnStatus.CERTIFIED
    assert (reverted.certified_by, reverted.certified_at) == (world.certifier, NOW)
    assert (reverted.prepared_by, reverted.prepared_at) == (world.lead, NOW)
    assert list(reverted.risks.values_list("title", flat=True)) == ["Zebra", "Apple"]
    removed = EvidenceFile.objects.filter(state=EvidenceState.REMOVED).values_list("name", flat=True)
    assert set(removed) == {"later.pdf", "ledger again.pdf"}
    assert RollUpMark.objects.filter(organisation=world.north).exists()


def test_patrols_come_back(world: World) -> None:
    world.open()
    signed = world.certify(
        world.return_of(world.police), by=world.police_lead, certifier=world.police_certifier
    )
    digest = signed.versions.get().digest
    queried = returns.query(quarterly_return=signed, reason="Why?", by=world.officer, at=NOW + HOUR)
    world.fill(queried, by=world.police_lead, actual="1.00")
    queried.refresh_from_db()
    queried.patrol_lines.update(hours=Decimal("1.25"), arrests=9)
    revert(queried, world, by=world.police_lead)
    assert digest_of(content_of(world.return_of(world.police))) == digest


def test_what_did_not_change_is_left_alone(rich: QuarterlyReturn, world: World) -> None:
    before = set(rich.adjustments.values_list("pk", flat=True))
    revert(rich, world)
    assert set(rich.adjustments.values_list("pk", flat=True)) == before


def test_a_correction_of_a_quarter_that_is_open_again_cannot_be_put_back(
    rich: QuarterlyReturn, world: World
) -> None:
    earlier = world.return_of(world.north, Q1)
    rich.adjustments.all().delete()
    returns.reopen(quarterly_return=earlier, reason="Wrong.", by=world.officer, at=NOW + HOUR)
    with pytest.raises(UnableToMoveReturn, match="A correction is of an earlier quarter"):
        revert(rich, world)
    assert world.return_of(world.north).status == ReturnStatus.QUERIED


def test_the_reason_is_the_answer_to_every_open_query(rich: QuarterlyReturn, world: World) -> None:
    revert(rich, world)
    assert [reply.text for reply in rich.queries.get().replies.all()] == ["The ledger agrees."]
    assert rich.events.last().reason == "The ledger agrees."


def test_the_revision_moves_on_so_that_an_old_page_is_found_out(rich: QuarterlyReturn, world: World) -> None:
    stale = rich.revision
    reverted = revert(rich, world)
    queried = returns.query(quarterly_return=reverted, reason="Again?", by=world.officer, at=LATER)
    with pytest.raises(entries.UnableToSave, match="Somebody else saved"):
        entries.save_narrative(
            quarterly_return=queried,
            revision=stale,
            progress="Old.",
            problems="",
            next_steps="",
            by=world.lead,
            at=LATER,
        )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"reason": "  "}, "Say why the certified figures stand"),
        ({"revision": 0}, "changed after you opened this page"),
    ],
)
def test_refusals_change_nothing(
    rich: QuarterlyReturn, world: World, options: dict[str, object], sentence: str
) -> None:
    before = content_of(rich)
    with pytest.raises(UnableToMoveReturn, match=sentence):
        revert(rich, world, **options)
    assert content_of(world.return_of(world.north)) == before
    assert not rich.queries.get().replies.exists()


def test_only_those_who_prepare_the_return_go_back(rich: QuarterlyReturn, world: World) -> None:
    for who in (world.officer, world.certifier, world.stranger):
        with pytest.raises(UnableToMoveReturn, match="does not let you"):
            revert(rich, world, by=who)


def test_a_return_that_was_never_certified_has_nothing_to_go_back_to(world: World) -> None:
    world.open()
    with pytest.raises(UnableToMoveReturn, match="never certified"):
        revert(world.fill(world.return_of(world.north), by=world.lead), world)


def test_a_certified_return_stays_where_it_is(rich: QuarterlyReturn, world: World) -> None:
    reverted = revert(rich, world)
    with pytest.raises(UnableToMoveReturn, match="waiting for the OPCC"):
        revert(reverted, world)


def test_a_certifier_who_prepared_part_of_it_since_signs_no_more(rich: QuarterlyReturn, world: World) -> None:
    people.give_role(user=world.certifier, organisation=world.north, role=Role.LEAD, starts_on=START)
    entries.save_narrative(
        quarterly_return=rich,
        revision=rich.revision,
        progress="Mine.",
        problems="",
        next_steps="",
        by=world.certifier,
        at=NOW,
    )
    with pytest.raises(UnableToMoveReturn, match="Certifier, who certified this return, has prepared part"):
        revert(world.return_of(world.north), world)


def test_a_plan_that_grew_meanwhile_makes_the_certified_version_incomplete(
    rich: QuarterlyReturn, world: World
) -> None:
    world.plan(world.north, world.award, "Something new", ["0", "0", "5.00", "5.00"], by=world.lead)
    with pytest.raises(UnableToMoveReturn, match="no longer complete: Spend and forecast, Activity"):
        revert(rich, world)
    assert world.return_of(world.north).status == ReturnStatus.QUERIED


def test_evidence_that_is_gone_is_named(rich: QuarterlyReturn, world: World) -> None:
    EvidenceFile.objects.update(state=EvidenceState.REFUSED)
    with pytest.raises(UnableToMoveReturn, match=r"Evidence: ledger\.pdf"):
        revert(rich, world)


def test_a_reopened_return_goes_back_to_the_opcc(world: World) -> None:
    world.open()
    accepted = world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    digest = accepted.versions.get().digest
    reopened = returns.reopen(quarterly_return=accepted, reason="See.", by=world.officer, at=NOW + HOUR)
    world.fill(reopened, by=world.lead, actual="5.00")
    reverted = revert(world.return_of(world.north), world)
    assert reverted.status == ReturnStatus.CERTIFIED
    assert digest_of(content_of(reverted)) == digest
