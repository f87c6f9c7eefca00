"""The private address of a person's own due days, and the calendar behind it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, public, signed_in
from funding import calendars
from funding.actions import notices as actions
from funding.models import CalendarFeed
from funding.quarters import london_day


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Shows the address. A post makes a new one, which ends the old one."""
    user = acting(request).user
    if request.method == "POST":
        actions.make_calendar_address(by=user, at=timezone.now())
        messages.success(request, "Here is your new address. An earlier one has ended.")
        return redirect("calendar")
    feed = CalendarFeed.objects.filter(user=user).first()
    context = {
        "feed": feed,
        "address": settings.SITE_URL + reverse("calendar_feed", args=[feed.token]) if feed else "",
        "days": calendars.due_days(user, on=london_day(timezone.now())),
    }
    return render(request, "funding/notices/calendar.html", context)


@public
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Opened by calendar programs, which cannot sign in: the address is the key, and shows days alone."""
    user, now = calendars.owner_of(token), timezone.now()
    if user is None:
        raise Http404
    days = calendars.due_days(user, on=london_day(now))
    return HttpResponse(
        calendars.as_ics(days, made_at=now),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"},
    )
