"""Hotspots and what the police did there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from authorities.models import Organisation, User
from authorities.roles import Permission
from funding.actions.entries import begin_save, upsert
from funding.actions.errors import check_may
from funding.models import Hotspot, PatrolLine, QuarterlyReturn


@dataclass(frozen=True)
class PatrolEntry:
    """One hotspot's quarter: hours of patrol and counts."""

    hotspot: Hotspot
    hours: Decimal
    visits: int
    arrests: int
    searches: int
    asb_powers: int


@transaction.atomic
def draw_hotspot(
    *,
    organisation: Organisation,
    authority: Organisation,
    reference: str,
    name: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    at: datetime,
) -> Hotspot:
    """A patrol area of the police within a local authority, from one day to another."""
    check_may(Permission.PREPARE_RETURN, by=by, at=at, organisation=organisation)
    return Hotspot.objects.create(
        organisation=organisation,
        authority=authority,
        reference=reference,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
    )


@transaction.atomic
def save_patrols(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    entries: Sequence[PatrolEntry],
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """The patrols of each hotspot in the quarter. Raises UnableToSave when somebody else saved meanwhile."""
    saved = begin_save(quarterly_return, revision, by, at, is_nil=False)
    upsert(
        [
            PatrolLine(
                quarterly_return=saved,
                hotspot=entry.hotspot,
                hours=entry.hours,
                visits=entry.visits,
                arrests=entry.arrests,
                searches=entry.searches,
                asb_powers=entry.asb_powers,
            )
            for entry in entries
        ],
        key=("quarterly_return", "hotspot"),
        values=("hours", "visits", "arrests", "searches", "asb_powers"),
    )
    return saved
