"""Milestones of system change: where each stands with its history, a download, setting and reporting."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs, partnership_of
from authorities.filters import date_words
from authorities.roles import Permission
from funding.actions import milestones as actions
from funding.board_access import find_milestone, visible_milestones
from funding.csv_rows import csv_of, neutral
from funding.downloads import CSV, attachment
from funding.forms.governance import QuarterField
from funding.forms.milestones import MilestoneForm, ReportForm
from funding.models import Milestone, MilestoneStatus
from funding.quarters import Quarter, london_day
from funding.views.board_entry import METHODS, entry, is_done, posted, writer

P = Permission
HEAD = (
    *("Theme", "Milestone", "Due on", "Past its day", "Status", "Reported for", "In words", "What shows it"),
    "Reported on",
)
NOT_REPORTED = "not reported"


@needs(P.VIEW_BOARD)
@require_safe
def milestones(request: HttpRequest) -> HttpResponse:
    """By theme, each with where it stands and what was reported before."""
    found, today = list(visible_milestones(acting(request)).with_reports()), london_day(timezone.now())
    statuses = [one.latest.status if one.latest else "" for one in found]
    context = {
        "milestones": found,
        "at_risk": statuses.count(MilestoneStatus.AT_RISK),
        "done": statuses.count(MilestoneStatus.DONE),
        "late": sum(one.is_late(today) for one in found),
        "today": today,
        "may_keep": acting(request).has(P.KEEP_BOARD),
    }
    return render(request, "funding/governance/milestones.html", context)


@needs(P.VIEW_BOARD)
@require_safe
def milestones_csv(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet, one row a milestone with its latest report."""
    today = london_day(timezone.now())
    found = visible_milestones(acting(request)).with_reports()
    rows = (_row(one, late="yes" if one.is_late(today) else "no") for one in found)
    text = csv_of([HEAD, *([neutral(cell) for cell in row] for row in rows)])
    return attachment(text, f"board-milestones-{today.isoformat()}.csv", CSV)


def _row(one: Milestone, *, late: str) -> list[str]:
    latest = one.latest
    told = (
        [
            latest.get_status_display(),
            latest.quarter.label,
            latest.words,
            latest.evidence,
            date_words(latest.reported_at),
        ]
        if latest
        else [NOT_REPORTED, "", "", "", ""]
    )
    return [one.get_theme_display(), one.name, one.due_on.isoformat(), late, *told]


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def milestone_new(request: HttpRequest) -> HttpResponse:
    """An officer sets a milestone."""
    user, form = writer(request), MilestoneForm(posted(request))
    partnership = partnership_of(request)
    if is_done(
        form,
        lambda: actions.set_milestone(
            partnership=partnership, by=user, at=timezone.now(), **form.cleaned_data
        ),
    ):
        messages.success(request, "The milestone is set. Report each quarter where it stands.")
        return redirect("milestones")
    back = (reverse("milestones"), "Milestones")
    return entry(request, form, title="Set a milestone", press="Set the milestone", back=back)


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def milestone_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another theme, name or day."""
    found = find_milestone(request, pk)
    user = writer(request)
    initial = {"theme": found.theme, "name": found.name, "due_on": found.due_on}
    form = MilestoneForm(posted(request), initial=initial)
    if is_done(
        form,
        lambda: actions.change_milestone(milestone=found, by=user, at=timezone.now(), **form.cleaned_data),
    ):
        messages.success(request, "The milestone is changed.")
        return redirect("milestones")
    back = (reverse("milestones"), "Milestones")
    return entry(
        request,
        form,
        title="Change the milestone",
        caption=found.name,
        press="Save the milestone",
        back=back,
    )


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def milestone_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands in a quarter: the one that ended last, unless another is chosen."""
    found = find_milestone(request, pk)
    user, current = writer(request), Quarter.of(london_day(timezone.now()))
    quarters = [current]
    while len(quarters) < 5:
        quarters.append(quarters[-1].previous)
    form = ReportForm(
        posted(request), quarters=quarters, initial={"quarter": QuarterField.key(current.previous)}
    )
    if is_done(
        form, lambda: actions.report(milestone=found, by=user, at=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, "Where the milestone stands is reported.")
        return redirect("milestones")
    return entry(
        request,
        form,
        title="Report where it stands",
        caption=found.name,
        press="Report",
        back=(reverse("milestones"), "Milestones"),
        intro="What is reported stays. A later report of the same quarter takes its place.",
    )
