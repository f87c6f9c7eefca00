"""Hotspots and what the police did there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from authorities.filters import date_words
from authorities.models import Organisation, User
from authorities.roles import Permission
from funding.actions.entries import saving, upsert
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import ACCEPTED_STATES, OPEN_STATES, Hotspot, PatrolLine, QuarterlyReturn
from funding.quarters import Quarter, london_day


class UnableToDraw(UnableTo):
    """The hotspot cannot begin or end like this."""


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
    """A patrol area of the police within a local authority, from one day to another.

    Raises UnableToDraw for a second one of the same reference, and for one that would begin in or before a
    quarter whose return is on its way or accepted: that return was complete without it.
    """
    check_may(Permission.PREPARE_RETURN, by=by, at=at, organisation=organisation)
    if not organisation.is_police:
        raise UnableToDraw("Only the police have hotspots.")
    sent = [one.quarter for one in _returns(organisation) if one.status not in OPEN_STATES]
    if sent and starts_on <= max(sent).ends_on:
        raise UnableToDraw(
            f"The return for {max(sent)} was sent without this hotspot, so it cannot start before "
            f"{date_words(max(sent).next.starts_on)}."
        )
    with refusals(UnableToDraw), transaction.atomic():
        return Hotspot.objects.create(
            organisation=organisation,
            authority=authority,
            reference=reference,
            name=name,
            starts_on=starts_on,
            ends_on=ends_on,
        )


@transaction.atomic
def end_hotspot(*, hotspot: Hotspot, ends_on: date, by: User, at: datetime) -> Hotspot:
    """The last day of a hotspot. What was patrolled there stays in its returns and in every figure.

    Raises UnableToDraw for a day before its first one, in or before a quarter whose return is accepted, or
    before a quarter that patrols are entered for; and for a hotspot that has ended already.
    """
    check_may(Permission.PREPARE_RETURN, by=by, at=at, organisation=hotspot.organisation)
    # Returns before the hotspot, as in a save of patrols, so that the two never wait for each other.
    accepted = [one.quarter for one in _returns(hotspot.organisation) if one.status in ACCEPTED_STATES]
    hotspot = Hotspot.objects.select_for_update(no_key=True).get(pk=hotspot.pk)
    if hotspot.ends_on and hotspot.ends_on < london_day(at):
        raise UnableToDraw(f"{hotspot} ended on {date_words(hotspot.ends_on)} already.")
    if ends_on < hotspot.starts_on:
        raise UnableToDraw(
            f"{hotspot} starts on {date_words(hotspot.starts_on)}. Enter that day or a later one."
        )
    if accepted and ends_on <= max(accepted).ends_on:
        raise UnableToDraw(
            f"The return for {max(accepted)} has been accepted with this hotspot in it. Enter "
            f"{date_words(max(accepted).next.starts_on)} or a later day."
        )
    patrolled = _last_patrolled(hotspot)
    if patrolled and ends_on < patrolled.starts_on:
        raise UnableToDraw(
            f"Patrols of {hotspot} are entered for {patrolled}. Enter {date_words(patrolled.starts_on)} or a "
            "later day, or correct that return first."
        )
    hotspot.ends_on = ends_on
    hotspot.save(update_fields=("ends_on",))
    return hotspot


def _returns(organisation: Organisation) -> list[QuarterlyReturn]:
    """All of the organisation's, kept where they are to the end of the transaction."""
    returns = QuarterlyReturn.objects.filter(organisation=organisation).select_related("round")
    return list(returns.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _last_patrolled(hotspot: Hotspot) -> Quarter | None:
    """The latest quarter for which a return says that somebody was there."""
    lines = hotspot.patrol_lines.exclude(hours=0, visits=0, arrests=0, searches=0, asb_powers=0)
    found = lines.select_related("quarterly_return__round")
    return max((line.quarterly_return.quarter for line in found), default=None)


@transaction.atomic
def save_patrols(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    entries: Sequence[PatrolEntry],
    emptied: Sequence[Hotspot] = (),
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """The patrols of each hotspot in the quarter. What is among neither stays as it is saved.

    Raises UnableToSave when somebody else saved meanwhile.
    """
    with saving(quarterly_return, revision, by, at, is_nil=False) as saved:
        saved.patrol_lines.filter(hotspot__in=emptied).delete()
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
