"""Ratings and risks, and match funding: forms with rows that come and go, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import return_judgement
from funding.access import find_return, find_return_to
from funding.actions.errors import UnableTo
from funding.actions.match import save_match
from funding.actions.ratings import save_ratings
from funding.forms.judgement import (
    RAG_HINTS,
    MatchForm,
    RatingsForm,
    match_rows,
    risk_rows,
    saved_ratings,
)
from funding.forms.rows import RowsForm
from funding.models import QuarterlyReturn
from funding.views.return_page import not_now

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def ratings(request: HttpRequest, pk: int) -> HttpResponse:
    """How spend and delivery stand, and what could go wrong; risks go on from the last return."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if request.method != "POST" and not found.is_open:
        return not_now(request, found)
    risks = list(found.risks.order_by("id"))
    carried = [] if risks or found.spend_rag else return_judgement.previous_risks(found)
    form = _form(request, found, RatingsForm, risk_rows(risks or carried), saved_ratings(found))
    if _saved(request, found, form, save_ratings, saved_ratings):
        messages.success(request, "Ratings and risks saved.")
        return redirect("return_ratings" if "stay" in request.POST else "return", pk=pk)
    context = {
        "found": found,
        "form": form,
        "carried": carried if request.method != "POST" else [],
        "rag_hints": RAG_HINTS,
        "worse": [risk for risk in risks if risk.score_after > risk.score_before],
    }
    return render(request, "funding/returns/ratings.html", context)


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """What came beside the grant in the quarter. Nothing entered means that there was none."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if request.method != "POST" and not found.is_open:
        return not_now(request, found)
    lines = list(found.match_lines.order_by("id"))
    form = _form(request, found, MatchForm, match_rows(lines), {})
    if _saved(request, found, form, save_match, lambda fresh: {}):
        messages.success(request, "Match funding saved.")
        return redirect("return_match" if "stay" in request.POST else "return", pk=pk)
    context = {"found": found, "form": form, "match": return_judgement.match_of(found, lines)}
    return render(request, "funding/returns/match.html", context)


def _form(
    request: HttpRequest,
    found: QuarterlyReturn,
    kind: type[RowsForm],
    rows: list[dict[str, Any]],
    saved: dict[str, Any],
) -> Any:
    """As it stands saved; as it was typed; or as it was typed with a row more or less."""
    if request.method != "POST":
        return kind(initial={"revision": found.revision, **saved}, rows=rows)
    return kind.reshaped(request.POST) or kind(request.POST)


def _saved(
    request: HttpRequest,
    found: QuarterlyReturn,
    form: Any,
    action: Callable[..., QuarterlyReturn],
    standing: Callable[[QuarterlyReturn], dict[str, str]],
) -> bool:
    """Whether the form was sent and saved. A refusal goes on the form, with all that was typed."""
    if not form.is_bound:
        return False
    if form.is_valid():
        revision, person = form.cleaned_data["revision"], acting(request).user
        try:
            action(
                quarterly_return=found,
                revision=revision,
                by=person,
                at=timezone.now(),
                **form.content(),
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            return True
    fresh = find_return(request, found.pk)
    form.compare_with(fresh.revision, standing(fresh))
    return False
