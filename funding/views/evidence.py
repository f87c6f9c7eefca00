"""Evidence of a return: the list, handing files in, taking one out, and the only way to a file's content."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import files, return_evidence, scanning
from funding.access import find_evidence, find_return
from funding.actions import evidence as actions
from funding.actions.errors import LOCKED, UnableTo
from funding.forms.evidence import EvidenceForm
from funding.inspection.kinds import CONTENT_TYPES
from funding.models import BudgetLine, EvidenceFile, QuarterlyReturn, ReturnStatus
from funding.queue import hint
from funding.views.return_page import not_now

READ = (Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
METHODS = ["GET", "HEAD", "POST"]
# A browser that shows a file all the same runs nothing in it, and it reaches nothing of the portal.
SANDBOX = "sandbox; default-src 'none'"


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """The files of the return, for everybody who may see it; a form for those who prepare it."""
    found = find_return(request, pk)
    lines = BudgetLine.objects.of(found.organisation, found.round.year)
    typed: Any = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = EvidenceForm(*typed, lines=lines, initial={"line": request.GET.get("line", "")})
    if request.method == "POST" and form.is_valid() and _added(request, found, form):
        return redirect("return_evidence", pk=found.pk)
    found = find_return(request, pk) if request.method == "POST" else found
    context = {
        "found": found,
        "evidence": return_evidence.load(found),
        "form": form,
        "may_change": found.is_open and acting(request).has(Permission.PREPARE_RETURN),
        "locked": "" if found.is_open else LOCKED[ReturnStatus(found.status)],
        "is_scanned": scanning.is_set_up(),
    }
    return render(request, "funding/returns/evidence.html", context)


def _added(request: HttpRequest, found: QuarterlyReturn, form: EvidenceForm) -> bool:
    """Whether every file was kept. Those that were not have a sentence each on the form."""
    try:
        handed_in = actions.add(
            quarterly_return=found,
            budget_line=form.budget_line,
            offered=form.cleaned_data["uploads"],
            by=acting(request).user,
            at=timezone.now(),
        )
    except UnableTo as refusal:
        form.add_error(None, str(refusal))
        return False
    if handed_in.kept:
        if scanning.is_set_up():
            hint("funding.scan_evidence")
        names = ", ".join(f"“{one.name}”" for one in handed_in.kept)
        messages.success(request, f"Added: {names}.")
    for sentence in handed_in.refused:
        form.add_error("uploads", sentence)
    return not handed_in.refused


@needs(*READ)
@require_safe
def download(request: HttpRequest, pk: int) -> Any:
    """The content of one file, to be saved and never to be shown in the portal's own window."""
    found = find_evidence(request, pk)
    if not found.may_be_opened:
        messages.info(request, _why_shut(found))
        return redirect("return_evidence", pk=found.quarterly_return_id)
    try:
        content = files.opened(found.stored_as)
    except FileNotFoundError:
        messages.error(request, f"“{found.name}” is not on the disk of the portal. Tell the OPCC.")
        return redirect("return_evidence", pk=found.quarterly_return_id)
    known = found.content_type in CONTENT_TYPES.values()
    answer = FileResponse(content, content_type=found.content_type if known else "application/octet-stream")
    answer["Content-Disposition"] = _as_attachment(found.name)
    answer["Content-Length"] = str(found.size)
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _why_shut(found: EvidenceFile) -> str:
    if found.is_live:
        return f"“{found.name}” has not been scanned for viruses yet. Try again in a few minutes."
    return f"“{found.name}” can no longer be opened: {found.get_state_display().lower()}."


def _as_attachment(name: str) -> str:
    """The name twice: in plain letters for old programs, and as it is."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("\\", "_").replace('"', "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@needs(*READ, to_write=Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once more, then takes the file out."""
    found = find_evidence(request, pk)
    if not acting(request).has(Permission.PREPARE_RETURN):
        raise PermissionDenied
    if request.method != "POST" and not found.quarterly_return.is_open:
        return not_now(request, found.quarterly_return)
    refusal = ""
    if request.method == "POST":
        try:
            actions.remove(evidence=found, by=acting(request).user, at=timezone.now())
        except UnableTo as problem:
            refusal = str(problem)
        else:
            messages.success(request, f"“{found.name}” was taken out.")
            return redirect("return_evidence", pk=found.quarterly_return_id)
    context = {
        "evidence": found,
        "found": found.quarterly_return,
        "more_errors": [{"text": refusal}] if refusal else [],
    }
    return render(request, "funding/returns/evidence_remove.html", context)
