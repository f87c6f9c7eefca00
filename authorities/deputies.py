"""Pages about deputies: who stands in for whom, from when until when."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities import actions
from authorities.access import acting, needs
from authorities.filters import date_words
from authorities.forms import DeputyForm
from authorities.models import Membership
from authorities.roles import Permission

SEE = (Permission.APPOINT_DEPUTY, Permission.VIEW_OWN_RETURN, Permission.VIEW_RETURNS)


@needs(*SEE)
@require_safe
def deputies(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom in the organisation, now and later."""
    person, today = acting(request), timezone.localdate()
    membership = person.membership
    assert membership
    appoints = person.has(Permission.APPOINT_DEPUTY) and membership.deputy_for_id is None
    rows = list(Membership.objects.deputies(membership.organisation, on=today))
    context = {"rows": rows, "today": today, "membership": membership, "appoints": appoints}
    return render(request, "authorities/deputies.html", context)


@needs(Permission.APPOINT_DEPUTY)
@require_http_methods(["GET", "HEAD", "POST"])
def deputy_new(request: HttpRequest) -> HttpResponse:
    """Appoint a deputy: who, and from when until when."""
    person, today = acting(request), timezone.localdate()
    membership = person.membership
    assert membership
    if request.method != "POST" and membership.deputy_for_id is not None:
        messages.info(request, "You stand in for somebody yourself, so you cannot appoint a deputy.")
        return redirect("deputies")
    people = actions.possible_deputies(membership, on=today)
    form = DeputyForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one in people if one.pk == form.cleaned_data["person"])
        days = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on")}
        try:
            actions.appoint_deputy(principal=membership, user=chosen, by=person.user, on=today, **days)
        except actions.UnableToAppoint as refusal:
            form.add_error(None, str(refusal))
        else:
            until = date_words(days["ends_on"])
            messages.success(
                request, f"{chosen.name} stands in for you from {date_words(days['starts_on'])} to {until}."
            )
            return redirect("deputies")
    context = {"form": form, "people": people, "membership": membership}
    return render(request, "authorities/deputy_new.html", context)


@needs(*SEE, to_write=Permission.APPOINT_DEPUTY)
@require_http_methods(["GET", "HEAD", "POST"])
def deputy_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End cover early. Opening the address again leads to the list."""
    person, today = acting(request), timezone.localdate()
    if person.organisation is None:
        raise Http404
    own = Membership.objects.filter(organisation=person.organisation, deputy_for__isnull=False)
    found = get_object_or_404(own.select_related("user"), pk=pk)
    if request.method == "POST":
        try:
            actions.end_deputy(deputy=found, by=person.user, on=today)
        except actions.UnableToAppoint as refusal:
            messages.error(request, str(refusal))
        else:
            begun = found.starts_on <= today
            messages.success(
                request, f"The cover by {found.user.name} {'ends today' if begun else 'is taken back'}."
            )
    return redirect("deputies")
