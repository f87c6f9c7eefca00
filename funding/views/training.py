"""The training copy: made, and made afresh, by an administrator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.models import Partnership
from authorities.roles import Permission
from funding.actions.errors import UnableTo
from funding.actions.training import make_copy
from funding.forms.training import TrainingForm
from funding.queue import hint


@needs(Permission.ADMINISTER, to_write=Permission.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def training(request: HttpRequest) -> HttpResponse:
    """What the training copy is, since when there is one, and the button that makes a fresh one."""
    person = acting(request)
    if person.partnership is None:
        raise Http404
    typed: Any = request.POST if request.method == "POST" else None
    form = TrainingForm(typed)
    if request.method == "POST" and form.is_valid():
        try:
            copy = make_copy(partnership=person.partnership, by=person.user, at=timezone.now())
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            hint()
            messages.success(request, f"{copy.name} is ready. People find it on their home page.")
            return redirect("training")
    copies = Partnership.objects.filter(training_for=person.partnership).annotate(
        made_at=Max("rounds__opened_at")
    )
    context = {"form": form, "copy": copies.order_by("pk").last(), "is_training": person.is_training}
    return render(request, "funding/training.html", context)
