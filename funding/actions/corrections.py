"""Corrections of earlier quarters: adjustments that a later return of the same year carries."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from authorities.models import User
from funding.actions.entries import UnableToSave, saving
from funding.actions.errors import refusals
from funding.models import Adjustment, BudgetLine, QuarterlyReturn, SpendLine
from funding.money import ZERO, pounds


class UnableToCorrect(UnableToSave):
    """The correction cannot be entered, changed or removed."""


def correct(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    corrects: QuarterlyReturn,
    budget_line: BudgetLine,
    amount: Decimal,
    reason: str,
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """Carries a difference of pounds, above or below zero, to an earlier quarter's actual in this return.

    It counts in this return's quarter. Raises UnableToCorrect for zero, without a reason, for a quarter that
    is not certified or not of this year, and for more than was spent.
    """
    with refusals(UnableToCorrect), saving(quarterly_return, revision, by, at) as saved:
        adjustment = Adjustment(
            quarterly_return=saved,
            corrects=corrects,
            budget_line=budget_line,
            amount=amount,
            reason=reason.strip(),
        )
        _check(adjustment)
        adjustment.save()
    return saved


def change_correction(
    *, adjustment: Adjustment, revision: int, amount: Decimal, reason: str, by: User, at: datetime
) -> QuarterlyReturn:
    """Another amount or reason. Raises UnableToCorrect as `correct` does."""
    with refusals(UnableToCorrect), saving(adjustment.quarterly_return, revision, by, at) as saved:
        adjustment.amount, adjustment.reason = amount, reason.strip()
        _check(adjustment)
        adjustment.save(update_fields=("amount", "reason"))
    return saved


def remove_correction(*, adjustment: Adjustment, revision: int, by: User, at: datetime) -> QuarterlyReturn:
    """Takes the correction out of its return again. Raises UnableToCorrect when the return is not open."""
    with refusals(UnableToCorrect), saving(adjustment.quarterly_return, revision, by, at) as saved:
        adjustment.delete()
    return saved


def _check(adjustment: Adjustment) -> None:
    if not adjustment.amount:
        raise UnableToCorrect("Enter an amount above or below £0.00. To undo a correction, remove it.")
    if not adjustment.reason:
        raise UnableToCorrect("Say why the earlier quarter is corrected.")
    # Returns of two later quarters may correct the same line at once: one after the other.
    corrected = QuarterlyReturn.objects.select_for_update(no_key=True).get(pk=adjustment.corrects_id)
    line = SpendLine.objects.filter(quarterly_return=corrected, budget_line=adjustment.budget_line)
    spent = line.values_list("actual", flat=True).first() or ZERO
    others = corrected.corrections.filter(budget_line=adjustment.budget_line).exclude(pk=adjustment.pk)
    stands = spent + (others.aggregate(total=Sum("amount"))["total"] or ZERO)
    if stands + adjustment.amount < 0:
        raise UnableToCorrect(
            f"This takes back more than was spent: with its corrections the line stands at {pounds(stands)}."
        )
