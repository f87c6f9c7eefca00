"""Notices to people: written once, in the transaction of what they tell of; read, and chosen, by their own.

A notice always stands in the portal. Whether it goes out by e-mail too is decided when it is written; the
sending is in `funding/actions/mail.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from authorities.models import Membership, Organisation, Partnership, User
from authorities.roles import ROLES, Permission
from funding.actions.errors import UnableTo
from funding.models import (
    CalendarFeed,
    EmailState,
    Notice,
    NoticeKind,
    NoticePreference,
    QuarterlyReturn,
)

# Held for the own organisation alone; every other permission counts in the whole partnership.
OF_ONE_ORGANISATION = (Permission.PREPARE_RETURN, Permission.CERTIFY_RETURN)


class UnableToFindNotice(UnableTo):
    """There is no such notice for this person."""


@dataclass(frozen=True)
class Message:
    """What is told. `key` says what it is about: a person gets one notice of a kind and key."""

    kind: NoticeKind
    key: str
    subject: str
    body: str
    path: str


def members(partnership: Partnership, *, on: date) -> list[Membership]:
    """Everybody who can be told something on that day: current memberships of active people, in one query."""
    current = Membership.objects.current(on).filter(
        organisation__partnership=partnership, user__is_active=True
    )
    return list(current.select_related("user"))


def holders(among: Iterable[Membership], permission: Permission, organisation: Organisation) -> list[User]:
    """Those among them who have the permission for this organisation's return."""
    own = permission in OF_ONE_ORGANISATION
    roles = {role.value for role, row in ROLES.items() if permission in row.permissions}
    return [
        member.user
        for member in among
        if member.role in roles and (not own or member.organisation_id == organisation.pk)
    ]


def write(
    message: Message,
    *,
    to: Iterable[User],
    organisation: Organisation,
    at: datetime,
    quarterly_return: QuarterlyReturn | None = None,
) -> int:
    """Writes the notice to each person who does not have it yet; returns to how many.

    Call it inside the transaction of what it tells of. It waits for e-mail unless the person wants this kind
    in the portal only, or nobody's mailbox is meant: in a training partnership, and for people of the
    demonstration, whose addresses are invented.
    """
    users = {user.pk: user for user in to}
    if not users:
        return 0
    standing = Notice.objects.filter(user__in=users, kind=message.kind, key=message.key)
    told = set(standing.values_list("user_id", flat=True))
    silent = _without_email(users, message.kind, organisation)
    subject = _subject(message, organisation)
    # In one order for everybody: two that write the same notices at once never wait for each other in a ring.
    new = [
        Notice(
            user=users[pk],
            kind=message.kind,
            key=message.key,
            quarterly_return=quarterly_return,
            organisation=organisation,
            subject=subject,
            body=message.body,
            path=message.path,
            written_at=at,
            email_state=EmailState.NONE if pk in silent else EmailState.WAITING,
        )
        for pk in sorted(set(users) - told)
    ]
    # A second writer finds what the first one has committed, and leaves it.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _subject(message: Message, organisation: Organisation) -> str:
    """One line. Those of a training copy bear the names of the real ones, so it says which it is."""
    training = "Training. " if organisation.partnership.is_training else ""
    return " ".join(f"{training}{message.subject}".split())[:200]


def _without_email(users: dict[int, User], kind: NoticeKind, organisation: Organisation) -> set[int]:
    refused = NoticePreference.objects.filter(user__in=users, kind=kind, by_email=False)
    silent = set(refused.values_list("user_id", flat=True))
    return silent | {pk for pk, user in users.items() if user.is_demo or organisation.partnership.is_training}


def open_notice(*, pk: int, by: User, at: datetime) -> Notice:
    """Marks a person's own notice as read. Raises UnableToFindNotice for anybody else's."""
    Notice.objects.filter(pk=pk, user=by, read_at__isnull=True).update(read_at=at)
    found = Notice.objects.filter(pk=pk, user=by).first()
    if found is None:
        raise UnableToFindNotice("There is no such notice.")
    return found


def mark_all_read(*, by: User, at: datetime) -> int:
    """Marks all of a person's notices as read; returns how many were not."""
    return Notice.objects.filter(user=by, read_at__isnull=True).update(read_at=at)


@transaction.atomic
def choose(*, by_email: Collection[str], by: User) -> None:
    """Which kinds the person wants by e-mail too; of all others the notice stands in the portal only."""
    NoticePreference.objects.bulk_create(
        [
            NoticePreference(user=by, kind=kind, by_email=kind in by_email)
            for kind in sorted(NoticeKind.values)
        ],
        update_conflicts=True,
        unique_fields=("user", "kind"),
        update_fields=("by_email",),
    )


def make_calendar_address(*, by: User, at: datetime) -> CalendarFeed:
    """A new private address for the feed of the person's deadlines. The old one ends."""
    feed, _ = CalendarFeed.objects.update_or_create(
        user=by, defaults={"token": secrets.token_urlsafe(32), "made_at": at}
    )
    return feed
