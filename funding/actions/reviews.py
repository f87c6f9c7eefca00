"""What follows a review: the thread of a query, the way back to the certified version, closing a round."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from authorities.models import User
from authorities.roles import Permission
from funding.actions.announcements import announce
from funding.actions.errors import LOCKED, UnableToDo, UnableToMoveReturn, check_may, may
from funding.actions.restoring import restore
from funding.actions.returns import check_permission, move
from funding.models import (
    ACCEPTED_STATES,
    Certificate,
    QuarterlyReturn,
    QueryReply,
    ReturnQuery,
    ReturnRound,
    ReturnStatus,
)
from funding.return_parts import unfinished
from funding.snapshot import changes, content_of


@transaction.atomic
def reply(*, query: ReturnQuery, text: str, by: User, at: datetime) -> QueryReply:
    """One message of the thread, by the organisation or by the OPCC. Raises UnableToMoveReturn."""
    found = query.quarterly_return
    is_ours = may(Permission.PREPARE_RETURN, by=by, at=at, organisation=found.organisation)
    is_opcc = may(Permission.REVIEW_RETURN, by=by, at=at, partnership=found.organisation.partnership)
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
    signed = Certificate.objects.filter(version__quarterly_return=quarterly_return).select_related(
        "version__quarterly_return", "version__sent_by", "certified_by"
    )
    return signed.order_by("version__number").last()


@transaction.atomic
def revert(
    *, quarterly_return: QuarterlyReturn, reason: str, by: User, at: datetime, revision: int | None = None
) -> QuarterlyReturn:
    """Back to the version that was certified last: its content, its signature, and its place with the OPCC.

    The reason says why its figures stand; where the OPCC asked, it is the answer to each open query.
    `revision` is the one whose changes the person has seen. Raises UnableToMoveReturn; then nothing changes.
    """
    # One at a time, and none beside a save: the lines are replaced under this lock.
    locked = QuarterlyReturn.objects.select_for_update(no_key=True, of=("self",)).in_full()
    found = locked.get(pk=quarterly_return.pk)
    check_permission(Permission.PREPARE_RETURN, found, by, at)
    certificate = certified_version(found)
    if certificate is None:
        raise UnableToMoveReturn("This return was never certified, so there is no version to go back to.")
    if not found.is_open:
        raise UnableToMoveReturn(
            f"Only a return that is open for changes goes back. {LOCKED[ReturnStatus(found.status)]}"
        )
    if revision is not None and revision != found.revision:
        raise UnableToMoveReturn(
            "This return was changed after you opened this page. Look at what would be undone again."
        )
    if not reason.strip():
        raise UnableToMoveReturn("Say why the certified figures stand.")
    _check_signature_stands(certificate)
    for query in found.queries.unsettled():
        reply(query=query, text=reason, by=by, at=at)
    version = certificate.version
    restore(quarterly_return=found, content=version.content)
    words: dict[str, Any] = {"is_nil": version.content["is_nil"], **version.content["words"]}
    signature: dict[str, Any] = {"prepared_by": version.sent_by, "prepared_at": version.sent_at}
    signature |= {"certified_by": certificate.certified_by, "certified_at": certificate.certified_at}
    moved = move("revert", found, by, at, reason=reason, revision=found.revision + 1, **signature, **words)
    _check_whole(moved, certificate)
    quarterly_return.refresh_from_db()
    return moved


def _check_signature_stands(certificate: Certificate) -> None:
    """Who certified must not have prepared the return since."""
    prepared = certificate.version.quarterly_return.events.filter(verb__in=("save", "send"))
    if prepared.filter(by=certificate.certified_by).exists():
        raise UnableToMoveReturn(
            f"{certificate.certified_by.name}, who certified this return, has prepared part of it since, so "
            "the certificate cannot stand again. Send the return to a certifier instead."
        )


def _check_whole(found: QuarterlyReturn, certificate: Certificate) -> None:
    """What was signed is what stands now, and it is still a whole return."""
    apart = changes(certificate.version.content, content_of(found))
    if apart:
        names = ", ".join(dict.fromkeys(f"{one.section}: {one.name}" for one in apart))
        raise UnableToMoveReturn(
            f"This cannot be put back as it was certified: {names}. Correct the return and send it instead."
        )
    left = unfinished(found)
    if left:
        names = ", ".join(part.label for part in left)
        raise UnableToMoveReturn(
            f"The plan has changed since the return was certified, so it is no longer complete: {names}. "
            "Finish the return and send it instead."
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
