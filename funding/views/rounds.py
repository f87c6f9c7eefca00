"""Opening quarters for returns, and who has returned."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.filters import date_words
from authorities.models import Organisation, Partnership
from authorities.roles import Permission
from funding import reachability
from funding import tracker as matrix
from funding.access import find_round, visible_returns
from funding.actions import reviews, rounds
from funding.actions.errors import UnableTo
from funding.forms.reviews import CloseForm
from funding.forms.rounds import RoundForm, TrackerForm
from funding.models import Award, ReturnRound
from funding.quarters import Quarter, london_day
from funding.queue import hint


@needs(Permission.VIEW_RETURNS)
@require_safe
def tracker(request: HttpRequest) -> HttpResponse:
    """Organisations by quarters of one financial year, each with the state of its return."""
    person, today = acting(request), london_day(timezone.now())
    opened = list(ReturnRound.objects.filter(partnership=person.partnership))
    years = sorted({one.year for one in opened}, reverse=True)
    if not years:
        return render(request, "funding/returns/tracker.html", {"tracker": None})
    form = TrackerForm(request.GET, years=years)
    wanted, year = form.wanted, form.cleaned_data.get("year") or years[0]
    returns = list(visible_returns(person).filter(round__year=year))
    found = matrix.build(
        year,
        Organisation.objects.filter(partnership=person.partnership).making_returns(),
        opened,
        returns,
        wanted=wanted,
        on=today,
    )
    asked = {"status": wanted.status, "late": wanted.late, "quarter": wanted.quarter, "kind": wanted.kind}
    context = {
        "tracker": found,
        "filter": TrackerForm(initial={"year": year, **asked}, years=years),
        "year": year,
        "wanted": wanted,
        "ticked": "ticked" in request.GET,
        "may_act": person.has(Permission.REVIEW_RETURN),
        "unreachable": list(reachability.problems(returns, today).values()),
    }
    return render(request, "funding/returns/tracker.html", context)


@needs(Permission.VIEW_RETURNS, to_write=Permission.OPEN_ROUND)
@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: HttpRequest) -> HttpResponse:
    """Open a quarter: choose it, see who will be asked, confirm."""
    person, now = acting(request), timezone.now()
    if not person.has(Permission.OPEN_ROUND) or person.partnership is None:
        raise PermissionDenied
    quarters = _openable(person.partnership, Quarter.of(london_day(now)))
    typed = request.POST if request.method == "POST" else None
    form = RoundForm(typed, quarters=quarters, initial=request.GET.dict())
    context = {"form": form, "quarters": quarters}
    if request.method != "POST" or not form.is_valid():
        return render(request, "funding/returns/round_new.html", context)
    quarter, due_on = form.chosen, form.cleaned_data["due_on"]
    asked = rounds.holders(person.partnership, quarter.year)
    context |= {"quarter": quarter, "due_on": due_on, "asked": asked}
    if "confirmed" not in request.POST:
        return render(request, "funding/returns/round_confirm.html", context)
    try:
        rounds.open_round(
            partnership=person.partnership, quarter=quarter, due_on=due_on, by=person.user, at=now
        )
    except UnableTo as refusal:
        form.add_error(None, str(refusal))
        return render(request, "funding/returns/round_new.html", context)
    hint()
    messages.success(request, f"{quarter} is open. Returns are due on {date_words(due_on)}.")
    return redirect("tracker")


@needs(Permission.VIEW_RETURNS, to_write=Permission.OPEN_ROUND)
@require_http_methods(["GET", "HEAD", "POST"])
def round_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a quarter: what is still outstanding, what follows, and a tick, since nothing opens it again."""
    person, opened = acting(request), find_round(request, pk)
    if not person.has(Permission.OPEN_ROUND):
        raise PermissionDenied
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            reviews.close_round(opened=opened, by=person.user, at=timezone.now())
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            hint()
            hint("funding.make_packs")
            messages.success(
                request,
                f"{opened.quarter} is closed. Its accepted returns are locked. Its board pack is being made.",
            )
            return redirect(f"{reverse('tracker')}?year={opened.year}")
    context = {"opened": opened, "form": form, "waiting": reviews.waiting_in(opened)}
    return render(request, "funding/returns/round_close.html", context)


def _openable(partnership: Partnership, current: Quarter) -> list[Quarter]:
    """Finished quarters of years with an award that nobody has opened yet, the newest first."""
    years = Award.objects.of(partnership).order_by("year").values_list("year", flat=True).distinct()
    opened = {one.quarter for one in ReturnRound.objects.filter(partnership=partnership)}
    every = [Quarter(year, number) for year in years for number in range(1, 5)]
    return sorted((quarter for quarter in every if quarter < current and quarter not in opened), reverse=True)
