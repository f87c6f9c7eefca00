"""What was sent to the certifier, word for word, and the signature under it. Both append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from funding.models.history import append_only
from funding.models.quarterly_return import QuarterlyReturn


class ReturnVersion(models.Model):
    """One version of a return as it was sent. `digest` is the SHA-256 of its canonical content."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ("quarterly_return", "number")
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "number"), name="return_version_once"),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.quarterly_return}, version {self.number}"


class Certificate(models.Model):
    """The signature under one version: who, when, in which capacity, and the words that were signed."""

    version = models.OneToOneField(ReturnVersion, models.PROTECT, related_name="certificate")
    reference = models.CharField(max_length=40, unique=True)
    capacity = models.CharField(max_length=80)
    declaration = models.TextField()
    certified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    certified_at = models.DateTimeField()

    class Meta:
        ordering = ("certified_at",)
        triggers = append_only()

    def __str__(self) -> str:
        return self.reference
