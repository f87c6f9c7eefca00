"""The plan of the person's own organisation: interventions and their budget lines, within the allocation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.models import Organisation
from authorities.roles import Permission
from funding.access import find_budget_line, find_intervention, plannable_organisation
from funding.actions import plans as actions
from funding.actions.errors import UnableTo
from funding.forms.plans import TIER_HINTS, BudgetLineForm, InterventionForm, ProfileForm
from funding.models import (
    ActivityTarget,
    Award,
    BudgetLine,
    CostHeading,
    DecisionLine,
    Intervention,
    ProfileAmount,
    Theme,
)
from funding.money import ZERO, pounds
from funding.quarters import london_day, year_of
from funding.queue import hint

METHODS = ["GET", "HEAD", "POST"]
TARGETS = ("universal_reached", "targeted_reached", "sessions")


@dataclass(frozen=True)
class PlannedLine:
    """One budget line with its four quarters, in pounds."""

    line: BudgetLine
    profile: list[Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.profile, ZERO)


@dataclass(frozen=True)
class PlannedIntervention:
    """One intervention with its budget lines."""

    intervention: Intervention
    lines: list[PlannedLine]

    @property
    def has_targets(self) -> bool:
        return any(self._target(name) for name in TARGETS)

    def _target(self, name: str) -> int:
        return getattr(self.intervention, f"target_{name}", None) or 0

    @property
    def targets_in_words(self) -> str:
        """For the year. Universal and targeted are never added up."""
        if not self.has_targets:
            return "No target is set."
        universal, targeted, sessions = (self._target(name) for name in TARGETS)
        return (
            f"Targets for the year: {universal:,} reached by universal work, {targeted:,} with targeted "
            f"support, {sessions:,} sessions."
        )

    @property
    def profile(self) -> list[Decimal]:
        return _by_quarter([line.profile for line in self.lines])

    @property
    def total(self) -> Decimal:
        return sum(self.profile, ZERO)


@dataclass(frozen=True)
class PlannedAward:
    """What the organisation holds of an award, and what it plans to do with it."""

    award: Award
    allocation: Decimal
    interventions: list[PlannedIntervention] = field(default_factory=list)

    @property
    def profile(self) -> list[Decimal]:
        return _by_quarter([intervention.profile for intervention in self.interventions])

    @property
    def planned(self) -> Decimal:
        return sum(self.profile, ZERO)

    @property
    def unplanned(self) -> Decimal:
        return self.allocation - self.planned


def _by_quarter(profiles: list[list[Decimal]]) -> list[Decimal]:
    return [sum(amounts, ZERO) for amounts in zip(*profiles, strict=True)] or [ZERO] * 4


def _own(request: HttpRequest) -> Organisation:
    """The door has seen that the person plans for an organisation."""
    organisation = plannable_organisation(acting(request))
    assert organisation is not None
    return organisation


def _held(organisation: Organisation) -> dict[int, Decimal]:
    """Pounds by award id: every award of which the organisation holds something, or once did."""
    allocations = DecisionLine.objects.filter(organisation=organisation).approved().allocations()
    return {award: amount for (award, _), amount in allocations.items()}


def _target_of_year(name: str) -> Subquery:
    targets = ActivityTarget.objects.filter(intervention=OuterRef("pk")).order_by().values("intervention")
    return Subquery(targets.annotate(total=Sum(name)).values("total"))


def _planned_awards(
    organisation: Organisation, awards: list[Award], held: dict[int, Decimal]
) -> list[PlannedAward]:
    budget_lines = BudgetLine.objects.select_related("cost_heading").prefetch_related("profile")
    interventions = (
        Intervention.objects.filter(organisation=organisation, award__in=awards)
        .select_related("theme")
        .prefetch_related(Prefetch("budget_lines", budget_lines))
        .annotate(**{f"target_{name}": _target_of_year(name) for name in TARGETS})
        .order_by("pk")
    )
    planned = {award.pk: PlannedAward(award, held[award.pk]) for award in awards}
    for intervention in interventions:
        lines = [
            PlannedLine(line, [amount.amount for amount in line.profile.all()])
            for line in intervention.budget_lines.all()
        ]
        planned[intervention.award_id].interventions.append(PlannedIntervention(intervention, lines))
    return list(planned.values())


@needs(Permission.PLAN)
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """One financial year of the organisation's plan."""
    organisation, this_year = _own(request), year_of(london_day(timezone.now()))
    held = _held(organisation)
    awards = Award.objects.filter(pk__in=held).select_related("grant__fund").order_by("grant__fund", "pk")
    years = sorted({award.year for award in awards})
    asked = [year for year in years if str(year) == request.GET.get("year")]
    year = asked[0] if asked else this_year if this_year in years else max(years, default=this_year)
    of_year = [award for award in awards if award.year == year]
    context = {"organisation": organisation, "years": years, "year": year, "this_year": this_year}
    context["planned"] = _planned_awards(organisation, of_year, held)
    return render(request, "funding/plans/plan.html", context)


def _to_plan(year: int) -> HttpResponseRedirect:
    return redirect(f"{reverse('plan')}?year={year}")


@needs(Permission.PLAN)
@require_http_methods(METHODS)
def intervention_new(request: HttpRequest) -> HttpResponse:
    """Add something that the organisation will do or buy with one of its awards that are not over yet."""
    organisation, at = _own(request), timezone.now()
    awards = _plannable_awards(organisation, london_day(at))
    form = InterventionForm(
        request.POST if request.method == "POST" else None,
        awards=awards,
        themes=Theme.objects.all(),
        initial={"award": request.GET.get("award", "")},
    )
    if form.is_valid():
        try:
            added = actions.add_intervention(
                organisation=organisation, by=acting(request).user, at=at, **form.cleaned_data
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{added.name} is in the plan. Add its budget lines next.")
            return _to_plan(added.award.year)
    context = {"form": form, "has_award": awards.exists(), "tier_hints": TIER_HINTS}
    return render(request, "funding/plans/intervention_new.html", context)


def _plannable_awards(organisation: Organisation, today: date) -> QuerySet[Award]:
    """Awards of this financial year and later of which the organisation holds something, newest first."""
    held = [award for award, amount in _held(organisation).items() if amount > 0]
    awards = Award.objects.filter(pk__in=held, year__gte=year_of(today)).select_related("grant")
    return awards.order_by("-year", "grant__fund")


@needs(Permission.PLAN)
@require_http_methods(METHODS)
def budget_line_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add one cost of an intervention, with what it will cost in each quarter."""
    intervention = find_intervention(request, pk)
    form = BudgetLineForm(
        request.POST if request.method == "POST" else None,
        year=intervention.award.year,
        headings=CostHeading.objects.all(),
    )
    if form.is_valid():
        try:
            line = actions.add_budget_line(
                intervention=intervention, by=acting(request).user, at=timezone.now(), **form.budget_line()
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            hint()
            total = sum(form.budget_line()["profile"], ZERO)
            messages.success(request, f"{line}: {pounds(total)} is in the plan.")
            return _to_plan(intervention.award.year)
    context = {"intervention": intervention, "form": form, "left": _left(intervention)}
    return render(request, "funding/plans/budget_line_new.html", context)


@needs(Permission.PLAN)
@require_http_methods(METHODS)
def budget_line_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Other amounts for the quarters of a budget line whose returns are not on their way."""
    line = find_budget_line(request, pk)
    intervention = line.intervention
    year, planned = intervention.award.year, [amount.amount for amount in line.profile.all()]
    held = actions.held_quarters(organisation=intervention.organisation, year=year)
    form = ProfileForm(
        request.POST if request.method == "POST" else None, year=year, planned=planned, held=held
    )
    if form.is_valid():
        try:
            actions.change_profile(
                budget_line=line,
                profile=form.profile(),
                seen=form.seen(),
                by=acting(request).user,
                at=timezone.now(),
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            hint()
            messages.success(request, f"{line}: {pounds(sum(form.profile(), ZERO))} is planned for the year.")
            return _to_plan(year)
    context = {"line": line, "form": form, "rows": form.rows(), "left": _left(intervention)}
    context["fixed"] = sum((planned[number - 1] for number in held), ZERO)
    context["total"] = sum(planned, ZERO)
    return render(request, "funding/plans/budget_line_change.html", context)


def _left(intervention: Intervention) -> Decimal:
    """Pounds of the organisation's allocation that no budget line plans yet."""
    award, organisation = intervention.award, intervention.organisation
    planned = ProfileAmount.objects.filter(
        budget_line__intervention__organisation=organisation, budget_line__intervention__award=award
    )
    return _held(organisation).get(award.pk, ZERO) - sum(planned.values_list("amount", flat=True), ZERO)
