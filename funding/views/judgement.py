"""Ratings and risks, and match funding: forms with rows that come and go, with and without JavaScript."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from authorities.access import needs
from authorities.roles import Permission
from funding import return_judgement
from funding.access import find_return_to
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
from funding.views.saving import Save

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
    save = Save(
        part="ratings",
        sentence="Ratings and risks saved.",
        action=save_ratings,
        content=lambda: form.content(risk_rows(risks)),
        standing=saved_ratings,
    )
    if form.is_bound and (answer := save.answer(request, found, form)):
        return answer
    context = {
        "found": found,
        "form": form,
        "carried": carried if request.method != "POST" else [],
        "rag_hints": RAG_HINTS,
        "standing": return_judgement.judgement(found, {"risks": risk_rows(risks), "match": []}, None),
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
    save = Save(
        part="match",
        sentence="Match funding saved.",
        action=save_match,
        content=lambda: form.content(lines),
        standing=lambda fresh: {},
    )
    if form.is_bound and (answer := save.answer(request, found, form)):
        return answer
    context = {"found": found, "form": form, "match": return_judgement.match_of(found, lines)}
    return render(request, "funding/returns/match.html", context)


def _form(
    request: HttpRequest,
    found: QuarterlyReturn,
    kind: type[RowsForm],
    rows: list[dict[str, Any]],
    saved: dict[str, Any],
) -> Any:
    """As it stands saved; as it was typed; or, saving nothing, with a row more or less."""
    if request.method != "POST":
        return kind(initial={"revision": found.revision, **saved}, rows=rows)
    return kind.reshaped(request.POST) or kind(request.POST)
