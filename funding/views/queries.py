"""The thread of one query: answers by the organisation, replies and the last word by the OPCC."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import Acting, acting, needs
from authorities.roles import Permission
from funding import return_threads
from funding.access import find_query, find_return
from funding.actions import reviews
from funding.actions.errors import UnableTo
from funding.forms.reviews import ReplyForm
from funding.quarters import london_day

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]


def _may_write(person: Acting) -> bool:
    return person.has(Permission.PREPARE_RETURN) or person.has(Permission.REVIEW_RETURN)


@needs(*READ)
@require_http_methods(METHODS)
def query(request: HttpRequest, pk: int) -> HttpResponse:
    """One question with its replies in order, and a box for the next one."""
    person, today = acting(request), london_day(timezone.now())
    if request.method == "POST" and not _may_write(person):
        raise PermissionDenied
    asked = find_query(request, pk)
    is_ours = person.has(Permission.PREPARE_RETURN)
    form = ReplyForm(request.POST if request.method == "POST" else None, is_ours=is_ours)
    if form.is_valid():
        try:
            reviews.reply(query=asked, text=form.cleaned_data["text"], by=person.user, at=timezone.now())
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Your {form.noun} is in the thread.")
            return redirect("query", pk=pk)
    found = find_return(request, asked.quarterly_return_id)
    thread = next(one for one in return_threads.threads(found) if one.pk == asked.pk)
    context = {
        "found": found,
        "thread": thread,
        "form": form,
        "today": today,
        "late": thread.days_late(today),
        "is_ours": is_ours,
        "may_write": _may_write(person) and not thread.is_settled,
        "may_settle": person.has(Permission.REVIEW_RETURN) and not thread.is_settled,
        "may_change": found.is_open and person.has(Permission.PREPARE_RETURN),
    }
    return render(request, "funding/returns/query.html", context)


@needs(*READ, to_write=Permission.REVIEW_RETURN)
@require_http_methods(METHODS)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The OPCC is satisfied with the answer. Opening the address again leads to the thread."""
    asked = find_query(request, pk)
    if request.method != "POST":
        return redirect("query", pk=pk)
    try:
        reviews.settle(query=asked, by=acting(request).user, at=timezone.now())
    except UnableTo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The query is settled.")
    return redirect("query", pk=pk)
