"""The life of a quarterly return: every move, who may make it, and what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from authorities.models import Organisation, User
from authorities.roles import Permission
from funding.actions import rollups, versions
from funding.actions.announcements import announce
from funding.actions.errors import LOCKED, UnableToDo, UnableToMoveReturn, check_may, refusals
from funding.models import (
    COUNTED_STATES,
    RETURNED_STATES,
    STATES_ON_THE_BOARD,
    BudgetLine,
    Hotspot,
    Intervention,
    QuarterlyReturn,
    ReturnEvent,
    ReturnPart,
    ReturnQuery,
    ReturnRound,
    ReturnRules,
    ReturnStatus,
)
from funding.prompts import prompts, unconfirmed
from funding.quarters import london_day, working_days_after
from funding.return_parts import unfinished


@dataclass(frozen=True)
class Question:
    """What the OPCC asks, and about which part or line."""

    part: ReturnPart
    text: str
    budget_line: BudgetLine | None = None
    intervention: Intervention | None = None
    hotspot: Hotspot | None = None


@dataclass(frozen=True)
class Move:
    """One row of the life cycle."""

    verb: str
    before: ReturnStatus
    after: ReturnStatus
    permission: Permission
    needs_reason: bool = False
    # Where the return was sent from, if it was one of these: there it goes back to.
    or_back_to: tuple[ReturnStatus, ...] = ()


S, P, BACK = ReturnStatus, Permission, RETURNED_STATES
TRANSITIONS = (
    Move("save", S.NOT_STARTED, S.DRAFT, P.PREPARE_RETURN),
    Move("save", S.DRAFT, S.DRAFT, P.PREPARE_RETURN),
    Move("save", S.READY, S.DRAFT, P.PREPARE_RETURN),
    Move("save", S.QUERIED, S.QUERIED, P.PREPARE_RETURN),
    Move("save", S.REOPENED, S.REOPENED, P.PREPARE_RETURN),
    # By itself, after a save that leaves nothing to do.
    Move("complete", S.DRAFT, S.READY, P.PREPARE_RETURN),
    Move("send", S.DRAFT, S.WITH_CERTIFIER, P.PREPARE_RETURN),
    Move("send", S.READY, S.WITH_CERTIFIER, P.PREPARE_RETURN),
    Move("send", S.QUERIED, S.WITH_CERTIFIER, P.PREPARE_RETURN),
    Move("send", S.REOPENED, S.WITH_CERTIFIER, P.PREPARE_RETURN),
    Move("recall", S.WITH_CERTIFIER, S.DRAFT, P.PREPARE_RETURN, or_back_to=BACK),
    Move("decline", S.WITH_CERTIFIER, S.DRAFT, P.CERTIFY_RETURN, needs_reason=True, or_back_to=BACK),
    Move("certify", S.WITH_CERTIFIER, S.CERTIFIED, P.CERTIFY_RETURN),
    Move("review", S.CERTIFIED, S.IN_REVIEW, P.REVIEW_RETURN),
    Move("query", S.CERTIFIED, S.QUERIED, P.REVIEW_RETURN, needs_reason=True),
    Move("query", S.IN_REVIEW, S.QUERIED, P.REVIEW_RETURN, needs_reason=True),
    Move("accept", S.CERTIFIED, S.ACCEPTED, P.REVIEW_RETURN),
    Move("accept", S.IN_REVIEW, S.ACCEPTED, P.REVIEW_RETURN),
    Move("reopen", S.ACCEPTED, S.REOPENED, P.REVIEW_RETURN, needs_reason=True),
    Move("lock", S.ACCEPTED, S.LOCKED, P.OPEN_ROUND),
    # Back to the version that was certified last, with its signature.
    Move("revert", S.DRAFT, S.CERTIFIED, P.PREPARE_RETURN, needs_reason=True),
    Move("revert", S.READY, S.CERTIFIED, P.PREPARE_RETURN, needs_reason=True),
    Move("revert", S.QUERIED, S.CERTIFIED, P.PREPARE_RETURN, needs_reason=True),
    Move("revert", S.REOPENED, S.CERTIFIED, P.PREPARE_RETURN, needs_reason=True),
)


@transaction.atomic
def send(
    *, quarterly_return: QuarterlyReturn, by: User, at: datetime, revision: int | None = None
) -> QuarterlyReturn:
    """Hands the return to its certifier, and keeps what was sent as a version.

    Raises UnableToMoveReturn while a part is unfinished, and for one that comes back unchanged and unanswered
    after it was declined, queried or reopened. `revision` is the one that the sender has checked.
    """
    left = unfinished(quarterly_return)
    if left and quarterly_return.is_open:
        labels = ", ".join(part.label for part in left)
        raise UnableToMoveReturn(f"Finish these parts before you send the return: {labels}.")
    asked = len(unconfirmed(prompts(quarterly_return))) if quarterly_return.is_open else 0
    if asked:
        things = "1 thing waits" if asked == 1 else f"{asked} things wait"
        raise UnableToMoveReturn(
            f"{things} for you to confirm or correct on the check page before you send the return."
        )
    lost = quarterly_return.adjustments.exclude(corrects__status__in=COUNTED_STATES).first()
    if lost:
        raise UnableToMoveReturn(
            f"The return for {lost.corrects.quarter} is open again, so it cannot be corrected here. Take the "
            "correction out, or wait until that return is certified."
        )
    sent = move("send", quarterly_return, by, at, revision_read=revision, prepared_by=by, prepared_at=at)
    versions.keep(quarterly_return=sent, by=by, at=at)
    return sent


def recall(*, quarterly_return: QuarterlyReturn, by: User, at: datetime) -> QuarterlyReturn:
    """Takes the return back from its certifier, to change it."""
    return move("recall", quarterly_return, by, at, prepared_by=None, prepared_at=None)


@transaction.atomic
def certify(
    *, quarterly_return: QuarterlyReturn, by: User, at: datetime, revision: int | None = None
) -> QuarterlyReturn:
    """The section 151 or chief finance officer's signature, never by a person who prepared the return.

    `revision` is the one that the person has read: a return that was changed meanwhile is not signed unseen.
    """
    if quarterly_return.status == S.WITH_CERTIFIER and unfinished(quarterly_return):
        raise UnableToMoveReturn(
            "The plan has changed since this return was sent, so the return is no longer complete. "
            "Decline it, and say so."
        )
    signed = move(
        "certify", quarterly_return, by, at, revision_read=revision, certified_by=by, certified_at=at
    )
    versions.sign(quarterly_return=signed, by=by, at=at)
    return signed


def decline(*, quarterly_return: QuarterlyReturn, reason: str, by: User, at: datetime) -> QuarterlyReturn:
    """The certifier does not sign: the return goes back as a draft, with the reason."""
    return move("decline", quarterly_return, by, at, reason=reason, prepared_by=None, prepared_at=None)


def review(*, quarterly_return: QuarterlyReturn, by: User, at: datetime) -> QuarterlyReturn:
    """An officer takes the return up, so that everybody sees that it is being read, and by whom."""
    return move("review", quarterly_return, by, at)


@transaction.atomic
def query(
    *,
    quarterly_return: QuarterlyReturn,
    reason: str,
    by: User,
    at: datetime,
    questions: Sequence[Question] = (),
    due_on: date | None = None,
) -> QuarterlyReturn:
    """The OPCC asks: the signature falls, and the return can be changed or answered, and sent again.

    Each question is about a line or a part, and is answered in a thread of its own; without any, the
    reason is the question. `due_on` is the last day for an answer, by default the usual number of days on.
    """
    days = ReturnRules.of(quarterly_return.organisation.partnership).query_working_days
    last_day = due_on or working_days_after(london_day(at), days)
    fallen = {"certified_by": None, "certified_at": None}
    queried = move("query", quarterly_return, by, at, reason=reason, answer_by=last_day, **fallen)
    asked = list(questions) or [Question(ReturnPart.WHOLE, reason.strip())]
    for question in asked:
        ReturnQuery.objects.create(
            quarterly_return=queried,
            part=question.part,
            question=question.text,
            budget_line=question.budget_line,
            intervention=question.intervention,
            hotspot=question.hotspot,
            due_on=last_day,
            asked_by=by,
            asked_at=at,
        )
    return queried


@transaction.atomic
def accept(
    *, quarterly_return: QuarterlyReturn, by: User, at: datetime, revision: int | None = None
) -> QuarterlyReturn:
    """The OPCC's answer. Never by someone of that return. Settles its queries; locks it in a closed round.

    `revision` is the one that the person has read, as in `certify`.
    """
    if by.pk in (quarterly_return.prepared_by_id, quarterly_return.certified_by_id):
        raise UnableToMoveReturn("You prepared or certified this return, so somebody else must accept it.")
    # Before the return, as closing does: what is accepted meanwhile is seen and locked by one of the two.
    opened = ReturnRound.objects.select_for_update(no_key=True).get(pk=quarterly_return.round_id)
    found = move("accept", quarterly_return, by, at, revision_read=revision, accepted_by=by, accepted_at=at)
    found.queries.unsettled().update(settled_by=by, settled_at=at)
    if opened.closed_at:
        move("lock", found, by, at)
    return found


def reopen(*, quarterly_return: QuarterlyReturn, reason: str, by: User, at: datetime) -> QuarterlyReturn:
    """The OPCC opens an accepted return again, until its round is closed. Its version stays as it was."""
    carried = quarterly_return.corrections.select_related("quarterly_return__round").first()
    if carried:
        raise UnableToMoveReturn(
            f"The return for {carried.quarterly_return.quarter} corrects this one, so a change here could "
            "count twice. Carry this correction in a later quarter too."
        )
    none = {"certified_by": None, "certified_at": None, "accepted_by": None, "accepted_at": None}
    return move("reopen", quarterly_return, by, at, reason=reason, **none)


@transaction.atomic
def move(
    verb: str,
    quarterly_return: QuarterlyReturn,
    by: User,
    at: datetime,
    *,
    reason: str = "",
    revision_read: int | None = None,
    answer_by: date | None = None,
    **changes: Any,
) -> QuarterlyReturn:
    """Makes one move of the table: permission, compare-and-swap, event and mark in one transaction."""
    row = _row(verb, quarterly_return.status)
    check_permission(row.permission, quarterly_return, by, at)
    if row.needs_reason and not reason.strip():
        raise UnableToMoveReturn("Give a reason, so that the people who prepare the return know what to do.")
    after = _after(row, quarterly_return)
    with refusals(UnableToMoveReturn), transaction.atomic():
        standing = QuarterlyReturn.objects.filter(pk=quarterly_return.pk, status=row.before)
        if revision_read is not None:
            standing = standing.filter(revision=revision_read)
        moved = standing.update(status=after, **changes)
    if not moved:
        raise _quicker(quarterly_return, row)
    ReturnEvent.objects.create(
        quarterly_return=quarterly_return,
        verb=verb,
        from_status=row.before,
        to_status=after,
        by=by,
        at=at,
        reason=reason.strip(),
    )
    announce(quarterly_return, verb=verb, by=by, at=at, reason=reason.strip(), answer_by=answer_by)
    if row.before != after and {row.before, after} & set(STATES_ON_THE_BOARD):
        rollups.mark(organisation=quarterly_return.organisation, quarter=quarterly_return.quarter, at=at)
    quarterly_return.refresh_from_db()
    return quarterly_return


def _after(row: Move, quarterly_return: QuarterlyReturn) -> ReturnStatus:
    """A return that was queried or reopened is still that when its certifier does not sign it."""
    if not row.or_back_to:
        return row.after
    sent = quarterly_return.events.filter(verb="send").order_by("at", "id").last()
    before = ReturnStatus(sent.from_status) if sent else row.after
    return before if before in row.or_back_to else row.after


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
    """Preparing and certifying are held in the return's own organisation, the rest in its partnership."""
    organisation: Organisation = quarterly_return.organisation
    try:
        if permission in (Permission.REVIEW_RETURN, Permission.OPEN_ROUND):
            check_may(permission, by=by, at=at, partnership=organisation.partnership)
        else:
            check_may(permission, by=by, at=at, organisation=organisation)
    except UnableToDo as refusal:
        raise UnableToMoveReturn(str(refusal)) from refusal
