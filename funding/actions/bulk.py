"""One action for many returns of a partnership: each by itself, so that one refusal stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from authorities.models import User
from authorities.roles import Permission
from funding.actions import announcements, returns
from funding.actions.errors import UnableTo
from funding.models import QuarterlyReturn, ReturnStatus


@dataclass(frozen=True)
class Outcome:
    """What became of one return: done, or the sentence that says why not."""

    quarterly_return: QuarterlyReturn
    is_done: bool
    sentence: str = ""


def accept(*, read: Sequence[tuple[QuarterlyReturn, int]], by: User, at: datetime) -> list[Outcome]:
    """Accepts each return at the revision that was shown, as `returns.accept` does."""
    outcomes = []
    for found, revision in read:
        try:
            returns.accept(quarterly_return=found, by=by, at=at, revision=revision)
        except UnableTo as refusal:
            outcomes.append(Outcome(found, is_done=False, sentence=str(refusal)))
        else:
            outcomes.append(Outcome(found, is_done=True))
    return outcomes


def remind(*, chosen: Iterable[QuarterlyReturn], by: User, at: datetime) -> list[Outcome]:
    """Reminds those who can move each return on, once a day for a person and return."""
    return [_remind(found, by, at) for found in chosen]


def _remind(found: QuarterlyReturn, by: User, at: datetime) -> Outcome:
    try:
        returns.check_permission(Permission.REVIEW_RETURN, found, by, at)
    except UnableTo as refusal:
        return Outcome(found, is_done=False, sentence=str(refusal))
    if not found.is_open and found.status != ReturnStatus.WITH_CERTIFIER:
        return Outcome(found, is_done=False, sentence="It is not with the organisation any more.")
    with transaction.atomic():
        told = announcements.nudge(found, by=by, at=at)
    if not told:
        return Outcome(
            found,
            is_done=False,
            sentence="They were reminded today already, or nobody can act on it.",
        )
    return Outcome(found, is_done=True, sentence=f"{told} {'person' if told == 1 else 'people'} told.")
