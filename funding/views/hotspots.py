"""Hotspots: drawn and ended by the police, read by the OPCC. To everybody else they do not exist."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.filters import date_words
from authorities.models import Organisation, OrganisationKind
from authorities.roles import Permission
from funding.access import find_hotspot, visible_hotspots
from funding.actions import patrols as actions
from funding.actions.errors import UnableTo
from funding.forms.hotspots import HotspotEndForm, HotspotForm
from funding.models import Hotspot
from funding.quarters import london_day

METHODS = ["GET", "HEAD", "POST"]


def _has_ended(hotspot: Hotspot, on: date) -> bool:
    return hotspot.ends_on is not None and hotspot.ends_on < on


@needs(Permission.VIEW_HOTSPOT_NAMES)
@require_safe
def hotspots(request: HttpRequest) -> HttpResponse:
    """Those that are patrolled, by reference; then those that have ended, the latest first."""
    person, today = acting(request), london_day(timezone.now())
    found = list(visible_hotspots(person).order_by("reference"))
    ended = [hotspot for hotspot in found if _has_ended(hotspot, today)]
    context = {
        "live": [hotspot for hotspot in found if hotspot not in ended],
        "ended": sorted(ended, key=lambda hotspot: hotspot.ends_on or today, reverse=True),
        "today": today,
        "may_draw": person.has(Permission.PREPARE_RETURN),
    }
    return render(request, "funding/hotspots/hotspots.html", context)


def _refuse_readers(request: HttpRequest) -> None:
    """A page that is nothing but a form is not for those who may only read."""
    if not acting(request).has(Permission.PREPARE_RETURN):
        raise PermissionDenied


@needs(Permission.VIEW_HOTSPOT_NAMES, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def hotspot_new(request: HttpRequest) -> HttpResponse:
    """Draw a hotspot of the own police force."""
    _refuse_readers(request)
    police = acting(request).organisation
    assert police is not None
    authorities = Organisation.objects.of(police.partnership).filter(kind=OrganisationKind.LOCAL_AUTHORITY)
    form = HotspotForm(request.POST if request.method == "POST" else None, authorities=authorities)
    if form.is_valid():
        try:
            drawn = actions.draw_hotspot(
                organisation=police, by=acting(request).user, at=timezone.now(), **form.cleaned_data
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            said = f"{drawn}, {drawn.name}, is on the list: returns ask for its patrols"
            messages.success(request, f"{said} from {date_words(drawn.starts_on)}.")
            return redirect("hotspots")
    return render(request, "funding/hotspots/hotspot_new.html", {"form": form})


@needs(Permission.VIEW_HOTSPOT_NAMES, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def hotspot_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a hotspot its last day."""
    hotspot, at = find_hotspot(request, pk), timezone.now()
    _refuse_readers(request)
    form = HotspotEndForm(
        request.POST if request.method == "POST" else None, initial={"ends_on": hotspot.ends_on}
    )
    if form.is_valid():
        ends_on = form.cleaned_data["ends_on"]
        try:
            actions.end_hotspot(hotspot=hotspot, ends_on=ends_on, by=acting(request).user, at=at)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{hotspot}, {hotspot.name}: its last day is {date_words(ends_on)}.")
            return redirect("hotspots")
    context = {"form": form, "hotspot": hotspot, "has_ended": _has_ended(hotspot, london_day(at))}
    return render(request, "funding/hotspots/hotspot_end.html", context)
