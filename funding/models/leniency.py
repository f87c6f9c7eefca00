"""What the OPCC grants to one organisation: more time for a return, and rules waived until a day."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from authorities.models import Organisation, Partnership
from funding.models.fields import paired
from funding.models.history import append_only, frozen
from funding.models.quarterly_return import QuarterlyReturn


class Extension(models.Model):
    """More time for one organisation's return. Append-only; the latest one holds."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="extensions")
    due_on = models.DateField()
    reason = models.TextField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        ordering = ("granted_at", "id")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.quarterly_return}: to {self.due_on}"


class WaivedRule(models.TextChoices):
    """The rules of a return that can be waived for one organisation."""

    VARIANCES = "variances", "Reasons for variances"
    ACTIVITY = "activity", "Activity or patrols"
    RATINGS = "ratings", "Ratings"
    NARRATIVE = "narrative", "Progress in words"


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def of(self, partnership: Partnership) -> WaiverQuerySet:
        return self.filter(organisation__partnership=partnership)

    def waiting(self) -> WaiverQuerySet:
        """For somebody's answer."""
        return self.filter(is_approved__isnull=True)

    def holding(self, on: date) -> WaiverQuerySet:
        """Approved, and not over on that day."""
        return self.filter(is_approved=True, ends_on__gte=on)

    def over(self, on: date) -> WaiverQuerySet:
        """Refused, or approved once and over."""
        return self.filter(Q(is_approved=False) | Q(is_approved=True, ends_on__lt=on))

    def in_full(self) -> WaiverQuerySet:
        """With the organisation and the people, which every page shows."""
        return self.select_related("organisation__partnership", "asked_by", "decided_by", "ended_by")


class Waiver(models.Model):
    """A rule that does not hold for one organisation between two days: asked by one, decided by another."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="waivers")
    rule = models.CharField(max_length=12, choices=WaivedRule)
    reason = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    is_approved = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    # Ended before its day, which `ends_on` then says.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="waiver_days_in_order"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="waiver_four_eyes",
            ),
            paired("is_approved", "decided_by", "decided_at", name="waiver_decided_whole"),
            paired("ended_by", "ended_at", name="waiver_ended_by_and_at"),
            models.CheckConstraint(condition=Q(rule__in=WaivedRule.values), name="waiver_rule_known"),
        )
        triggers = (
            frozen("organisation_id", "rule", "reason", "starts_on", "asked_by_id", "asked_at"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.get_rule_display()}: {self.organisation}"

    @property
    def is_waiting(self) -> bool:
        """For an answer."""
        return self.is_approved is None

    def holds(self, on: date) -> bool:
        """Approved, and not over on that day."""
        return bool(self.is_approved) and self.ends_on >= on
