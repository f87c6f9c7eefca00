"""One quarter opened for returns."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from authorities.models import Partnership
from funding.models.fields import paired
from funding.models.history import frozen
from funding.quarters import Quarter


class ReturnRound(models.Model):
    """One quarter opened for returns."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField()
    quarter_number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    # From closing on, accepted returns are locked: corrections are carried in a later quarter.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-year", "-quarter_number")
        constraints = (
            models.UniqueConstraint(
                fields=("partnership", "year", "quarter_number"), name="round_once_a_quarter"
            ),
            models.CheckConstraint(
                condition=Q(quarter_number__gte=1, quarter_number__lte=4),
                name="round_quarter_is_a_quarter",
            ),
            paired("closed_by", "closed_at", name="round_closed_by_and_at"),
        )
        triggers = (
            frozen("partnership_id", "year", "quarter_number"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return str(self.quarter)

    @property
    def quarter(self) -> Quarter:
        return Quarter(self.year, self.quarter_number)
