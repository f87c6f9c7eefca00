"""System change: what a partnership means to change by when, and what is reported of it each quarter."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from authorities.models import Partnership
from funding.models.history import append_only, frozen, never_truncated, tracked
from funding.quarters import Quarter


class ChangeTheme(models.TextChoices):
    """What kind of system a milestone changes."""

    DATA_SHARING = "data_sharing", "Data sharing"
    EXCLUSIONS = "exclusions", "School exclusions"
    TRAUMA_INFORMED = "trauma_informed", "Trauma-informed practice"
    OTHER = "other", "Other system change"


class MilestoneStatus(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    DONE = "done", "Done"


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def of(self, partnership: Partnership) -> MilestoneQuerySet:
        return self.filter(partnership=partnership)

    def with_reports(self) -> MilestoneQuerySet:
        """By theme and day, each with all of its reports."""
        place = models.Case(
            *(models.When(theme=theme, then=number) for number, theme in enumerate(ChangeTheme.values))
        )
        reports = models.Prefetch("reports", MilestoneReport.objects.select_related("reported_by"))
        return self.prefetch_related(reports).order_by(place, "due_on", "pk")


@tracked()
class Milestone(models.Model):
    """One change of the system, and by when. Where it stands is what was reported of it last."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="milestones")
    theme = models.CharField(max_length=16, choices=ChangeTheme)
    name = models.CharField(max_length=160)
    due_on = models.DateField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(fields=("partnership", "name"), name="milestone_name_once"),
            models.CheckConstraint(condition=Q(theme__in=ChangeTheme.values), name="milestone_theme_known"),
        )
        triggers = (
            frozen("partnership_id", "added_by_id", "added_at"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def latest(self) -> MilestoneReport | None:
        """What was reported last of the latest quarter. None: nothing has been reported."""
        return next(iter(self.reports.all()), None)

    def is_late(self, on: date) -> bool:
        """Its day is over, and it is not reported as done."""
        latest = self.latest
        return self.due_on < on and (latest is None or latest.status != MilestoneStatus.DONE)


class MilestoneReport(models.Model):
    """Where a milestone stood in one quarter. Append-only: a mistake is put right by another report."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField()
    quarter_number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=MilestoneStatus)
    words = models.TextField()
    evidence = models.TextField(blank=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        # The latest quarter first, and of one quarter what was said last.
        ordering = ("milestone", "-year", "-quarter_number", "-reported_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(quarter_number__gte=1, quarter_number__lte=4),
                name="milestone_report_quarter_is_a_quarter",
            ),
            models.CheckConstraint(
                condition=Q(status__in=MilestoneStatus.values), name="milestone_report_status_known"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="milestone_report_has_words"),
            models.CheckConstraint(
                condition=~Q(status="done") | ~Q(evidence=""), name="milestone_done_with_evidence"
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.milestone}, {self.quarter.label}: {self.get_status_display()}"

    @property
    def quarter(self) -> Quarter:
        return Quarter(self.year, self.quarter_number)
