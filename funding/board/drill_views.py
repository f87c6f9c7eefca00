"""From a figure of the board to its rows, and from a row to the history of its budget line."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from authorities.access import Acting, acting, needs, partnership_of
from authorities.roles import Permission
from funding.board import certified, drill, exports, figures
from funding.board import line as lines
from funding.board.charts import counts, delivered
from funding.board.charts.chart import Chart
from funding.board.facts import Facts, Stamp
from funding.board.filters import Filters
from funding.board_access import find_line_of_board, find_return_of_board
from funding.csv_rows import csv_of, neutral
from funding.downloads import CSV, attachment
from funding.models import Tier
from funding.money import plain, pounds
from funding.quarters import year_label, year_words

PAGE = 50
NUMERIC = {
    "th": {"class": "govuk-table__header--numeric"},
    "td": {"class": "numeric"},
    "tf": {"class": "numeric"},
}

NOT_ON_PAPER = {part: {"class": "portal-noprint"} for part in ("th", "td", "tf")}


class RowTable(tables.Table):
    """One row an amount; the last column leads to where it was entered."""

    organisation = tables.Column("Organisation", footer="Total")
    fund = tables.Column("Fund")
    quarter = tables.Column("Quarter", default="")
    line = tables.Column("Budget line", default="")
    heading = tables.Column("Cost heading", default="")
    tier = tables.Column("Tier", accessor="tier_label", default="")
    what = tables.Column("What it is")
    amount = tables.Column(
        "Amount", attrs=NUMERIC, footer=lambda table: pounds(table.data.totals.found_amount)
    )
    source = tables.Column(
        "Source", empty_values=(), orderable=False, exclude_from_export=True, attrs=NOT_ON_PAPER
    )

    class Meta:
        attrs = {"label": "Rows of the figure"}
        per_page_field = ""  # the page size is ours
        empty_text = "No row matches."

    def __init__(self, person: Acting, rows: drill.Rows) -> None:
        self._person = person
        super().__init__(rows)

    def render_quarter(self, value: int) -> str:
        return f"Q{value}"

    def render_amount(self, value: Any) -> str:
        return pounds(value)

    def value_amount(self, value: Any) -> str:
        return plain(value)

    def render_source(self, record: drill.Row) -> SafeString:
        return format_html_join(
            format_html("<br>"),
            '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">{}</span></a>',
            [(href, text, f": {_about(record)}") for href, text in _sources(record, self._person)],
        )


def _about(record: drill.Row) -> str:
    """Which row a link belongs to, for those who hear the links one by one."""
    quarter = f"Quarter {record.quarter}" if record.quarter else record.note
    return ", ".join(part for part in (record.organisation, quarter, record.line) if part)


def _sources(record: drill.Row, person: Acting) -> list[tuple[str, str]]:
    """Where the amount was entered, for who may open that; where it was certified, for everybody else."""
    if record.decision_id:
        address = reverse("decision", args=[record.decision_id])
        return [(address, "Decision")] if person.has(Permission.VIEW_MONEY) else []
    found = [(reverse("board_line", args=[record.line_id]), "History of the line")]
    if not record.return_id:
        return found
    if not person.has(Permission.VIEW_RETURNS):
        return [(reverse("board_return", args=[record.return_id]), "Return"), *found]
    return [
        (reverse("return", args=[record.return_id]), "Return"),
        (reverse("return_versions", args=[record.return_id]), "Versions"),
        *found,
    ]


def _question(request: HttpRequest) -> tuple[Filters, drill.Question, Stamp]:
    person, asked = acting(request), request.GET.dict()
    filters, awards, recipients, stamp = figures.selected(
        partnership_of(request), asked, timezone.localdate()
    )
    names = person.has(Permission.VIEW_HOTSPOT_NAMES)
    question = drill.ask(asked, year=filters.year, awards=awards, recipients=recipients, sees_names=names)
    return filters, question, stamp


def scope(filters: Filters, question: drill.Question) -> str:
    """Of what the rows are: all that the figure was narrowed to."""
    parts = [
        filters.recipient.name if filters.recipient else "All organisations",
        filters.fund.name if filters.fund else "all funds",
        f"Quarter {question.quarter}" if question.quarter else "",
        Tier(question.tier).label if question.tier else "",
        question.heading,
        year_words(question.year),
    ]
    return ", ".join(part for part in parts if part)


@needs(Permission.VIEW_BOARD)
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The rows that one figure of the board is the sum of, as the sources stand now."""
    if request.GET.get("measure") == counts.MEASURE:
        return _returns(request)
    filters, question, stamp = _question(request)
    found = drill.Rows(question)
    table = RowTable(acting(request), found)
    tables.RequestConfig(request, paginate={"per_page": PAGE}).configure(table)
    kept = ("measure", "year", "fund", "authority", "quarter", "tier", "heading", "as_at", "pack", "sort")
    context = {
        "table": table,
        "question": question,
        "totals": found.totals,
        "scope": scope(filters, question),
        "filters": filters,
        "stamp": stamp,
        "is_past": _is_past(request),
        "kept": [(name, request.GET[name]) for name in kept if request.GET.get(name)],
    }
    return render(request, "funding/board/rows.html", context)


@needs(Permission.VIEW_BOARD)
@require_safe
def rows_csv(request: HttpRequest) -> HttpResponse:
    """All of the rows that the search finds, with their total, as CSV."""
    if request.GET.get("measure") == counts.MEASURE:
        chart, facts, _ = _delivered(request)
        return attachment(exports.csv_text(chart), exports.file_name(chart, facts), CSV)
    _, question, _ = _question(request)
    found = drill.Rows(question)
    table = RowTable(acting(request), found)
    tables.RequestConfig(request, paginate=False).configure(table)
    head, *body = table.as_values()
    amount = head.index("Amount")
    # The amounts are numbers of our own; everything else may hold what people typed.
    cells = (
        [cell if place == amount else neutral(str(cell or "")) for place, cell in enumerate(row)]
        for row in body
    )
    total = ["Total", *([""] * (amount - 1)), plain(found.totals.found_amount)]
    name = f"board-rows-{question.measure}-{year_label(question.year).replace('/', '-')}.csv"
    return attachment(csv_of([head, *cells, total]), name, CSV)


def _delivered(request: HttpRequest) -> tuple[Chart, Facts, Filters]:
    """What each return says of the counts that the address asks for."""
    asked = request.GET.dict()
    filters, facts = figures.read(partnership_of(request), asked, timezone.localdate())
    quarter = int(asked["quarter"]) if asked.get("quarter") in ("1", "2", "3", "4") else 0
    chart = delivered.delivered(facts, quarter, lambda pk: reverse("board_return", args=[pk]))
    return chart, facts, filters


def _returns(request: HttpRequest) -> HttpResponse:
    """The returns that a count of the board is the sum of."""
    chart, facts, filters = _delivered(request)
    context = {"chart": chart, "facts": facts, "filters": filters, "is_past": _is_past(request)}
    return render(request, "funding/board/delivered.html", context)


def _is_past(request: HttpRequest) -> bool:
    """Whether the figure that led here is of an earlier moment; the rows are always today's."""
    return bool(request.GET.get("as_at", "").strip() or request.GET.get("pack"))


@needs(Permission.VIEW_BOARD)
@require_safe
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """What was planned and certified of one budget line, version by version; no person and no draft."""
    found, person = find_line_of_board(request, pk), acting(request)
    history = lines.history(found, sees_names=person.has(Permission.VIEW_HOTSPOT_NAMES))
    context = {
        "found": found,
        "history": history,
        "sees_returns": person.has(Permission.VIEW_RETURNS),
    }
    return render(request, "funding/board/line.html", context)


@needs(Permission.VIEW_BOARD)
@require_safe
def board_return(request: HttpRequest, pk: int) -> HttpResponse:
    """What one return says of each budget line, as certified; no person, no words and no draft."""
    found, person = find_return_of_board(request, pk), acting(request)
    context = {
        "found": found,
        "certified": certified.read(found, sees_names=person.has(Permission.VIEW_HOTSPOT_NAMES)),
        "sees_returns": person.has(Permission.VIEW_RETURNS),
    }
    return render(request, "funding/board/return.html", context)
