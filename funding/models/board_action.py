"""What somebody is to do after a meeting of the board, by when, and that it was done."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from authorities.models import Organisation, Partnership
from funding.models.governance import Meeting
from funding.models.history import frozen, never_truncated, refuse, tracked


class BoardActionQuerySet(models.QuerySet["BoardAction"]):
    def of(self, partnership: Partnership) -> BoardActionQuerySet:
        return self.filter(meeting__partnership=partnership)

    def open(self) -> BoardActionQuerySet:
        """Not done, the one that is due first before the others."""
        return self.filter(done_at__isnull=True).order_by("due_on", "pk")

    def done(self) -> BoardActionQuerySet:
        return self.filter(done_at__isnull=False).order_by("-done_on", "-pk")

    def in_full(self) -> BoardActionQuerySet:
        return self.select_related("meeting__partnership", "organisation", "done_by")


ACTION_STANDS = f"""
    IF TG_OP = 'UPDATE' AND OLD.done_at IS NOT NULL THEN
        {refuse("An action that was done never changes.", "board_action_done_once")}
    END IF;
    IF EXISTS (
        SELECT 1 FROM funding_meeting meeting
        JOIN authorities_organisation organisation ON organisation.id = NEW.organisation_id
        WHERE meeting.id = NEW.meeting_id AND organisation.partnership_id <> meeting.partnership_id
    ) THEN
        {refuse("An action is of an organisation of its partnership.", "board_action_of_its_partnership")}
    END IF;
    RETURN NEW;
"""
OPEN = Q(done_on__isnull=True, done_words="", done_by__isnull=True, done_at__isnull=True)
DONE = Q(done_on__isnull=False, done_by__isnull=False, done_at__isnull=False) & ~Q(done_words="")


@tracked()
class BoardAction(models.Model):
    """One action of a meeting. `owner` is a role, like "Head of Commissioning"; the body may be named too."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="actions")
    what = models.CharField(max_length=250)
    owner = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    done_on = models.DateField(null=True, blank=True)
    done_words = models.TextField(blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    objects = BoardActionQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(fields=("meeting", "what"), name="board_action_once_a_meeting"),
            models.CheckConstraint(condition=OPEN | DONE, name="board_action_done_whole"),
        )
        triggers = (
            frozen("meeting_id", "added_by_id", "added_at"),
            pgtrigger.Trigger(
                name="board_action_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=ACTION_STANDS,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return self.what

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    def is_overdue(self, on: date) -> bool:
        """Not done, and its day is over."""
        return not self.is_done and self.due_on < on
