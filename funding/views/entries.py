"""What people enter in a return, part by part. Nothing typed is lost when a save is refused."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import return_delivery, return_sheet
from funding.access import find_return_to
from funding.actions import entries
from funding.actions.nil import declare_nil
from funding.actions.patrols import save_patrols
from funding.forms import grids
from funding.forms.returns import NarrativeForm, NilForm
from funding.forms.spend import SpendForm, filled_as_expected, saved_spend
from funding.models import QuarterlyReturn, ReturnStatus
from funding.views.return_page import not_now
from funding.views.saving import Save

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]
FILLED = "Empty boxes now hold last quarter's counts. Nothing is saved yet: change what differs, then save."


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def spend(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid of spend and forecast, one row for each budget line."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if _is_shut(request, found):
        return not_now(request, found)
    sheet = return_sheet.load(found)
    if not sheet.rows:
        return render(request, "funding/returns/spend.html", {"found": found, "sheet": sheet})
    form = SpendForm(_typed(request), sheet=sheet, initial={"revision": found.revision})
    if "fill" in request.POST:
        typed, count = filled_as_expected(request.POST, sheet)
        form = SpendForm(typed, sheet=sheet)
        messages.info(
            request, f"{count} {'amount' if count == 1 else 'amounts'} filled in, and not saved yet."
        )
    elif answer := Save(
        part="spend",
        sentence="Spend and forecast saved.",
        action=entries.save_spend,
        content=lambda: {"entries": form.entries()},
        standing=lambda fresh: saved_spend(return_sheet.load(fresh)),
    ).answer(request, found, form):
        return answer
    context = {"found": found, "grid": form, "sheet": sheet, "more_errors": form.told}
    return render(request, "funding/returns/spend.html", context)


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """What each intervention did. The police return patrols instead."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if found.organisation.is_police:
        raise Http404
    if _is_shut(request, found):
        return not_now(request, found)
    rows = return_delivery.activity(found, return_delivery.interventions(found))
    if "prefill" in request.POST:
        form = grids.ActivityForm.like_last_quarter(request.POST, rows)
        context = {"found": found, "grid": form, "rows": rows, "filled": FILLED}
        return render(request, "funding/returns/activity.html", context)
    form = grids.ActivityForm(_typed(request), rows=rows, initial={"revision": found.revision})
    if answer := Save(
        part="activity",
        sentence="Activity saved.",
        action=entries.save_activity,
        content=lambda: {"entries": form.entries(), "emptied": form.emptied()},
        standing=lambda fresh: grids.saved_activity(
            return_delivery.activity(fresh, [row.intervention for row in rows])
        ),
    ).answer(request, found, form):
        return answer
    context = {"found": found, "grid": form, "rows": rows, "more_errors": form.told}
    return render(request, "funding/returns/activity.html", context)


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def patrols(request: HttpRequest, pk: int) -> HttpResponse:
    """What was delivered in each hotspot. Only the police have this part."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if not found.organisation.is_police:
        raise Http404
    if _is_shut(request, found):
        return not_now(request, found)
    with_names = acting(request).has(Permission.VIEW_HOTSPOT_NAMES)
    rows = return_delivery.patrols(found, with_names=with_names)
    form = grids.PatrolForm(_typed(request), rows=rows, initial={"revision": found.revision})
    if answer := Save(
        part="patrols",
        sentence="Patrols saved.",
        action=save_patrols,
        content=lambda: {"entries": form.entries(), "emptied": form.emptied()},
        standing=lambda fresh: grids.saved_patrols(return_delivery.patrols(fresh, with_names=with_names)),
    ).answer(request, found, form):
        return answer
    context = {
        "found": found,
        "grid": form,
        "rows": rows,
        "more_errors": form.told,
        "totals": return_delivery.patrol_totals(rows),
        "last_totals": return_delivery.last_patrol_totals(rows),
    }
    return render(request, "funding/returns/patrols.html", context)


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def narrative(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress in words."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if _is_shut(request, found):
        return not_now(request, found)
    form = NarrativeForm(_typed(request), initial={"revision": found.revision, **_words(found)})
    if answer := Save(
        part="narrative",
        sentence="Progress saved.",
        action=entries.save_narrative,
        content=lambda: {name: form.said(name) for name in _words(found)},
        standing=_words,
    ).answer(request, found, form):
        return answer
    return render(request, "funding/returns/narrative.html", {"found": found, "form": form})


def _words(found: QuarterlyReturn) -> dict[str, str]:
    return {"progress": found.progress, "problems": found.problems, "next_steps": found.next_steps}


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def nil(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare that nothing was spent and nothing was delivered."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if _is_shut(request, found):
        return not_now(request, found)
    explanation = found.progress if found.is_nil else ""
    form = NilForm(_typed(request), initial={"revision": found.revision, "explanation": explanation})
    if answer := Save(
        part="nil",
        sentence="Nil return saved. Check it, then send it to your certifier.",
        leads_to="return_check",
        by_itself=False,
        action=declare_nil,
        content=lambda: {"explanation": form.cleaned_data["explanation"]},
        standing=lambda fresh: {},
    ).answer(request, found, form):
        return answer
    replaces = found.status != ReturnStatus.NOT_STARTED and not found.is_nil
    return render(request, "funding/returns/nil.html", {"found": found, "form": form, "replaces": replaces})


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _is_shut(request: HttpRequest, found: QuarterlyReturn) -> bool:
    # What somebody has typed meanwhile is not thrown away: the action refuses it, and the page keeps it.
    return request.method != "POST" and not found.is_open
