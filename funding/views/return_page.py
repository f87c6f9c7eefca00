"""What the pages of one return share: its figures, and what to do where a page cannot be used now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from authorities.access import Acting, acting
from authorities.roles import Permission
from funding import return_delivery, return_evidence, return_judgement, return_sheet, suppression
from funding.access import find_return
from funding.actions.errors import LOCKED, UnableTo
from funding.forms.grids import RevisionForm
from funding.forms.returns import ReasonForm
from funding.models import QuarterlyReturn, ReturnRules, ReturnStatus
from funding.prompt_rows import prompt_lists
from funding.prompts import prompts_of, unconfirmed
from funding.return_reading import read


def delivery_and_sheet(
    found: QuarterlyReturn, person: Acting, more: return_delivery.Lists | None = None
) -> dict[str, Any]:
    """All that was entered, in three queries. A hotspot's name goes only to those who may see it, a small
    count of people only to the organisation itself. `more` are lists of rows that come as `rows`."""
    sheet, is_police = return_sheet.load(found), found.organisation.is_police
    lists = return_delivery.patrol_lists if is_police else return_delivery.activity_lists
    kept = {**return_judgement.judgement_lists(found), **return_evidence.evidence_lists(found)}
    rows = read(found, {**lists(found), **kept, **prompt_lists(found), **(more or {})})
    asked = prompts_of(found, rows)
    return {
        "sheet": sheet,
        "judgement": return_judgement.judgement(found, rows, sheet.actual),
        "evidence": return_evidence.evidence(rows),
        "asked": unconfirmed(asked),
        "confirmed": [prompt for prompt in asked if prompt.words],
        "is_own": is_own(found, person),
        "rows": rows,
        **(_patrols(found, rows, person) if is_police else _activity(found, rows, person, sheet)),
    }


def is_own(found: QuarterlyReturn, person: Acting) -> bool:
    """Whether the person acts for the organisation of the return, and so sees small numbers of people."""
    return person.organisation is not None and person.organisation.pk == found.organisation_id


def _patrols(found: QuarterlyReturn, rows: Any, person: Acting) -> dict[str, Any]:
    names = person.has(Permission.VIEW_HOTSPOT_NAMES)
    patrols = return_delivery.patrol_rows(found, rows, with_names=names)
    return {
        "patrols": patrols,
        "patrol_totals": return_delivery.patrol_totals(patrols),
        "activity": None,
        "delivered": all(row.is_returned for row in patrols),
    }


def _activity(found: QuarterlyReturn, rows: Any, person: Acting, sheet: return_sheet.Sheet) -> dict[str, Any]:
    small = 0 if is_own(found, person) else ReturnRules.of(found.organisation.partnership).small_number
    planned = [group.intervention for group in sheet.groups]
    activity = return_delivery.activity_rows(found, planned, rows, small=small)
    return {
        "patrols": None,
        "activity": activity,
        "activity_note": suppression.note(small) if return_delivery.has_hidden(activity) else "",
        "delivered": all(row.line for row in activity),
    }


def not_now(request: HttpRequest, found: QuarterlyReturn) -> HttpResponse:
    """Back to the return, with the reason why its state does not allow the page, and what to do."""
    messages.info(request, LOCKED[ReturnStatus(found.status)])
    return redirect("return", pk=found.pk)


class Verdict:
    """Two forms on one page: yes, with a tick, to the figures as they were read; or no, with a reason."""

    def __init__(self, request: HttpRequest, found: QuarterlyReturn, agree: type[RevisionForm]) -> None:
        self._request, self.found = request, found
        says_no = request.method == "POST" and "no" in request.POST
        says_yes = request.method == "POST" and not says_no
        self.agree = agree(request.POST if says_yes else None, initial={"revision": found.revision})
        self.refuse = ReasonForm(request.POST if says_no else None)

    def yes(self, action: Callable[..., QuarterlyReturn]) -> bool:
        """Whether the person agreed and the return moved on."""
        form = self.agree
        if form.is_valid() and self._done(form, action, revision=form.cleaned_data["revision"]):
            return True
        if form.non_field_errors() or "revision" in form.errors:
            # What was read is no longer what stands: the page goes on from what it shows now.
            self.found = find_return(self._request, self.found.pk)
            form.compare_with(self.found.revision, {})
        return False

    def no(self, action: Callable[..., QuarterlyReturn]) -> bool:
        """Whether the person refused with a reason and the return went back."""
        form = self.refuse
        return form.is_valid() and self._done(form, action, reason=form.cleaned_data["reason"])

    def _done(self, form: Form, action: Callable[..., QuarterlyReturn], **content: Any) -> bool:
        person = acting(self._request).user
        try:
            action(quarterly_return=self.found, by=person, at=timezone.now(), **content)
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
            return False
        return True

    @property
    def forms(self) -> list[Form]:
        """For the error summary."""
        return [self.agree, self.refuse]
