"""Reasons for the lines that are far from their plan."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from authorities.access import needs
from authorities.roles import Permission
from funding.access import find_return_to
from funding.actions.variances import save_variances
from funding.forms.explanations import VarianceRow, VariancesForm, saved_variances
from funding.models import QuarterlyReturn, ReturnRules, VarianceReason, WaivedRule
from funding.return_parts import is_waived, needing_reason
from funding.views.return_page import not_now
from funding.views.saving import Save


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN, to_write=Permission.PREPARE_RETURN)
@require_http_methods(["GET", "HEAD", "POST"])
def variances(request: HttpRequest, pk: int) -> HttpResponse:
    """Each line over the thresholds: reason, words, and by when it recovers."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    is_post = request.method == "POST"
    if not is_post and not found.is_open:
        return not_now(request, found)
    rows = _rows(found)
    form = VariancesForm(
        request.POST if is_post else None,
        rows=rows,
        quarter=found.quarter,
        initial={"revision": found.revision},
    )
    if answer := Save(
        part="variances",
        sentence="Reasons saved.",
        action=save_variances,
        content=lambda: {"entries": form.entries(), "emptied": form.emptied()},
        standing=lambda fresh: saved_variances(_rows(fresh)),
    ).answer(request, found, form):
        return answer
    context = {
        "found": found,
        "form": form,
        "rows": rows,
        "rules": ReturnRules.of(found.organisation.partnership),
        "waived": is_waived(found, WaivedRule.VARIANCES),
    }
    return render(request, "funding/returns/variances.html", context)


def _rows(found: QuarterlyReturn) -> list[VarianceRow]:
    saved = {
        reason.budget_line_id: reason for reason in VarianceReason.objects.filter(quarterly_return=found)
    }
    lines = needing_reason(found).select_related("budget_line__intervention", "budget_line__cost_heading")
    return [
        VarianceRow(line.budget_line, line.plan, line.actual, saved.get(line.budget_line_id))  # type: ignore[attr-defined]
        for line in lines.order_by(
            "budget_line__intervention__award__grant__fund", "budget_line__intervention", "budget_line"
        )
    ]
