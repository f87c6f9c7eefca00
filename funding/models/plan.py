"""What an allocation will buy: interventions, their budget lines and the profile by quarter."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from authorities.models import Organisation
from funding.models.fields import MoneyField, money_check
from funding.models.grant import Award


class Tier(models.TextChoices):
    """How early an intervention comes. Cleveland's grants name the same three tiers."""

    PRIMARY = "primary", "Primary: universal"
    SECONDARY = "secondary", "Secondary: early help"
    TERTIARY = "tertiary", "Tertiary: high risk"


class Theme(models.Model):
    name = models.CharField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class CostHeading(models.Model):
    """A heading under which costs are claimed. Data: the official headings are not public."""

    name = models.CharField(max_length=80, unique=True)
    is_labour = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class Intervention(models.Model):
    """Something that an organisation does or buys with an award, in one financial year."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="interventions")
    award = models.ForeignKey(Award, models.PROTECT, related_name="interventions")
    name = models.CharField(max_length=120)
    tier = models.CharField(max_length=10, choices=Tier)
    theme = models.ForeignKey(Theme, models.PROTECT)
    provider = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("organisation", "award", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "award", "name"), name="intervention_name_once"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="intervention_tier_known"),
        )

    def __str__(self) -> str:
        return self.name


class BudgetLineQuerySet(models.QuerySet["BudgetLine"]):
    def of(self, organisation: Organisation, year: int) -> BudgetLineQuerySet:
        """What an organisation plans to spend in a financial year, in the order of its plan."""
        return (
            self.filter(intervention__organisation=organisation, intervention__award__year=year)
            .select_related("intervention__award__grant__fund", "cost_heading")
            .order_by("intervention__award__grant__fund", "intervention_id", "cost_heading__position", "id")
        )


@pghistory.track()
class BudgetLine(models.Model):
    """One cost heading of an intervention. Its budget is the sum of its quarterly profile."""

    intervention = models.ForeignKey(Intervention, models.PROTECT, related_name="budget_lines")
    cost_heading = models.ForeignKey(CostHeading, models.PROTECT)
    description = models.CharField(max_length=120, blank=True)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ("intervention", "cost_heading__position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("intervention", "cost_heading", "description"), name="budget_line_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.intervention.name}: {self.description or self.cost_heading.name}"


@pghistory.track()
class ProfileAmount(models.Model):
    """What a budget line expects to spend in one quarter, in pounds."""

    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="profile")
    quarter = models.PositiveSmallIntegerField()
    amount = MoneyField()

    class Meta:
        ordering = ("budget_line", "quarter")
        constraints = (
            models.UniqueConstraint(fields=("budget_line", "quarter"), name="profile_once_a_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="profile_quarter_is_a_quarter"
            ),
            money_check("amount", name="profile_amount_is_money"),
        )

    def __str__(self) -> str:
        return f"{self.budget_line}, Q{self.quarter}: {self.amount}"
