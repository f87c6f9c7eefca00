"""Where the police patrol, and what was delivered there. Names are for the police and the OPCC only."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from authorities.dated import holds
from authorities.models import Organisation
from funding.models.history import tracked
from funding.models.lines import line_triggers
from funding.models.quarterly_return import QuarterlyReturn

if TYPE_CHECKING:
    from funding.quarters import Quarter


class HotspotQuerySet(models.QuerySet["Hotspot"]):
    def patrolled(self, organisation: Organisation, quarter: Quarter) -> HotspotQuerySet:
        """Those of a police force that were live on some day of the quarter."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=quarter.starts_on),
            organisation=organisation,
            starts_on__lte=quarter.ends_on,
        )


class Hotspot(models.Model):
    """A dated patrol area. Areas are re-drawn during a year, so a new drawing is a new row."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="hotspots")
    authority = models.ForeignKey(Organisation, models.PROTECT, related_name="hotspots_within")
    reference = models.CharField(max_length=12, help_text="Safe to show where the name is not.")
    name = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = HotspotQuerySet.as_manager()

    class Meta:
        ordering = ("organisation", "reference")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "reference"), name="hotspot_reference_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="hotspot_dates_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    def is_live(self, on: date) -> bool:
        return holds(self, on)


@tracked()
class PatrolLine(models.Model):
    """What one quarter's patrols of one hotspot delivered. Hours count officers' hours in the area."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="patrol_lines")
    hotspot = models.ForeignKey(Hotspot, models.PROTECT, related_name="patrol_lines")
    hours = models.DecimalField(max_digits=8, decimal_places=2)
    visits = models.PositiveIntegerField()
    arrests = models.PositiveIntegerField()
    searches = models.PositiveIntegerField("stop and searches")
    asb_powers = models.PositiveIntegerField("uses of anti-social behaviour powers")

    class Meta:
        ordering = ("quarterly_return", "hotspot__reference")
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "hotspot"), name="patrol_line_once"),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours__lte=999999), name="patrol_hours_are_a_number"
            ),
        )
        triggers = line_triggers(
            join="JOIN funding_hotspot spot ON spot.organisation_id = returned.organisation_id",
            condition="spot.id = NEW.hotspot_id",
            key="hotspot_id",
        )

    def __str__(self) -> str:
        return f"{self.hotspot}: {self.hours} hours"
