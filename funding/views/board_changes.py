"""What has changed since the last board: waterfalls between two kept records, each bar with its events."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from authorities.access import acting, needs, partnership_of
from authorities.filters import date_words
from authorities.roles import Permission
from funding import backlog
from funding.board import changes as reading
from funding.board import exports
from funding.board.changes import Changes, End
from funding.board.charts import spec, waterfall
from funding.board.charts.waterfall import Ends, Shown
from funding.downloads import CSV, attachment
from funding.forms.board import ChangesForm
from funding.models import BoardSnapshot
from funding.quarters import london_day, year_label, year_words

P = Permission
NOTHING = "Nothing was recorded of this board by then, so there is nothing to compare. Choose a later day."


@dataclass(frozen=True)
class _Asked:
    """The form, and what it asks for where there is such a thing."""

    form: ChangesForm
    changes: Changes | None = None
    ends: Ends | None = None

    @property
    def shown(self) -> list[Shown]:
        if self.changes is None or self.ends is None:
            return []
        scope = f"All funds, all organisations, {year_words(self.changes.year)}"
        return [waterfall.shown(one, self.ends, scope) for one in self.changes.waterfalls]


@needs(P.VIEW_BOARD)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """From the spend that counted then to what counts now; the same of the forecast and of allocations."""
    asked = _asked(request)
    shown = asked.shown
    specs = spec.dumps({panel.key: panel.spec for one in shown for panel in one.chart.panels})
    person = acting(request)
    context = {
        "form": asked.form,
        "changes": asked.changes,
        "shown": shown,
        "nothing": NOTHING,
        "waiting": backlog.marks_waiting(partnership_of(request))[0] if shown else 0,
        # Escaped by `spec.dumps` for a script element.
        "specs": mark_safe(specs),  # noqa: S308
        "query": request.GET.urlencode(),
        "may_open_returns": person.has(P.VIEW_RETURNS),
        "may_open_decisions": person.has(P.VIEW_MONEY),
    }
    return render(request, "funding/board/changes.html", context)


@needs(P.VIEW_BOARD)
@require_safe
def changes_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table of the page, between the same two ends."""
    asked = _asked(request)
    chart = next((one.chart for one in asked.shown if one.chart.slug == table), None)
    if chart is None or asked.changes is None:
        raise Http404
    year = year_label(asked.changes.year).replace("/", "-")
    name = f"changes-{chart.slug}-{year}-runs-{asked.changes.since.run_id}-{asked.changes.until.run_id}.csv"
    return attachment(exports.csv_text(chart), name, CSV)


def _asked(request: HttpRequest) -> _Asked:
    partnership, today = partnership_of(request), timezone.localdate()
    typed = request.GET if "since" in request.GET else None
    form = ChangesForm(typed, rounds=reading.rounds(partnership), today=today)
    if form.is_bound and not form.is_valid():
        return _Asked(form)
    year, since, until = form.ends
    found = reading.read(partnership, year, since, until)
    if found is None:
        if form.is_bound:
            form.add_error(None, NOTHING)
        return _Asked(form)
    return _Asked(form, found, Ends(_called(since, found.since), _called(until, found.until)))


def _called(end: End, kept: BoardSnapshot) -> str:
    """How an end is called on the page."""
    if end.pack:
        return f"the board pack for {end.pack.round.quarter.label}"
    if end.day and end.day >= london_day(kept.taken_at):
        return f"the end of {date_words(end.day)}"
    return date_words(kept.taken_at)
