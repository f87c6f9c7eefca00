"""Checking a return, sending it to its certifier, taking it back, and the signature."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import Acting, acting, needs
from authorities.roles import Permission
from funding.access import find_return, find_return_to
from funding.actions import returns, reviews
from funding.actions.errors import UnableTo
from funding.actions.versions import capacity_of
from funding.declaration import declaration
from funding.forms.returns import CertifyForm
from funding.forms.versions import RevertForm
from funding.models import ReturnEvent, ReturnStatus
from funding.queue import hint
from funding.return_content import WORDED, beside_the_figures, totals
from funding.return_versions import headline, last_certified, last_signed_by, told, versions_of
from funding.snapshot import content_of
from funding.views.return_page import Verdict, delivery_and_sheet, not_now

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a return back from its certifier. Opening the address again leads to the return."""
    found = find_return(request, pk)
    if request.method != "POST":
        return redirect("return", pk=pk)
    try:
        returns.recall(quarterly_return=found, by=acting(request).user, at=timezone.now())
    except UnableTo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You have taken the return back. Send it again when it is ready.")
    return redirect("return", pk=pk)


@needs(*READ, to_write=Permission.CERTIFY_RETURN)
@require_http_methods(METHODS)
def certify(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures as they will be signed; certify them, or decline with a reason."""
    person, found = acting(request), find_return_to(request, pk, Permission.CERTIFY_RETURN)
    if request.method != "POST" and found.status != ReturnStatus.WITH_CERTIFIER:
        return not_now(request, found)
    verdict = Verdict(request, found, CertifyForm)
    if verdict.yes(returns.certify):
        hint()
        messages.success(request, "You have certified the return. The OPCC has it now. This is your receipt.")
        return redirect("return_receipt", pk=pk)
    if verdict.no(returns.decline):
        hint()
        messages.success(request, "You have declined the return. Those who prepare it see your reason.")
        return redirect("return", pk=pk)
    context = {
        "found": verdict.found,
        "verdict": verdict,
        "forms": verdict.forms,
        **delivery_and_sheet(verdict.found, person),
    }
    return render(request, "funding/returns/certify.html", context | _signed(person, context))


def _signed(person: Acting, context: dict[str, Any]) -> dict[str, Any]:
    """All that is signed beside the figures, what changed since the last signature, and who signs as what."""
    found, every = context["found"], versions_of(context["found"])
    version = every[-1] if every else None
    own, latest = last_signed_by(every[:-1], person.user), last_certified(every[:-1])
    since = own or latest
    prepared = ReturnEvent.objects.filter(quarterly_return=found, by=person.user, verb__in=("save", "send"))
    signed: dict[str, Any] = {
        "version": version,
        "since": since,
        "since_by_reader": own is not None,
        "prepared": prepared.exists(),
        "capacity": capacity_of(person.user, found.organisation, timezone.now()),
        "declaration": declaration(found.organisation.name, found.round.year),
    }
    if version:
        rows = context["sheet"].rows
        variances = {str(row.line.pk): row.actual - row.plan for row in rows if row.actual is not None}
        # Everything but the words has a place of its own on every page of a return.
        beside = beside_the_figures(version.content, variances)
        signed["sections"] = [one for one in beside if one.heading == WORDED]
        signed["totals"] = totals(version.content)
    if version and since:
        signed["changed"] = told(since.content, version.content)
        signed["headline"] = headline(since.content, version.content, signed["changed"])
    return signed


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def revert(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the certified version: what will be undone, why its figures stand, confirm."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if request.method != "POST" and not found.is_open:
        return not_now(request, found)
    if request.method != "POST" and reviews.certified_version(found) is None:
        messages.info(request, "This return was never certified, so there is no version to go back to.")
        return redirect("return", pk=pk)
    form = RevertForm(_typed(request), initial={"revision": found.revision})
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("reason", "revision")}
        try:
            reviews.revert(quarterly_return=found, by=acting(request).user, at=timezone.now(), **given)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
            found = find_return(request, pk)
            form.compare_with(found.revision, {})
        else:
            hint()
            messages.success(
                request, "The certified version stands again, and the OPCC has it with your reason."
            )
            return redirect("return", pk=pk)
    certificate = reviews.certified_version(found)
    context: dict[str, Any] = {"found": found, "form": form, "certificate": certificate}
    if certificate:
        now, then = content_of(found), certificate.version.content
        context["undone"] = told(now, then)
        context["sentence"] = headline(now, then, context["undone"])
    return render(request, "funding/returns/revert.html", context)


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
