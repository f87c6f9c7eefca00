"""The life of a return in words: who has it, since when, what happened and why. Pure: events come loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from authorities.filters import date_words
from authorities.models import User
from funding.models import QuarterlyReturn, ReturnEvent, ReturnStatus
from funding.return_threads import MoreTime

DONE = {
    "save": "saved the return",
    "send": "sent the return to its certifier",
    "recall": "took the return back from its certifier",
    "decline": "declined to certify the return",
    "certify": "certified the return",
    "query": "queried the return",
    "accept": "accepted the return",
    "review": "began the review",
    "reopen": "reopened the return",
    "revert": "went back to the certified version",
    "lock": "closed the round, which locked the return",
    "refuse_file": "had a file refused by the virus scan",
}
ANSWERS = {
    "decline": "The certifier declined the return",
    "query": "The OPCC asks",
    "reopen": "The OPCC has reopened the return",
}


@dataclass(frozen=True)
class Happening:
    """One sentence of the history."""

    who: str
    what: str
    when: datetime
    why: str


def tell(events: Sequence[ReturnEvent], extensions: Iterable[MoreTime] = ()) -> list[Happening]:
    """What happened as sentences, newest first. Saves in a row by one person are one sentence.

    That a save left nothing to do is in the record, and no news to a reader.
    """
    told = []
    news = [event for event in events if event.verb != "complete"]
    for (verb, who, _), found in groupby(news, key=lambda event: (event.verb, event.by, event.reason)):
        run = list(found)
        times = f" {len(run)} times" if len(run) > 1 and verb == "save" else ""
        told.append(Happening(who.name, DONE.get(verb, verb) + times, run[-1].at, run[-1].reason))
    told += [
        Happening(one.who, f"gave more time, until {date_words(one.due_on)}", one.when, one.reason)
        for one in extensions
    ]
    return sorted(told, key=lambda happening: happening.when)[::-1]


def reader(quarterly_return: QuarterlyReturn, events: Iterable[ReturnEvent]) -> ReturnEvent | None:
    """The start of the review that is going on: who reads the return."""
    if quarterly_return.status != ReturnStatus.IN_REVIEW:
        return None
    return next((event for event in reversed(list(events)) if event.verb == "review"), None)


def worked_on(quarterly_return: QuarterlyReturn, events: Iterable[ReturnEvent], person: User) -> bool:
    """Whether the person entered or sent some of it, or signed it, and so never accepts it."""
    entered = any(event.by_id == person.pk and event.verb in ("save", "send", "revert") for event in events)
    return entered or quarterly_return.certified_by_id == person.pk


def last_answer(quarterly_return: QuarterlyReturn, events: Iterable[ReturnEvent]) -> ReturnEvent | None:
    """The decline or query that an open return still has to answer."""
    if not quarterly_return.is_open:
        return None
    return next((event for event in reversed(list(events)) if event.verb in ANSWERS), None)


def signature(quarterly_return: QuarterlyReturn, events: Iterable[ReturnEvent]) -> ReturnEvent | None:
    """The certification that stands."""
    if not quarterly_return.is_counted:
        return None
    return next((event for event in reversed(list(events)) if event.verb == "certify"), None)


def standing_since(events: Iterable[ReturnEvent]) -> datetime | None:
    """When the return came to where it is now."""
    return next((event.at for event in reversed(list(events)) if event.from_status != event.to_status), None)


def holder(quarterly_return: QuarterlyReturn) -> str:
    """Who has to do the next step."""
    name = quarterly_return.organisation.name
    return {
        ReturnStatus.WITH_CERTIFIER: f"The certifier of {name}",
        ReturnStatus.CERTIFIED: "The OPCC, which accepts or queries it",
        ReturnStatus.IN_REVIEW: "The OPCC, which is reviewing it",
        ReturnStatus.ACCEPTED: "Nobody: it is finished",
        ReturnStatus.LOCKED: "Nobody: it is finished, and its round is closed",
    }.get(ReturnStatus(quarterly_return.status), f"{name}, which prepares it")


def due(quarterly_return: QuarterlyReturn, on: date) -> str:
    """The due day, and how far away it is."""
    due_on = quarterly_return.due_on
    if quarterly_return.is_counted:
        return f"Was due on {date_words(due_on)}"
    days = (due_on - on).days
    if days < 0:
        return ", ".join(filter(None, (f"Was due on {date_words(due_on)}", days_late(quarterly_return, on))))
    left = {0: "today is the last day", 1: "1 day left"}.get(days, f"{days} days left")
    return f"Due on {date_words(due_on)}, {left}"


def days_late(quarterly_return: QuarterlyReturn, on: date) -> str:
    """ "3 days late", or nothing."""
    if not quarterly_return.is_late(on):
        return ""
    days = (on - quarterly_return.due_on).days
    return "1 day late" if days == 1 else f"{days} days late"
