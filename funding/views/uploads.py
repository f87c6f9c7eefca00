"""A return by workbook: the template, the upload, what was read from it, and the answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import files
from funding.access import find_return_to, find_upload
from funding.actions import uploads
from funding.actions.errors import UnableTo
from funding.downloads import XLSX, attachment
from funding.forms.uploads import ConfirmForm, UploadForm
from funding.models import UNFINISHED_UPLOADS, QuarterlyReturn, UploadState, WorkbookUpload
from funding.queue import hint
from funding.views.return_page import not_now
from funding.workbook import template
from funding.workbook.contents import form_of
from funding.workbook.findings import Findings

JOB = "funding.read_workbooks"
METHODS = ["GET", "HEAD", "POST"]
AGAIN = (
    "The return or its plan has changed meanwhile, so nothing was saved. The file is being compared again."
)
# Of one page. A workbook of a return has a few hundred cells; all of them are in the marked-up file.
MOST_SHOWN = 500


@needs(Permission.PREPARE_RETURN)
@require_safe
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The template of one return, filled in with what is saved."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if not found.is_open:
        return not_now(request, found)
    quarter = found.quarter
    return attachment(
        template.write(form_of(found)), f"return-{quarter.year}-q{quarter.number}-{found.pk}.xlsx", XLSX
    )


@needs(Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def upload_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a workbook in; and those that were handed in before."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if request.method != "POST" and not found.is_open:
        return not_now(request, found)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        upload = _received(request, found, form)
        if upload:
            hint(JOB)
            return redirect("upload", pk=upload.pk)
    earlier = found.uploads.select_related("uploaded_by")[:10]
    return render(request, "funding/uploads/new.html", {"found": found, "form": form, "earlier": earlier})


def _received(request: HttpRequest, found: QuarterlyReturn, form: UploadForm) -> WorkbookUpload | None:
    file = form.cleaned_data["file"]
    try:
        return uploads.receive(
            quarterly_return=found,
            name=form.name,
            extension=form.extension,
            chunks=file.chunks(),
            size=file.size,
            by=acting(request).user,
            at=timezone.now(),
        )
    except UnableTo as refusal:
        form.add_error("file", str(refusal))
        return None


@needs(Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the file stands: its progress, its cause of refusal, or what it would change; and the answer."""
    found = find_upload(request, pk)
    findings = Findings.from_json(found.result if found.state != UploadState.REFUSED else {})
    form = ConfirmForm(_typed(request), upload=found, findings=findings)
    if request.method == "POST" and form.is_valid():
        done = _confirmed(request, found, form)
        if done:
            return done
    broken = {(remark.part, remark.key) for remark in findings.errors if remark.key}
    context: dict[str, Any] = {
        "upload": found,
        "found": found.quarterly_return,
        "findings": findings,
        "form": form,
        "shown": findings.changes[:MOST_SHOWN],
        "broken": broken,
        "is_unfinished": found.state in UNFINISHED_UPLOADS,
    }
    return render(request, "funding/uploads/upload.html", context)


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _confirmed(request: HttpRequest, found: WorkbookUpload, form: ConfirmForm) -> HttpResponse | None:
    try:
        done = uploads.confirm(
            upload=found,
            changes=[
                {"part": one.part, "key": one.key, "field": one.field, "value": one.value}
                for one in form.changes()
            ],
            prompts=form.prompts(),
            plan=form.findings.plan,
            by=acting(request).user,
            at=timezone.now(),
        )
    except UnableTo as refusal:
        form.add_error(None, str(refusal))
        return None
    if done.state == UploadState.SAVED:
        messages.success(request, f"The figures of “{found.name}” are saved in the return.")
        return redirect("return", pk=found.quarterly_return_id)
    hint(JOB)
    messages.info(request, AGAIN)
    return redirect("upload", pk=found.pk)


@needs(Permission.PREPARE_RETURN)
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is, for the page that waits."""
    found = find_upload(request, pk)
    facts = {"step": found.step or found.get_state_display(), "done": found.done, "total": found.total}
    return JsonResponse({**facts, "is_finished": found.state not in UNFINISHED_UPLOADS})


@needs(Permission.PREPARE_RETURN)
@require_safe
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's own workbook with its remarks."""
    found = find_upload(request, pk)
    if not found.marked_as:
        raise Http404
    try:
        with files.opened(found.marked_as) as content:
            return attachment(
                content.read(), f"{found.name.rpartition('.')[0] or found.name} - marked.xlsx", XLSX
            )
    except FileNotFoundError:
        raise Http404 from None


@needs(Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Want nothing of the file."""
    found = find_upload(request, pk)
    if request.method != "POST":
        return redirect("upload", pk=pk)
    uploads.discard(upload=found, by=acting(request).user, at=timezone.now())
    messages.success(request, f"“{found.name}” was discarded. Nothing of it is in the return.")
    return redirect("upload_new", pk=found.quarterly_return_id)


@needs(Permission.PREPARE_RETURN)
@require_http_methods(METHODS)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a stuck file read again."""
    found = find_upload(request, pk)
    if request.method == "POST":
        uploads.retry(upload=found, by=acting(request).user, at=timezone.now())
        hint(JOB)
    return redirect("upload", pk=pk)
