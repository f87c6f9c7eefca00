"""Checking a return, sending it to its certifier, taking it back, and the signature."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.roles import Permission
from funding.access import find_return, find_return_to
from funding.actions import returns
from funding.actions.errors import UnableTo
from funding.forms.grids import RevisionForm
from funding.forms.returns import CertifyForm
from funding.models import DecisionLine, QuarterlyReturn, ReturnEvent, ReturnStatus
from funding.queue import hint
from funding.return_parts import unfinished
from funding.views.return_page import Verdict, delivery_and_sheet, not_now

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check your answers, then send them to the certifier."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    refused = ""
    if request.method == "POST":
        form = RevisionForm(request.POST)
        # Without a revision nobody can say what was checked: no revision is ever below zero, so it is stale.
        checked = form.cleaned_data["revision"] if form.is_valid() else -1
        try:
            returns.send(quarterly_return=found, by=acting(request).user, at=timezone.now(), revision=checked)
        except UnableTo as refusal:
            refused, found = str(refusal), find_return(request, pk)
        else:
            messages.success(request, "Sent to your certifier. You can take it back until it is certified.")
            return redirect("return", pk=pk)
    elif not found.is_open:
        return not_now(request, found)
    context = _answers(request, found) | {"more_errors": [{"text": refused}] if refused else []}
    return render(request, "funding/returns/check.html", context)


def _answers(request: HttpRequest, found: QuarterlyReturn) -> dict[str, Any]:
    shown = delivery_and_sheet(found, acting(request))
    lines = DecisionLine.objects.filter(organisation=found.organisation, award__year=found.round.year)
    return {
        "found": found,
        "unfinished": unfinished(found),
        "over": shown["sheet"].over_allocation(lines.approved().allocations(), found.organisation_id),
        **shown,
    }


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a return back from its certifier. Opening the address again leads to the return."""
    found = find_return(request, pk)
    if request.method != "POST":
        return redirect("return", pk=pk)
    try:
        returns.recall(quarterly_return=found, by=acting(request).user, at=timezone.now())
    except UnableTo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You have taken the return back. Send it again when it is ready.")
    return redirect("return", pk=pk)


@needs(*READ, to_write=Permission.CERTIFY_RETURN)
@require_http_methods(METHODS)
def certify(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures as they will be signed; certify them, or decline with a reason."""
    person, found = acting(request), find_return_to(request, pk, Permission.CERTIFY_RETURN)
    if request.method != "POST" and found.status != ReturnStatus.WITH_CERTIFIER:
        return not_now(request, found)
    verdict = Verdict(request, found, CertifyForm)
    if verdict.yes(returns.certify):
        hint()
        messages.success(request, "You have certified the return. The OPCC has it now.")
        return redirect("return", pk=pk)
    if verdict.no(returns.decline):
        hint()
        messages.success(request, "You have declined the return. Those who prepare it see your reason.")
        return redirect("return", pk=pk)
    own_work = ReturnEvent.objects.filter(quarterly_return=found, by=person.user, verb__in=("save", "send"))
    context = {
        "found": verdict.found,
        "verdict": verdict,
        "forms": verdict.forms,
        "prepared": own_work.exists(),
        **delivery_and_sheet(verdict.found, person),
    }
    return render(request, "funding/returns/certify.html", context)
