"""The board page, its downloads, the packs of closed rounds. They read derived figures and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from authorities.access import needs, partnership_of
from authorities.filters import date_words
from authorities.models import Partnership
from authorities.roles import Permission
from funding import backlog
from funding.board import agenda, exports, figures, moments, packs
from funding.board.agenda import Agenda
from funding.board.charts import page
from funding.board.charts.chart import Chart
from funding.board.facts import Facts
from funding.board.moments import Moment
from funding.board.pack import workbook
from funding.board_access import find_pack
from funding.downloads import CSV, XLSX, attachment
from funding.forms.board import AsAtForm


@needs(Permission.VIEW_BOARD)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The year of the acting partnership: headline, key figures, charts with their tables."""
    form, moment = _asked(request)
    if moment is None:
        return render(request, "funding/board/no_record.html", {"form": form})
    shown = page.build(moment.facts)
    # Escaped by `spec.dumps` for a script element.
    specs = mark_safe(shown.specs)  # noqa: S308
    context = {
        "page": shown,
        "charts": shown.charts,
        "facts": moment.facts,
        "filters": moment.filters,
        "moment": moment,
        "agenda": moment.agenda,
        "agenda_question": agenda.QUESTION,
        "specs": specs,
        "as_at_form": form,
    }
    return render(request, "funding/board/board.html", context)


@needs(Permission.VIEW_BOARD)
@require_safe
def table_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table of the page, with the same filters and of the same moment, as CSV."""
    chart, facts = _one_table(request, table)
    return attachment(exports.csv_text(chart), exports.file_name(chart, facts), CSV)


@needs(Permission.VIEW_BOARD)
@require_safe
def table_xlsx(request: HttpRequest, table: str) -> HttpResponse:
    """The same as a workbook: numbers are numbers, and no text is a formula."""
    chart, facts = _one_table(request, table)
    stamp = facts.stamp
    origin = f"{facts.partnership}, as at roll-up {stamp.run}." if stamp.run else "Nothing is rolled up yet."
    return attachment(workbook.write_one(chart, origin), exports.file_name(chart, facts, "xlsx"), XLSX)


def _one_table(request: HttpRequest, table: str) -> tuple[Chart, Facts]:
    """The chart of that name. Raises Http404 where there is none, or none of the day that is asked for."""
    if table not in page.TABLES:
        raise Http404
    _, moment = _asked(request)
    if moment is None:
        # Never today's figures under another day's name.
        raise Http404
    return page.build(moment.facts).charts[table], moment.facts


@needs(Permission.VIEW_BOARD)
@require_safe
def board_packs(request: HttpRequest) -> HttpResponse:
    """The packs that were frozen, and those that are being made."""
    partnership = partnership_of(request)
    waiting, _ = backlog.marks_waiting(partnership)
    context = {"rounds": packs.of(partnership), "waiting": waiting}
    return render(request, "funding/board/packs.html", context)


@needs(Permission.VIEW_BOARD)
@require_safe
def pack_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The pack of a round as it was frozen, as a tagged PDF."""
    return _frozen(request, pk, "pdf")


@needs(Permission.VIEW_BOARD)
@require_safe
def pack_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    return _frozen(request, pk, "xlsx")


def _frozen(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The bytes of a file of a pack, once it is certain that they are those that were frozen."""
    pack = find_pack(request, pk)
    content = packs.content(pack, kind)
    if content is None:
        messages.error(
            request,
            f"The {kind.upper()} of the pack for {pack.round} is not on the disk of the portal as it was "
            "frozen, so it is not handed out. Tell the administrator.",
        )
        return redirect("board_packs")
    return attachment(content, packs.file_name(pack, kind), packs.CONTENT_TYPES[kind])


def _asked(request: HttpRequest) -> tuple[AsAtForm, Moment | None]:
    """The day that was typed, if any, and the moment that the address asks for."""
    is_past = bool(request.GET.get("as_at", "").strip())
    form = AsAtForm(request.GET if is_past else None, today=timezone.localdate())
    return form, _moment(request, form)


def _moment(request: HttpRequest, form: AsAtForm) -> Moment | None:
    """What the address asks for. None, with a sentence on the form, where there is no such record."""
    partnership, asked = partnership_of(request), request.GET.dict()
    if "pack" in asked:
        number = asked["pack"]
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise Http404
        return moments.of_pack(find_pack(request, int(number)), asked)
    if not form.is_bound:
        return _now(partnership, asked)
    if not form.is_valid():
        return None
    day: Any = form.cleaned_data["as_at"]
    found = moments.at_the_end_of(day, partnership, asked)
    if found is None:
        form.add_error("as_at", f"Nothing was recorded of this board by the end of {date_words(day)}.")
    return found


def _now(partnership: Partnership, asked: Mapping[str, str]) -> Moment:
    """Today's figures, and what the board is asked for."""
    today = timezone.localdate()
    beside = agenda.expression(partnership, today)
    filters, facts, found = figures.read_beside(partnership, asked, today, beside)
    return Moment(filters, facts, agenda=Agenda.of(found) if found else None)
