"""What is kept of a return each time it is sent, the signature under it, and the way back to it."""

from __future__ import annotations

from datetime import datetime

from authorities.models import Membership, Organisation, User
from authorities.roles import Permission
from funding.actions.errors import UnableToMoveReturn
from funding.declaration import declaration
from funding.models import Certificate, QuarterlyReturn, QueryReply, ReturnVersion
from funding.quarters import london_day
from funding.snapshot import content_of, digest_of

SENT_BACK = ("recall", "decline", "query", "reopen")


def keep(*, quarterly_return: QuarterlyReturn, by: User, at: datetime) -> ReturnVersion:
    """The return as it was just sent, as its next version. Call it inside the transaction of the move.

    What was only taken back and is sent again unchanged stays the same version. Raises UnableToMoveReturn for
    an unchanged one that was declined, queried or reopened, unless a query of it was answered since.
    """
    content = content_of(quarterly_return)
    digest = digest_of(content)
    last = quarterly_return.versions.order_by("number").last()
    if last and last.digest == digest:
        back = quarterly_return.events.filter(verb__in=SENT_BACK).order_by("at", "id").last()
        if back and back.verb == "recall":
            return last
        if not _answered(quarterly_return, last):
            raise UnableToMoveReturn(
                "Nothing has changed since this return was last sent. Correct it or answer the query, or go "
                "back to the certified version and say why its figures stand."
            )
    return ReturnVersion.objects.create(
        quarterly_return=quarterly_return,
        number=last.number + 1 if last else 1,
        content=content,
        digest=digest,
        sent_by=by,
        sent_at=at,
    )


def _answered(quarterly_return: QuarterlyReturn, last: ReturnVersion) -> bool:
    replies = QueryReply.objects.filter(query__quarterly_return=quarterly_return, at__gt=last.sent_at)
    return replies.filter(by__memberships__organisation=quarterly_return.organisation).exists()


def sign(*, quarterly_return: QuarterlyReturn, by: User, at: datetime) -> Certificate:
    """The signature under the version that was sent last. Call it inside the transaction of the move."""
    version = quarterly_return.versions.order_by("number").last()
    if version is None:
        raise UnableToMoveReturn("This return was never sent, so there is nothing to sign.")
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
