"""The demonstration: the published figures, the labels, and the open round in different states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from authorities.models import AccountableBody, Organisation, User
from funding import flags
from funding.actions import board_packs
from funding.board import changes
from funding.board.waterfall import Cause
from funding.formula import suggest
from funding.models import (
    Award,
    BoardAction,
    BoardPack,
    Claim,
    DecisionLine,
    Meeting,
    Milestone,
    PublishedAllocation,
    QuarterlyReturn,
    RollUpMark,
    Scenario,
    ShareInput,
)
from funding.quarters import Quarter
from funding.reconciliation import reconcile

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def load(settings: object) -> Callable[..., str]:
    settings.DEMO_MODE = True  # type: ignore[attr-defined]

    def run(*options: str) -> str:
        out = StringIO()
        call_command("load_demo", "--today", "2026-11-23", *options, stdout=out)
        return out.getvalue()

    return run


def award(fund: str, year: int) -> Award:
    return Award.objects.get(grant__fund__code=fund, year=year)


def test_the_demonstration(load: Callable[..., str]) -> None:
    assert "rolled up" in load()

    assert sum(award("vru", year).amount for year in (2022, 2023, 2024)) == Decimal("5084010.00")
    assert award("vru", 2022).grant.announced_amount == Decimal("5080000.00")
    assert (award("grip", 2022).amount, award("grip", 2022).basis) == (Decimal("717275.00"), "published")
    assert award("vru", 2025).amount == award("vru", 2024).amount
    assert {award("vru", year).basis for year in (2022, 2023, 2024, 2025)} == {"derived"}
    assert {award("vru", year).basis for year in (2026, 2027)} == {"illustrative"}
    assert PublishedAllocation.objects.count() == 126
    assert all(row.source for row in PublishedAllocation.objects.all())

    somerset = AccountableBody.objects.filter(organisation__short_name="Somerset")
    assert list(somerset.values_list("name", "gss_code")) == [
        ("Somerset County Council", "E10000027"),
        ("Somerset Council", "E06000066"),
    ]
    _everything_is_shared_out()
    _the_open_round()
    _figures_are_right()
    _claims_are_frozen()
    _the_board_meets()
    _flags_and_changes()
    _a_scenario_is_there()
    # The same day gives the same figures.
    spent = QuarterlyReturn.objects.aggregate(total=Sum("spend_lines__actual"))["total"]
    assert spent == Decimal("11724363.25")
    assert load() == ""  # a second load does nothing
    assert "board-member@demo.example" in load("--sign-ins")


def _a_scenario_is_there() -> None:
    """Labelled as illustrative, and of the same total as the plan that it was copied from."""
    made = Scenario.objects.get()
    assert made.name.startswith("Illustrative")
    assert made.moves.count() == 2
    assert made.amounts.aggregate(total=Sum("wanted"))["total"] == made.total


def _everything_is_shared_out() -> None:
    """To the penny, and near a tenth to Bath and North East Somerset."""
    for one in Award.objects.filter(status="agreed"):
        held = DecisionLine.objects.approved().filter(award=one)
        assert held.aggregate(total=Sum("amount"))["total"] == one.amount
    share = DecisionLine.objects.get(award=award("vru", 2022), organisation__short_name="B&NES").amount
    assert Decimal("0.09") < share / award("vru", 2022).amount < Decimal("0.11")
    weights = [
        (row.population, row.violence_index) for row in ShareInput.objects.order_by("organisation__position")
    ]
    assert suggest(award("vru", 2022).amount, hub_percent=Decimal(10), weights=weights).devolved[0] == share


def _the_open_round() -> None:
    last = QuarterlyReturn.objects.filter(round__year=2026, round__quarter_number=2)
    assert {one.organisation.short_name: one.status for one in last} == {
        "OPCC hub": "accepted",
        "B&NES": "queried",
        "Bristol": "draft",
        "North Somerset": "certified",
        "South Glos": "certified",
        "Somerset": "accepted",
        "Police": "with_certifier",
    }
    assert [one.organisation.short_name for one in last if one.is_nil] == ["North Somerset"]
    earlier = QuarterlyReturn.objects.exclude(pk__in=last)
    # The round before is closed: its returns are locked, and its pack is frozen as it was then.
    assert set(earlier.filter(round__closed_at=None).values_list("status", flat=True)) == {"accepted"}
    closed = earlier.exclude(round__closed_at=None)
    assert set(closed.values_list("status", "round__quarter_number")) == {("locked", 1)}
    pack = BoardPack.objects.get()
    assert (pack.round.quarter, pack.frozen_at.date()) == (Quarter(2026, 1), date(2026, 8, 21))
    assert earlier.count() == 17 * 7


def _figures_are_right() -> None:
    assert RollUpMark.objects.count() == 0
    partnership = Organisation.objects.all()[0].partnership
    assert [check for check in reconcile(partnership) if check.difference] == []


def _claims_are_frozen() -> None:
    """A whole year with its statement, and one quarter before a return that came late."""
    claims = Claim.objects.order_by("award__year", "part")
    assert {(claim.award.year, claim.part) for claim in claims} == {
        *((2025, part) for part in range(1, 6)),
        (2026, 1),
    }
    assert [claim.total for claim in claims if claim.part == 5] == [0, 0]
    first = claims.get(award=award("vru", 2026))
    assert [one.organisation_name for one in first.returns.filter(basis="missing")] == [
        "South Gloucestershire Council"
    ]
    assert first.award.grant.fund.claim_headings.count() == 2


def _flags_and_changes() -> None:
    """Both come from what is loaded anyway: nothing is invented for them."""
    partnership = Organisation.objects.all()[0].partnership
    found = flags.of(partnership)
    names = [(flag.organisation.short_name, flag.quarterly_return.quarter.label) for flag in found.waiting]
    assert names == [("Police", "Q4 2025/26"), ("Police", "Q3 2025/26"), ("North Somerset", "Q2 2026/27")]
    assert found.unjudged == {}
    board_packs.take(partnership=partnership, clock=timezone.now)
    since = changes.End(day=date(2026, 9, 30))
    compared = changes.read(partnership, 2026, since, changes.End())
    assert compared is not None
    spend, forecast, allocated = compared.waterfalls
    for waterfall in (spend, forecast, allocated):
        assert sum(bar.amount for bar in waterfall.bars) == waterfall.difference
        assert waterfall.of(Cause.UNEXPLAINED) == 0
    # One return came late, and those of Quarter 2 that count came in.
    returned = {bar.recipient.short_name for bar in spend.bars if bar.cause is Cause.RETURNED}
    assert returned == {"South Glos", "Somerset", "OPCC hub"}
    assert allocated.bars == []


def test_it_is_never_loaded_beside_real_data(db: None, settings: object) -> None:
    settings.DEMO_MODE = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="DEMO_MODE"):
        call_command("load_demo")
    assert not User.objects.exists()


def _the_board_meets() -> None:
    """One meeting was held and one is to come; whatever is written says that it is illustrative."""
    past, coming = Meeting.objects.order_by("held_on")
    assert past.held_on < date(2026, 11, 23) < coming.held_on
    (agreed,), asked = past.questions.all(), list(coming.questions.all())
    assert agreed.outcome == "agreed"
    assert [one.outcome for one in asked] == ["", ""]
    assert [one.decision.status for one in asked if one.decision] == ["proposed"]
    assert sorted(one.is_overdue(date(2026, 11, 23)) for one in BoardAction.objects.all()) == [False, True]
    assert [one.latest.status if one.latest else "" for one in Milestone.objects.with_reports()] == [
        *("at_risk", "on_track", "on_track", "done"),
    ]
    titles = [one.title for one in (agreed, *asked)] + [one.what for one in BoardAction.objects.all()]
    assert all(title.startswith("Illustrative: ") for title in titles)
    assert all(one.name.endswith("(illustrative)") for one in Milestone.objects.all())
