"""Why figures are as they are: reasons for variances, corrections of earlier quarters, confirmed prompts."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from authorities.models import Partnership
from funding.models.fields import MoneyField, money_check
from funding.models.history import append_only, frozen, refuse, tracked
from funding.models.lines import BY_BUDGET_LINE, line_triggers
from funding.models.plan import BudgetLine
from funding.models.quarterly_return import QuarterlyReturn
from funding.models.return_states import COUNTED_STATES, sql_list
from funding.money import MAXIMUM


class ReturnRules(models.Model):
    """What a partnership asks of returns. Both thresholds must be passed before a variance needs a reason."""

    partnership = models.OneToOneField(Partnership, models.PROTECT, related_name="return_rules")
    variance_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(10), help_text="Of the plan for the quarter."
    )
    variance_pounds = MoneyField(default=Decimal(1000))
    query_working_days = models.PositiveSmallIntegerField(
        default=10, help_text="Working days to answer a query, unless the officer says otherwise."
    )
    small_number = models.PositiveSmallIntegerField(
        default=5, help_text="Counts of people below this are hidden outside their own organisation."
    )
    # What the preparer is asked to confirm or correct, and the OPCC to answer.
    green_underspend_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal(40),
        db_default=Decimal(40),
        help_text="A green rating with this much of the quarter's plan not spent is questioned.",
    )
    outlier_quarters = models.PositiveSmallIntegerField(
        default=4,
        db_default=4,
        help_text="Earlier quarters that there must be before one is called unlike them.",
    )
    outlier_times = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        default=Decimal(3),
        db_default=Decimal(3),
        help_text="Times the usual distance from the middle of the earlier quarters.",
    )
    outlier_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal(25),
        help_text="Of the middle of the earlier quarters.",
    )
    outlier_pounds = MoneyField(default=500, db_default=500)
    outlier_hours = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        default=Decimal(10),
        db_default=Decimal(10),
        help_text="For hours of patrol.",
    )

    class Meta:
        verbose_name_plural = "return rules"
        constraints = (
            # Fewer say nothing of what is usual.
            models.CheckConstraint(condition=Q(outlier_quarters__gte=4), name="rules_enough_quarters"),
            models.CheckConstraint(
                condition=Q(green_underspend_percent__gt=0, green_underspend_percent__lte=100),
                name="rules_green_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(outlier_times__gte=1, outlier_percent__gte=0, outlier_hours__gte=0),
                name="rules_outlier_is_far",
            ),
            money_check("outlier_pounds", name="rules_outlier_pounds_is_money"),
        )

    def __str__(self) -> str:
        return f"Rules of {self.partnership}"

    @classmethod
    def of(cls, partnership: Partnership) -> ReturnRules:
        """Those of the partnership; where it has set none, the usual ones, unsaved."""
        found: ReturnRules | None = getattr(partnership, "return_rules", None)
        return found or cls(partnership=partnership)

    def ask_why(self, plan: Decimal, actual: Decimal) -> bool:
        """Whether a line's actual is so far from its plan of the quarter that a reason is asked for."""
        apart = abs(actual - plan)
        return apart >= self.variance_pounds and apart > plan * self.variance_percent / 100


class ReasonCode(models.TextChoices):
    """The reasons that a variance can have, so that they can be counted."""

    STARTED_LATE = "started_late", "Started later than planned"
    VACANCY = "vacancy", "A post was vacant"
    INVOICE = "invoice", "An invoice or accrual moved to another quarter"
    LESS_DEMAND = "less_demand", "Less demand than planned"
    MORE_DEMAND = "more_demand", "More demand than planned"
    PRICE = "price", "The price was different"
    CHANGED_PLAN = "changed_plan", "The plan changed, as agreed with the OPCC"
    STOPPED = "stopped", "The work was stopped or cancelled"
    OTHER = "other", "Something else"


@tracked()
class VarianceReason(models.Model):
    """Why one budget line spent other than planned, and by when it recovers."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="variance_reasons")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, choices=ReasonCode)
    words = models.TextField()
    recovers_on = models.DateField(null=True, blank=True, help_text="Empty where it will not recover.")

    class Meta:
        ordering = ("quarterly_return", "budget_line")
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "budget_line"), name="variance_reason_once"),
            models.CheckConstraint(condition=Q(code__in=ReasonCode.values), name="variance_code_known"),
        )
        triggers = line_triggers(
            join=BY_BUDGET_LINE, condition="line.id = NEW.budget_line_id", key="budget_line_id"
        )

    def __str__(self) -> str:
        return f"{self.budget_line}: {self.get_code_display()}"


CORRECTS_AN_EARLIER_QUARTER = f"""
    IF NOT EXISTS (
        SELECT 1 FROM funding_quarterlyreturn earlier
        JOIN funding_returnround before ON before.id = earlier.round_id
        JOIN funding_quarterlyreturn carrier ON carrier.id = NEW.quarterly_return_id
        JOIN funding_returnround round ON round.id = carrier.round_id
        WHERE earlier.id = NEW.corrects_id AND earlier.organisation_id = carrier.organisation_id
          AND before.year = round.year AND before.quarter_number < round.quarter_number
          AND earlier.status IN ({sql_list(COUNTED_STATES)})
    ) THEN
        {refuse("A correction is of an earlier quarter of the same year.", "adjustment_of_earlier_quarter")}
    END IF;
    RETURN NEW;
"""


@tracked()
class Adjustment(models.Model):
    """A correction to an earlier quarter's actual, carried in this return: pounds, above or below zero.

    The only negative actual that there is. It counts in the quarter whose return carries it, and never
    crosses 31 March.
    """

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="adjustments")
    corrects = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="corrections")
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="adjustments")
    amount = MoneyField()
    reason = models.TextField()

    class Meta:
        ordering = ("quarterly_return", "budget_line", "corrects")
        constraints = (
            models.UniqueConstraint(
                fields=("quarterly_return", "corrects", "budget_line"), name="adjustment_once"
            ),
            money_check("amount", name="adjustment_is_money", minimum=-MAXIMUM),
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_is_not_zero"),
        )
        triggers = (
            *line_triggers(
                join=BY_BUDGET_LINE, condition="line.id = NEW.budget_line_id", key="budget_line_id"
            ),
            frozen("corrects_id", name="frozen_subject"),
            pgtrigger.Trigger(
                name="corrects_an_earlier_quarter",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=CORRECTS_AN_EARLIER_QUARTER,
            ),
        )

    def __str__(self) -> str:
        return f"{self.budget_line}: {self.amount}"


class ConfirmedPrompt(models.Model):
    """ "Confirm or correct": somebody looked at what a prompt says and confirmed it. Append-only.

    `fingerprint` is of the figures that were confirmed: another figure asks again.
    """

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="confirmed_prompts")
    code = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    fingerprint = models.CharField(max_length=64)
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                fields=("quarterly_return", "code", "subject", "fingerprint"), name="prompt_confirmed_once"
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.quarterly_return}: {self.code}"
