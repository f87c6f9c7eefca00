"""The OPCC's questions about a return, each about a line or a part, with a day to answer by and a thread."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from funding.models.fields import paired
from funding.models.history import append_only, frozen
from funding.models.hotspot import Hotspot
from funding.models.plan import BudgetLine, Intervention
from funding.models.quarterly_return import QuarterlyReturn


class ReturnPart(models.TextChoices):
    """The parts of a return, by the codes of its pages."""

    SPEND = "spend", "Spend and forecast"
    VARIANCES = "variances", "Variances"
    ACTIVITY = "activity", "Activity"
    PATROLS = "patrols", "Patrols"
    NARRATIVE = "narrative", "Progress in words"
    RATINGS = "ratings", "Ratings and risks"
    MATCH = "match", "Match funding"
    EVIDENCE = "evidence", "Evidence"
    WHOLE = "whole", "The return as a whole"


class ReturnQueryQuerySet(models.QuerySet["ReturnQuery"]):
    def unsettled(self) -> ReturnQueryQuerySet:
        return self.filter(settled_at__isnull=True)


class ReturnQuery(models.Model):
    """One question. Its answers are replies; the OPCC settles it, or accepting the return does."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="queries")
    part = models.CharField(max_length=12, choices=ReturnPart)
    budget_line = models.ForeignKey(BudgetLine, models.PROTECT, null=True, blank=True, related_name="+")
    intervention = models.ForeignKey(Intervention, models.PROTECT, null=True, blank=True, related_name="+")
    hotspot = models.ForeignKey(Hotspot, models.PROTECT, null=True, blank=True, related_name="+")
    question = models.TextField()
    due_on = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ReturnQueryQuerySet.as_manager()

    class Meta:
        ordering = ("quarterly_return", "id")
        constraints = (paired("settled_by", "settled_at", name="query_settled_by_and_at"),)
        triggers = (frozen("quarterly_return_id", "question", "asked_by_id", "asked_at"),)

    def __str__(self) -> str:
        return f"{self.quarterly_return}: {self.question[:60]}"

    @property
    def subject(self) -> str:
        """What the question is about, in words. A hotspot goes by its reference, never by its name."""
        if self.hotspot:
            return self.hotspot.reference
        return str(self.budget_line or self.intervention or self.get_part_display())


class QueryReply(models.Model):
    """One message of the thread, by either side."""

    query = models.ForeignKey(ReturnQuery, models.PROTECT, related_name="replies")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        triggers = append_only()

    def __str__(self) -> str:
        return f"Reply to query {self.query_id}"
