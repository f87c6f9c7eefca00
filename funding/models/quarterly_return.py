"""The quarterly return: what an organisation spent, expects to spend and did, and who answers for it.

Its states and moves are in `funding/models/return_states.py`, who may make them in
`funding/actions/returns.py`.
"""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from authorities.models import Organisation, Partnership
from funding.models.fields import paired
from funding.models.history import append_only, frozen, refuse, tracked
from funding.models.return_states import (
    ACCEPTED_STATES,
    COUNTED_STATES,
    MOVES,
    OPEN_STATES,
    UNCERTIFIED_STATES,
    ReturnStatus,
)
from funding.models.round import ReturnRound
from funding.quarters import Quarter


class ReturnQuerySet(models.QuerySet["QuarterlyReturn"]):
    def of(self, partnership: Partnership) -> ReturnQuerySet:
        return self.filter(round__partnership=partnership)

    def in_full(self) -> ReturnQuerySet:
        """With the round, the organisation and its partnership's rules, which every page needs."""
        return self.select_related("round", "organisation__partnership__return_rules")

    def outstanding(self) -> ReturnQuerySet:
        """Still with the organisation or its certifier: what a reminder is for."""
        return self.filter(status__in=(*OPEN_STATES, ReturnStatus.WITH_CERTIFIER))


class Rag(models.TextChoices):
    """The five points that government returns use, from on track to off track."""

    GREEN = "green", "Green"
    AMBER_GREEN = "amber_green", "Amber/Green"
    AMBER = "amber", "Amber"
    AMBER_RED = "amber_red", "Amber/Red"
    RED = "red", "Red"


ALLOWED_MOVES = ", ".join(f"('{before.value}', '{after.value}')" for before, after in MOVES)

RETURN_BEGINS = f"""
    IF NEW.status <> 'not_started' THEN
        {refuse("A return begins as not started.", "return_begins_not_started")}
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM funding_returnround round JOIN authorities_organisation organisation
            ON organisation.partnership_id = round.partnership_id
        WHERE round.id = NEW.round_id AND organisation.id = NEW.organisation_id
    ) THEN
        {refuse("A return belongs to an organisation of its partnership.", "return_of_its_partnership")}
    END IF;
    RETURN NEW;
"""

# Who entered or sent a return does not certify it, and none of these people accepts it; nor does who took it
# back to its certified version, which sends it too.
RETURN_KEPT = f"""
    IF OLD.status = 'locked' OR (OLD.status = 'accepted' AND NEW.status NOT IN ('reopened', 'locked')) THEN
        {refuse("An accepted return never changes.", "accepted_return_never_changes")}
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({ALLOWED_MOVES}) THEN
        {refuse("A return does not move like this.", "return_moves_as_allowed")}
    END IF;
    IF NEW.status = 'with_certifier' AND OLD.status <> NEW.status AND EXISTS (
        SELECT 1 FROM funding_spendline line WHERE line.quarterly_return_id = NEW.id AND line.actual IS NULL
    ) THEN
        {refuse("A return is sent with every amount entered.", "return_amounts_entered")}
    END IF;
    IF NEW.certified_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM funding_returnevent event
        WHERE event.quarterly_return_id = NEW.id AND event.by_id = NEW.certified_by_id
          AND event.verb IN ('save', 'send')
    ) THEN
        {refuse("A person who prepared a return cannot certify it.", "return_four_eyes")}
    END IF;
    IF NEW.accepted_by_id IS NOT NULL AND (NEW.accepted_by_id = NEW.certified_by_id OR EXISTS (
        SELECT 1 FROM funding_returnevent event
        WHERE event.quarterly_return_id = NEW.id AND event.by_id = NEW.accepted_by_id
          AND event.verb IN ('save', 'send', 'revert')
    )) THEN
        {refuse("Who prepared or certified a return cannot accept it.", "return_accepted_by_another")}
    END IF;
    RETURN NEW;
"""


# `events` are the moves of its life; the row history of every column is `history`.
@tracked(obj_field=pghistory.ObjForeignKey(related_name="history"))
class QuarterlyReturn(models.Model):
    """One organisation's return in one round. `revision` counts saves, so that two editors never
    overwrite each other unseen."""

    round = models.ForeignKey(ReturnRound, models.PROTECT, related_name="returns")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="returns")
    status = models.CharField(max_length=16, choices=ReturnStatus, default=ReturnStatus.NOT_STARTED)
    revision = models.PositiveIntegerField(default=0)
    is_nil = models.BooleanField("nothing spent and nothing delivered", default=False)
    progress = models.TextField("what went well", blank=True)
    problems = models.TextField("what got in the way", blank=True)
    next_steps = models.TextField("what comes next quarter", blank=True)
    spend_rag = models.CharField(max_length=12, choices=Rag, blank=True)
    spend_rag_reason = models.TextField(blank=True)
    delivery_rag = models.CharField(max_length=12, choices=Rag, blank=True)
    delivery_rag_reason = models.TextField(blank=True)
    # The due day of an organisation that was given more time; the reasons are in `Extension`.
    extended_to = models.DateField(null=True, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    prepared_at = models.DateTimeField(null=True, blank=True)
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    certified_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ("-round__year", "-round__quarter_number", "organisation__position")
        constraints = (
            models.UniqueConstraint(fields=("round", "organisation"), name="return_once_a_round"),
            models.CheckConstraint(condition=Q(status__in=ReturnStatus.values), name="return_status_known"),
            models.CheckConstraint(
                condition=Q(certified_by__isnull=True) | ~Q(certified_by=F("prepared_by")),
                name="return_preparer_is_not_certifier",
            ),
            paired("prepared_by", "prepared_at", name="return_prepared_by_and_at"),
            paired("certified_by", "certified_at", name="return_certified_by_and_at"),
            paired("accepted_by", "accepted_at", name="return_accepted_by_and_at"),
            models.CheckConstraint(
                condition=Q(status__in=COUNTED_STATES, certified_by__isnull=False)
                | (~Q(status__in=COUNTED_STATES) & Q(certified_by__isnull=True)),
                name="return_status_and_certifier",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ACCEPTED_STATES, accepted_by__isnull=False)
                | (~Q(status__in=ACCEPTED_STATES) & Q(accepted_by__isnull=True)),
                name="return_status_and_acceptance",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="return_begins",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=RETURN_BEGINS,
            ),
            frozen("round_id", "organisation_id"),
            pgtrigger.Trigger(
                name="return_kept", when=pgtrigger.Before, operation=pgtrigger.Update, func=RETURN_KEPT
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.organisation.name}, {self.round.quarter.label}"

    @property
    def quarter(self) -> Quarter:
        return self.round.quarter

    @property
    def is_open(self) -> bool:
        """Whether its organisation can change it."""
        return self.status in OPEN_STATES

    @property
    def is_counted(self) -> bool:
        """Whether its figures stand on the board."""
        return self.status in COUNTED_STATES

    @property
    def due_on(self) -> date:
        """The last day for this organisation: the round's, unless it was given more time."""
        return self.extended_to or self.round.due_on

    def is_late(self, on: date) -> bool:
        """Past its due day and never certified. A queried return was: it came in time."""
        return on > self.due_on and self.status in UNCERTIFIED_STATES


class ReturnEvent(models.Model):
    """One move of a return's life: who, when, why. Append-only."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=12)
    from_status = models.CharField(max_length=16, choices=ReturnStatus)
    to_status = models.CharField(max_length=16, choices=ReturnStatus)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.quarterly_return}: {self.verb}"
