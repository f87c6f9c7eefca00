"""The reminders of a day: each written once for a person and a due day, whatever is doubled, late or missed.

A job that missed some days writes what is true today, and nothing that is stale: with 3 days left nobody is
told that there are 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.urls import reverse

from authorities.filters import date_words
from authorities.models import Membership
from authorities.roles import Permission
from funding.actions import notices
from funding.models import UNCERTIFIED_STATES, NoticeKind, QuarterlyReturn, ReturnStatus
from funding.quarters import london_day, next_working_day, working_days_before
from funding.reachability import problems

# Before the due day: how many working days, oldest first. A later one takes the place of the earlier.
BEFORE = ((10, NoticeKind.DUE_10), (3, NoticeKind.DUE_3), (0, NoticeKind.DUE_TODAY))
# Weeks before the due day at which a missing certifier is told, the nearest first.
WARNED = (1, 4)


@dataclass(frozen=True)
class Call:
    """The reminder that a day calls for. `since` is the day that it belongs to, and part of its key."""

    kind: NoticeKind
    since: date


def call_for(due_on: date, *, opened_on: date, on: date) -> Call | None:
    """Which reminder of a return is due on a day; None when there is none.

    Ten and three working days before the due day, and on it; then on the first working day after it, and
    every week from its Monday on. A day before the opening calls for nothing: the opening has said it all.
    """
    if on > due_on:
        return Call(NoticeKind.OVERDUE, _overdue_since(due_on, on)) if on >= _first_after(due_on) else None
    called = None
    for count, kind in BEFORE:
        day = working_days_before(due_on, count)
        if opened_on <= day <= on:
            called = Call(kind, day)
        elif day <= on:
            called = None
    return called


def _first_after(due_on: date) -> date:
    return next_working_day(due_on + timedelta(days=1))


def _overdue_since(due_on: date, on: date) -> date:
    """The latest day that called for an overdue reminder: the first one, or this week's, or last week's."""
    monday = on - timedelta(days=on.weekday())
    weekly = next_working_day(monday)
    if weekly > on:  # a bank holiday: it is still last week's turn
        weekly = next_working_day(monday - timedelta(days=7))
    return max(weekly, _first_after(due_on))


def remind(*, at: datetime) -> int:
    """Writes the reminders of the London day of `at`; returns how many."""
    on, written = london_day(at), 0
    waiting = QuarterlyReturn.objects.in_full().filter(status__in=UNCERTIFIED_STATES)
    ordered = waiting.order_by("organisation__partnership", "pk")
    for partnership, group in groupby(ordered, key=lambda found: found.organisation.partnership):
        among, returns = notices.members(partnership, on=on), list(group)
        uncertifiable = problems(returns, on)
        for found in returns:
            written += _remind_of(found, among, at)
            written += _warn_of(found, uncertifiable.get(found.pk, ""), among, at)
    return written


@transaction.atomic
def _remind_of(found: QuarterlyReturn, among: list[Membership], at: datetime) -> int:
    on = london_day(at)
    call = call_for(found.due_on, opened_on=london_day(found.round.opened_at), on=on)
    if call is None:
        return 0
    with_certifier = found.status == ReturnStatus.WITH_CERTIFIER
    needed = Permission.CERTIFY_RETURN if with_certifier else Permission.PREPARE_RETURN
    return notices.write(
        _reminder(found, call, on),
        to=notices.holders(among, needed, found.organisation),
        organisation=found.organisation,
        quarterly_return=found,
        at=at,
    )


@transaction.atomic
def _warn_of(found: QuarterlyReturn, problem: str, among: list[Membership], at: datetime) -> int:
    """Nobody can certify it: four weeks before the due day, and again one week before, to both sides."""
    weeks = _weeks_left(found.due_on, london_day(at))
    if not problem or not weeks:
        return 0
    organisation = found.organisation
    message = notices.Message(
        kind=NoticeKind.NO_CERTIFIER,
        key=f"return:{found.pk}:{found.due_on.isoformat()}:{weeks}",
        subject=f"{organisation.short_name}: nobody can certify the return for {found.quarter.label}",
        body=f"The return of {organisation.name} for {found.quarter} is due on {date_words(found.due_on)}. "
        f"{problem}",
        path=reverse("return", args=[found.pk]),
    )
    both = (Permission.PREPARE_RETURN, Permission.REVIEW_RETURN)
    to = [user for one in both for user in notices.holders(among, one, organisation)]
    return notices.write(message, to=to, organisation=organisation, quarterly_return=found, at=at)


def _weeks_left(due_on: date, on: date) -> int:
    """Which of the two warnings a day calls for; 0 for none."""
    if on > due_on:
        return 0
    return next((weeks for weeks in WARNED if on >= due_on - timedelta(weeks=weeks)), 0)


def _reminder(found: QuarterlyReturn, call: Call, on: date) -> notices.Message:
    days = (found.due_on - on).days
    when = f"is due on {date_words(found.due_on)}, in {days} {'day' if days == 1 else 'days'}"
    short = f"due on {date_words(found.due_on)}"
    if days == 0:
        when, short = "is due today", "due today"
    elif days < 0:
        when = f"was due on {date_words(found.due_on)} and is {-days} {'day' if days == -1 else 'days'} late"
        short = "overdue"
    task = "Fill it in and send it to your certifier."
    if found.status == ReturnStatus.WITH_CERTIFIER:
        task = "It waits for your signature."
    return notices.Message(
        kind=call.kind,
        key=f"return:{found.pk}:{found.due_on.isoformat()}:{call.since.isoformat()}",
        subject=f"{found.organisation.short_name}: return for {found.quarter.label} {short}",
        body=f"The return of {found.organisation.name} for {found.quarter} {when}. {task}",
        path=reverse("return", args=[found.pk]),
    )
