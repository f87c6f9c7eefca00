"""Corrections of earlier quarters: where they count, what they may not do, and that every total agrees."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from funding import return_sheet
from funding.actions import corrections, returns, rounds
from funding.actions.errors import UnableTo
from funding.models import Adjustment, BudgetLine, Figure, QuarterlyReturn
from funding.quarters import Quarter
from funding.reconciliation import reconcile
from tests.world import NOW, Q1, Q2, World

Q3 = Quarter(2026, 3)
IN_JANUARY = datetime(2027, 1, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def first(world: World) -> QuarterlyReturn:
    """Quarter 1 of the north, accepted: £1,000.00 in each of two lines."""
    world.open(Q1)
    return world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)


@pytest.fixture
def second(world: World, first: QuarterlyReturn) -> QuarterlyReturn:
    """Quarter 2, a draft: £2,000.00 in each line and £1,100.00 expected of each later quarter."""
    world.open(Q2)
    return world.fill(world.return_of(world.north), by=world.lead, actual="2000.00")


def open_third(world: World) -> QuarterlyReturn:
    """Quarter 3 of the north, opened when it is over."""
    rounds.open_round(
        partnership=world.partnership, quarter=Q3, due_on=Q3.due_on, by=world.officer, at=IN_JANUARY
    )
    return world.return_of(world.north, Q3)


def line_of(world: World) -> BudgetLine:
    return BudgetLine.objects.of(world.north, 2026)[0]


def correct(world: World, second: QuarterlyReturn, first: QuarterlyReturn, amount: str) -> QuarterlyReturn:
    standing = world.return_of(world.north, second.quarter)
    return corrections.correct(
        quarterly_return=standing,
        revision=standing.revision,
        corrects=first,
        budget_line=line_of(world),
        amount=Decimal(amount),
        reason="An invoice was entered twice.",
        by=world.lead,
        at=NOW,
    )


def test_a_correction_counts_in_the_quarter_that_carries_it(
    world: World, first: QuarterlyReturn, second: QuarterlyReturn
) -> None:
    saved = correct(world, second, first, "-250.10")
    sheet = return_sheet.load(saved)
    row = sheet.rows[0]
    assert (row.actual, row.corrected, row.earlier) == (
        Decimal("2000.00"),
        Decimal("-250.10"),
        Decimal("1000.00"),
    )
    assert row.full_year == Decimal("1000.00") + 2000 - Decimal("250.10") + 2 * 1100
    assert (sheet.corrected, sheet.actual) == (Decimal("-250.10"), Decimal("4000.00"))
    assert [(str(one.of), one.amount, one.reason) for _, one in sheet.corrections] == [
        (str(Q1), Decimal("-250.10"), "An invoice was entered twice.")
    ]
    assert sheet.full_year == Decimal("10149.90")


def test_the_board_the_recompute_and_the_sheet_agree_to_the_penny(
    world: World, first: QuarterlyReturn, second: QuarterlyReturn
) -> None:
    correct(world, second, first, "-250.10")
    sent = returns.send(quarterly_return=world.return_of(world.north), by=world.lead, at=NOW)
    returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    world.roll_up()
    figures = Figure.objects.filter(organisation=world.north)
    by_quarter = {n: sum(f.actual or 0 for f in figures.filter(quarter_number=n)) for n in (1, 2)}
    assert by_quarter == {1: Decimal("2000.00"), 2: Decimal("3749.90")}
    checks = reconcile(world.partnership)
    assert [check for check in checks if check.difference] == []
    assert [c.figure for c in checks if (c.organisation, c.measure) == ("North Council", "Actual")] == [
        Decimal("5749.90")
    ]


def test_the_next_quarter_starts_from_the_corrected_spend(
    world: World, first: QuarterlyReturn, second: QuarterlyReturn
) -> None:
    correct(world, second, first, "-250.10")
    third = open_third(world)
    assert return_sheet.load(third).rows[0].earlier == Decimal("1000.00"), "quarter 2 does not count yet"

    sent = returns.send(quarterly_return=world.return_of(world.north), by=world.lead, at=NOW)
    returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)

    sheet = return_sheet.load(third)
    assert sheet.rows[0].earlier == Decimal("2749.90")
    assert sheet.corrections == []
    filled = world.fill(third, by=world.lead, actual="0.10", forecast="0.00")
    assert return_sheet.load(filled).rows[0].full_year == Decimal("2750.00")


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [("0.00", "Enter an amount above or below £0.00."), ("-1000.01", "the line stands at £1,000.00")],
)
def test_what_cannot_be_corrected(
    amount: str, sentence: str, world: World, first: QuarterlyReturn, second: QuarterlyReturn
) -> None:
    revision = second.revision
    with pytest.raises(corrections.UnableToCorrect, match=sentence):
        correct(world, second, first, amount)
    second.refresh_from_db()
    assert second.revision == revision
    assert not Adjustment.objects.exists()


def test_a_quarter_that_is_not_certified_or_not_earlier_is_refused(
    world: World, first: QuarterlyReturn, second: QuarterlyReturn
) -> None:
    with (
        pytest.raises(UnableTo, match="A correction is of an earlier quarter of the same year"),
        transaction.atomic(),
    ):
        correct(world, second, second, "5.00")
    reopened = returns.reopen(quarterly_return=first, reason="Look again.", by=world.officer, at=NOW)
    with pytest.raises(UnableTo, match="A correction is of an earlier quarter of the same year"):
        correct(world, second, reopened, "5.00")


def test_a_correction_is_changed_and_removed_while_the_return_is_open(
    world: World, first: QuarterlyReturn, second: QuarterlyReturn
) -> None:
    correct(world, second, first, "-250.10")
    with pytest.raises(UnableTo, match="already corrects that line of that quarter"), transaction.atomic():
        correct(world, second, first, "1.00")
    adjustment = Adjustment.objects.get()
    revision = world.return_of(world.north).revision
    how = {"by": world.lead, "at": NOW}
    corrections.change_correction(
        adjustment=adjustment, revision=revision, amount=Decimal("12.34"), reason="Other.", **how
    )
    assert Adjustment.objects.get().amount == Decimal("12.34")
    with pytest.raises(UnableTo, match="Somebody else saved"):
        corrections.remove_correction(adjustment=Adjustment.objects.get(), revision=revision, **how)
    sent = returns.send(quarterly_return=world.return_of(world.north), by=world.lead, at=NOW)
    with pytest.raises(UnableTo, match="Take it back before you change it"):
        corrections.remove_correction(adjustment=Adjustment.objects.get(), revision=sent.revision, **how)
    returns.recall(quarterly_return=sent, by=world.lead, at=NOW)
    corrections.remove_correction(adjustment=Adjustment.objects.get(), revision=sent.revision, **how)
    assert not Adjustment.objects.exists()


def test_two_later_returns_together_never_take_back_more_than_was_spent(
    world: World, first: QuarterlyReturn, second: QuarterlyReturn
) -> None:
    correct(world, second, first, "-600.00")
    third = world.fill(open_third(world), by=world.lead)
    with pytest.raises(corrections.UnableToCorrect, match=r"the line stands at £400\.00"):
        correct(world, third, first, "-400.01")
    correct(world, third, first, "-400.00")
    assert Adjustment.objects.count() == 2
