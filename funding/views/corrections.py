"""Corrections of earlier quarters, carried in this return."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.roles import Permission
from funding.access import find_return, find_return_to
from funding.actions.corrections import change_correction, correct, remove_correction
from funding.actions.errors import UnableTo
from funding.forms.explanations import CorrectionChangeForm, CorrectionForm, initial_of
from funding.forms.grids import RevisionForm
from funding.models import COUNTED_STATES, Adjustment, BudgetLine, QuarterlyReturn
from funding.money import ZERO
from funding.views.return_page import not_now


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN, to_write=Permission.PREPARE_RETURN)
@require_http_methods(["GET", "HEAD", "POST"])
def corrections(request: HttpRequest, pk: int) -> HttpResponse:
    """What is corrected so far, and a form for one more. `change` names the correction that is changed."""
    found = find_return_to(request, pk, Permission.PREPARE_RETURN)
    if request.method != "POST" and not found.is_open:
        return not_now(request, found)
    page = _Page(request, found)
    if request.method == "POST" and page.is_done():
        messages.success(request, page.sentence)
        return redirect("return_corrections", pk=pk)
    return render(request, "funding/returns/corrections.html", page.context())


class _Page:
    """The form that is asked for, filled from the request, and what it does."""

    def __init__(self, request: HttpRequest, found: QuarterlyReturn) -> None:
        self.request, self.found = request, found
        self.earlier = list(
            QuarterlyReturn.objects.in_full()
            .filter(
                organisation=found.organisation,
                round__year=found.round.year,
                round__quarter_number__lt=found.round.quarter_number,
                status__in=COUNTED_STATES,
            )
            .order_by("round__quarter_number")
        )
        lines = BudgetLine.objects.of(found.organisation, found.round.year)
        self.lines = list(lines.select_related("intervention", "cost_heading"))
        self.changed = self._named("change")
        self.removed = self._named("remove")
        self.form = self._form()

    def _named(self, name: str) -> Adjustment | None:
        """A correction of this return and of no other. Raises Http404 for any other number."""
        asked = self.request.POST.get(name) or self.request.GET.get(name)
        if not asked:
            return None
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
        own = Adjustment.objects.filter(quarterly_return=self.found)
        return get_object_or_404(
            own.select_related("quarterly_return__round", "budget_line__intervention", "corrects__round"),
            pk=number,
        )

    def _form(self) -> RevisionForm:
        typed = self.request.POST if self.request.method == "POST" else None
        initial = {"revision": self.found.revision}
        if self.removed:
            return RevisionForm(typed, initial=initial)
        if self.changed:
            return CorrectionChangeForm(typed, initial=initial | initial_of(self.changed))
        return CorrectionForm(typed, earlier=self.earlier, lines=self.lines, initial=initial)

    @property
    def sentence(self) -> str:
        if self.removed:
            return "Correction removed."
        return "Correction changed." if self.changed else "Correction added."

    def is_done(self) -> bool:
        """Whether the correction was added, changed or removed. A refusal goes on the form."""
        if self.form.is_valid():
            try:
                self._act()
            except UnableTo as refusal:
                self.form.add_error(None, str(refusal))
            else:
                return True
        if self.form.non_field_errors() or "revision" in self.form.errors:
            fresh = find_return(self.request, self.found.pk)
            self.form.compare_with(fresh.revision, {})
        return False

    def _act(self) -> None:
        said: dict[str, Any] = self.form.cleaned_data
        how = {"revision": said["revision"], "by": acting(self.request).user, "at": timezone.now()}
        if self.removed:
            remove_correction(adjustment=self.removed, **how)
        elif self.changed:
            change_correction(adjustment=self.changed, amount=said["amount"], reason=said["reason"], **how)
        elif isinstance(self.form, CorrectionForm):
            correct(quarterly_return=self.found, **self.form.content(), **how)

    def context(self) -> dict[str, Any]:
        carried = list(
            Adjustment.objects.filter(quarterly_return=self.found).select_related(
                "corrects__round", "budget_line__intervention", "budget_line__cost_heading"
            )
        )
        return {
            "found": self.found,
            "form": self.form,
            "earlier": self.earlier,
            "lines": self.lines,
            "changed": self.changed,
            "is_removal": bool(self.removed),
            "carried": carried,
            "total": sum((one.amount for one in carried), start=ZERO),
        }
