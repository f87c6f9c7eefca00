"""A person's own due days, and the board's meetings, as a calendar. Read-only.

No amount, no hotspot's name, no word of a question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from icalendar import Calendar, Event

from authorities.models import Membership, Organisation, User
from authorities.roles import Permission
from funding.models import (
    UNCERTIFIED_STATES,
    CalendarFeed,
    Meeting,
    QuarterlyReturn,
    ReturnQuery,
    ReturnRound,
    ReturnStatus,
)
from funding.quarters import Quarter

# The first characters find the row, the others are compared in a time that tells nothing.
FINDING = 12


@dataclass(frozen=True)
class DueDay:
    """One day of the calendar. `name` stays the same when the day moves."""

    name: str
    on: date
    summary: str
    page: str


def owner_of(token: str) -> User | None:
    """Whose feed the token opens; None for one that was never made or has been replaced."""
    found = CalendarFeed.objects.filter(token__startswith=token[:FINDING]).select_related("user").first()
    kept = found.token if found else "-" * len(token)
    same = constant_time_compare(kept, token)
    return found.user if found and same and found.user.is_active else None


def due_days(user: User, *, on: date) -> list[DueDay]:
    """What the person has to move on, and when the board meets, by the rights of the person that day."""
    preparing = _organisations(user, Permission.PREPARE_RETURN, on)
    certifying = _organisations(user, Permission.CERTIFY_RETURN, on)
    everything = {one.pk: one for one in (*preparing, *certifying)}
    return sorted(
        [
            *_returns(everything),
            *_queries(preparing),
            *_expected(everything, on),
            *_meetings(_organisations(user, Permission.VIEW_BOARD, on), on),
        ],
        key=lambda due: (due.on, due.name),
    )


def _organisations(user: User, permission: Permission, on: date) -> list[Organisation]:
    """Without the copies to practise in: their days are nobody's deadlines."""
    held = Membership.objects.holding(permission, user=user, on=on).select_related("organisation")
    held = held.filter(organisation__partnership__training_for__isnull=True)
    return [membership.organisation for membership in held]


def _returns(organisations: dict[int, Organisation]) -> Iterator[DueDay]:
    waiting = QuarterlyReturn.objects.in_full().filter(
        organisation__in=organisations, status__in=UNCERTIFIED_STATES
    )
    for found in waiting:
        state = "to be signed" if found.status == ReturnStatus.WITH_CERTIFIER else "due"
        yield DueDay(
            f"return-{found.pk}",
            found.due_on,
            f"{found.organisation.short_name}: return for {found.quarter.label} {state}",
            reverse("return", args=[found.pk]),
        )


def _queries(organisations: list[Organisation]) -> Iterator[DueDay]:
    """For those who answer them: one day for each return, the earliest."""
    open_ones = ReturnQuery.objects.unsettled().filter(quarterly_return__organisation__in=organisations)
    by_return = open_ones.order_by().values("quarterly_return").annotate(n=Count("pk"), on=Min("due_on"))
    counts = {row["quarterly_return"]: row for row in by_return}
    for found in QuarterlyReturn.objects.in_full().filter(pk__in=counts):
        count = counts[found.pk]["n"]
        yield DueDay(
            f"queries-{found.pk}",
            counts[found.pk]["on"],
            f"{found.organisation.short_name}: {count} {'query' if count == 1 else 'queries'} to answer, "
            f"return for {found.quarter.label}",
            reverse("return", args=[found.pk]),
        )


def _expected(organisations: dict[int, Organisation], on: date) -> Iterator[DueDay]:
    """The usual due day of the running quarter, and of the one before it when it was never opened."""
    current = Quarter.of(on)
    partnerships = {one.partnership_id for one in organisations.values()}
    rounds = ReturnRound.objects.filter(partnership__in=partnerships)
    opened = set(rounds.values_list("partnership", "year", "quarter_number"))
    for quarter in (current.previous, current):
        for one in organisations.values():
            is_open = (one.partnership_id, quarter.year, quarter.number) in opened
            if not is_open and quarter.due_on >= on:
                yield DueDay(
                    f"expected-{one.pk}-{quarter.year}-{quarter.number}",
                    quarter.due_on,
                    f"{one.short_name}: return for {quarter.label} usually due (not open yet)",
                    reverse("own_returns"),
                )


def _meetings(organisations: list[Organisation], on: date) -> Iterator[DueDay]:
    """Those to come, of the boards that the person sees."""
    partnerships = {one.partnership_id for one in organisations}
    if not partnerships:
        return
    meetings = Meeting.objects.filter(partnership__in=partnerships).coming(on)
    for found in meetings.select_related("partnership"):
        yield DueDay(
            f"meeting-{found.pk}",
            found.held_on,
            f"{found.partnership.board_name} meets, {found.place}",
            reverse("meeting", args=[found.pk]),
        )


def as_ics(days: list[DueDay], *, made_at: datetime) -> bytes:
    """The days as iCalendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//VRU portal//Due days//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "VRU portal: due days")
    for due in days:
        event = Event()
        event.add("uid", f"{due.name}@{settings.SITE_HOST}")
        event.add("dtstamp", made_at)
        event.add("dtstart", due.on)
        event.add("dtend", due.on + timedelta(days=1))
        event.add("summary", due.summary)
        event.add("url", settings.SITE_URL + due.page)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
