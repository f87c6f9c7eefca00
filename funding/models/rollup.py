"""Derived rows: rebuildable from the source tables at any time, and all that a board page reads."""

from __future__ import annotations

from django.db import models

from authorities.models import Organisation, Partnership
from funding.models.fields import SumField
from funding.models.grant import Award
from funding.models.plan import CostHeading, Tier


class RollUpMark(models.Model):
    """ "Needs rolling up": written in the same transaction as the change, deleted by the run that saw it.

    Only ever inserted, never updated, so that no page waits for a roll-up. A mark names one organisation's
    quarter; several marks of the same quarter are served by one run.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    quarter_number = models.PositiveSmallIntegerField()
    marked_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("organisation", "year", "quarter_number"), name="mark_by_quarter"),)

    def __str__(self) -> str:
        return f"{self.organisation}, Q{self.quarter_number} {self.year}"


class RunKind(models.TextChoices):
    REBUILD = "rebuild", "One organisation's quarter"
    RECOMPUTE = "recompute", "Everything, compared with what stood"


class RollUpRunQuerySet(models.QuerySet["RollUpRun"]):
    def done(self) -> RollUpRunQuerySet:
        return self.filter(done_at__isnull=False)


class RollUpRun(models.Model):
    """One computation: started, then done in the same transaction as its figures."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="roll_up_runs")
    kind = models.CharField(max_length=10, choices=RunKind)
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    quarter_number = models.PositiveSmallIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    differences = models.JSONField(default=list, blank=True)

    objects = RollUpRunQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("partnership", "-done_at"), name="run_latest_first"),)

    def __str__(self) -> str:
        return f"Roll-up {self.pk}"


class FigureBasis(models.TextChoices):
    """How far a quarter's figures can be relied on."""

    MISSING = "missing", "Not returned"
    QUERIED = "queried", "Queried"
    PROVISIONAL = "provisional", "Provisional"
    ACCEPTED = "accepted", "Accepted"


class Figure(models.Model):
    """Pounds of one organisation's quarter, by award, tier and cost heading.

    `plan`, `actual` and `committed` stand for the quarter itself; `forecast_2` to `forecast_4` are what this
    quarter's return expects of later quarters. `actual` is null where nothing was returned, not zero.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    award = models.ForeignKey(Award, models.CASCADE, related_name="figures")
    year = models.PositiveSmallIntegerField()
    quarter_number = models.PositiveSmallIntegerField()
    tier = models.CharField(max_length=10, choices=Tier)
    cost_heading = models.ForeignKey(CostHeading, models.CASCADE, related_name="+")
    plan = SumField()
    actual = SumField(null=True)
    committed = SumField(null=True)
    forecast_2 = SumField(null=True)
    forecast_3 = SumField(null=True)
    forecast_4 = SumField(null=True)
    run = models.ForeignKey(RollUpRun, models.CASCADE, related_name="figures")

    class Meta:
        ordering = ("organisation", "award", "quarter_number", "tier", "cost_heading")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "year", "quarter_number", "award", "tier", "cost_heading"),
                name="figure_once",
            ),
        )
        indexes = (models.Index(fields=("year", "award"), name="figure_by_year"),)

    def __str__(self) -> str:
        return f"Figure {self.pk}"


class ReturnFigure(models.Model):
    """One organisation's quarter: whether it was returned, and what was delivered."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    quarter_number = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=12, choices=FigureBasis)
    is_nil = models.BooleanField(default=False)
    due_on = models.DateField(null=True)
    universal_reached = models.PositiveIntegerField(null=True)
    targeted_reached = models.PositiveIntegerField(null=True)
    sessions = models.PositiveIntegerField(null=True)
    hotspots = models.PositiveIntegerField(null=True)
    hours = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    visits = models.PositiveIntegerField(null=True)
    arrests = models.PositiveIntegerField(null=True)
    searches = models.PositiveIntegerField(null=True)
    asb_powers = models.PositiveIntegerField(null=True)
    run = models.ForeignKey(RollUpRun, models.CASCADE, related_name="return_figures")

    class Meta:
        ordering = ("organisation", "year", "quarter_number")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "year", "quarter_number"), name="return_figure_once"
            ),
        )

    def __str__(self) -> str:
        return f"Return figure {self.pk}"


class AllocationFigure(models.Model):
    """What one organisation holds of one award, in pounds."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    award = models.ForeignKey(Award, models.CASCADE, related_name="allocation_figures")
    amount = SumField()
    run = models.ForeignKey(RollUpRun, models.CASCADE, related_name="allocation_figures")

    class Meta:
        ordering = ("award", "organisation")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "award"), name="allocation_figure_once"),
        )

    def __str__(self) -> str:
        return f"Allocation figure {self.pk}"
