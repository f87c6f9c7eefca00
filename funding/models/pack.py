"""What the board was shown: its figures as they once stood, and the pack of a closed round. Append-only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pgtrigger
from django.db import models
from django.db.models import Q

from authorities.models import Partnership
from funding.models.history import append_only, refuse
from funding.models.rollup import RollUpRun
from funding.models.round import ReturnRound
from funding.quarters import LONDON, year_label


class BoardSnapshotQuerySet(models.QuerySet["BoardSnapshot"]):
    def of(self, partnership: Partnership) -> BoardSnapshotQuerySet:
        return self.filter(partnership=partnership)

    def newest_of_each_year(self) -> BoardSnapshotQuerySet:
        return self.order_by("year", "-taken_at", "-id").distinct("year")

    def by_the_end_of(self, day: date) -> BoardSnapshotQuerySet:
        """Taken on that day in London or before it."""
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)
        return self.filter(taken_at__lt=midnight)


class BoardSnapshot(models.Model):
    """The board's figures of one year as they stood after one run, unfiltered. Taken when they change.

    `content` is what `funding.board.record` makes of them; `digest` is the SHA-256 of its canonical JSON.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    run = models.ForeignKey(RollUpRun, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    objects = BoardSnapshotQuerySet.as_manager()

    class Meta:
        ordering = ("taken_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("partnership", "year", "run", "digest"), name="snapshot_once_a_run"
            ),
        )
        indexes = (models.Index(fields=("partnership", "year", "-taken_at"), name="snapshot_latest_first"),)
        triggers = append_only()

    def __str__(self) -> str:
        return f"The board of {year_label(self.year)}, roll-up {self.run_id}"


class BoardPack(models.Model):
    """What a board was given after a round was closed: one snapshot, and the two files made of it."""

    round = models.OneToOneField(ReturnRound, models.PROTECT, related_name="pack")
    snapshot = models.ForeignKey(BoardSnapshot, models.PROTECT, related_name="packs")
    frozen_at = models.DateTimeField()
    pdf_as = models.CharField(max_length=80, unique=True)
    pdf_digest = models.CharField(max_length=64, help_text="SHA-256.")
    workbook_as = models.CharField(max_length=80, unique=True)
    workbook_digest = models.CharField(max_length=64, help_text="SHA-256.")

    class Meta:
        ordering = ("-round__year", "-round__quarter_number")
        constraints = (
            models.CheckConstraint(
                condition=~Q(pdf_digest="") & ~Q(workbook_digest=""), name="pack_has_its_hashes"
            ),
        )
        triggers = (
            *append_only(),
            pgtrigger.Trigger(
                name="pack_of_its_round",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="IF NOT EXISTS (SELECT FROM funding_returnround AS opened "
                "JOIN funding_boardsnapshot AS kept "
                "ON kept.partnership_id = opened.partnership_id AND kept.year = opened.year "
                "WHERE opened.id = NEW.round_id AND kept.id = NEW.snapshot_id "
                "AND opened.closed_at <= NEW.frozen_at) THEN "
                + refuse("A pack holds figures of the year of its closed round.", "pack_of_its_round")
                + " END IF; RETURN NEW;",
            ),
        )

    def __str__(self) -> str:
        return f"Board pack, {self.round}"
