"""Who hears of a move of a return, and of what the OPCC grants. Written in the transaction of the move, so
that nobody is told of a move that was rolled back, and nobody is missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from authorities.filters import date_words
from authorities.models import Membership, Organisation, User
from authorities.roles import Permission
from funding.actions import notices
from funding.models import (
    Extension,
    NoticeKind,
    QuarterlyReturn,
    ReturnRound,
    ReturnStatus,
    Waiver,
)
from funding.quarters import london_day


@dataclass(frozen=True)
class Telling:
    """One row of the table: after this move, these people are told this, with a way to this page."""

    verb: str
    to: Permission
    kind: NoticeKind
    page: str
    subject: str
    body: str


K, P = NoticeKind, Permission
# Words in curly brackets: `short` the organisation and quarter in few words, `it` the return in full, who did
# it, the reason below a heading, the due day of the return, the last day to answer. Of two rows of a verb the
# first one wins for a person.
TABLE = (
    Telling("send", P.CERTIFY_RETURN, K.TO_CERTIFY, "return_certify",
        "{short}: a return waits for your signature",
        "{who} has sent you {it}. Read its figures and sign them, or decline with a reason, by {due}."),
    Telling("decline", P.PREPARE_RETURN, K.DECLINED, "return",
        "{short}: your certifier declined the return",
        "{who} has declined {it}. Correct it and send it again by {due}.{reason}"),
    Telling("certify", P.PREPARE_RETURN, K.CERTIFIED, "return",
        "{short}: the return is certified",
        "{who} has signed {it}. It is with the OPCC now, and you have nothing to do."),
    Telling("certify", P.REVIEW_RETURN, K.CERTIFIED, "return_review",
        "{short}: a certified return waits for your review",
        "{who} has signed {it}. Read it, and accept or query it."),
    Telling("query", P.PREPARE_RETURN, K.QUERIED, "return",
        "{short}: the OPCC asks about your return",
        "{who} has queried {it}. Answer or correct it, and send it again, by {answer_by}.{reason}"),
    Telling("accept", P.PREPARE_RETURN, K.ACCEPTED, "return",
        "{short}: the return is accepted",
        "{who} has accepted {it}. You have nothing more to do."),
    Telling("accept", P.CERTIFY_RETURN, K.ACCEPTED, "return",
        "{short}: the return is accepted",
        "{who} has accepted {it}, as you signed it. You have nothing more to do."),
    Telling("reopen", P.PREPARE_RETURN, K.REOPENED, "return",
        "{short}: the OPCC has reopened your return",
        "{who} has reopened {it}. Correct it and send it again.{reason}"),
    Telling("reopen", P.CERTIFY_RETURN, K.REOPENED, "return",
        "{short}: a return that you signed is reopened",
        "{who} has reopened {it}. It will come to you again for a new signature.{reason}"),
    Telling("reply", P.REVIEW_RETURN, K.ANSWERED, "return_review",
        "{short}: a query is answered",
        "{who} has answered a query about {it}. Read the answer.{reason}"),
    Telling("revert", P.REVIEW_RETURN, K.CERTIFIED, "return_review",
        "{short}: the certified figures stand",
        "{who} has taken {it} back to its certified version. Read why, and accept or query it.{reason}"),
)  # fmt: skip


def announce(
    quarterly_return: QuarterlyReturn,
    *,
    verb: str,
    by: User,
    at: datetime,
    reason: str,
    answer_by: date | None = None,
) -> None:
    """Writes the notices that the move calls for, to everybody but the person who made it.

    `answer_by` is the last day to answer a query. One query for the people, however many rows they match.
    """
    rows = [row for row in TABLE if row.verb == verb]
    if not rows:
        return
    organisation = quarterly_return.organisation
    among = notices.members(organisation.partnership, on=london_day(at))
    words = _words(quarterly_return, by, reason, answer_by)
    for row in rows:
        notices.write(
            notices.Message(
                kind=row.kind,
                key=f"return:{quarterly_return.pk}:{verb}:{quarterly_return.revision}:{at:%Y%m%dT%H%M%S%f}",
                subject=row.subject.format(**words),
                body=row.body.format(**words),
                path=reverse(row.page, args=[quarterly_return.pk]),
            ),
            to=_others(notices.holders(among, row.to, organisation), by),
            organisation=organisation,
            quarterly_return=quarterly_return,
            at=at,
        )


def _words(
    quarterly_return: QuarterlyReturn, by: User, reason: str, answer_by: date | None
) -> dict[str, str]:
    organisation = quarterly_return.organisation
    return {
        "short": f"{organisation.short_name}, {quarterly_return.quarter.label}",
        "it": f"the return of {organisation.name} for {quarterly_return.quarter}",
        "who": by.name,
        "reason": f"\n\nWhat {by.name} wrote: {reason}" if reason else "",
        "due": date_words(quarterly_return.due_on),
        "answer_by": date_words(answer_by or quarterly_return.due_on),
    }


def _others(users: Iterable[User], by: User) -> list[User]:
    return [user for user in users if user.pk != by.pk]


def opened(opened: ReturnRound, *, by: User, at: datetime) -> None:
    """Tells those who prepare and certify each return of the new round that they can begin, and by when."""
    among = notices.members(opened.partnership, on=london_day(at))
    for found in QuarterlyReturn.objects.in_full().filter(round=opened):
        organisation = found.organisation
        message = notices.Message(
            kind=NoticeKind.OPENED,
            key=f"return:{found.pk}",
            subject=f"{organisation.short_name}: {found.quarter.label} is open for returns",
            body=f"The return of {organisation.name} for {found.quarter} is open. "
            f"It has to be certified by {date_words(found.due_on)}.",
            path=reverse("return", args=[found.pk]),
        )
        to = _movers(among, organisation)
        notices.write(message, to=_others(to, by), organisation=organisation, quarterly_return=found, at=at)


def _movers(among: list[Membership], organisation: Organisation) -> list[User]:
    """Those who prepare and those who certify the organisation's return."""
    permissions = (Permission.PREPARE_RETURN, Permission.CERTIFY_RETURN)
    return [user for one in permissions for user in notices.holders(among, one, organisation)]


def extended(extension: Extension, *, by: User, at: datetime) -> None:
    """Tells the organisation's people that they were given more time."""
    found = extension.quarterly_return
    organisation = found.organisation
    message = notices.Message(
        kind=NoticeKind.EXTENDED,
        key=f"extension:{extension.pk}",
        subject=f"{organisation.short_name}: more time for the return of {found.quarter.label}",
        body=f"{by.name} has given {organisation.name} more time: the return for {found.quarter} has to be "
        f"certified by {date_words(extension.due_on)}.\n\nThe reason: {extension.reason}",
        path=reverse("return", args=[found.pk]),
    )
    to = _movers(notices.members(organisation.partnership, on=london_day(at)), organisation)
    notices.write(message, to=_others(to, by), organisation=organisation, quarterly_return=found, at=at)


def waiver(waiver: Waiver, *, by: User, at: datetime) -> None:
    """Asked for: tells those who can decide. Decided: tells who asked, and those who prepare its returns."""
    organisation = waiver.organisation
    among = notices.members(organisation.partnership, on=london_day(at))
    days = f"from {date_words(waiver.starts_on)} to {date_words(waiver.ends_on)}"
    rule = f"“{waiver.get_rule_display()}” for {organisation.name}, {days}"
    if waiver.decided_at is None:
        to = notices.holders(among, Permission.DECIDE, organisation)
        state, subject, path = (
            "asked",
            "a waiver waits for your decision",
            reverse("waiver", args=[waiver.pk]),
        )
        body = f"{by.name} asks to waive {rule}. Approve or refuse it.\n\nThe reason: {waiver.reason}"
    else:
        answer = "approved" if waiver.is_approved else "refused"
        state, subject, path = "decided", f"a waiver was {answer}", reverse("home")
        body = f"{by.name} has {answer} the waiver of {rule}."
        body += f"\n\nWhat {by.name} wrote: {waiver.answer}" if waiver.answer else ""
        asker = [member.user for member in among if member.user_id == waiver.asked_by_id]
        to = [*notices.holders(among, Permission.PREPARE_RETURN, organisation), *asker]
    message = notices.Message(
        NoticeKind.WAIVER, f"waiver:{waiver.pk}:{state}", f"{organisation.short_name}: {subject}", body, path
    )
    notices.write(message, to=_others(to, by), organisation=organisation, at=at)


def nudge(quarterly_return: QuarterlyReturn, *, by: User, at: datetime) -> int:
    """The OPCC's reminder to those who can move the return on, once a London day for a person and return.

    Returns to how many people it was written; 0 for a return that is not with its organisation.
    """
    organisation, day = quarterly_return.organisation, london_day(at)
    if quarterly_return.status == ReturnStatus.WITH_CERTIFIER:
        needed, task = Permission.CERTIFY_RETURN, "It waits for your signature."
    elif quarterly_return.is_open:
        needed, task = Permission.PREPARE_RETURN, "It waits for you to send it to your certifier."
    else:
        return 0
    quarter, due_on = quarterly_return.quarter, quarterly_return.due_on
    due = f"{'was' if day > due_on else 'is'} due on {date_words(due_on)}"
    message = notices.Message(
        kind=NoticeKind.NUDGED,
        key=f"return:{quarterly_return.pk}:{day.isoformat()}",
        subject=f"{organisation.short_name}: the OPCC reminds you of the return for {quarter.label}",
        body=f"{by.name} reminds you: the return of {organisation.name} for {quarter} {due}. {task}",
        path=reverse("return", args=[quarterly_return.pk]),
    )
    to = notices.holders(notices.members(organisation.partnership, on=day), needed, organisation)
    return notices.write(
        message, to=_others(to, by), organisation=organisation, quarterly_return=quarterly_return, at=at
    )
