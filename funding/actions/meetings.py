"""Meetings of the board: planned, changed and cancelled until the day on which they are held."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from authorities.filters import date_words
from authorities.models import Partnership, User
from authorities.roles import Permission
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import Meeting
from funding.quarters import Quarter, london_day


class UnableToMeet(UnableTo):
    """The meeting cannot be planned, changed or cancelled."""


@transaction.atomic
def plan_meeting(
    *, partnership: Partnership, held_on: date, place: str, quarter: Quarter, by: User, at: datetime
) -> Meeting:
    """A meeting on that day or a later one. Raises UnableToMeet for a day that is over or taken."""
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=partnership)
    _check(held_on, place, quarter, london_day(at))
    with refusals(UnableToMeet), transaction.atomic():
        return Meeting.objects.create(
            partnership=partnership,
            held_on=held_on,
            place=place.strip(),
            year=quarter.year,
            quarter_number=quarter.number,
            planned_by=by,
            planned_at=at,
        )


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, held_on: date, place: str, quarter: Quarter, by: User, at: datetime
) -> Meeting:
    """Another day, place or quarter, until the meeting is held. Raises UnableToMeet."""
    found = _coming(meeting, by, at)
    _check(held_on, place, quarter, london_day(at))
    found.held_on, found.place = held_on, place.strip()
    found.year, found.quarter_number = quarter.year, quarter.number
    with refusals(UnableToMeet), transaction.atomic():
        found.save(update_fields=("held_on", "place", "year", "quarter_number"))
    return found


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, by: User, at: datetime) -> Meeting:
    """For good, with the reason. What it was asked can be put to another meeting. Raises UnableToMeet."""
    found = _coming(meeting, by, at)
    if not reason.strip():
        raise UnableToMeet("Say why the meeting is cancelled, so that everybody invited knows.")
    found.cancelled_by, found.cancelled_at, found.cancelled_because = by, at, reason.strip()
    with refusals(UnableToMeet), transaction.atomic():
        found.save(update_fields=("cancelled_by", "cancelled_at", "cancelled_because"))
    return found


def _coming(meeting: Meeting, by: User, at: datetime) -> Meeting:
    """The meeting, locked, while it can still be changed."""
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=meeting.partnership)
    locked = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("partnership")
    found = locked.get(pk=meeting.pk)
    if found.is_cancelled:
        raise UnableToMeet("This meeting was cancelled, so it never changes.")
    if not found.is_coming(london_day(at)):
        raise UnableToMeet("This meeting was held, so it does not change any more.")
    return found


def _check(held_on: date, place: str, quarter: Quarter, today: date) -> None:
    if held_on < today:
        raise UnableToMeet(f"Enter {date_words(today)} or a later day.")
    if not place.strip():
        raise UnableToMeet("Say where the board meets: an address, or online.")
    if quarter.starts_on > held_on:
        raise UnableToMeet(f"{quarter} has not begun on the day of the meeting. Choose an earlier quarter.")
