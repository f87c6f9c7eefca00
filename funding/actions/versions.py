"""What is kept of a return each time it is sent, the signature under it, and the way back to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from authorities.models import Membership, Organisation, User
from authorities.roles import Permission
from funding.actions.errors import UnableToMoveReturn
from funding.declaration import declaration
from funding.models import Certificate, QuarterlyReturn, QueryReply, ReturnEvent, ReturnVersion
from funding.quarters import london_day
from funding.snapshot import content_of, digest_of

# Each asks for something else than what was sent.
ASKED_BACK = ("decline", "query", "reopen")


def keep(*, quarterly_return: QuarterlyReturn, by: User, at: datetime) -> ReturnVersion:
    """The return as it was just sent, as its next version. Call it inside the transaction of the move.

    What was only taken back and is sent again unchanged stays the same version. Raises UnableToMoveReturn for
    one that was declined, queried or reopened and says what was declined, or what is certified already,
    unless a query of it was answered since.
    """
    content = content_of(quarterly_return)
    digest = digest_of(content)
    versions = list(quarterly_return.versions.select_related("certificate").order_by("number"))
    last = versions[-1] if versions else None
    asked = quarterly_return.events.filter(verb__in=ASKED_BACK).order_by("at", "id").last()
    if asked and digest in _known(versions, asked) and not _answered(quarterly_return, asked):
        raise UnableToMoveReturn(
            "Nothing has changed since this return was last sent. Correct it or answer the query, or go "
            "back to the certified version and say why its figures stand."
        )
    if last and last.digest == digest and _was_taken_back(quarterly_return):
        return last
    return ReturnVersion.objects.create(
        quarterly_return=quarterly_return,
        number=last.number + 1 if last else 1,
        content=content,
        digest=digest,
        sent_by=by,
        sent_at=at,
    )


def _known(versions: Sequence[ReturnVersion], asked: ReturnEvent) -> set[str]:
    """The digests of what was asked back: the version that is certified, and the one that was declined."""
    signed = [version.digest for version in versions if hasattr(version, "certificate")]
    declined = [
        version.digest for version in versions if asked.verb == "decline" and version.sent_at <= asked.at
    ]
    return {*signed[-1:], *declined[-1:]}


def _was_taken_back(quarterly_return: QuarterlyReturn) -> bool:
    verbs = ("send", *ASKED_BACK, "recall", "revert")
    # The last one is the sending that this version is kept for.
    before = quarterly_return.events.filter(verb__in=verbs).order_by("-at", "-id")[1:2]
    return [event.verb for event in before] == ["recall"]


def _answered(quarterly_return: QuarterlyReturn, asked: ReturnEvent) -> bool:
    """Whether the organisation wrote in the thread of a query after it was asked back."""
    later = Q(at__gt=asked.at)
    if asked.verb == "query":
        later |= Q(query__asked_at=asked.at)
    replies = QueryReply.objects.filter(later, query__quarterly_return=quarterly_return)
    return replies.filter(by__memberships__organisation=quarterly_return.organisation).exists()


def sign(*, quarterly_return: QuarterlyReturn, by: User, at: datetime) -> Certificate:
    """The signature under the version that was sent last. Call it inside the transaction of the move."""
    version = quarterly_return.versions.order_by("number").last()
    if version is None:
        raise UnableToMoveReturn(
            "This return was sent before the portal kept versions. Decline it, so that it is sent again."
        )
    quarter, organisation = quarterly_return.quarter, quarterly_return.organisation
    sentences = declaration(organisation.name, quarter.year)
    return Certificate.objects.create(
        version=version,
        reference=f"R{quarterly_return.pk}-{quarter.year}-Q{quarter.number}-V{version.number}-"
        f"{version.digest[:8].upper()}",
        capacity=capacity_of(by, organisation, at),
        declaration="\n".join(sentences),
        certified_by=by,
        certified_at=at,
    )


def capacity_of(user: User, organisation: Organisation, at: datetime) -> str:
    """As what the person signs: as the officer, or as whose deputy."""
    holding = Membership.objects.holding(Permission.CERTIFY_RETURN, user=user, on=london_day(at))
    membership = (
        holding.filter(organisation=organisation)
        .select_related("deputy_for__user")
        .order_by("deputy_for")
        .last()
    )
    if membership and membership.deputy_for:
        return f"Deputy of {membership.deputy_for.user.name}"[:80]
    return "Section 151 or chief finance officer"
