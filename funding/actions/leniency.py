"""More time for one organisation's return, and rules waived for it until a day: asked, decided, ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from authorities.filters import date_words
from authorities.models import Organisation, User
from authorities.roles import Permission
from funding.actions import announcements, rollups
from funding.actions.errors import UnableTo, UnableToMoveReturn, check_may, may, refusals
from funding.actions.returns import check_permission
from funding.models import UNCERTIFIED_STATES, Extension, QuarterlyReturn, WaivedRule, Waiver
from funding.quarters import Quarter, london_day, year_of, year_words

MAY_END = (Permission.REVIEW_RETURN, Permission.DECIDE)


class UnableToWaive(UnableTo):
    """The waiver cannot be asked for, decided or ended."""


@transaction.atomic
def extend(
    *, quarterly_return: QuarterlyReturn, due_on: date, reason: str, by: User, at: datetime
) -> Extension:
    """Gives one organisation until `due_on`, the new last day, which is later than the one it has.

    Raises UnableToMoveReturn, also for a day after `latest_day`.
    """
    check_permission(Permission.OPEN_ROUND, quarterly_return, by, at)
    standing = QuarterlyReturn.objects.select_for_update(no_key=True, of=("self",)).in_full()
    found = standing.get(pk=quarterly_return.pk)
    if found.status not in UNCERTIFIED_STATES:
        raise UnableToMoveReturn("This return has been certified already, so it needs no more time.")
    today = london_day(at)
    latest = latest_day(found, today)
    if due_on <= found.due_on:
        raise UnableToMoveReturn(
            f"The return is due on {date_words(found.due_on)} already. Enter a later date."
        )
    if due_on <= today:
        raise UnableToMoveReturn("Enter a date after today.")
    if due_on > latest:
        raise UnableToMoveReturn(
            f"Enter a date until {date_words(latest)}. After that the year's grant has to be settled."
        )
    if not reason.strip():
        raise UnableToMoveReturn("Give a reason. The organisation reads it, and it stays in the history.")
    granted = Extension.objects.create(
        quarterly_return=found, due_on=due_on, reason=reason.strip(), granted_by=by, granted_at=at
    )
    QuarterlyReturn.objects.filter(pk=found.pk).update(extended_to=due_on)
    rollups.mark(organisation=found.organisation, quarter=found.quarter, at=at)
    announcements.extended(granted, by=by, at=at)
    quarterly_return.refresh_from_db(fields=("extended_to",))
    return granted


def latest_day(quarterly_return: QuarterlyReturn, today: date) -> date:
    """Until when a return can be extended: the usual due day of the financial year's last quarter.

    After that day a return that still lacks can be given a month.
    """
    return max(Quarter(quarterly_return.quarter.year, 4).due_on, today + timedelta(days=31))


@transaction.atomic
def ask_waiver(
    *,
    organisation: Organisation,
    rule: WaivedRule,
    reason: str,
    starts_on: date,
    ends_on: date,
    by: User,
    at: datetime,
) -> Waiver:
    """An officer asks to waive one rule for one organisation between two days of one financial year.

    It holds for the quarters whose last day lies within them, from the moment that somebody else approves it.
    Raises UnableToWaive.
    """
    check_may(Permission.REVIEW_RETURN, by=by, at=at, partnership=organisation.partnership)
    if not reason.strip():
        raise UnableToWaive("Give a reason, so that the approver can decide.")
    _check_days(starts_on, ends_on, london_day(at))
    # One at a time for an organisation, so that two officers do not ask for the same.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    others = Waiver.objects.filter(organisation=organisation, rule=rule).exclude(is_approved=False)
    if others.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise UnableToWaive("This rule is waived for this organisation on some of these days, or asked for.")
    asked = Waiver.objects.create(
        organisation=organisation,
        rule=rule,
        reason=reason.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        asked_by=by,
        asked_at=at,
    )
    announcements.waiver(asked, by=by, at=at)
    return asked


def _check_days(starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise UnableToWaive("The last day must not be before the first day.")
    year = year_of(starts_on)
    if year_of(ends_on) != year:
        raise UnableToWaive(f"A waiver ends with the financial year {year_words(year)} at the latest.")
    if ends_on < today:
        raise UnableToWaive("The last day is over already. Choose a later one.")


@transaction.atomic
def decide_waiver(*, waiver: Waiver, approve: bool, answer: str, by: User, at: datetime) -> Waiver:
    """The approver's answer, never by the person who asked. A refusal says why. Raises UnableToWaive."""
    check_may(Permission.DECIDE, by=by, at=at, partnership=waiver.organisation.partnership)
    if not approve and not answer.strip():
        raise UnableToWaive("Say why you refuse, so that the officer knows.")
    with refusals(UnableToWaive), transaction.atomic():
        decided = Waiver.objects.waiting().filter(pk=waiver.pk)
        if not decided.update(is_approved=approve, decided_by=by, decided_at=at, answer=answer.strip()):
            raise UnableToWaive("This waiver has been decided already.")
    waiver.refresh_from_db()
    announcements.waiver(waiver, by=by, at=at)
    return waiver


@transaction.atomic
def end_waiver(*, waiver: Waiver, by: User, at: datetime) -> Waiver:
    """Ends an approved waiver today. Quarters that have ended by today keep it. Raises UnableToWaive."""
    today, partnership = london_day(at), waiver.organisation.partnership
    if not any(may(one, by=by, at=at, partnership=partnership) for one in MAY_END):
        raise UnableToWaive("An officer or an approver ends a waiver.")
    if not waiver.holds(today):
        raise UnableToWaive("This waiver does not hold, so there is nothing to end.")
    # One that has not begun is ended on its first day, which is never the last of a quarter.
    last_day = max(today, waiver.starts_on)
    ended = Waiver.objects.holding(today).filter(pk=waiver.pk, ended_at__isnull=True)
    if not ended.update(ends_on=min(last_day, waiver.ends_on), ended_by=by, ended_at=at):
        raise UnableToWaive("This waiver was ended already.")
    waiver.refresh_from_db()
    return waiver
