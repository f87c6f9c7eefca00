"""Messages that went out."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from funding.models.quarterly_return import QuarterlyReturn


class Notice(models.Model):
    """One message sent to one person about one return. The constraint is what sends it once."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=12)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ("sent_at",)
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "user", "kind"), name="notice_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.user}"
