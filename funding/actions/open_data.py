"""Making the grants public, and taking a publication away again: both are written once and stay on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorities.models import Partnership, User
from authorities.roles import Permission
from funding.actions.errors import UnableTo, check_may
from funding.models import OpenDataPublication, OpenDataWithdrawal
from funding.open_data import reading
from funding.open_data.files import digest_of
from funding.quarters import london_day


class UnableToPublish(UnableTo):
    """The grants cannot be published, or a publication cannot be withdrawn."""


@transaction.atomic
def publish(*, partnership: Partnership, seen: str, by: User, at: datetime) -> OpenDataPublication:
    """Freezes the two files as they stand now, if they are what was checked: `seen` is that draft's digest.

    Raises UnableToPublish for a training copy, while something is missing, when a grant has changed since the
    check, and where the same is published already.
    """
    standing = _standing(partnership, by, at)
    draft = reading.draft(partnership, london_day(at))
    if draft.problems:
        raise UnableToPublish(" ".join(draft.problems))
    if draft.digest != seen:
        raise UnableToPublish("A grant has changed since you opened this page. Check the grants below again.")
    if standing and not standing.is_withdrawn and standing.content_digest == draft.digest:
        raise UnableToPublish("These grants are published already. Nothing has changed since.")
    first = OpenDataPublication.objects.of(partnership).order_by("number").first()
    json, csv = draft.files(first_at=first.published_at if first else at, at=at)
    return OpenDataPublication.objects.create(
        partnership=partnership,
        number=standing.number + 1 if standing else 1,
        publisher_name=draft.setting.publisher.name,
        grant_count=len(draft.grants),
        total=draft.total,
        content_digest=draft.digest,
        json=json,
        json_digest=digest_of(json),
        csv=csv,
        csv_digest=digest_of(csv),
        published_by=by,
        published_at=at,
    )


@transaction.atomic
def withdraw(
    *, partnership: Partnership, reason: str, by: User, at: datetime, seen: int | None = None
) -> OpenDataWithdrawal:
    """Takes the newest publication away from the public address. No earlier one comes back in its place.

    `seen` is the number of the one that was looked at. Raises UnableToPublish where nothing is published, or
    another one by now.
    """
    standing = _standing(partnership, by, at)
    if standing is None or standing.is_withdrawn:
        raise UnableToPublish("Nothing is published, so there is nothing to withdraw.")
    if seen not in (None, standing.number):
        raise UnableToPublish(
            f"Publication {standing.number} has been published since you opened this page. Look at it first."
        )
    return OpenDataWithdrawal.objects.create(
        publication=standing, reason=reason, withdrawn_by=by, withdrawn_at=at
    )


def _standing(partnership: Partnership, by: User, at: datetime) -> OpenDataPublication | None:
    """The newest publication, with nobody else publishing or withdrawing at the same time."""
    check_may(Permission.PUBLISH, by=by, at=at, partnership=partnership)
    Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    found = OpenDataPublication.objects.of(partnership).select_related("withdrawal")
    return found.order_by("-number").first()
