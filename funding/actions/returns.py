"""The life of a quarterly return: every move, who may make it, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from authorities.models import Organisation, User
from authorities.roles import Permission
from funding.actions import rollups
from funding.actions.errors import UnableTo, UnableToDo, check_may, refusals
from funding.models import COUNTED_STATES, QuarterlyReturn, ReturnEvent, ReturnStatus


class UnableToMoveReturn(UnableTo):
    """The return cannot make this move."""


@dataclass(frozen=True)
class Move:
    """One row of the life cycle."""

    verb: str
    before: ReturnStatus
    after: ReturnStatus
    permission: Permission
    needs_reason: bool = False


S, P = ReturnStatus, Permission
TRANSITIONS = (
    Move("save", S.NOT_STARTED, S.DRAFT, P.PREPARE_RETURN),
    Move("save", S.DRAFT, S.DRAFT, P.PREPARE_RETURN),
    Move("save", S.QUERIED, S.QUERIED, P.PREPARE_RETURN),
    Move("send", S.DRAFT, S.WITH_CERTIFIER, P.PREPARE_RETURN),
    Move("send", S.QUERIED, S.WITH_CERTIFIER, P.PREPARE_RETURN),
    Move("recall", S.WITH_CERTIFIER, S.DRAFT, P.PREPARE_RETURN),
    Move("decline", S.WITH_CERTIFIER, S.DRAFT, P.CERTIFY_RETURN, needs_reason=True),
    Move("certify", S.WITH_CERTIFIER, S.CERTIFIED, P.CERTIFY_RETURN),
    Move("query", S.CERTIFIED, S.QUERIED, P.REVIEW_RETURN, needs_reason=True),
    Move("accept", S.CERTIFIED, S.ACCEPTED, P.REVIEW_RETURN),
)

# Why a move is refused in a state that has no row for it: what the state is, and what to do.
LOCKED = {
    S.NOT_STARTED: "Nothing has been entered in this return yet.",
    S.DRAFT: "This return is still a draft with the organisation that prepares it.",
    S.WITH_CERTIFIER: "This return is with its certifier. Take it back before you change it.",
    S.CERTIFIED: "This return has been certified and is waiting for the OPCC to accept it. "
    "It can only be changed if the OPCC queries it.",
    S.QUERIED: "The OPCC has queried this return. It is back with the organisation that prepares it.",
    S.ACCEPTED: "This return has been accepted and never changes. "
    "Carry a correction in the return of a later quarter.",
}


def send(
    *, quarterly_return: QuarterlyReturn, by: User, at: datetime, revision: int | None = None
) -> QuarterlyReturn:
    """Hands the return to its certifier. Raises UnableToMoveReturn while a part is unfinished.

    `revision` is the one that the sender has checked, as in `certify`.
    """
    unfinished = _unfinished(quarterly_return)
    if unfinished and quarterly_return.is_open:
        raise UnableToMoveReturn(f"Finish these parts before you send the return: {', '.join(unfinished)}.")
    return move("send", quarterly_return, by, at, revision_read=revision, prepared_by=by, prepared_at=at)


def _unfinished(quarterly_return: QuarterlyReturn) -> list[str]:
    return [part.label for part in quarterly_return.parts() if not part.is_done]


def recall(*, quarterly_return: QuarterlyReturn, by: User, at: datetime) -> QuarterlyReturn:
    """Takes the return back from its certifier, to change it."""
    return move("recall", quarterly_return, by, at, prepared_by=None, prepared_at=None)


def certify(
    *, quarterly_return: QuarterlyReturn, by: User, at: datetime, revision: int | None = None
) -> QuarterlyReturn:
    """The section 151 or chief finance officer's signature, never by a person who prepared the return.

    `revision` is the one that the person has read: a return that was changed meanwhile is not signed unseen.
    """
    if quarterly_return.status == S.WITH_CERTIFIER and _unfinished(quarterly_return):
        raise UnableToMoveReturn(
            "The plan has changed since this return was sent, so the return is no longer complete. "
            "Decline it, and say so."
        )
    return move("certify", quarterly_return, by, at, revision_read=revision, certified_by=by, certified_at=at)


def decline(*, quarterly_return: QuarterlyReturn, reason: str, by: User, at: datetime) -> QuarterlyReturn:
    """The certifier does not sign: the return goes back as a draft, with the reason."""
    return move("decline", quarterly_return, by, at, reason=reason, prepared_by=None, prepared_at=None)


def query(*, quarterly_return: QuarterlyReturn, reason: str, by: User, at: datetime) -> QuarterlyReturn:
    """The OPCC asks: the signature falls, and the return can be changed and sent again."""
    return move("query", quarterly_return, by, at, reason=reason, certified_by=None, certified_at=None)


def accept(
    *, quarterly_return: QuarterlyReturn, by: User, at: datetime, revision: int | None = None
) -> QuarterlyReturn:
    """The OPCC's answer: from now on the return never changes. Never by someone of that return.

    `revision` is the one that the person has read, as in `certify`.
    """
    if by.pk in (quarterly_return.prepared_by_id, quarterly_return.certified_by_id):
        raise UnableToMoveReturn("You prepared or certified this return, so somebody else must accept it.")
    return move("accept", quarterly_return, by, at, revision_read=revision, accepted_by=by, accepted_at=at)


@transaction.atomic
def move(
    verb: str,
    quarterly_return: QuarterlyReturn,
    by: User,
    at: datetime,
    *,
    reason: str = "",
    revision_read: int | None = None,
    **changes: Any,
) -> QuarterlyReturn:
    """Makes one move of the table: permission, compare-and-swap, event and mark in one transaction."""
    row = _row(verb, quarterly_return.status)
    check_permission(row.permission, quarterly_return, by, at)
    if row.needs_reason and not reason.strip():
        raise UnableToMoveReturn("Give a reason, so that the people who prepare the return know what to do.")
    with refusals(UnableToMoveReturn), transaction.atomic():
        standing = QuarterlyReturn.objects.filter(pk=quarterly_return.pk, status=row.before)
        if revision_read is not None:
            standing = standing.filter(revision=revision_read)
        moved = standing.update(status=row.after, **changes)
    if not moved:
        raise _quicker(quarterly_return, row)
    ReturnEvent.objects.create(
        quarterly_return=quarterly_return,
        verb=verb,
        from_status=row.before,
        to_status=row.after,
        by=by,
        at=at,
        reason=reason.strip(),
    )
    if row.before in COUNTED_STATES or row.after in COUNTED_STATES:
        rollups.mark(organisation=quarterly_return.organisation, quarter=quarterly_return.quarter, at=at)
    quarterly_return.refresh_from_db()
    return quarterly_return


def _quicker(quarterly_return: QuarterlyReturn, row: Move) -> UnableToMoveReturn:
    quarterly_return.refresh_from_db(fields=("status",))
    if quarterly_return.status == row.before:
        return UnableToMoveReturn(
            "This return was changed after you opened this page. Read the figures again before you decide."
        )
    return UnableToMoveReturn("Somebody else was quicker. " + LOCKED[S(quarterly_return.status)])


def _row(verb: str, status: str) -> Move:
    for row in TRANSITIONS:
        if (row.verb, row.before) == (verb, status):
            return row
    raise UnableToMoveReturn(LOCKED[S(status)])


def check_permission(
    permission: Permission, quarterly_return: QuarterlyReturn, by: User, at: datetime
) -> None:
    """Preparing and certifying are held in the return's own organisation, reviewing in its partnership."""
    organisation: Organisation = quarterly_return.organisation
    try:
        if permission == Permission.REVIEW_RETURN:
            check_may(permission, by=by, at=at, partnership=organisation.partnership)
        else:
            check_may(permission, by=by, at=at, organisation=organisation)
    except UnableToDo as refusal:
        raise UnableToMoveReturn(str(refusal)) from refusal
