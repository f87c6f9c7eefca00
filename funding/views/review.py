"""The OPCC's answer to a certified return."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import return_story
from funding.access import find_return_to
from funding.actions import returns
from funding.forms.returns import AcceptForm
from funding.models import REVIEWED_STATES, ReturnEvent
from funding.queue import hint
from funding.views.return_page import Verdict, delivery_and_sheet, not_now


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN, to_write=Permission.REVIEW_RETURN)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan, last quarter, actual, forecast and variance line by line; accept the return or query it."""
    found = find_return_to(request, pk, Permission.REVIEW_RETURN)
    if request.method != "POST" and found.status not in REVIEWED_STATES:
        return not_now(request, found)
    verdict = Verdict(request, found, AcceptForm)
    if verdict.yes(returns.accept):
        hint()
        messages.success(request, f"You have accepted the return of {found.organisation.name}.")
        return redirect("return", pk=pk)
    if verdict.no(returns.query):
        hint()
        messages.success(request, f"Sent back to {found.organisation.name} with your query.")
        return redirect("return", pk=pk)
    events = list(ReturnEvent.objects.filter(quarterly_return=found).select_related("by"))
    context = {
        "found": verdict.found,
        "verdict": verdict,
        "forms": verdict.forms,
        "signature": return_story.signature(verdict.found, events),
        "history": return_story.tell(events),
        **delivery_and_sheet(verdict.found, acting(request)),
    }
    return render(request, "funding/returns/review.html", context)
