"""The OPCC's answer to a certified return: take it up, query it, accept it, or open it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import return_review, return_story, return_threads
from funding.access import find_return_to, find_reviewed
from funding.actions import returns
from funding.actions.errors import UnableTo
from funding.forms.returns import AcceptForm
from funding.forms.reviews import QueryForm, ReopenForm, subjects
from funding.models import (
    REVIEWED_STATES,
    QuarterlyReturn,
    ReturnEvent,
    ReturnRules,
    ReturnStatus,
)
from funding.quarters import london_day, working_days_after
from funding.queue import hint
from funding.views.return_page import Verdict, delivery_and_sheet, not_now

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]


@needs(*READ, to_write=Permission.REVIEW_RETURN)
@require_http_methods(METHODS)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan, last quarter, actual, forecast and variance line by line; start reading, and accept."""
    found = find_reviewed(request, pk)
    if request.method != "POST" and found.status not in REVIEWED_STATES:
        return not_now(request, found)
    if "start" in request.POST:
        return _start(request, found)
    verdict = Verdict(request, found, AcceptForm)
    if verdict.yes(returns.accept):
        hint()
        messages.success(request, f"You have accepted the return of {found.organisation.name}.")
        return redirect("return", pk=pk)
    if request.method == "POST":
        # What is shown is what stands now, which need not be what was read.
        found = find_reviewed(request, pk)
    return render(request, "funding/returns/review.html", _what_is_read(request, found, verdict))


def _start(request: HttpRequest, found: QuarterlyReturn) -> HttpResponse:
    try:
        returns.review(quarterly_return=found, by=acting(request).user, at=timezone.now())
    except UnableTo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You have started the review. Everybody who sees the return sees that.")
    return redirect("return_review", pk=found.pk)


def _what_is_read(request: HttpRequest, found: QuarterlyReturn, verdict: Verdict) -> dict[str, Any]:
    person = acting(request)
    events = list(ReturnEvent.objects.filter(quarterly_return=found).select_related("by"))
    shown = delivery_and_sheet(found, person)
    threads = return_threads.threads(found)
    return {
        "found": found,
        "verdict": verdict,
        "forms": verdict.forms,
        "signature": return_story.signature(found, events),
        "reading": return_story.reader(found, events),
        "own_work": return_story.worked_on(found, events, person.user),
        "history": return_story.tell(events, return_threads.extensions(found)),
        "review": return_review.build(found, shown["sheet"], threads),
        "threads": threads,
        "today": london_day(timezone.now()),
        "can_start": found.status == ReturnStatus.CERTIFIED,
        **shown,
    }


@needs(*READ, to_write=Permission.REVIEW_RETURN)
@require_http_methods(METHODS)
def query(request: HttpRequest, pk: int) -> HttpResponse:
    """A question for each line or part that is unclear, with a day to answer by."""
    person, today = acting(request), london_day(timezone.now())
    found = find_return_to(request, pk, Permission.REVIEW_RETURN)
    if request.method != "POST" and found.status not in REVIEWED_STATES:
        return not_now(request, found)
    shown = delivery_and_sheet(found, person)
    asked = subjects(shown["sheet"], shown["activity"], shown["patrols"])
    days = ReturnRules.of(found.organisation.partnership).query_working_days
    form = QueryForm(
        request.POST if request.method == "POST" else None,
        asked=asked,
        ticked=request.GET.getlist("about"),
        today=today,
        usual_days=days,
        initial={"due_on": working_days_after(today, days)},
    )
    if form.is_valid():
        content = {
            "reason": form.summary,
            "questions": form.questions,
            "due_on": form.cleaned_data["due_on"],
        }
        try:
            returns.query(quarterly_return=found, by=person.user, at=timezone.now(), **content)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            hint()
            messages.success(request, f"Sent back to {found.organisation.name} with your query.")
            return redirect("return", pk=pk)
    return render(request, "funding/returns/query_new.html", {"found": found, "form": form})


@needs(*READ, to_write=Permission.REVIEW_RETURN)
@require_http_methods(METHODS)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens an accepted return again, with a reason; a closed round stands in the way."""
    found = find_return_to(request, pk, Permission.REVIEW_RETURN)
    if request.method != "POST" and found.status != ReturnStatus.ACCEPTED:
        return not_now(request, found)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            returns.reopen(
                quarterly_return=found,
                reason=form.cleaned_data["reason"],
                by=acting(request).user,
                at=timezone.now(),
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            hint()
            messages.success(request, f"The return is open again for {found.organisation.name}.")
            return redirect("return", pk=pk)
    return render(request, "funding/returns/reopen.html", {"found": found, "form": form})
