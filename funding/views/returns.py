"""The returns of an organisation, and one return for everyone who may see it."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import Acting, acting, needs
from authorities.filters import date_words
from authorities.roles import Permission
from funding import reachability, return_story, return_threads
from funding.access import find_return, visible_returns
from funding.actions.errors import LOCKED
from funding.actions.reviews import certified_version
from funding.models import (
    REVIEWED_STATES,
    UNCERTIFIED_STATES,
    QuarterlyReturn,
    ReturnEvent,
    ReturnStatus,
    SpendLine,
)
from funding.quarters import Quarter, london_day
from funding.return_parts import parts
from funding.return_threads import waived_words
from funding.views.return_page import delivery_and_sheet


@needs(Permission.VIEW_OWN_RETURN)
@require_safe
def own_returns(request: HttpRequest) -> HttpResponse:
    """What the organisation has to return now, and what it has returned."""
    person, today = acting(request), london_day(timezone.now())
    returns = list(visible_returns(person))
    spent = _spent(person)
    outstanding = [one for one in returns if not one.is_counted][::-1]
    context = {
        "cards": [_card(one, person, today) for one in outstanding],
        "earlier": [(one, spent.get(one.pk)) for one in returns if one.is_counted],
        "none_open": "" if outstanding else _next_opens({one.quarter for one in returns}, Quarter.of(today)),
    }
    return render(request, "funding/returns/own_returns.html", context)


def _spent(person: Acting) -> dict[int, Any]:
    lines = SpendLine.objects.filter(quarterly_return__organisation=person.organisation)
    sums = lines.values("quarterly_return").annotate(actual=Sum("actual")).order_by()
    return {row["quarterly_return"]: row["actual"] for row in sums}


def _card(one: QuarterlyReturn, person: Acting, today: Any) -> dict[str, Any]:
    if one.is_open and person.has(Permission.PREPARE_RETURN):
        name, button = "return", "Start" if one.status == ReturnStatus.NOT_STARTED else "Continue"
    elif one.status == ReturnStatus.WITH_CERTIFIER and person.has(Permission.CERTIFY_RETURN):
        name, button = "return_certify", "Certify or decline"
    else:
        name, button = "return", "View"
    return {
        "one": one,
        "due": return_story.due(one, today),
        "late": return_story.days_late(one, today),
        "holder": return_story.holder(one),
        "button": button,
        "page": name,
    }


def _next_opens(returned: set[Quarter], current: Quarter) -> str:
    if current.previous in returned:
        return f"No return is open. The next one opens on {date_words(current.next.starts_on)}."
    return (
        f"No return is open. The OPCC has not asked you for {current.previous} yet. "
        f"The quarter after it ends on {date_words(current.ends_on)}."
    )


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
@require_safe
def quarterly_return(request: HttpRequest, pk: int) -> HttpResponse:
    """One return: a task list for those who prepare it, figures and history for everyone else."""
    person, today = acting(request), london_day(timezone.now())
    found = find_return(request, pk)
    events = list(ReturnEvent.objects.filter(quarterly_return=found).select_related("by"))
    answer = return_story.last_answer(found, events)
    context: dict[str, Any] = {
        "found": found,
        "today": today,
        "due": return_story.due(found, today),
        "late": return_story.days_late(found, today),
        "nobody_certifies": reachability.problems([found], today).get(found.pk, ""),
        "was_certified": any(event.verb == "certify" for event in events),
        "answer": answer,
        "answer_heading": return_story.ANSWERS[answer.verb] if answer else "",
        "threads": return_threads.threads(found),
        "history": return_story.tell(events, return_threads.extensions(found)),
    }
    if found.is_open and person.has(Permission.PREPARE_RETURN):
        context |= {"parts": parts(found), "waived": waived_words(found)}
        return render(request, "funding/returns/return_tasks.html", context)
    own = found.organisation_id == getattr(person.organisation, "pk", None)
    context |= delivery_and_sheet(found, person) | {
        "holder": return_story.holder(found),
        "since": return_story.standing_since(events),
        "signature": return_story.signature(found, events),
        "certificate": certified_version(found) if found.is_counted else None,
        "locked": LOCKED[ReturnStatus(found.status)] if own or found.status == ReturnStatus.LOCKED else "",
        "can_recall": found.status == ReturnStatus.WITH_CERTIFIER and person.has(Permission.PREPARE_RETURN),
        "can_certify": found.status == ReturnStatus.WITH_CERTIFIER and person.has(Permission.CERTIFY_RETURN),
        "can_reopen": found.status == ReturnStatus.ACCEPTED and person.has(Permission.REVIEW_RETURN),
        "can_extend": found.status in UNCERTIFIED_STATES and person.has(Permission.OPEN_ROUND),
        "can_review": found.status in REVIEWED_STATES and person.has(Permission.REVIEW_RETURN),
    }
    return render(request, "funding/returns/return.html", context)
