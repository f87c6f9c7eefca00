"""The partnership's open data before and after they are public: the draft, publishing, withdrawing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs, partnership_of
from authorities.models import Partnership
from authorities.roles import Permission
from funding.actions import open_data as actions
from funding.actions.errors import UnableTo
from funding.downloads import CSV, JSON, attachment
from funding.forms.open_data import PublishForm, WithdrawForm
from funding.models import OpenDataPublication
from funding.open_data import reading, standard
from funding.quarters import london_day


def _draft(partnership: Partnership) -> reading.Draft:
    return reading.draft(partnership, london_day(timezone.now()))


def _publications(partnership: Partnership) -> list[OpenDataPublication]:
    """The newest first, without their files."""
    found = OpenDataPublication.objects.of(partnership).defer("json", "csv").order_by("-number")
    return list(found.select_related("published_by", "withdrawal__withdrawn_by"))


@needs(Permission.VIEW_BOARD)
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What is public, what would be published now, and every publication there was."""
    partnership = partnership_of(request)
    publications = _publications(partnership)
    context = {
        "draft": _draft(partnership),
        "publications": publications,
        "newest": publications[0] if publications else None,
        "may_publish": acting(request).has(Permission.PUBLISH),
        "partnership": partnership,
        "licence": standard.LICENCE_NAME,
    }
    return render(request, "funding/open_data/open_data.html", context)


@needs(Permission.VIEW_BOARD)
@require_safe
def draft_json(request: HttpRequest) -> HttpResponse:
    """The JSON as it would be published now."""
    return attachment(_files(request)[0], "grants-draft.json", JSON)


@needs(Permission.VIEW_BOARD)
@require_safe
def draft_csv(request: HttpRequest) -> HttpResponse:
    """The CSV as it would be published now."""
    return attachment(_files(request)[1], "grants-draft.csv", CSV)


def _files(request: HttpRequest) -> tuple[str, str]:
    partnership, now = partnership_of(request), timezone.now()
    first = OpenDataPublication.objects.of(partnership).order_by("number").first()
    return _draft(partnership).files(first_at=first.published_at if first else now, at=now)


@needs(Permission.PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Check before you publish: every grant once more, what becomes public, and a tick."""
    partnership, now = partnership_of(request), timezone.now()
    form = PublishForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = actions.publish(
                partnership=partnership, seen=form.cleaned_data["seen"], by=acting(request).user, at=now
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"You have published {made.grant_count} grants. They are public now.")
            return redirect("open_data")
    context = {
        "draft": _draft(partnership),
        "form": form,
        "partnership": partnership,
        "licence": standard.LICENCE_NAME,
        "fields": [title for title, _ in standard.COLUMNS],
    }
    return render(request, "funding/open_data/publish.html", context)


@needs(Permission.PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Why the newest publication is taken away."""
    partnership = partnership_of(request)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.withdraw(
                partnership=partnership, by=acting(request).user, at=timezone.now(), **form.cleaned_data
            )
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "You have withdrawn the publication. The public page says so.")
            return redirect("open_data")
    newest = OpenDataPublication.objects.of(partnership).defer("json", "csv").order_by("-number").first()
    if newest is None and not form.is_bound:
        return redirect("open_data")
    return render(request, "funding/open_data/withdraw.html", {"form": form, "newest": newest})
