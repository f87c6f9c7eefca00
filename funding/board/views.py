"""The board page and its downloads. They read derived figures and nothing else."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from authorities.access import acting, needs
from authorities.models import Partnership
from authorities.roles import Permission
from funding.board import exports, figures
from funding.board.charts import page


@needs(Permission.VIEW_BOARD)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The year of the acting partnership: headline, key figures, charts with their tables."""
    filters, facts = figures.read(_partnership(request), request.GET.dict(), timezone.localdate())
    shown = page.build(facts)
    # Escaped by `spec.dumps` for a script element.
    specs = mark_safe(shown.specs)  # noqa: S308
    context = {"page": shown, "charts": shown.charts, "facts": facts, "filters": filters, "specs": specs}
    return render(request, "funding/board/board.html", context)


@needs(Permission.VIEW_BOARD)
@require_safe
def table_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table of the page, with the same filters, as CSV."""
    if table not in page.TABLES:
        raise Http404
    _, facts = figures.read(_partnership(request), request.GET.dict(), timezone.localdate())
    chart = page.build(facts).charts[table]
    response = HttpResponse(exports.csv_text(chart), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(chart, facts)}"'
    return response


def _partnership(request: HttpRequest) -> Partnership:
    partnership = acting(request).partnership
    assert partnership is not None  # the access door lets nobody in without a membership
    return partnership
