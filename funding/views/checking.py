"""Checking a return before it is sent: what is left, what to confirm or correct, and the sending."""

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
from funding.actions.prompts import confirm
from funding.forms.grids import RevisionForm
from funding.forms.prompts import PromptsForm
from funding.models import DecisionLine, QuarterlyReturn
from funding.prompts import prompts, unconfirmed
from funding.return_parts import unfinished
from funding.views.return_page import delivery_and_sheet, not_now

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Check your answers, confirm what looks unusual, then send them to the certifier."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if "confirm" in request.POST:
        return _confirm(request, found)
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
    return _page(request, found, more_errors=[{"text": refused}] if refused else [])


def _page(request: HttpRequest, found: QuarterlyReturn, **more: Any) -> HttpResponse:
    """Everything as it will be sent, with what is left and what is asked above it."""
    shown = delivery_and_sheet(found, acting(request))
    lines = DecisionLine.objects.filter(organisation=found.organisation, award__year=found.round.year)
    context = {
        "found": found,
        "unfinished": unfinished(found),
        "over": shown["sheet"].over_allocation(lines.approved().allocations(), found.organisation_id),
        "asking": PromptsForm(asked=shown["asked"], initial={"revision": found.revision}),
        **shown,
        **more,
    }
    return render(request, "funding/returns/check.html", context)


def _confirm(request: HttpRequest, found: QuarterlyReturn) -> HttpResponse:
    """Confirms what is right, with a few words each."""
    form = PromptsForm(request.POST, asked=unconfirmed(prompts(found)))
    if form.is_valid():
        revision, words = form.cleaned_data["revision"], form.words()
        try:
            confirm(
                quarterly_return=found,
                revision=revision,
                words=words,
                by=acting(request).user,
                at=timezone.now(),
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
            found = find_return(request, found.pk)
        else:
            count = len(words)
            messages.success(request, f"{count} {'prompt' if count == 1 else 'prompts'} confirmed.")
            return redirect("return_check", pk=found.pk)
    form.compare_with(found.revision, {})
    return _page(request, found, asking=form, forms=[form])
