"""The grants year by year, for readers of the board: awarded, spent, and where a fund ends."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from authorities.access import needs, partnership_of
from authorities.roles import Permission
from funding.board import exports
from funding.board import years as reading
from funding.board.charts import years as charts
from funding.board.charts.spec import dumps
from funding.board.years import GrantYear
from funding.downloads import CSV, attachment
from funding.quarters import london_day, year_label, year_of


@needs(Permission.VIEW_BOARD)
@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """The year before, this one and the next; on request every year with an award."""
    today = london_day(timezone.now())
    rows = _rows(request)
    shown = _shown(request, rows, year_of(today))
    chart = charts.years(rows, shown, year_of(today))
    context = {
        "chart": chart,
        "set_asides": charts.set_asides(reading.set_asides(partnership_of(request), shown)),
        "has_award": bool(rows),
        "shows_all": "all" in request.GET,
        "cliffs": [cliff.sentence(today) for cliff in reading.cliffs(rows, year_of(today))],
        # Escaped by `dumps` for a script element.
        "specs": mark_safe(dumps({panel.key: panel.spec for panel in chart.panels})),  # noqa: S308
    }
    return render(request, "funding/board/years.html", context)


@needs(Permission.VIEW_BOARD)
@require_safe
def years_csv(request: HttpRequest) -> HttpResponse:
    """The table of the page, of the same years."""
    year = year_of(london_day(timezone.now()))
    rows = _rows(request)
    shown = _shown(request, rows, year)
    name = f"board-years-{year_label(shown[0])}-to-{year_label(shown[-1])}.csv".replace("/", "-")
    return attachment(exports.csv_text(charts.years(rows, shown, year)), name, CSV)


def _rows(request: HttpRequest) -> list[GrantYear]:
    return reading.read(partnership_of(request))


def _shown(request: HttpRequest, rows: list[GrantYear], year: int) -> list[int]:
    three = [year - 1, year, year + 1]
    every = sorted({row.year for row in rows})
    return list(range(every[0], every[-1] + 1)) if "all" in request.GET and every else three
