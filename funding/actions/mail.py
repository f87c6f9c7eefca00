"""The outbox: each notice goes out by e-mail at most once, whatever is killed or doubled.

A notice is claimed, and the claim is committed, before the mail server is asked. What the server certainly
refused waits for another attempt. What died between the claim and the answer may have been sent: it stays
"sending", is never sent again by itself, and a person decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from authorities.models import Membership, User
from funding.actions.errors import UnableTo
from funding.actions.watching import check_may_look_after
from funding.backlog import emails_to_decide
from funding.models import EmailState, Notice
from funding.notify import REFERENCE, NotTakenError
from funding.quarters import london_day

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]

# After an attempt that was refused: how long the next one waits. After the last one nothing is tried again.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (2, 15, 60, 360))
ATTEMPTS = len(DELAYS) + 1
# Shorter than a job may run; the next run does the rest.
LONGEST_RUN = timedelta(minutes=2)


class UnableToDecideMail(UnableTo):
    """The e-mail is not one that a person decides about."""


def deliver(*, clock: Clock) -> int:
    """Sends what waits, oldest first; returns how many were sent. Safe to run twice, late or at once."""
    began, sent = clock(), 0
    while clock() - began <= LONGEST_RUN and (notice := _claim(clock())):
        outcome = _hand_over(notice)
        _note(notice, outcome, clock())
        sent += outcome.state == EmailState.SENT
        if outcome.is_server:
            break  # the others would only wait for it, one after the other
    return sent


def _claim(at: datetime) -> Notice | None:
    """The next one, ours alone from the commit on. Who has left meanwhile is not written to any more."""
    while True:
        with transaction.atomic():
            waiting = _due(at).select_related("user").select_for_update(skip_locked=True, of=("self",))
            notice = waiting.order_by("id").first()
            if notice is None:
                return None
            notice.email_at = at
            if not _is_reachable(notice.user, at):
                notice.email_state, notice.email_problem = EmailState.NONE, "The person has no role any more."
                notice.save(update_fields=("email_state", "email_at", "email_problem"))
                continue
            notice.email_state = EmailState.SENDING
            notice.email_attempts += 1
            notice.save(update_fields=("email_state", "email_at", "email_attempts"))
        return notice


def _due(at: datetime) -> QuerySet[Notice]:
    """`email_at` of one that waits is when its next attempt is due."""
    waiting = Notice.objects.filter(email_state=EmailState.WAITING)
    return waiting.filter(Q(email_at__isnull=True) | Q(email_at__lte=at))


def _is_reachable(user: User, at: datetime) -> bool:
    return user.is_active and Membership.objects.current(london_day(at)).filter(user=user).exists()


@dataclass(frozen=True)
class _Outcome:
    """What became of one hand-over. `is_server`: the server would answer every other message alike."""

    state: EmailState
    problem: str = ""
    is_server: bool = False


def _hand_over(notice: Notice) -> _Outcome:
    """Sent; waiting again for what was certainly refused; and still sending where nobody can tell."""
    connection = get_connection()
    try:
        return _open(connection, notice) or _send(connection, notice)
    finally:
        with suppress(OSError):
            connection.close()


def _open(connection: Any, notice: Notice) -> _Outcome | None:
    """Everything before the message leaves: what fails here has certainly not been sent."""
    try:
        email_of(notice).message()  # what cannot be written down is found here
        connection.open()
    except ValueError as refusal:
        return _Outcome(EmailState.WAITING, str(refusal))
    except OSError as refusal:
        return _Outcome(EmailState.WAITING, _words(refusal), is_server=True)
    return None


def _send(connection: Any, notice: Notice) -> _Outcome:
    try:
        connection.send_messages([email_of(notice)])
    except (SMTPRecipientsRefused, SMTPResponseException, NotTakenError) as refusal:
        # A code below 400 is no answer of a mail server.
        certain = getattr(refusal, "smtp_code", 400) >= 400
        return _Outcome(EmailState.WAITING if certain else EmailState.SENDING, _words(refusal))
    except OSError as break_off:
        return _Outcome(EmailState.SENDING, _words(break_off), is_server=True)
    return _Outcome(EmailState.SENT)


def _words(problem: OSError) -> str:
    return str(problem) or type(problem).__name__


def email_of(notice: Notice) -> EmailMessage:
    """The e-mail of a notice: its words, the address of its page, and where to choose what comes."""
    page = settings.SITE_URL + notice.path
    choices = settings.SITE_URL + reverse("notice_preferences")
    return EmailMessage(
        subject=notice.subject,
        body=f"{notice.body}\n\nGo to the page: {page}\n\nChoose which e-mails you get: {choices}\n",
        to=[notice.user.email],
        # The same at every attempt: mail servers know a message by it.
        headers={"Message-ID": f"<notice-{notice.pk}@{settings.SITE_HOST}>", REFERENCE: str(notice.pk)},
    )


def _note(notice: Notice, outcome: _Outcome, at: datetime) -> None:
    """Writes down what became of our claim. One that a person decided about meanwhile is ours no more."""
    state, when = outcome.state, at
    if state != EmailState.SENT:
        logger.warning("The e-mail of notice %s was not sent: %s", notice.pk, outcome.problem)
    if state == EmailState.WAITING and notice.email_attempts >= ATTEMPTS:
        state = EmailState.FAILED
    elif state == EmailState.WAITING:
        when = at + DELAYS[notice.email_attempts - 1]
    claimed = Notice.objects.filter(
        pk=notice.pk, email_state=EmailState.SENDING, email_attempts=notice.email_attempts
    )
    claimed.update(email_state=state, email_at=when, email_problem=outcome.problem[:200])


@transaction.atomic
def send_again(*, pk: int, by: User, at: datetime) -> Notice:
    """A person takes the risk that an e-mail comes twice. Raises UnableToDecideMail."""
    return _decide(
        pk, by, at, email_state=EmailState.WAITING, email_at=None, email_attempts=0, email_problem=""
    )


@transaction.atomic
def leave(*, pk: int, by: User, at: datetime) -> Notice:
    """A person leaves it at the notice in the portal. Raises UnableToDecideMail."""
    problem = f"Left unsent by {by.name}."
    return _decide(pk, by, at, email_state=EmailState.NONE, email_at=at, email_problem=problem[:200])


def _decide(pk: int, by: User, at: datetime, **changes: object) -> Notice:
    found = emails_to_decide(at).filter(pk=pk).select_related("organisation__partnership").first()
    if found is None or found.organisation is None:
        raise UnableToDecideMail("This e-mail has been sent or dealt with meanwhile.")
    check_may_look_after(found.organisation.partnership, by=by, at=at)
    # Compare-and-swap: of two people who decide at once, one does.
    same = emails_to_decide(at).filter(
        pk=pk, email_state=found.email_state, email_attempts=found.email_attempts
    )
    if not same.update(**changes):
        raise UnableToDecideMail("This e-mail has been sent or dealt with meanwhile.")
    found.refresh_from_db()
    return found
