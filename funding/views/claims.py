"""Claims to the Home Office: the list of a year, one claim with its tie-out, freezing it, downloads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import claim_exports
from funding.access import find_claim, visible_claim_awards
from funding.actions import claims as actions
from funding.actions.errors import UnableTo
from funding.claims import reading, standing
from funding.claims.paper import Paper, Sums, sums
from funding.claims.tie_out import tie_out
from funding.downloads import CSV, XLSX, attachment
from funding.forms.claims import FreezeForm
from funding.models import Award, Claim, ClaimPart
from funding.money import pounds
from funding.quarters import london_day, year_of

READ = (Permission.VIEW_MONEY, Permission.VIEW_BOARD)


@needs(*READ)
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """Every claim of one financial year, award by award."""
    today = london_day(timezone.now())
    awards = list(visible_claim_awards(acting(request)).order_by("grant__fund", "grant", "year"))
    years = sorted({award.year for award in awards}, reverse=True)
    asked = request.GET.get("year", "")
    begun = [year for year in years if year <= year_of(today)] or years
    year = int(asked) if asked in map(str, years) else next(iter(begun), None)
    rows = standing.of_year([award for award in awards if award.year == year], today)
    context = {"rows": rows, "years": years, "year": year, "note": claim_exports.HEADINGS_NOTE}
    return render(request, "funding/claims/claims.html", context)


def _read(award: Award, part: ClaimPart) -> tuple[standing.Standing, Paper | None, dict[int, Claim]]:
    """Where the claim stands, and the claim: frozen, or as it would be frozen now."""
    found = {one.part: one for one in Claim.objects.filter(award=award).select_related("frozen_by")}
    where = standing.standing(award, part, found, london_day(timezone.now()))
    if where.code == standing.NOT_YET:
        return where, None, found
    lines = reading.frozen_lines(award)
    if where.claim:
        where.claim.award = award
        return where, reading.frozen(where.claim, lines), found
    return where, reading.draft(award, part, lines, found.get(part - 1)), found


@needs(*READ)
@require_safe
def claim(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """One claim: by heading, by organisation, what was adjusted and why, match, and the tie-out."""
    award, asked = find_claim(request, pk, part)
    where, paper, _ = _read(award, asked)
    context: dict[str, Any] = {
        "award": award,
        "part": asked,
        "parts": ClaimPart,
        "where": where,
        "paper": paper,
    }
    if paper:
        context |= _tables(paper)
        now = reading.returns_now(award, asked) if paper.claim else paper.returns
        context["checks"] = tie_out(paper, now)
        context["may_freeze"] = not paper.claim and acting(request).has(Permission.FREEZE_CLAIM)
    return render(request, "funding/claims/claim.html", context)


def _tables(paper: Paper) -> dict[str, Any]:
    lines = [*paper.before, *paper.lines]
    headings: dict[object, str] = {one.key.heading: one.heading_label for one in lines if not one.is_match}
    bodies: dict[object, str] = {one.organisation: one.organisation_name for one in paper.returns}
    by_organisation = sums(paper, lambda line: line.key.organisation, bodies)
    return {
        "note": claim_exports.HEADINGS_NOTE,
        "match_note": claim_exports.MATCH_NOTE,
        "by_heading": list(sums(paper, lambda line: line.key.heading, headings).values()),
        "by_organisation": [_organisation(paper, pk, row) for pk, row in by_organisation.items()],
        "adjustments": [line for line in paper.lines if line.is_adjustment],
        "digest": paper.claim.digest if paper.claim else paper.digest,
    }


def _organisation(paper: Paper, pk: object, row: Sums) -> dict[str, Any]:
    """An organisation's row; what it has not returned is not there, and no zero."""
    returns = [one for one in paper.returns if one.organisation == pk]
    own = [one for one in returns if paper.is_statement or one.quarter == paper.part]
    return {"row": row, "returns": own, "counted": any(one.is_counted for one in own)}


@needs(*READ, to_write=Permission.FREEZE_CLAIM)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_freeze(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Check before you freeze: the figures once more, what follows, and a tick."""
    award, asked = find_claim(request, pk, part)
    person = acting(request)
    if not person.has(Permission.FREEZE_CLAIM):
        raise PermissionDenied
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = actions.freeze(
                award=award, part=asked, seen=form.cleaned_data["seen"], by=person.user, at=timezone.now()
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            said = asked.name_in_text
            messages.success(request, f"You have frozen {said} of {award.year_label}: {pounds(made.total)}.")
            return redirect("claim", pk, part)
    where, paper, _ = _read(award, asked)
    if paper is None or (paper.claim and not form.is_bound):
        return redirect("claim", pk, part)
    checks = [] if paper.claim else tie_out(paper, paper.returns)
    context = {"award": award, "part": asked, "where": where, "paper": paper, "form": form, "checks": checks}
    return render(request, "funding/claims/claim_freeze.html", {**context, **_tables(paper)})


@needs(*READ)
@require_safe
def claim_csv(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """The lines of one claim for a spreadsheet."""
    return _download(request, pk, part, "csv")


@needs(*READ)
@require_safe
def claim_xlsx(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """The claim as a workbook: its sums, its lines and the returns it is built from."""
    return _download(request, pk, part, "xlsx")


def _download(request: HttpRequest, pk: int, part: str, extension: str) -> HttpResponse:
    award, asked = find_claim(request, pk, part)
    _, paper, _ = _read(award, asked)
    if paper is None:
        return redirect("claim", pk, part)
    name = claim_exports.file_name(paper, extension)
    if extension == "csv":
        return attachment(claim_exports.csv_text(paper), name, CSV)
    return attachment(claim_exports.xlsx_bytes(paper), name, XLSX)
