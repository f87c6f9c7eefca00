"""What a partnership has made public of its grants: each publication and its withdrawal. Append-only."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from authorities.models import Partnership
from funding.models.fields import SumField
from funding.models.history import append_only, refuse


class PublicationQuerySet(models.QuerySet["OpenDataPublication"]):
    def of(self, partnership: Partnership) -> PublicationQuerySet:
        return self.filter(partnership=partnership)

    def with_first(self) -> PublicationQuerySet:
        """Adds `first_at`: when the partnership first published anything."""
        earlier = OpenDataPublication.objects.filter(partnership=OuterRef("partnership")).order_by("number")
        return self.annotate(first_at=Subquery(earlier.values("published_at")[:1]))

    def newest(self, police_force_code: str) -> OpenDataPublication | None:
        """What the public address of a real partnership stands for, withdrawn or not."""
        real = self.filter(
            partnership__police_force_code=police_force_code, partnership__training_for__isnull=True
        )
        return real.with_first().select_related("partnership", "withdrawal").order_by("-number").first()


# The hashes that people compare with are those of the bytes that are kept, whoever writes them.
HASHES_ARE_RIGHT = f"""
    IF NEW.json_digest <> encode(sha256(convert_to(NEW.json, 'UTF8')), 'hex')
        OR NEW.csv_digest <> encode(sha256(convert_to(NEW.csv, 'UTF8')), 'hex') THEN
        {refuse("The hashes of a publication are those of its files.", "publication_hashes_are_right")}
    END IF;
    IF EXISTS (
        SELECT 1 FROM authorities_partnership WHERE id = NEW.partnership_id AND training_for_id IS NOT NULL
    ) THEN
        {refuse("A training copy publishes nothing.", "publication_is_real")}
    END IF;
    RETURN NEW;
"""


class OpenDataPublication(models.Model):
    """The grants of a partnership as they were published: two files, each with its SHA-256.

    `content_digest` is of the grants alone, without the day of the publication: it tells whether there is
    anything new to publish.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField()
    publisher_name = models.CharField(max_length=120)
    grant_count = models.PositiveIntegerField()
    total = SumField()
    content_digest = models.CharField(max_length=64)
    json = models.TextField()
    json_digest = models.CharField(max_length=64)
    csv = models.TextField()
    csv_digest = models.CharField(max_length=64)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ("partnership", "-number")
        constraints = (
            models.UniqueConstraint(fields=("partnership", "number"), name="publication_number_once"),
            models.CheckConstraint(condition=Q(grant_count__gte=1), name="publication_has_grants"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="hashes_are_right",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=HASHES_ARE_RIGHT,
            ),
            *append_only(),
        )

    def __str__(self) -> str:
        return f"Publication {self.number} of {self.partnership}"

    @property
    def is_withdrawn(self) -> bool:
        """Load `withdrawal` for many."""
        return hasattr(self, "withdrawal")


class OpenDataWithdrawal(models.Model):
    """A publication is no longer to be had, and why: both are public. What stood before it stays away too."""

    publication = models.OneToOneField(OpenDataPublication, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    class Meta:
        ordering = ("publication",)
        constraints = (
            models.CheckConstraint(condition=~Q(reason__regex=r"^\s*$"), name="withdrawal_has_a_reason"),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"Withdrawal of {self.publication}"
