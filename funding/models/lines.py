"""What an organisation enters in a return, line by line. Lines move only while the return is open."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from funding.models.fields import MoneyField, money_check
from funding.models.plan import BudgetLine, Intervention
from funding.models.quarterly_return import QuarterlyReturn

# Lines move only while the return is open, whoever writes them.
LINES_ARE_LOCKED = """
    PERFORM 1 FROM funding_quarterlyreturn
        WHERE id = COALESCE(NEW.quarterly_return_id, OLD.quarterly_return_id)
          AND status IN ('not_started', 'draft', 'queried')
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The lines of a return that is not open never change.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'return_lines_are_locked';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


def lines_are_locked() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="lines_are_locked",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=LINES_ARE_LOCKED,
    )


@pghistory.track()
class SpendLine(models.Model):
    """What was spent against one budget line in the quarter, on an accruals basis, net of recoverable VAT."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="spend_lines")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="spend_lines")
    actual = MoneyField()
    committed = MoneyField(default=0, help_text="Ordered or contracted, not yet spent.")

    class Meta:
        ordering = ("quarterly_return", "budget_line")
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "budget_line"), name="spend_line_once"),
            money_check("actual", name="spend_line_actual_is_money"),
            money_check("committed", name="spend_line_committed_is_money"),
        )
        triggers = (lines_are_locked(),)

    def __str__(self) -> str:
        return f"{self.budget_line}: {self.actual}"


@pghistory.track()
class ForecastLine(models.Model):
    """What a budget line is expected to spend in one later quarter of the same financial year."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="forecast_lines")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="forecast_lines")
    quarter_number = models.PositiveSmallIntegerField()
    amount = MoneyField()

    class Meta:
        ordering = ("quarterly_return", "budget_line", "quarter_number")
        constraints = (
            models.UniqueConstraint(
                fields=("quarterly_return", "budget_line", "quarter_number"), name="forecast_line_once"
            ),
            models.CheckConstraint(
                condition=Q(quarter_number__gte=2, quarter_number__lte=4),
                name="forecast_quarter_is_a_later_quarter",
            ),
            money_check("amount", name="forecast_line_is_money"),
        )
        triggers = (lines_are_locked(),)

    def __str__(self) -> str:
        return f"{self.budget_line}, Q{self.quarter_number}: {self.amount}"


class ActivityLine(models.Model):
    """What one intervention did in the quarter. Universal reach and targeted cases are never added up:
    they differ a hundredfold in what they count."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="activity_lines")
    intervention = models.ForeignKey(Intervention, models.PROTECT, related_name="activity_lines")
    universal_reached = models.PositiveIntegerField("young people reached, universal")
    targeted_reached = models.PositiveIntegerField("young people supported, targeted")
    sessions = models.PositiveIntegerField()

    class Meta:
        ordering = ("quarterly_return", "intervention")
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "intervention"), name="activity_line_once"),
        )
        triggers = (lines_are_locked(),)

    def __str__(self) -> str:
        return f"{self.intervention}: {self.targeted_reached} targeted"
