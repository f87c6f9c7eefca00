"""What the Home Office gives: funds, the grants of a partnership, and each grant's award per year."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from authorities.models import Organisation, OrganisationKind, Partnership
from funding import quarters
from funding.models.fields import MoneyField, money_check
from funding.models.history import frozen, tracked
from funding.money import ZERO


class Basis(models.TextChoices):
    """Where a figure comes from. Anything but a published one is labelled wherever it appears."""

    PUBLISHED = "published", "Published"
    DERIVED = "derived", "Derived"
    ILLUSTRATIVE = "illustrative", "Illustrative"


class Fund(models.Model):
    """A stream of money with its own rules and dates: VRU, Grip, Hotspot Response."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80, unique=True)
    paid_to_police = models.BooleanField(
        default=False, help_text="Hotspot policing money is for the police; returns carry patrols."
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("paid_to_police", "starts_on")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="fund_dates_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def covers(self, year: int) -> bool:
        """Whether the fund runs in the financial year."""
        last = self.ends_on or date.max
        return self.starts_on <= date(year, 4, 1) and date(year + 1, 3, 31) <= last

    @property
    def recipient_kinds(self) -> list[OrganisationKind]:
        """Which organisations may hold an allocation: the OPCC, and those that the money is for."""
        paid = OrganisationKind.POLICE if self.paid_to_police else OrganisationKind.LOCAL_AUTHORITY
        return [OrganisationKind.OPCC, paid]


class Grant(models.Model):
    """One settlement of a fund to a partnership: "£5.08m over three years, subject to an application"."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="grants")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="grants")
    name = models.CharField(max_length=120)
    announced_amount = MoneyField(null=True, blank=True)
    announced_on = models.DateField(null=True, blank=True)
    subject_to = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=300, blank=True)
    hub_percent = models.DecimalField(
        "hub share, per cent",
        max_digits=5,
        decimal_places=2,
        default=0,
        help_text="What the OPCC keeps to coordinate, before the rest is shared by the formula.",
    )

    class Meta:
        ordering = ("fund", "name")
        constraints = (
            models.UniqueConstraint(fields=("partnership", "name"), name="grant_name_once"),
            money_check("announced_amount", name="grant_announced_amount_is_money"),
            models.CheckConstraint(
                condition=Q(hub_percent__gte=0, hub_percent__lte=100), name="grant_hub_percent_is_a_share"
            ),
        )
        triggers = (frozen("partnership_id", "fund_id"),)

    def __str__(self) -> str:
        return self.name


class AwardStatus(models.TextChoices):
    ANNOUNCED = "announced", "Announced"
    APPLIED = "applied", "Applied for"
    OFFERED = "offered", "Offered"
    AGREED = "agreed", "Agreed"
    VARIED = "varied", "Varied"


class AwardQuerySet(models.QuerySet["Award"]):
    def of(self, partnership: Partnership) -> AwardQuerySet:
        return self.filter(grant__partnership=partnership)

    def with_allocated(self) -> AwardQuerySet:
        """Adds `allocated`: the pounds of each award that approved decisions have allocated."""
        approved = Sum("lines__amount", filter=Q(lines__decision__status="approved"))
        return self.annotate(allocated=Coalesce(approved, ZERO, output_field=MoneyField()))


# Lowering an award below what is allocated would break the ceiling from the other side.
CEILING_HOLDS = """
    IF NEW.amount < (
        SELECT COALESCE(SUM(line.amount), 0)
        FROM funding_decisionline line JOIN funding_decision decision ON decision.id = line.decision_id
        WHERE line.award_id = NEW.id AND decision.status = 'approved'
    ) THEN
        RAISE EXCEPTION 'The award would be less than what is allocated from it.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'award_not_exceeded';
    END IF;
    RETURN NEW;
"""


@tracked()
class Award(models.Model):
    """A grant's amount for one financial year.

    Years differ: the VRU money of 2022/23 to 2024/25 is front-loaded 40 / 30 / 30, never thirds.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="awards")
    year = models.PositiveSmallIntegerField(help_text="The calendar year in which it begins.")
    amount = MoneyField()
    status = models.CharField(max_length=12, choices=AwardStatus, default=AwardStatus.ANNOUNCED)
    basis = models.CharField(max_length=12, choices=Basis, default=Basis.PUBLISHED)
    source = models.CharField(max_length=300, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ("grant", "year")
        constraints = (
            models.UniqueConstraint(fields=("grant", "year"), name="award_once_a_year"),
            money_check("amount", name="award_amount_is_money"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2099), name="award_year_is_a_year"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="ceiling_holds",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("amount"),  # type: ignore[no-untyped-call]
                func=CEILING_HOLDS,
            ),
            frozen("grant_id", "year"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.grant.name}, {self.year_label}"

    @property
    def year_label(self) -> str:
        return quarters.year_label(self.year)

    @property
    def is_agreed(self) -> bool:
        """Spending before the agreement is at the partnership's own risk."""
        return self.status in (AwardStatus.AGREED, AwardStatus.VARIED)

    @property
    def as_seen(self) -> str:
        """What a page shows of it, so that a change of somebody else in between is noticed."""
        return f"{self.amount:.2f} {self.status}"

    @property
    def is_published(self) -> bool:
        return self.basis == Basis.PUBLISHED


class ShareInput(models.Model):
    """What the formula knows of one organisation: its population and its level of violence."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="share_input")
    population = models.PositiveIntegerField()
    violence_index = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="Reported serious violence a head; 1.00 is average."
    )
    basis = models.CharField(max_length=12, choices=Basis, default=Basis.ILLUSTRATIVE)
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ("organisation",)
        constraints = (
            models.CheckConstraint(
                condition=Q(violence_index__gte=0, violence_index__lte=100),
                name="share_input_violence_index_is_a_number",
            ),
        )

    def __str__(self) -> str:
        return self.organisation.name


class PublishedAllocation(models.Model):
    """What another area was given, as published: comparison data, each row with its source."""

    area = models.CharField(max_length=120)
    fund = models.CharField(max_length=60)
    period = models.CharField(max_length=20, help_text="A year like 2023/24 or a span of years.")
    amount = MoneyField()
    is_rounded = models.BooleanField(help_text="Rounded in the source.")
    source = models.CharField(max_length=500)

    class Meta:
        ordering = ("fund", "period", "-amount")
        constraints = (
            models.UniqueConstraint(fields=("area", "fund", "period"), name="published_allocation_once"),
            money_check("amount", name="published_allocation_is_money"),
        )

    def __str__(self) -> str:
        return f"{self.area}, {self.fund}, {self.period}"
