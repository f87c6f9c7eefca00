"""What the OPCC answered to something that was flagged in a return. Append-only."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from authorities.models import Partnership
from funding.models.fields import SumField
from funding.models.history import append_only, refuse
from funding.models.quarterly_return import QuarterlyReturn

ANSWERED_BY_ANOTHER = f"""
    IF EXISTS (
        SELECT 1 FROM funding_returnevent event
        WHERE event.quarterly_return_id = NEW.quarterly_return_id AND event.by_id = NEW.by_id
          AND event.verb IN ('save', 'send', 'revert', 'certify')
    ) THEN
        {refuse("Who prepared or certified a return does not answer its flags.", "flag_answered_by_another")}
    END IF;
    RETURN NEW;
"""


class FlagAnswerQuerySet(models.QuerySet["FlagAnswer"]):
    def of(self, partnership: Partnership) -> FlagAnswerQuerySet:
        return self.filter(quarterly_return__round__partnership=partnership)


class FlagAnswer(models.Model):
    """A flag that is a real concern, or was dismissed with a reason.

    `fingerprint` is of the figures that were looked at: other figures raise the flag again. `title`, `why`
    and `stake` are the flag as it was read.
    """

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="flag_answers")
    code = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)
    fingerprint = models.CharField(max_length=64)
    title = models.TextField()
    why = models.TextField()
    stake = SumField(null=True)
    is_concern = models.BooleanField(help_text="False where it was dismissed.")
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = FlagAnswerQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("quarterly_return", "code", "subject", "fingerprint"), name="flag_answered_once"
            ),
            models.CheckConstraint(
                condition=Q(is_concern=True) | Q(words__regex=r"\S"), name="flag_dismissed_with_reason"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="answered_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ANSWERED_BY_ANOTHER,
            ),
            *append_only(),
        )

    def __str__(self) -> str:
        return f"{self.quarterly_return}: {self.code}"
