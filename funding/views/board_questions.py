"""Decisions asked of the board: asking, changing, recording the outcome, and asking another meeting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.filters import date_words
from authorities.roles import Permission
from funding.access import visible_decisions
from funding.actions import board_questions as actions
from funding.board_access import find_board_question, find_meeting, visible_meetings
from funding.forms.governance import AgainForm, OutcomeForm, QuestionForm
from funding.models import OF_THE_BOARD, BoardQuestion, Decision, DecisionStatus, Outcome
from funding.quarters import london_day
from funding.views.board_entry import METHODS, entry, is_done, posted, writer

P = Permission


def _waiting(request: HttpRequest, question: BoardQuestion | None = None) -> QuerySet[Decision]:
    """The decisions about money that wait for approval, and the one that is linked already."""
    linked = [question.decision_id] if question and question.decision_id else []
    waiting = Q(status=DecisionStatus.PROPOSED) | Q(pk__in=linked)
    return visible_decisions(acting(request)).filter(waiting).order_by("reference", "pk")


def _back(meeting: int) -> tuple[str, str]:
    return reverse("meeting", args=[meeting]), "The meeting"


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def board_question_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks a meeting for a decision."""
    found = find_meeting(request, pk)
    user, form = writer(request), QuestionForm(posted(request), decisions=_waiting(request))
    if is_done(form, lambda: actions.ask(meeting=found, by=user, at=timezone.now(), **form.cleaned_data)):
        messages.success(request, f"The board is asked on {date_words(found.held_on)}.")
        return redirect("meeting", pk)
    return entry(
        request,
        form,
        title="Ask for a decision",
        caption=str(found),
        press="Ask for the decision",
        back=_back(pk),
    )


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def board_question_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words, or another meeting, until the meeting is held."""
    found = find_board_question(request, pk)
    user, today = writer(request), london_day(timezone.now())
    names = ("meeting", "title", "asked", "recommendation", "amount", "decision")
    form = QuestionForm(
        posted(request),
        decisions=_waiting(request, found),
        meetings=visible_meetings(acting(request)).coming(today),
        initial={name: getattr(found, name) for name in names},
    )
    if is_done(
        form, lambda: actions.change_question(question=found, by=user, at=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, "What the board is asked is changed.")
        return redirect("meeting", form.cleaned_data["meeting"].pk)
    return entry(
        request,
        form,
        title="Change what is asked",
        caption=str(found.meeting),
        press="Save what is asked",
        back=_back(found.meeting_id),
    )


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def board_question_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Records the outcome, once; from then on, a new record that puts it right."""
    found = find_board_question(request, pk)
    user, today = writer(request), london_day(timezone.now())
    was_held = not found.meeting.is_cancelled and found.meeting.held_on <= today
    form = OutcomeForm(
        posted(request),
        offered=[*(OF_THE_BOARD if was_held else ()), Outcome.WITHDRAWN],
        puts_right=not found.is_open,
        initial={"on": found.meeting.held_on if was_held else today},
    )
    action = actions.record_outcome if found.is_open else actions.put_right
    # `put_right` takes a reason, which its form alone has.
    if is_done(form, lambda: action(question=found, by=user, at=timezone.now(), **form.chosen)):
        messages.success(request, "The outcome is recorded.")
        return redirect("meeting", found.meeting_id)
    return entry(request, form, **_outcome_words(found, was_held=was_held))


def _outcome_words(found: BoardQuestion, *, was_held: bool) -> dict[str, Any]:
    if not found.is_open:
        intro = "What was recorded never changes. A new record takes its place, and both can be read."
    elif was_held:
        intro = "The outcome is recorded once and never changes."
    else:
        intro = (
            "The board has not met on this yet, so it can only be withdrawn. That is recorded once and never "
            "changes."
        )
    facts = [("Asked", found.asked), ("Recommended", found.recommendation)]
    if not found.is_open:
        stands = f"{found.get_outcome_display()}: {found.outcome_words}"
        facts.append(("Recorded", stands))
    return {
        "title": "Record the outcome" if found.is_open else "Put the outcome right",
        "caption": found.title,
        "press": "Record the outcome",
        "back": _back(found.meeting_id),
        "intro": intro,
        "facts": facts,
    }


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def board_question_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts what was deferred to another meeting."""
    found = find_board_question(request, pk)
    user, today = writer(request), london_day(timezone.now())
    form = AgainForm(posted(request))
    form.fields["meeting"].queryset = (  # type: ignore[attr-defined]
        visible_meetings(acting(request)).coming(today).exclude(pk=found.meeting_id)
    )
    if is_done(
        form, lambda: actions.put_to_another(question=found, by=user, at=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, "Another meeting is asked.")
        return redirect("meeting", form.cleaned_data["meeting"].pk)
    return entry(
        request,
        form,
        title="Put it to another meeting",
        caption=found.title,
        press="Ask that meeting",
        back=_back(found.meeting_id),
        facts=[("Deferred", found.outcome_words)] if found.outcome else [],
    )
