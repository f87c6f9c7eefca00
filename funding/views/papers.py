"""Receipts, versions and the report of a return: what is kept, for reading and for keeping."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import Acting, acting, needs
from authorities.roles import Permission
from funding import papers, return_papers, return_sheet
from funding.access import find_return
from funding.downloads import PDF, attachment
from funding.forms.versions import CompareForm
from funding.models import (
    ActivityTarget,
    Certificate,
    QuarterlyReturn,
    ReturnEvent,
    ReturnRules,
    ReturnStatus,
    ReturnVersion,
)
from funding.return_versions import (
    certificate_of,
    headline,
    history,
    last_certified,
    told,
    versions_of,
)
from funding.snapshot import Content, canonical, content_of

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)


def small_for(found: QuarterlyReturn, person: Acting) -> int:
    """Below what count of people a number is hidden from this reader: from none of its own organisation."""
    if found.organisation_id == getattr(person.organisation, "pk", None):
        return 0
    return ReturnRules.of(found.organisation.partnership).small_number


def _number(request: HttpRequest, name: str) -> int | None:
    """The number of a version that the address asks for; None where it asks for none that can be."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


@needs(*READ)
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt of the certificate that stands, or of an earlier version's. Empty until there is one."""
    found = find_return(request, pk)
    versions = versions_of(found)
    signed = [one for one in versions if certificate_of(one)]
    chosen = _chosen(request, signed)
    context: dict[str, Any] = {"found": found, "version": chosen, "signed": signed[::-1]}
    if chosen:
        context["stands"] = found.is_counted and chosen.pk == signed[-1].pk
        context["withheld"] = _is_withheld(found, versions, acting(request))
        context["paper"] = _receipt(request, found, chosen)
    return render(request, "funding/returns/receipt.html", context)


@needs(*READ)
@require_safe
def receipt_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same receipt as a file. There is no such file before the return was certified."""
    found = find_return(request, pk)
    signed = [one for one in versions_of(found) if certificate_of(one)]
    chosen = _chosen(request, signed)
    if chosen is None:
        raise Http404
    return attachment(
        papers.pdf(_receipt(request, found, chosen)), f"receipt-{_signed(chosen).reference}.pdf", PDF
    )


def _chosen(request: HttpRequest, signed: list[ReturnVersion]) -> ReturnVersion | None:
    if "version" not in request.GET:
        return signed[-1] if signed else None
    number = _number(request, "version")
    chosen = next((one for one in signed if one.number == number), None)
    if chosen is None:
        raise Http404
    return chosen


def _signed(version: ReturnVersion) -> Certificate:
    certificate = certificate_of(version)
    assert certificate
    return certificate


def _receipt(request: HttpRequest, found: QuarterlyReturn, version: ReturnVersion) -> papers.Paper:
    content = reverse("return_version_content", args=[found.pk, version.number])
    return return_papers.receipt(found, _signed(version), address=request.build_absolute_uri(content))


def _is_withheld(found: QuarterlyReturn, versions: Iterable[ReturnVersion], person: Acting) -> bool:
    """Whether the contents hold counts of people so small that this reader must not see them.

    One small count in one version withholds all of them: what stays the same would give it away.
    """
    small = small_for(found, person)
    counts = (
        line[name]
        for version in versions
        for line in version.content["activity"]
        for name in ("universal_reached", "targeted_reached")
    )
    return any(0 < count < small for count in counts)


@needs(*READ)
@require_safe
def version_content(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The exact bytes that were hashed. Hotspots are in it by reference only."""
    found = find_return(request, pk)
    versions = versions_of(found)
    version = next((one for one in versions if one.number == number), None)
    if version is None:
        raise Http404
    if _is_withheld(found, versions, acting(request)):
        raise PermissionDenied
    name = f"return-{found.pk}-version-{number}.json"
    return attachment(canonical(version.content), name, "application/json")


@needs(*READ)
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version with what changed from the one before; any two are compared."""
    found, person = find_return(request, pk), acting(request)
    every, small = versions_of(found), small_for(found, person)
    events = list(ReturnEvent.objects.filter(quarterly_return=found).select_related("by"))
    form = CompareForm(request.GET if "one" in request.GET else None, versions=every)
    context: dict[str, Any] = {"found": found, "kept": history(every, events, small=small), "form": form}
    if len(every) > 1 and form.is_valid():
        one, other = form.chosen
        rows = told(one.content, other.content, small=small)
        context["compared"] = (one, other, rows, headline(one.content, other.content, rows))
    return render(request, "funding/returns/versions.html", context)


@needs(*READ)
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report for a council's committee, to be read or printed."""
    found = find_return(request, pk)
    return render(
        request, "funding/returns/report.html", {"found": found, "paper": _report(found, acting(request))}
    )


@needs(*READ)
@require_safe
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same report as a file."""
    found = find_return(request, pk)
    name = f"report-{found.pk}-{found.quarter.year}-Q{found.quarter.number}.pdf"
    return attachment(papers.pdf(_report(found, acting(request))), name, PDF)


def _report(found: QuarterlyReturn, person: Acting) -> papers.Paper:
    content, certificate = _content(found)
    targets = ActivityTarget.objects.filter(
        intervention__organisation=found.organisation,
        intervention__award__year=found.round.year,
        quarter=found.round.quarter_number,
    )
    return return_papers.report(
        found,
        content=content,
        sheet=return_sheet.load(found),
        certificate=certificate,
        targets={str(target.intervention_id): target for target in targets},
        small=small_for(found, person),
        dated=certificate.certified_at if certificate else timezone.now(),
    )


def _content(found: QuarterlyReturn) -> tuple[Content, Certificate | None]:
    """What the return says: as it was certified where that stands, as it was sent, or as it is now."""
    if found.is_counted:
        version = last_certified(versions_of(found))
        if version:
            return version.content, certificate_of(version)
    if found.status == ReturnStatus.WITH_CERTIFIER and (versions := versions_of(found)):
        return versions[-1].content, None
    return content_of(found), None
