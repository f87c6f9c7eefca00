"""What an organisation enters in a return, line by line. Lines move only while the return is open."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from funding.models.fields import MoneyField, money_check
from funding.models.history import frozen, never_truncated, refuse, tracked
from funding.models.plan import BudgetLine, Intervention
from funding.models.quarterly_return import QuarterlyReturn
from funding.models.return_states import OPEN_STATES, sql_list

LINES_ARE_LOCKED = f"""
    PERFORM 1 FROM funding_quarterlyreturn
        WHERE id = COALESCE(NEW.quarterly_return_id, OLD.quarterly_return_id)
          AND status IN ({sql_list(OPEN_STATES)})
        FOR SHARE;
    IF NOT FOUND THEN
        {refuse("The lines of a return that is not open never change.", "return_lines_are_locked")}
    END IF;
    RETURN COALESCE(NEW, OLD);
"""

# A line counts only against the plan of its own organisation and year, a forecast only for a later quarter.
OF_ITS_OWN_PLAN = """
    IF NOT EXISTS (
        SELECT 1 FROM funding_quarterlyreturn returned
        JOIN funding_returnround round ON round.id = returned.round_id
        {join}
        WHERE returned.id = NEW.quarterly_return_id AND {condition}
    ) THEN
        {refusal}
    END IF;
    RETURN NEW;
"""
BY_INTERVENTION = """
        JOIN funding_intervention intervention ON intervention.organisation_id = returned.organisation_id
        JOIN funding_award award ON award.id = intervention.award_id AND award.year = round.year
"""
BY_BUDGET_LINE = f"{BY_INTERVENTION} JOIN funding_budgetline line ON line.intervention_id = intervention.id"


def locked_with_return() -> tuple[pgtrigger.Trigger, ...]:
    """What holds of everything that is entered: it moves only while its return is open, and stays with it."""
    return (
        pgtrigger.Trigger(
            name="lines_are_locked",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=LINES_ARE_LOCKED,
        ),
        frozen("quarterly_return_id"),
        never_truncated(),
    )


def line_triggers(*, join: str, condition: str, key: str) -> tuple[pgtrigger.Trigger, ...]:
    """What holds of every kind of line: locked with its return, on its own plan, never moved or emptied."""
    refusal = refuse("The line belongs to another plan or quarter.", "return_line_of_its_own_plan")
    return (
        pgtrigger.Trigger(
            name="lines_are_locked",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=LINES_ARE_LOCKED,
        ),
        frozen("quarterly_return_id", key),
        pgtrigger.Trigger(
            name="of_its_own_plan",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=OF_ITS_OWN_PLAN.format(join=join, condition=condition, refusal=refusal),
        ),
        never_truncated(),
    )


@tracked()
class SpendLine(models.Model):
    """What was spent against one budget line in the quarter, on an accruals basis, net of recoverable VAT.

    `actual` is empty in a draft where nobody has entered it yet; a return with an empty one cannot be sent.
    """

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="spend_lines")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="spend_lines")
    actual = MoneyField(null=True, blank=True)
    committed = MoneyField(default=0, help_text="Ordered or contracted, not yet spent.")

    class Meta:
        ordering = ("quarterly_return", "budget_line")
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "budget_line"), name="spend_line_once"),
            money_check("actual", name="spend_line_actual_is_money"),
            money_check("committed", name="spend_line_committed_is_money"),
        )
        triggers = line_triggers(
            join=BY_BUDGET_LINE, condition="line.id = NEW.budget_line_id", key="budget_line_id"
        )

    def __str__(self) -> str:
        return f"{self.budget_line}: {self.actual}"


@tracked()
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
        triggers = line_triggers(
            join=BY_BUDGET_LINE,
            condition="line.id = NEW.budget_line_id AND NEW.quarter_number > round.quarter_number",
            key="budget_line_id",
        )

    def __str__(self) -> str:
        return f"{self.budget_line}, Q{self.quarter_number}: {self.amount}"


@tracked()
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
        triggers = line_triggers(
            join=BY_INTERVENTION, condition="intervention.id = NEW.intervention_id", key="intervention_id"
        )

    def __str__(self) -> str:
        return f"{self.intervention}: {self.targeted_reached} targeted"
