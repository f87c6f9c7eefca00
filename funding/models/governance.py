"""The board: its meetings, the decisions that are asked of them, and what became of each."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from authorities.models import Partnership
from funding.models.decision import Decision
from funding.models.fields import MoneyField, money_check, paired
from funding.models.history import frozen, never_truncated, refuse, tracked
from funding.quarters import Quarter


def _is_a_quarter(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(quarter_number__gte=1, quarter_number__lte=4), name=name)


def _checked(name: str, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update, func=func
    )


def _kept() -> tuple[pgtrigger.Trigger, ...]:
    return (pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete), never_truncated())


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def of(self, partnership: Partnership) -> MeetingQuerySet:
        return self.filter(partnership=partnership)

    def coming(self, on: date) -> MeetingQuerySet:
        """Not over by that day and not cancelled, the next one first."""
        return self.filter(held_on__gte=on, cancelled_at__isnull=True).order_by("held_on", "pk")

    def past(self, on: date) -> MeetingQuerySet:
        """Over by that day, or cancelled; the latest first."""
        return self.filter(Q(held_on__lt=on) | Q(cancelled_at__isnull=False)).order_by("-held_on", "-pk")

    def with_counts(self) -> MeetingQuerySet:
        """Adds `asked`, how many decisions it is asked for, and `unanswered`, how many have no outcome."""
        standing = BoardQuestion.objects.standing().filter(meeting=models.OuterRef("pk")).order_by()
        counted = standing.values("meeting").annotate(
            asked=models.Count("pk"), unanswered=models.Count("pk", filter=Q(outcome=""))
        )
        return self.annotate(
            **{name: Coalesce(models.Subquery(counted.values(name)), 0) for name in ("asked", "unanswered")}
        )


MEETING_STANDS = f"""
    IF TG_OP = 'UPDATE' AND OLD.cancelled_at IS NOT NULL THEN
        {refuse("A meeting that was cancelled never changes.", "meeting_cancelled_once")}
    END IF;
    IF (NEW.cancelled_at AT TIME ZONE 'Europe/London')::date > NEW.held_on THEN
        {refuse("A meeting is cancelled before it is held.", "meeting_cancelled_before_it_was_held")}
    END IF;
    IF TG_OP = 'UPDATE'
        AND (NEW.held_on, NEW.cancelled_at) IS DISTINCT FROM (OLD.held_on, OLD.cancelled_at)
        AND EXISTS (
            SELECT 1 FROM funding_boardquestion
            WHERE meeting_id = NEW.id AND outcome NOT IN ('', 'withdrawn')
        ) THEN
        {refuse("A meeting that has decided is neither moved nor cancelled.", "meeting_has_decided")}
    END IF;
    RETURN NEW;
"""


@tracked()
class Meeting(models.Model):
    """One meeting of the partnership's board, and the quarter that it looks at."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="meetings")
    held_on = models.DateField()
    place = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    quarter_number = models.PositiveSmallIntegerField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.TextField(blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("-held_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("partnership", "held_on"),
                condition=Q(cancelled_at__isnull=True),
                name="meeting_once_a_day",
            ),
            _is_a_quarter("meeting_quarter_is_a_quarter"),
            paired("cancelled_by", "cancelled_at", name="meeting_cancelled_by_and_at"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_because="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="")),
                name="meeting_cancelled_with_a_reason",
            ),
        )
        triggers = (
            frozen("partnership_id", "planned_by_id", "planned_at"),
            _checked("meeting_stands", MEETING_STANDS),
            *_kept(),
        )

    def __str__(self) -> str:
        return f"Meeting of {self.held_on.day} {self.held_on:%B %Y}"

    @property
    def quarter(self) -> Quarter:
        """The quarter that it looks at."""
        return Quarter(self.year, self.quarter_number)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def is_coming(self, on: date) -> bool:
        """Not over by that day and not cancelled: it can be changed, and asked."""
        return not self.is_cancelled and self.held_on >= on


class Outcome(models.TextChoices):
    """What became of a decision that was asked for."""

    AGREED = "agreed", "Agreed"
    NOT_AGREED = "not_agreed", "Not agreed"
    DEFERRED = "deferred", "Deferred"
    WITHDRAWN = "withdrawn", "Withdrawn by the OPCC"


# Those that the board gives, at its meeting or after it.
OF_THE_BOARD = (Outcome.AGREED, Outcome.NOT_AGREED, Outcome.DEFERRED)


class BoardQuestionQuerySet(models.QuerySet["BoardQuestion"]):
    def standing(self) -> BoardQuestionQuerySet:
        """Without those that a later record has put right at the same meeting."""
        return self.exclude(followed_by__meeting=models.F("meeting"))

    def in_full(self) -> BoardQuestionQuerySet:
        """With the people, the decision and the records before and after, which the pages show."""
        return self.select_related(
            *("meeting__partnership", "decision", "asked_by", "outcome_by"),
            *("follows__meeting", "followed_by__meeting"),
        )


QUESTION_STANDS = f"""
    IF TG_OP = 'UPDATE' AND OLD.outcome <> '' THEN
        {refuse("The outcome of a decision is recorded once and never changes.", "question_outcome_final")}
    END IF;
    IF EXISTS (
        SELECT 1 FROM funding_meeting meeting
        WHERE meeting.id = NEW.meeting_id AND NEW.outcome NOT IN ('', 'withdrawn')
          AND (meeting.cancelled_at IS NOT NULL OR NEW.outcome_on < meeting.held_on)
    ) THEN
        {refuse("A board decides at its meeting or after it.", "question_decided_at_its_meeting")}
    END IF;
    IF EXISTS (
        SELECT 1 FROM funding_meeting meeting
        LEFT JOIN funding_decision decision ON decision.id = NEW.decision_id
        LEFT JOIN funding_grant g ON g.id = decision.grant_id
        LEFT JOIN funding_boardquestion earlier ON earlier.id = NEW.follows_id
        LEFT JOIN funding_meeting of_earlier ON of_earlier.id = earlier.meeting_id
        WHERE meeting.id = NEW.meeting_id
          AND (g.partnership_id <> meeting.partnership_id
               OR of_earlier.partnership_id <> meeting.partnership_id)
    ) OR TG_OP = 'UPDATE' AND (SELECT partnership_id FROM funding_meeting WHERE id = NEW.meeting_id)
        <> (SELECT partnership_id FROM funding_meeting WHERE id = OLD.meeting_id) THEN
        {refuse("Meeting, decision and earlier record share a partnership.", "question_of_one_partnership")}
    END IF;
    IF EXISTS (SELECT 1 FROM funding_boardquestion WHERE id = NEW.follows_id AND outcome = '') THEN
        {refuse("Only a decision with an outcome is followed by another.", "question_follows_an_outcome")}
    END IF;
    RETURN NEW;
"""
NO_OUTCOME = Q(
    outcome="", outcome_words="", outcome_on__isnull=True, outcome_by__isnull=True, outcome_at__isnull=True
)
WHOLE_OUTCOME = Q(
    outcome__in=Outcome.values,
    outcome_on__isnull=False,
    outcome_by__isnull=False,
    outcome_at__isnull=False,
) & ~Q(outcome_words="")


@tracked()
class BoardQuestion(models.Model):
    """A decision asked of one meeting, and its outcome, which is recorded once.

    What was deferred is put to another meeting by a new row, and a mistake is put right by one at the same
    meeting: `follows` says which row it takes further, and `follows_because` why.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="questions")
    title = models.CharField(max_length=160)
    asked = models.TextField()
    recommendation = models.TextField()
    amount = MoneyField(null=True, blank=True)
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="board_questions"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    outcome_words = models.TextField(blank=True)
    outcome_on = models.DateField(null=True, blank=True)
    outcome_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome_at = models.DateTimeField(null=True, blank=True)
    follows = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    follows_because = models.TextField(blank=True)

    objects = BoardQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("meeting", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "title"), condition=Q(follows__isnull=True), name="question_once_a_meeting"
            ),
            money_check("amount", name="question_amount_is_money"),
            models.CheckConstraint(condition=NO_OUTCOME | WHOLE_OUTCOME, name="question_outcome_whole"),
            models.CheckConstraint(
                condition=Q(follows__isnull=True, follows_because="")
                | (Q(follows__isnull=False) & ~Q(follows_because="")),
                name="question_follows_with_a_reason",
            ),
        )
        triggers = (
            frozen("asked_by_id", "asked_at", "follows_id", "follows_because"),
            _checked("question_stands", QUESTION_STANDS),
            *_kept(),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Without an outcome."""
        return not self.outcome

    @property
    def successor(self) -> BoardQuestion | None:
        """The later record: of another meeting, or the one that puts this one right."""
        return getattr(self, "followed_by", None)

    @property
    def is_put_right(self) -> bool:
        """Whether a later record of the same meeting stands in its place."""
        return self.successor is not None and self.successor.meeting_id == self.meeting_id
