"""Decisions that move money: the list, one decision's effect, and the answer of a second person."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs
from authorities.filters import date_words
from authorities.models import Organisation
from authorities.roles import Permission
from funding.access import find_decision, visible_decisions
from funding.actions import decisions as actions
from funding.actions.errors import UnableTo
from funding.effect import Movement, YearEffect, describe
from funding.forms.decisions import APPROVE, AnswerForm
from funding.models import Allocations, Decision, DecisionLine, DecisionStatus, ProfileAmount
from funding.money import ZERO, pounds
from funding.queue import hint

PAGE = 25
TAGS = {DecisionStatus.PROPOSED: "yellow", DecisionStatus.APPROVED: "green", DecisionStatus.REJECTED: "red"}
NUMERIC = {"th": {"class": "govuk-table__header--numeric"}, "td": {"class": "numeric"}}


class DecisionTable(tables.Table):
    """One row a decision."""

    reference = tables.Column(
        "Decision", linkify=("decision", {"pk": tables.A("pk")}), attrs={"a": {"class": "govuk-link"}}
    )
    status = tables.Column("Status")
    grant = tables.Column("Grant", accessor="grant__name", order_by="grant__name")
    kind = tables.Column("Kind", accessor="get_kind_display", order_by="kind")
    added = tables.Column("Amount", attrs=NUMERIC)
    proposed_by = tables.Column("Proposed by", accessor="proposed_by__name", order_by="proposed_by__name")
    proposed_at = tables.Column("Proposed on")

    class Meta:
        attrs = {"label": "Decisions"}
        per_page_field = ""  # the page size is ours
        empty_text = "No decision matches."

    def render_added(self, value: Any) -> str:
        return pounds(value)

    def render_status(self, record: Decision) -> str:
        colour = TAGS[DecisionStatus(record.status)]
        return format_html(
            '<strong class="govuk-tag portal-tag govuk-tag--{}">{}</strong>',
            colour,
            record.get_status_display(),
        )

    def render_proposed_at(self, value: Any) -> str:
        return date_words(value)


@needs(Permission.VIEW_MONEY)
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """Every decision of the partnership, those that wait for an answer first."""
    visible = visible_decisions(acting(request))
    counts = dict(visible.order_by().values_list("status").annotate(Count("pk")))
    chosen = request.GET.get("status")
    status = DecisionStatus(chosen) if chosen in DecisionStatus.values else None
    rows = visible.with_added().proposals_first()
    table = DecisionTable(rows.filter(status=status) if status else rows)
    tables.RequestConfig(request, paginate={"per_page": PAGE}).configure(table)
    filters: list[tuple[str | None, str, int]] = [(None, "All", sum(counts.values()))]
    filters += [(known, known.label, counts.get(known, 0)) for known in DecisionStatus]
    context = {"table": table, "filters": filters, "status": status}
    return render(request, "funding/allocations/decisions.html", context)


@needs(Permission.VIEW_MONEY)
@require_safe
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Before, after and difference; for whoever may answer, the form."""
    found = find_decision(request, pk)
    form = AnswerForm() if _may_answer(request, found) else None
    return _page(request, found, form)


@needs(Permission.VIEW_MONEY, to_write=Permission.DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject. Whoever opens the address again after an error gets the decision's page."""
    if request.method != "POST":
        return redirect("decision", find_decision(request, pk).pk)
    found, form = find_decision(request, pk), AnswerForm(request.POST)
    if form.is_valid():
        choice = actions.approve if form.cleaned_data["choice"] == APPROVE else actions.reject
        text = form.cleaned_data["answer"]
        try:
            found = choice(decision=found, answer=text, by=acting(request).user, at=timezone.now())
        except UnableTo as refusal:
            form.add_error(None, str(refusal))
        else:
            hint()
            messages.success(request, f"Decision {found.reference} is {found.status}.")
            return redirect("decision", pk)
    return _page(request, found, form)


def _may_answer(request: HttpRequest, decision: Decision) -> bool:
    person = acting(request)
    return (
        decision.is_proposed and person.has(Permission.DECIDE) and person.user.pk != decision.proposed_by_id
    )


def _page(request: HttpRequest, decision: Decision, form: AnswerForm | None) -> HttpResponse:
    lines = list(decision.lines.select_related("award", "organisation"))
    before = DecisionLine.objects.before(decision).allocations()
    effects = _effects(decision, lines, before)
    moved = [line for line in lines if decision.is_proposed and line.has_moved(before)]
    is_possible = not moved and all(effect.is_possible for effect in effects)
    if form and not is_possible:
        form.offer_rejection_only()
    context = {
        "over_planned": _over_planned(lines, before) if decision.is_proposed else [],
        "decision": decision,
        "effects": effects,
        "description": describe(effects),
        "may_answer": _may_answer(request, decision),
        "is_proposer": acting(request).user.pk == decision.proposed_by_id,
        "is_possible": is_possible,
        "moved": moved,
    }
    # Without a form in the context the page has no error summary to look for.
    context |= {"form": form} if form else {}
    return render(request, "funding/allocations/decision.html", context)


def _over_planned(
    lines: Sequence[DecisionLine], before: Allocations
) -> list[tuple[DecisionLine, Decimal, Decimal]]:
    """Lines that leave an organisation with less than it plans to spend: what it would hold, and plans."""
    cut = [line for line in lines if line.amount < 0]
    if not cut:
        return []
    planned = ProfileAmount.objects.planned({line.award for line in cut})
    found = []
    for line in cut:
        key = (line.award_id, line.organisation_id)
        after, plan = before[key] + line.amount, planned.get(key, ZERO)
        if after < plan:
            found.append((line, after, plan))
    return found


def _effects(decision: Decision, lines: Sequence[DecisionLine], before: Allocations) -> list[YearEffect]:
    """The decision's awards, each with every organisation that could hold it or does."""
    change = {(line.award_id, line.organisation_id): line.amount for line in lines}
    organisations = list(Organisation.objects.of(decision.grant.partnership))
    kinds = decision.grant.fund.recipient_kinds
    effects = []
    for award in dict.fromkeys(line.award for line in lines):
        keys = [(o, (award.pk, o.pk)) for o in organisations]
        movements = [
            Movement(o.short_name, before[key], change.get(key, ZERO))
            for o, key in keys
            if o.kind in kinds or before[key] or key in change
        ]
        effects.append(YearEffect(award.year, award.amount, movements))
    return effects
