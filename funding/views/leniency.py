"""What the OPCC grants to one organisation: more time for a return, and rules waived until a day."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.filters import date_words
from authorities.models import Organisation
from authorities.roles import Permission
from funding.access import find_return_to, find_waiver, visible_waivers
from funding.actions import leniency
from funding.actions.errors import UnableTo
from funding.forms.reviews import ExtensionForm, WaiverAnswerForm, WaiverForm
from funding.models import UNCERTIFIED_STATES
from funding.quarters import Quarter, london_day
from funding.queue import hint
from funding.views.return_page import not_now

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]


@needs(*READ, to_write=Permission.OPEN_ROUND)
@require_http_methods(METHODS)
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    """A later due day for one organisation's return, with the reason."""
    found = find_return_to(request, pk, Permission.OPEN_ROUND)
    if request.method != "POST" and found.status not in UNCERTIFIED_STATES:
        return not_now(request, found)
    latest = leniency.latest_day(found, london_day(timezone.now()))
    form = ExtensionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            granted = leniency.extend(
                quarterly_return=found, by=acting(request).user, at=timezone.now(), **form.cleaned_data
            )
        except UnableTo as refusal:
            form.add_error("due_on", str(refusal))
        else:
            hint()
            day = date_words(granted.due_on)
            messages.success(request, f"{found.organisation.name} has until {day} for this return.")
            return redirect("return", pk=pk)
    context = {"found": found, "form": form, "latest": latest}
    return render(request, "funding/returns/extension.html", context)


# The tabs of the list of waivers, and which rows each shows.
SHOWN = {"waiting": "Waiting for an answer", "holding": "In force", "over": "Refused or ended"}


@needs(Permission.VIEW_RETURNS)
@require_safe
def waivers(request: HttpRequest) -> HttpResponse:
    """Rules that are waived for an organisation, those that wait for an approver, and those that are over."""
    today, every = london_day(timezone.now()), visible_waivers(acting(request))
    sets = {"waiting": every.waiting(), "holding": every.holding(today), "over": every.over(today)}
    show = request.GET.get("show", "")
    show = show if show in sets else ("waiting" if sets["waiting"].exists() else "holding")
    context = {"shown": list(sets[show]), "show": show, "tabs": SHOWN}
    return render(request, "funding/returns/waivers.html", context)


@needs(Permission.VIEW_RETURNS, to_write=Permission.REVIEW_RETURN)
@require_http_methods(METHODS)
def waiver_new(request: HttpRequest) -> HttpResponse:
    """An officer asks that a rule shall not hold for an organisation for a time."""
    person, now = acting(request), timezone.now()
    if not person.has(Permission.REVIEW_RETURN) or person.partnership is None:
        raise PermissionDenied
    last = Quarter.of(london_day(now)).previous
    quarters = [Quarter(last.year, number) for number in range(last.number, 5)]
    quarters += [Quarter(last.year + 1, number) for number in range(1, 5)]
    form = WaiverForm(
        request.POST if request.method == "POST" else None,
        organisations=Organisation.objects.of(person.partnership).making_returns(),
        quarters=quarters,
    )
    if form.is_valid():
        try:
            asked = leniency.ask_waiver(by=person.user, at=now, **form.chosen)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Asked for. It holds from the moment that an approver agrees.")
            return redirect("waiver", pk=asked.pk)
    return render(request, "funding/returns/waiver_new.html", {"form": form})


@needs(Permission.VIEW_RETURNS, to_write=Permission.DECIDE)
@require_http_methods(METHODS)
def waiver(request: HttpRequest, pk: int) -> HttpResponse:
    """One waiver, and the approver's answer to it."""
    person, today = acting(request), london_day(timezone.now())
    found = find_waiver(request, pk)
    form = WaiverAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        approve = form.cleaned_data["choice"] == "approve"
        try:
            leniency.decide_waiver(
                waiver=found,
                approve=approve,
                answer=form.cleaned_data["answer"],
                by=person.user,
                at=timezone.now(),
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "You have approved the waiver." if approve else "You have refused it.")
            return redirect("waiver", pk=pk)
    may_end = any(person.has(permission) for permission in leniency.MAY_END)
    context = {
        "waiver": found,
        "form": form,
        "holds": found.holds(today),
        "is_own": found.asked_by_id == person.user.pk,
        "may_decide": found.is_waiting and person.has(Permission.DECIDE),
        "may_end": may_end and found.holds(today) and not found.ended_at,
    }
    return render(request, "funding/returns/waiver.html", context)


@needs(Permission.VIEW_RETURNS)
@require_http_methods(METHODS)
def waiver_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a waiver today. Opening the address again leads to the waiver."""
    person = acting(request)
    if request.method == "POST" and not any(person.has(one) for one in leniency.MAY_END):
        raise PermissionDenied
    found = find_waiver(request, pk)
    if request.method != "POST":
        return redirect("waiver", pk=pk)
    try:
        leniency.end_waiver(waiver=found, by=person.user, at=timezone.now())
    except UnableTo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The waiver has ended. Returns of later quarters need the part again.")
    return redirect("waiver", pk=pk)
