"""What is to be done after a meeting of the board: added, changed while it is open, recorded as done."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from authorities.filters import date_words
from authorities.models import Organisation, User
from authorities.roles import Permission
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import BoardAction, Meeting
from funding.quarters import london_day


class UnableToKeepAction(UnableTo):
    """The action cannot be added, changed or recorded as done."""


@transaction.atomic
def add_action(
    *,
    meeting: Meeting,
    what: str,
    owner: str,
    organisation: Organisation | None,
    due_on: date,
    by: User,
    at: datetime,
) -> BoardAction:
    """Raises UnableToKeepAction for a meeting that was cancelled, and for a day before the meeting."""
    locked = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("partnership")
    found = locked.get(pk=meeting.pk)
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=found.partnership)
    if found.is_cancelled:
        raise UnableToKeepAction("This meeting was cancelled, so no action comes of it.")
    _check(found, what, owner, due_on)
    with refusals(UnableToKeepAction), transaction.atomic():
        return BoardAction.objects.create(
            meeting=found,
            what=what.strip(),
            owner=owner.strip(),
            organisation=organisation,
            due_on=due_on,
            added_by=by,
            added_at=at,
        )


@transaction.atomic
def change_action(
    *,
    action: BoardAction,
    what: str,
    owner: str,
    organisation: Organisation | None,
    due_on: date,
    by: User,
    at: datetime,
) -> BoardAction:
    """While it is open. Raises UnableToKeepAction."""
    found = _open(action, by, at)
    _check(found.meeting, what, owner, due_on)
    found.what, found.owner, found.organisation, found.due_on = (
        what.strip(),
        owner.strip(),
        organisation,
        due_on,
    )
    with refusals(UnableToKeepAction), transaction.atomic():
        found.save(update_fields=("what", "owner", "organisation", "due_on"))
    return found


@transaction.atomic
def record_done(*, action: BoardAction, on: date, words: str, by: User, at: datetime) -> BoardAction:
    """That it was done, when, and what came of it. For good. Raises UnableToKeepAction."""
    found, today = _open(action, by, at), london_day(at)
    if not words.strip():
        raise UnableToKeepAction("Say what was done.")
    if on > today:
        raise UnableToKeepAction(f"Enter {date_words(today)} or an earlier day.")
    found.done_on, found.done_words, found.done_by, found.done_at = on, words.strip(), by, at
    with refusals(UnableToKeepAction), transaction.atomic():
        found.save(update_fields=("done_on", "done_words", "done_by", "done_at"))
    return found


def _open(action: BoardAction, by: User, at: datetime) -> BoardAction:
    locked = BoardAction.objects.select_for_update(no_key=True, of=("self",))
    found = locked.select_related("meeting__partnership").get(pk=action.pk)
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=found.meeting.partnership)
    if found.is_done:
        raise UnableToKeepAction("This action has been recorded as done and never changes.")
    return found


def _check(meeting: Meeting, what: str, owner: str, due_on: date) -> None:
    if not (what.strip() and owner.strip()):
        raise UnableToKeepAction("Say what is to be done, and whose action it is.")
    if due_on < meeting.held_on:
        raise UnableToKeepAction(
            f"The board meets on {date_words(meeting.held_on)}. Enter that day or a later one."
        )
