"""The targets of one intervention of the person's own plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.roles import Permission
from funding.access import find_intervention
from funding.actions.errors import UnableTo
from funding.actions.plans import held_quarters
from funding.actions.targets import set_targets, targets_of
from funding.forms.targets import TargetsForm, written


@needs(Permission.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: HttpRequest, pk: int) -> HttpResponse:
    """What the intervention is to reach in each quarter. The police return patrols instead."""
    intervention = find_intervention(request, pk)
    organisation, year = intervention.organisation, intervention.award.year
    if organisation.is_police:
        raise Http404
    held = held_quarters(organisation=organisation, year=year)
    standing = targets_of(intervention)
    typed = request.POST if request.method == "POST" else None
    form = TargetsForm(typed, year=year, standing=standing, held=held)
    if form.is_valid():
        try:
            set_targets(
                intervention=intervention,
                targets=form.targets(),
                seen=form.seen(),
                by=acting(request).user,
                at=timezone.now(),
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Targets of {intervention.name} saved.")
            return redirect(f"{reverse('plan')}?year={year}")
    context = {
        "intervention": intervention,
        "grid": form,
        "rows": form.rows(),
        "seen": [(number, written(standing[number])) for number in form.open],
        "more_errors": form.told,
    }
    return render(request, "funding/plans/targets.html", context)
