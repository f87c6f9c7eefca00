"""Sending reminders, each once, whatever is killed or doubled."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.mail import send_mail
from django.db import transaction

from authorities.models import Membership, User
from authorities.roles import Permission
from funding.models import EmailState, Notice, QuarterlyReturn, ReturnStatus
from funding.notices import Message, reminder
from funding.quarters import london_day

logger = logging.getLogger(__name__)


def remind(*, at: datetime) -> int:
    """Sends what is due on the London day of `at` to those who can move the return on; returns how many."""
    sent = 0
    for quarterly_return in QuarterlyReturn.objects.in_full().outstanding():
        message = reminder(quarterly_return, on=london_day(at))
        if message is not None:
            sent += sum(
                _send_once(quarterly_return, user, message, at) for user in _addressees(quarterly_return, at)
            )
    return sent


def _addressees(quarterly_return: QuarterlyReturn, at: datetime) -> list[User]:
    with_certifier = quarterly_return.status == ReturnStatus.WITH_CERTIFIER
    needed = Permission.CERTIFY_RETURN if with_certifier else Permission.PREPARE_RETURN
    holders = Membership.objects.current(london_day(at)).filter(organisation=quarterly_return.organisation)
    return [
        m.user
        for m in holders.select_related("user")
        if needed in m.role_row.permissions and m.user.is_active
    ]


def _send_once(quarterly_return: QuarterlyReturn, user: User, message: Message, at: datetime) -> bool:
    """The row is claimed first: a second sender waits for it and then finds it taken.

    A message that the mail server refuses takes its row back with it, so the next run tries again; the other
    messages go out all the same.
    """
    try:
        with transaction.atomic():
            _, is_new = Notice.objects.get_or_create(
                user=user,
                kind=message.kind,
                key=f"return:{quarterly_return.pk}",
                defaults={
                    "quarterly_return": quarterly_return,
                    "subject": message.subject,
                    "body": message.body,
                    "path": f"/returns/{quarterly_return.pk}/",
                    "written_at": at,
                    "email_state": EmailState.SENT,
                    "email_at": at,
                },
            )
            if is_new:
                send_mail(message.subject, message.body, None, [user.email])
    except OSError:
        logger.exception("The reminder to %s was not sent; the next run tries again.", user.pk)
        return False
    return is_new
