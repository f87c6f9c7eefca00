"""Decisions asked of the board: put to a meeting, answered once, deferred, put right with a reason."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from authorities.filters import date_words
from authorities.models import User
from authorities.roles import Permission
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import BoardQuestion, Decision, Meeting, Outcome
from funding.quarters import london_day


class UnableToAsk(UnableTo):
    """The decision cannot be asked for, changed or put to another meeting."""


class UnableToRecordOutcome(UnableTo):
    """The outcome cannot be recorded."""


@transaction.atomic
def ask(
    *,
    meeting: Meeting,
    title: str,
    asked: str,
    recommendation: str,
    amount: Decimal | None,
    decision: Decision | None,
    by: User,
    at: datetime,
) -> BoardQuestion:
    """Asks a meeting that is still to come for a decision. Raises UnableToAsk."""
    to_come = _asked(meeting, by, at)
    _check_words(title, asked, recommendation)
    if decision is not None and not decision.is_proposed:
        raise UnableToAsk(f"{decision} has been answered already, so the board is not asked about it.")
    with refusals(UnableToAsk), transaction.atomic():
        return BoardQuestion.objects.create(
            meeting=to_come,
            title=title.strip(),
            asked=asked.strip(),
            recommendation=recommendation.strip(),
            amount=amount,
            decision=decision,
            asked_by=by,
            asked_at=at,
        )


@transaction.atomic
def change_question(
    *,
    question: BoardQuestion,
    meeting: Meeting,
    title: str,
    asked: str,
    recommendation: str,
    amount: Decimal | None,
    decision: Decision | None,
    by: User,
    at: datetime,
) -> BoardQuestion:
    """Other words, or another meeting, while there is no outcome and its own meeting was not held.

    Raises UnableToAsk.
    """
    found = _locked(question)
    if not found.is_open:
        raise UnableToAsk("The outcome of this decision has been recorded, so it does not change any more.")
    if not found.meeting.is_cancelled and not found.meeting.is_coming(london_day(at)):
        raise UnableToAsk("The meeting was held. Record the outcome instead.")
    to_come = _asked(meeting, by, at)
    _check_words(title, asked, recommendation)
    if decision is not None and not decision.is_proposed and decision.pk != found.decision_id:
        raise UnableToAsk(f"{decision} has been answered already, so the board is not asked about it.")
    found.meeting, found.title, found.asked = to_come, title.strip(), asked.strip()
    found.recommendation, found.amount, found.decision = recommendation.strip(), amount, decision
    with refusals(UnableToAsk), transaction.atomic():
        found.save(update_fields=("meeting", "title", "asked", "recommendation", "amount", "decision"))
    return found


@transaction.atomic
def record_outcome(
    *, question: BoardQuestion, outcome: Outcome, words: str, on: date, by: User, at: datetime
) -> BoardQuestion:
    """What the board said, or that the OPCC withdrew the question. Once. Raises UnableToRecordOutcome."""
    found = _locked(question)
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=found.meeting.partnership)
    if not found.is_open:
        raise UnableToRecordOutcome("The outcome of this decision has been recorded and never changes.")
    _check_outcome(found.meeting, outcome, words, on, london_day(at))
    found.outcome, found.outcome_words, found.outcome_on = outcome, words.strip(), on
    found.outcome_by, found.outcome_at = by, at
    with refusals(UnableToRecordOutcome), transaction.atomic():
        found.save(update_fields=("outcome", "outcome_words", "outcome_on", "outcome_by", "outcome_at"))
    return found


@transaction.atomic
def put_to_another(*, question: BoardQuestion, meeting: Meeting, by: User, at: datetime) -> BoardQuestion:
    """Asks another meeting for what was deferred. The deferral stays as it is. Raises UnableToAsk."""
    found = _locked(question)
    to_come = _asked(meeting, by, at)
    if found.outcome != Outcome.DEFERRED or found.successor is not None:
        raise UnableToAsk("Only a decision that was deferred, and not asked again yet, is put to another.")
    if to_come.pk == found.meeting_id:
        raise UnableToAsk("Choose another meeting than the one that deferred it.")
    with refusals(UnableToAsk), transaction.atomic():
        return _follow(found, to_come, f"Deferred: {found.outcome_words}", by, at)


@transaction.atomic
def put_right(
    *,
    question: BoardQuestion,
    outcome: Outcome,
    words: str,
    on: date,
    reason: str,
    by: User,
    at: datetime,
) -> BoardQuestion:
    """A new record of the outcome, with the reason; the wrong one stays and says that it was put right.

    Raises UnableToRecordOutcome.
    """
    found = _locked(question)
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=found.meeting.partnership)
    if found.is_open:
        raise UnableToRecordOutcome("No outcome has been recorded yet. Record it.")
    if found.successor is not None:
        raise UnableToRecordOutcome("A later record has taken the place of this one. Put that one right.")
    if not reason.strip():
        raise UnableToRecordOutcome("Say what was wrong. It stays beside both records.")
    _check_outcome(found.meeting, outcome, words, on, london_day(at))
    with refusals(UnableToRecordOutcome), transaction.atomic():
        later = _follow(found, found.meeting, reason.strip(), by, at)
        return record_outcome(question=later, outcome=outcome, words=words, on=on, by=by, at=at)


def _follow(found: BoardQuestion, meeting: Meeting, because: str, by: User, at: datetime) -> BoardQuestion:
    return BoardQuestion.objects.create(
        meeting=meeting,
        title=found.title,
        asked=found.asked,
        recommendation=found.recommendation,
        amount=found.amount,
        decision=found.decision,
        follows=found,
        follows_because=because,
        asked_by=by,
        asked_at=at,
    )


def _locked(question: BoardQuestion) -> BoardQuestion:
    """With its meeting held too, so that it is neither cancelled nor moved meanwhile."""
    locked = BoardQuestion.objects.select_for_update(no_key=True, of=("self", "meeting"))
    return locked.select_related("meeting__partnership", "decision", "followed_by").get(pk=question.pk)


def _asked(meeting: Meeting, by: User, at: datetime) -> Meeting:
    """The meeting that is asked, locked as it stands now: it is still to come."""
    locked = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("partnership")
    found = locked.get(pk=meeting.pk)
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=found.partnership)
    if not found.is_coming(london_day(at)):
        said = "was cancelled" if found.is_cancelled else "was held"
        raise UnableToAsk(f"The meeting of {date_words(found.held_on)} {said}. Choose one that is to come.")
    return found


def _check_words(title: str, asked: str, recommendation: str) -> None:
    if not (title.strip() and asked.strip() and recommendation.strip()):
        raise UnableToAsk("Say what is asked of the board, and what you recommend.")


def _check_outcome(meeting: Meeting, outcome: Outcome, words: str, on: date, today: date) -> None:
    if not words.strip():
        raise UnableToRecordOutcome("Give the outcome in words, as the minutes will say it.")
    if on > today:
        raise UnableToRecordOutcome(f"Enter {date_words(today)} or an earlier day.")
    if outcome == Outcome.WITHDRAWN:
        return
    if meeting.is_cancelled:
        raise UnableToRecordOutcome("The meeting was cancelled. Put the decision to another one.")
    if on < meeting.held_on:
        raise UnableToRecordOutcome(
            f"The board meets on {date_words(meeting.held_on)}. Enter that day or a later one."
        )
