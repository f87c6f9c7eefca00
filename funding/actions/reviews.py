"""What follows a review: the thread of a query, the way back to the certified version, closing a round."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from authorities.models import User
from authorities.roles import Permission
from funding.actions.announcements import announce
from funding.actions.errors import UnableToDo, UnableToMoveReturn, check_may
from funding.actions.restoring import restore
from funding.actions.returns import move
from funding.models import (
    ACCEPTED_STATES,
    Certificate,
    QuarterlyReturn,
    QueryReply,
    ReturnQuery,
    ReturnRound,
    ReturnStatus,
)


@transaction.atomic
def reply(*, query: ReturnQuery, text: str, by: User, at: datetime) -> QueryReply:
    """One message of the thread, by the organisation or by the OPCC. Raises UnableToMoveReturn."""
    found = query.quarterly_return
    is_ours = _may(Permission.PREPARE_RETURN, by, at, organisation=found.organisation)
    is_opcc = _may(Permission.REVIEW_RETURN, by, at, partnership=found.organisation.partnership)
    if not is_ours and not is_opcc:
        raise UnableToMoveReturn("Only those who prepare the return and the OPCC write in this thread.")
    if query.settled_at:
        raise UnableToMoveReturn("This query is settled. Ask the OPCC to query the return again.")
    if not text.strip():
        raise UnableToMoveReturn("Write an answer.")
    answer = QueryReply.objects.create(query=query, text=text.strip(), by=by, at=at)
    if is_ours:
        announce(found, verb="reply", by=by, at=at, reason=text.strip())
    return answer


def _may(permission: Permission, by: User, at: datetime, **where: object) -> bool:
    try:
        check_may(permission, by=by, at=at, **where)  # type: ignore[arg-type]
    except UnableToDo:
        return False
    return True


@transaction.atomic
def settle(*, query: ReturnQuery, by: User, at: datetime) -> ReturnQuery:
    """The OPCC is satisfied with the answer. Raises UnableToMoveReturn where it is settled already."""
    try:
        check_may(
            Permission.REVIEW_RETURN,
            by=by,
            at=at,
            partnership=query.quarterly_return.organisation.partnership,
        )
    except UnableToDo as refusal:
        raise UnableToMoveReturn(str(refusal)) from refusal
    if not ReturnQuery.objects.unsettled().filter(pk=query.pk).update(settled_by=by, settled_at=at):
        raise UnableToMoveReturn("This query is settled already.")
    query.refresh_from_db()
    return query


def certified_version(quarterly_return: QuarterlyReturn) -> Certificate | None:
    """The latest signature that the return had, with its version."""
    signed = Certificate.objects.filter(version__quarterly_return=quarterly_return).select_related("version")
    return signed.order_by("version__number").last()


@transaction.atomic
def revert(*, quarterly_return: QuarterlyReturn, reason: str, by: User, at: datetime) -> QuarterlyReturn:
    """Back to the version that was certified last: its content, its signature, and its place with the OPCC.

    The reason says why its figures stand; where the OPCC asked, it is the answer to each open query.
    """
    certificate = certified_version(quarterly_return)
    if certificate is None:
        raise UnableToMoveReturn("This return was never certified, so there is no version to go back to.")
    if not quarterly_return.is_open:
        raise UnableToMoveReturn("Only a return that is open for changes goes back to its certified version.")
    if not reason.strip():
        raise UnableToMoveReturn("Say why the certified figures stand.")
    for query in quarterly_return.queries.unsettled():
        reply(query=query, text=reason, by=by, at=at)
    restore(quarterly_return=quarterly_return, content=certificate.version.content)
    return move(
        "revert",
        quarterly_return,
        by,
        at,
        reason=reason,
        prepared_by=certificate.version.sent_by,
        prepared_at=certificate.version.sent_at,
        certified_by=certificate.certified_by,
        certified_at=certificate.certified_at,
        is_nil=certificate.version.content["is_nil"],
        **certificate.version.content["words"],
    )


@transaction.atomic
def close_round(*, opened: ReturnRound, by: User, at: datetime) -> ReturnRound:
    """Locks every accepted return of the round; one that comes later is locked when it is accepted."""
    check_may(Permission.OPEN_ROUND, by=by, at=at, partnership=opened.partnership)
    closed = ReturnRound.objects.filter(pk=opened.pk, closed_at__isnull=True).update(
        closed_by=by, closed_at=at
    )
    if not closed:
        raise UnableToMoveReturn("This round is closed already.")
    for found in QuarterlyReturn.objects.in_full().filter(round=opened, status=ReturnStatus.ACCEPTED):
        move("lock", found, by, at)
    opened.refresh_from_db()
    return opened


def waiting_in(opened: ReturnRound) -> list[QuarterlyReturn]:
    """The returns of a round that are not accepted yet."""
    return list(QuarterlyReturn.objects.in_full().filter(round=opened).exclude(status__in=ACCEPTED_STATES))
