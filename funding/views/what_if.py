"""What if: the scenarios of the OPCC, one with its moves, two compared, one proposed as a decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.roles import Permission
from funding.access import find_scenario, find_scenario_move, visible_awards, visible_scenarios
from funding.actions import scenarios as actions
from funding.actions.errors import UnableTo
from funding.board import exports
from funding.board.charts import scenarios as charts
from funding.board.charts.spec import dumps
from funding.downloads import CSV, attachment
from funding.effect import Movement, YearEffect, describe
from funding.forms.what_if import CompareForm, MoveForm, PromoteForm, StartForm
from funding.models import Award, ScenarioDecision
from funding.money import ZERO, pounds
from funding.quarters import london_day, year_of
from funding.what_if import grid
from funding.what_if.places import allocations
from funding.what_if.sheet import Sheet, open_sheet, open_sheets, place_of

METHODS = ["GET", "HEAD", "POST"]
READ = Permission.VIEW_MONEY


@needs(READ)
@require_safe
def scenarios(request: HttpRequest) -> HttpResponse:
    """Every scenario of the partnership, the newest first."""
    person = acting(request)
    rows = list(visible_scenarios(person))
    context = {
        "rows": rows,
        "may_write": person.has(Permission.WHAT_IF),
        "promoted": _promoted([row.pk for row in rows]),
        "compare_form": CompareForm(scenarios=rows) if len(rows) > 1 else None,
    }
    return render(request, "funding/what_if/scenarios.html", context)


def _promoted(scenarios: list[int]) -> dict[int, list[ScenarioDecision]]:
    found: dict[int, list[ScenarioDecision]] = {}
    for row in ScenarioDecision.objects.filter(scenario__in=scenarios).select_related("decision"):
        found.setdefault(row.scenario_id, []).append(row)
    return found


@needs(READ, to_write=Permission.WHAT_IF)
@require_http_methods(METHODS)
def start(request: HttpRequest) -> HttpResponse:
    """Start from the live plan: a copy of one financial year."""
    person, now = acting(request), timezone.now()
    if not person.has(Permission.WHAT_IF) or person.partnership is None:
        raise PermissionDenied
    years = sorted(set(visible_awards(person).values_list("year", flat=True)), reverse=True)
    this_year = year_of(london_day(now))
    form = StartForm(
        request.POST if request.method == "POST" else None,
        years=years,
        initial={"copied_year": this_year if this_year in years else next(iter(years), None)},
    )
    if form.is_valid():
        try:
            made = actions.start(
                partnership=person.partnership,
                year=form.cleaned_data["copied_year"],
                name=form.cleaned_data["title"],
                by=person.user,
                at=now,
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The live plan is copied. Nothing that you move here moves any money.")
            return redirect("what_if", made.pk)
    return render(request, "funding/what_if/new.html", {"form": form, "years": years})


@needs(READ, to_write=Permission.WHAT_IF)
@require_http_methods(METHODS)
def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """The moves of a scenario and what comes of them, beside the live plan."""
    person = acting(request)
    found = find_scenario(request, pk)
    sheet = open_sheet(found)
    form = MoveForm(request.POST if request.method == "POST" else None, sheet=sheet)
    if form.is_valid():
        try:
            made = actions.move(scenario=found, by=person.user, at=timezone.now(), **form.chosen)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{pounds(made.amount)} is moved in this scenario.")
            return redirect("what_if", pk)
    chart = charts.organisations(sheet)
    moves = found.moves.select_related("moved_by", "taken_back_by", "source", "target")
    context: dict[str, Any] = {
        "scenario": found,
        "sheet": sheet,
        "moves": [(one, sheet.name(place_of(one.source)), sheet.name(place_of(one.target))) for one in moves],
        "grid": grid.organisations(sheet),
        "grid_total": grid.total(sheet),
        "chart": chart,
        "pace": charts.pace(sheet),
        "set_asides": charts.set_asides(sheet),
        "promotions": _promoted([found.pk]).get(found.pk, []),
        "may_write": person.has(Permission.WHAT_IF),
        "may_propose": person.has(Permission.PROPOSE_DECISION),
        # Escaped by `dumps` for a script element.
        "specs": mark_safe(dumps({panel.key: panel.spec for panel in chart.panels})),  # noqa: S308
    }
    context |= {"form": form} if person.has(Permission.WHAT_IF) else {}
    return render(request, "funding/what_if/scenario.html", context)


@needs(READ)
@require_safe
def table_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """What each organisation holds, live and in the scenario."""
    text = exports.csv_text(charts.organisations(open_sheet(find_scenario(request, pk))))
    return attachment(text, f"what-if-{pk}-organisations.csv", CSV)


@needs(READ, to_write=Permission.WHAT_IF)
@require_http_methods(METHODS)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes one move back. Opening the address again leads to the scenario."""
    found = find_scenario_move(request, pk)
    if request.method != "POST":
        return redirect("what_if", found.scenario_id)
    try:
        actions.take_back(move=found, by=acting(request).user, at=timezone.now())
    except UnableTo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The move of {pounds(found.amount)} is taken back.")
    return redirect("what_if", found.scenario_id)


@needs(READ)
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two scenarios of the same year: what the second gives more or less than the first."""
    asked = request.GET if {"a", "b"} & set(request.GET) else None
    form = CompareForm(asked, scenarios=list(visible_scenarios(acting(request))))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        first, second = open_sheets(form.chosen)
        context |= {
            "chart": charts.compared(first, second),
            "first": first.scenario,
            "second": second.scenario,
        }
    return render(request, "funding/what_if/compare.html", context)


@needs(READ, to_write=Permission.PROPOSE_DECISION)
@require_http_methods(METHODS)
def promote(request: HttpRequest, pk: int) -> HttpResponse:
    """The allocations of one award before and after; then a proposal for somebody else to approve."""
    person, found = acting(request), find_scenario(request, pk)
    if not person.has(Permission.PROPOSE_DECISION):
        raise PermissionDenied
    sheet = open_sheet(found)
    award = _award(request, sheet)
    if award is None:
        messages.error(
            request, "This scenario moves nothing between organisations, so there is nothing to propose."
        )
        return redirect("what_if", pk)
    form = PromoteForm(request.POST if request.method == "POST" else None, sheet=sheet, award=award)
    if form.is_valid():
        try:
            decision = actions.promote(
                scenario=found, award=award, by=person.user, at=timezone.now(), **form.cleaned_data
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"Decision {decision.reference} is proposed. Somebody else must approve it."
            )
            return redirect("decision", decision.pk)
    effect = _effect(sheet, award)
    context = {
        "scenario": found,
        "award": award,
        "others": [one for one in sheet.changed_awards if one != award],
        "effect": effect,
        "description": describe([effect]),
        "stale": actions.stale(sheet, award),
        "form": form,
    }
    return render(request, "funding/what_if/promote.html", context)


def _award(request: HttpRequest, sheet: Sheet) -> Award | None:
    """The one that the address asks for, of those that the scenario changes; else the first of them."""
    asked = request.GET.get("award", "")
    chosen = [award for award in sheet.changed_awards if str(award.pk) == asked]
    return next(iter(chosen or sheet.changed_awards), None)


def _effect(sheet: Sheet, award: Award) -> YearEffect:
    """As the page of the decision will say it: from what is live now."""
    before, wanted = allocations(sheet.live.amounts), allocations(sheet.wanted)
    movements = []
    for pk, one in sheet.organisations.items():
        if sheet.can_hold(award, one):
            held = before.get((award.pk, pk), ZERO)
            movements.append(Movement(one.short_name, held, wanted.get((award.pk, pk), ZERO) - held))
    return YearEffect(award.year, award.amount, movements)
