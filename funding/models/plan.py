"""What an allocation will buy: interventions, their budget lines and the profile by quarter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Q, Sum

from authorities.models import Organisation
from funding.models.fields import MoneyField, money_check
from funding.models.grant import Award
from funding.models.history import frozen, never_truncated, refuse, tracked
from funding.models.return_states import COUNTED_STATES, ReturnStatus, sql_list


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


PAID_BY_ITS_PARTNERSHIP = f"""
    IF NOT EXISTS (
        SELECT 1 FROM funding_award award
        JOIN funding_grant g ON g.id = award.grant_id
        JOIN authorities_organisation organisation ON organisation.partnership_id = g.partnership_id
        WHERE award.id = NEW.award_id AND organisation.id = NEW.organisation_id
    ) THEN
        {refuse("An intervention is paid by an award of its partnership.", "intervention_of_its_partnership")}
    END IF;
    RETURN NEW;
"""


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
        triggers = (
            frozen("organisation_id", "award_id"),
            pgtrigger.Trigger(
                name="paid_by_its_partnership",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=PAID_BY_ITS_PARTNERSHIP,
            ),
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


@tracked()
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
        triggers = (frozen("intervention_id"),)

    def __str__(self) -> str:
        return f"{self.intervention.name}: {self.description or self.cost_heading.name}"


HELD_BY_RETURN = sql_list((ReturnStatus.WITH_CERTIFIER, *COUNTED_STATES))
# The plan of a quarter stands once its return is on its way, and a plan never grows beyond the allocation.
# It may stay above one that was cut, until it is brought down.
PROFILE_STANDS = f"""
    IF (TG_OP = 'INSERT' AND NEW.amount = 0) OR (TG_OP = 'UPDATE' AND NEW.amount = OLD.amount) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT 1 FROM funding_budgetline line
        JOIN funding_intervention intervention ON intervention.id = line.intervention_id
        JOIN funding_award award ON award.id = intervention.award_id
        JOIN funding_quarterlyreturn returned ON returned.organisation_id = intervention.organisation_id
        JOIN funding_returnround round ON round.id = returned.round_id
        WHERE line.id = COALESCE(NEW.budget_line_id, OLD.budget_line_id)
          AND round.year = award.year AND round.quarter_number = COALESCE(NEW.quarter, OLD.quarter)
          AND returned.status IN ({HELD_BY_RETURN})
    ) THEN
        {refuse("The plan of a quarter that was returned never changes.", "profile_of_returned_quarter")}
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
WITHIN_ALLOCATION = f"""
    IF TG_OP = 'UPDATE' AND NEW.amount <= OLD.amount THEN
        RETURN NEW;
    END IF;
    IF NEW.amount > 0 AND (
        SELECT SUM(planned.amount) > COALESCE((
            SELECT SUM(moved.amount) FROM funding_decisionline moved
            JOIN funding_decision decision ON decision.id = moved.decision_id AND decision.status = 'approved'
            WHERE moved.award_id = own.award_id AND moved.organisation_id = own.organisation_id
        ), 0)
        FROM funding_budgetline line
        JOIN funding_intervention own ON own.id = line.intervention_id
        JOIN funding_intervention beside
            ON beside.organisation_id = own.organisation_id AND beside.award_id = own.award_id
        JOIN funding_budgetline other ON other.intervention_id = beside.id
        JOIN funding_profileamount planned ON planned.budget_line_id = other.id
        WHERE line.id = NEW.budget_line_id
        GROUP BY own.award_id, own.organisation_id
    ) THEN
        {refuse("The plan would be more than the allocation.", "plan_within_allocation")}
    END IF;
    RETURN NEW;
"""


class ProfileQuerySet(models.QuerySet["ProfileAmount"]):
    def planned(self, awards: Iterable[Award]) -> dict[tuple[int, int], Decimal]:
        """Pounds planned by (award id, organisation id)."""
        award, organisation = "budget_line__intervention__award", "budget_line__intervention__organisation"
        rows = self.filter(**{f"{award}__in": list(awards)}).order_by().values_list(award, organisation)
        return {(one, other): total for one, other, total in rows.annotate(total=Sum("amount"))}

    def fingerprint(self, organisation: Organisation, year: int) -> str:
        """SHA-256 of the plan of one organisation and year: another name, line or amount gives another."""
        intervention = "budget_line__intervention"
        rows = self.filter(
            **{f"{intervention}__organisation": organisation, f"{intervention}__award__year": year}
        ).order_by("budget_line_id", "quarter")
        names = (f"{intervention}__name", "budget_line__cost_heading__name", "budget_line__description")
        facts = [[str(fact) for fact in row] for row in rows.values_list("budget_line_id", *names, "amount")]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@tracked()
class ProfileAmount(models.Model):
    """What a budget line expects to spend in one quarter, in pounds."""

    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="profile")
    quarter = models.PositiveSmallIntegerField()
    amount = MoneyField()

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ("budget_line", "quarter")
        constraints = (
            models.UniqueConstraint(fields=("budget_line", "quarter"), name="profile_once_a_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="profile_quarter_is_a_quarter"
            ),
            money_check("amount", name="profile_amount_is_money"),
        )
        triggers = (
            frozen("budget_line_id", "quarter"),
            pgtrigger.Trigger(
                name="profile_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=PROFILE_STANDS,
            ),
            pgtrigger.Trigger(
                name="within_allocation",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=WITHIN_ALLOCATION,
            ),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.budget_line}, Q{self.quarter}: {self.amount}"
