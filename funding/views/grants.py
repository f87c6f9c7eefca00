"""Grants and awards: what the Home Office settles, offers and agrees, year by year."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.roles import Permission
from funding.access import find_award, find_grant, visible_grants
from funding.actions import grants as actions
from funding.actions.errors import UnableTo
from funding.forms.grants import BASIS_HINTS, STATUS_HINTS, AwardChangeForm, GrantForm, NewAwardForm
from funding.models import Award, Fund, Grant
from funding.money import ZERO, pounds
from funding.quarters import london_day, year_of
from funding.queue import hint

# A fund without a last day still offers an end to the list of years.
YEARS_AHEAD = 5
METHODS = ["GET", "HEAD", "POST"]


def _with_awards(found: QuerySet[Grant]) -> QuerySet[Grant]:
    # Sums leave a model's own order behind.
    return found.prefetch_related(Prefetch("awards", Award.objects.with_allocated().order_by("year")))


def _totals(grant: Grant) -> dict[str, object]:
    """A grant beside the sums of its awards, all in pounds."""
    awards = list(grant.awards.all())
    awarded = sum((award.amount for award in awards), ZERO)
    allocated = sum((award.allocated for award in awards), ZERO)  # type: ignore[attr-defined]
    return {
        "grant": grant,
        "awards": awards,
        "awarded": awarded,
        "allocated": allocated,
        "remainder": awarded - allocated,
        # One award of each basis but published, to label a total by.
        "unpublished": list({award.basis: award for award in awards if not award.is_published}.values()),
    }


@needs(Permission.VIEW_MONEY)
@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    """Every grant of the partnership by fund."""
    person = acting(request)
    by_fund: dict[str, list[dict[str, object]]] = {}
    for grant in _with_awards(visible_grants(person)).order_by("fund", "name"):
        by_fund.setdefault(grant.fund.name, []).append(_totals(grant))
    context = {
        "by_fund": by_fund,
        "may_record": person.has(Permission.RECORD_AWARD),
        "has_fund": bool(by_fund) or Fund.objects.exists(),
    }
    return render(request, "funding/allocations/grants.html", context)


@needs(Permission.VIEW_MONEY)
@require_safe
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """One grant with its award of each year."""
    found = find_grant(request, pk)
    totals = _totals(_with_awards(Grant.objects.select_related("fund")).get(pk=found.pk))
    may_record = acting(request).has(Permission.RECORD_AWARD)
    return render(request, "funding/allocations/grant.html", {**totals, "may_record": may_record})


def _years_without_award(grant: Grant, at: datetime) -> list[int]:
    first = year_of(grant.fund.starts_on)
    last = max(first, year_of(london_day(at))) + YEARS_AHEAD
    taken = set(grant.awards.values_list("year", flat=True))
    return [year for year in range(first, last + 1) if grant.fund.covers(year) and year not in taken]


def _refuse_readers(request: HttpRequest) -> None:
    """A page that is nothing but a form is not for those who may only read."""
    if not acting(request).has(Permission.RECORD_AWARD):
        raise PermissionDenied


@needs(Permission.VIEW_MONEY, to_write=Permission.RECORD_AWARD)
@require_http_methods(METHODS)
def grant_new(request: HttpRequest) -> HttpResponse:
    """Record what the Home Office has settled on the partnership from one of its funds."""
    _refuse_readers(request)
    partnership, funds = acting(request).partnership, Fund.objects.all()
    assert partnership is not None
    form = GrantForm(request.POST if request.method == "POST" else None, funds=funds)
    if form.is_valid():
        try:
            recorded = actions.record_grant(
                partnership=partnership, by=acting(request).user, at=timezone.now(), **form.cleaned_data
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{recorded.name} is recorded. Record its award for each year next.")
            return redirect("grant", recorded.pk)
    context = {"form": form, "has_fund": funds.exists()}
    return render(request, "funding/allocations/grant_new.html", context)


@needs(Permission.VIEW_MONEY, to_write=Permission.RECORD_AWARD)
@require_http_methods(METHODS)
def award_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the grant's award for a year that has none."""
    found, at = find_grant(request, pk), timezone.now()
    _refuse_readers(request)
    years = _years_without_award(found, at)
    form = NewAwardForm(request.POST if request.method == "POST" else None, years=years)
    if form.is_valid():
        try:
            award = actions.record_award(grant=found, by=acting(request).user, at=at, **form.cleaned_data)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            hint()
            said = f"The award for {award.year_label} is recorded: {pounds(award.amount)}."
            messages.success(request, said)
            return redirect("grant", pk)
    context = {"grant": found, "form": form, "years": years, "status_hints": STATUS_HINTS}
    return render(request, "funding/allocations/award_new.html", {**context, "basis_hints": BASIS_HINTS})


@needs(Permission.VIEW_MONEY, to_write=Permission.RECORD_AWARD)
@require_http_methods(METHODS)
def award_change(request: HttpRequest, pk: int) -> HttpResponse:
    """A later stage or another amount of an award."""
    award = find_award(request, pk)
    _refuse_readers(request)
    form = AwardChangeForm(request.POST if request.method == "POST" else None, award=award)
    seen = request.POST.get("seen", award.as_seen)
    if form.is_valid():
        changes = form.cleaned_data | {"seen": seen}
        try:
            actions.change_award(award=award, by=acting(request).user, at=timezone.now(), **changes)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
            seen = find_award(request, pk).as_seen
        else:
            hint()
            messages.success(request, f"The award for {award.year_label} is changed.")
            return redirect("grant", award.grant_id)
    allocated = Award.objects.with_allocated().get(pk=pk).allocated  # type: ignore[attr-defined]
    context = {
        "award": award,
        "form": form,
        "seen": seen,
        "allocated": allocated,
        "status_hints": STATUS_HINTS,
    }
    return render(request, "funding/allocations/award_change.html", {**context, "basis_hints": BASIS_HINTS})
