"""Files that people hand in: evidence beside a return, and workbooks to be read into it.

Files lie in private storage under names of our own; nobody reaches one by an address of the web server.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from funding.models.history import frozen
from funding.models.plan import BudgetLine
from funding.models.quarterly_return import QuarterlyReturn


class EvidenceState(models.TextChoices):
    WAITING = "waiting", "Waiting for the virus scan"
    CLEAN = "clean", "Scanned, no virus found"
    UNSCANNED = "unscanned", "Not scanned: no scanner is set up"
    REFUSED = "refused", "Refused"
    REMOVED = "removed", "Removed"


# What a return shows as its evidence; of these, what may be handed out.
LIVE_EVIDENCE = (EvidenceState.WAITING, EvidenceState.CLEAN, EvidenceState.UNSCANNED)
OPEN_EVIDENCE = (EvidenceState.CLEAN, EvidenceState.UNSCANNED)


class EvidenceQuerySet(models.QuerySet["EvidenceFile"]):
    def live(self) -> EvidenceQuerySet:
        """Neither removed nor refused."""
        return self.filter(state__in=LIVE_EVIDENCE)

    def to_scan(self) -> EvidenceQuerySet:
        """Not scanned yet: also what came before there was a scanner."""
        return self.filter(state__in=(EvidenceState.WAITING, EvidenceState.UNSCANNED))


class EvidenceFile(models.Model):
    """One file beside a return or one of its budget lines. Downloads only after a clean scan."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="evidence")
    budget_line = models.ForeignKey(
        BudgetLine, models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    name = models.CharField(max_length=120, help_text="As the person called it; shown, never used as a path.")
    stored_as = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="In bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256.")
    state = models.CharField(max_length=10, choices=EvidenceState, default=EvidenceState.WAITING)
    verdict = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    scanned_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("quarterly_return", "id")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=EvidenceState.values), name="evidence_state_known"),
        )
        triggers = (frozen("quarterly_return_id", "stored_as", "digest", "size", "added_by_id"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_EVIDENCE

    @property
    def may_be_opened(self) -> bool:
        """Whether the file is handed out to those who may see the return."""
        return self.state in OPEN_EVIDENCE


class UploadState(models.TextChoices):
    WAITING = "waiting", "Waiting for the worker"
    READING = "reading", "Being read"
    READ = "read", "Read: nothing is saved yet"
    REFUSED = "refused", "Cannot be read"
    SAVED = "saved", "Saved"
    DISCARDED = "discarded", "Discarded"
    STUCK = "stuck", "Stopped without an answer"


# Not finished: the worker has it, or should have it.
UNFINISHED_UPLOADS = (UploadState.WAITING, UploadState.READING)


class WorkbookUpload(models.Model):
    """One workbook on its way into a return. Nothing of it is saved before the person has seen the preview.

    `step`, `done` and `total` are the true progress; `heartbeat_at` is the last sign of life of the job.
    `result` is what the reading found: changes, errors and warnings.
    """

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=120, help_text="As the person called it; shown, never used as a path.")
    stored_as = models.CharField(max_length=80, unique=True)
    marked_as = models.CharField(max_length=80, blank=True, help_text="The workbook with its remarks.")
    size = models.PositiveIntegerField(help_text="In bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256.")
    revision = models.PositiveIntegerField(help_text="Of the return, when the file was compared with it.")
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.WAITING)
    step = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=UploadState.values), name="upload_state_known"),
        )
        indexes = (models.Index(fields=("state", "heartbeat_at"), name="upload_unfinished"),)
        triggers = (frozen("quarterly_return_id", "stored_as", "digest", "uploaded_by_id"),)

    def __str__(self) -> str:
        return self.name
