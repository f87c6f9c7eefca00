"""Messages to people: each stands in the portal, and goes out by e-mail at most once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from authorities.models import Organisation
from funding.models.quarterly_return import QuarterlyReturn


class NoticeKind(models.TextChoices):
    OPENED = "opened", "A quarter was opened for returns"
    DUE_10 = "due_10", "Due in 10 working days"
    DUE_3 = "due_3", "Due in 3 working days"
    DUE_TODAY = "due_today", "Due today"
    OVERDUE = "overdue", "Overdue"
    TO_CERTIFY = "to_certify", "A return waits for your signature"
    DECLINED = "declined", "A certifier declined a return"
    CERTIFIED = "certified", "A return was certified"
    QUERIED = "queried", "A return was queried"
    ANSWERED = "answered", "A query was answered"
    ACCEPTED = "accepted", "A return was accepted"
    REOPENED = "reopened", "A return was reopened"
    NUDGED = "nudged", "The OPCC reminds you"
    NO_CERTIFIER = "no_certifier", "No certifier can be reached"
    EXTENDED = "extended", "More time was granted"
    WAIVER = "waiver", "A waiver was asked for or decided"
    STUCK = "stuck", "A job is stuck"
    INFECTED = "infected", "A file was refused by the virus scan"


class EmailState(models.TextChoices):
    """`SENDING` is claimed before the mail server is asked: what dies there is never sent a second time."""

    NONE = "none", "Not by e-mail"
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Handed to the mail server"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"


class Notice(models.Model):
    """One message to one person. `key` says what it is about, so that it is written once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, choices=NoticeKind)
    key = models.CharField(max_length=120)
    quarterly_return = models.ForeignKey(
        QuarterlyReturn, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    subject = models.CharField(max_length=200)
    body = models.TextField()
    path = models.CharField(max_length=200, help_text="The page of the portal where it is dealt with.")
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    email_state = models.CharField(max_length=8, choices=EmailState, default=EmailState.WAITING)
    email_at = models.DateTimeField(null=True, blank=True)
    email_attempts = models.PositiveSmallIntegerField(default=0)
    email_problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-written_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("user", "kind", "key"), name="notice_once"),
            models.CheckConstraint(condition=Q(email_state__in=EmailState.values), name="email_state_known"),
        )
        indexes = (models.Index(fields=("email_state", "id"), name="notice_to_send"),)

    def __str__(self) -> str:
        return f"{self.kind} to {self.user}"


class NoticePreference(models.Model):
    """Whether a person wants one kind of notice by e-mail too. In the portal it always stands."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=16, choices=NoticeKind)
    by_email = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "kind"), name="notice_preference_once"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"


class CalendarFeed(models.Model):
    """The private address of a person's own deadlines. A new token ends the old address."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar of {self.user}"
