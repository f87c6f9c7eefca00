"""The allocation grid: organisations down, years across, and the proposal of a decision."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.models import Organisation
from authorities.roles import Permission
from funding.access import find_grant
from funding.actions import decisions
from funding.actions.errors import UnableTo
from funding.forms.allocations import Grid, ProposalForm, Suggestion, suggest
from funding.models import Award, DecisionLine, Grant
from funding.quarters import london_day, year_of

# More years than these need a second look at a narrow screen; earlier ones are one link away.
COLUMNS = 4


@needs(Permission.VIEW_MONEY, to_write=Permission.PROPOSE_DECISION)
@require_http_methods(["GET", "HEAD", "POST"])
def allocations(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid to read; for a grants officer, the grid to change by proposing a decision."""
    grant, at = find_grant(request, pk), timezone.now()
    grid = _grid(request, grant, at)
    suggestion = _suggestion(request, grid)
    filled = suggestion.amounts() if suggestion and "suggest" in request.GET else {}
    form = ProposalForm(request.POST if request.method == "POST" else None, grid=grid, filled=filled)
    if form.is_valid():
        try:
            decision = decisions.propose(grant=grant, by=acting(request).user, at=at, **form.proposal())
        except UnableTo as refusal:
            form.refuse(str(refusal), now=_grid(request, grant, at))
        else:
            messages.success(
                request, f"Decision {decision.reference} is proposed. Somebody else must approve it."
            )
            return redirect("decision", decision.pk)
    context = {"grant": grant, "grid": form.grid, "suggestion": suggestion, "filled": bool(filled)}
    context["waiting"] = grant.decisions.proposed()
    context |= {"form": form} if acting(request).has(Permission.PROPOSE_DECISION) else {}
    return render(request, "funding/allocations/allocations.html", context)


def _grid(request: HttpRequest, grant: Grant, at: datetime) -> Grid:
    awards = list(grant.awards.order_by("year"))
    for award in awards:
        award.grant = grant
    recipients = Organisation.objects.of(grant.partnership).filter(kind__in=grant.fund.recipient_kinds)
    held = DecisionLine.objects.filter(award__grant=grant).approved().allocations()
    shown = awards if "years" in request.GET else _recent(awards, year_of(london_day(at)))
    return Grid(awards, shown, list(recipients.select_related("share_input")), held)


def _recent(awards: list[Award], year: int) -> list[Award]:
    """This year and later; with fewer than four of those, the last four."""
    current = [award for award in awards if award.year >= year]
    return current if len(current) >= COLUMNS else awards[-COLUMNS:]


def _suggestion(request: HttpRequest, grid: Grid) -> Suggestion | None:
    """For the award that was asked for, else the newest that is not all allocated, else the newest."""
    if not grid.shown or grid.shown[0].grant.fund.paid_to_police:
        return None
    asked = [award for award in grid.shown if str(award.pk) == request.GET.get("suggest")]
    unfinished = [award for award in grid.shown if grid.remainder(award)]
    award = (asked or unfinished or list(grid.shown))[-1] if asked or unfinished else grid.shown[-1]
    return suggest(award, grid.organisations)
