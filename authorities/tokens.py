"""Keys of programs that read for a person: what is kept of them, and when one still opens."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from authorities.models import User

LONGEST_LIFE = timedelta(days=366)
USUAL_LIFE = timedelta(days=90)
# Programs that look for leaked secrets know ours by how they begin.
BEGINNING = "vru_"
PREFIX_LENGTH = 12

_FIXED = ("id", "membership_id", "name", "digest", "prefix", "created_at", "starts_on", "expires_on")
_SAME = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _FIXED)
_KEPT = "(OLD.revoked_at IS NULL OR NEW.revoked_at IS NOT DISTINCT FROM OLD.revoked_at)"
_REFUSE = (
    "RAISE EXCEPTION 'Of a token only its last use changes, and its end is never undone.' "
    "USING ERRCODE = 'check_violation', CONSTRAINT = 'api_token_fixed';"
)


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def of(self, user: User) -> ApiTokenQuerySet:
        """The person's own, whatever the role, with what a page shows of them."""
        own = self.filter(membership__user=user)
        return own.select_related("membership__organisation__partnership", "membership__deputy_for__user")

    def live(self, on: date) -> ApiTokenQuerySet:
        """Neither revoked nor past their last day. Whether the role still holds is asked elsewhere."""
        return self.filter(revoked_at__isnull=True, expires_on__gte=on)


@pghistory.track()
class ApiToken(models.Model):
    """A key under which a program reads what the person may read in one role. The secret is not kept."""

    membership = models.ForeignKey("authorities.Membership", models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=PREFIX_LENGTH)
    created_at = models.DateTimeField()
    starts_on = models.DateField()
    expires_on = models.DateField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_token_digest_only"
            ),
            models.CheckConstraint(
                condition=Q(prefix__regex=r"^vru_[A-Za-z0-9_-]{8}$"), name="api_token_prefix_short"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("starts_on"), expires_on__lte=F("starts_on") + LONGEST_LIFE),
                name="api_token_ends_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(last_used_on__isnull=True)
                | Q(last_used_on__gte=F("starts_on"), last_used_on__lte=F("expires_on")),
                name="api_token_used_while_it_held",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="api_token_revoked_after_made",
            ),
            models.CheckConstraint(condition=~Q(name__regex=r"^\s*$"), name="api_token_named"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"IF NOT ({_SAME} AND {_KEPT}) THEN {_REFUSE} END IF; RETURN NEW;",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def state(self, on: date) -> str:
        """In one word, for a list: revoked, ended or in use."""
        if self.revoked_at:
            return "Revoked"
        if self.expires_on < on or not self.membership.covers(on):
            return "Ended"
        return "In use"
