"""Meetings of the board: which are to come and were held, one with its papers and decisions, planning."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs, partnership_of
from authorities.filters import date_words
from authorities.roles import Permission
from funding.actions import meetings as actions
from funding.board_access import (
    find_meeting,
    visible_board_actions,
    visible_board_questions,
    visible_meetings,
)
from funding.forms.governance import CancelForm, MeetingForm, QuarterField
from funding.models import BoardPack, Meeting
from funding.quarters import Quarter, london_day
from funding.views.board_entry import METHODS, entry, is_done, posted, writer

P = Permission


@needs(P.VIEW_BOARD)
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The next meeting first, then those after it, then those that were held or cancelled."""
    today, visible = london_day(timezone.now()), visible_meetings(acting(request)).with_counts()
    context = {
        "coming": list(visible.coming(today)),
        "past": list(visible.past(today)),
        "board_name": partnership_of(request).board_name,
        "may_keep": acting(request).has(P.KEEP_BOARD),
    }
    return render(request, "funding/governance/meetings.html", context)


@needs(P.VIEW_BOARD)
@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Its papers, the decisions that it is asked for with their outcomes, and its actions."""
    found, today, person = find_meeting(request, pk), london_day(timezone.now()), acting(request)
    context = {
        "meeting": found,
        "pack": _pack(found),
        "questions": list(visible_board_questions(person).filter(meeting=found)),
        "actions": list(visible_board_actions(person).filter(meeting=found)),
        "today": today,
        "is_coming": found.is_coming(today),
        "may_keep": person.has(P.KEEP_BOARD),
        "may_see_decisions": person.has(P.VIEW_MONEY),
    }
    return render(request, "funding/governance/meeting.html", context)


def _pack(found: Meeting) -> BoardPack | None:
    """The frozen pack of the quarter that the meeting looks at, where there is one."""
    packs = BoardPack.objects.select_related("round").filter(
        round__partnership=found.partnership,
        round__year=found.year,
        round__quarter_number=found.quarter_number,
    )
    return packs.first()


def _quarters(found: Meeting | None = None) -> list[Quarter]:
    """A year back and a year ahead, and the quarter that the meeting has already."""
    last = Quarter.of(london_day(timezone.now())).previous
    offered = [last]
    for _ in range(4):
        offered = [offered[0].previous, *offered, offered[-1].next]
    return sorted({*offered, *([found.quarter] if found else [])})


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """An officer plans a meeting."""
    user, quarters = writer(request), _quarters()
    last = QuarterField.key(Quarter.of(london_day(timezone.now())).previous)
    form = MeetingForm(posted(request), quarters=quarters, initial={"quarter": last})
    made: list[Meeting] = []
    if is_done(
        form,
        lambda: made.append(
            actions.plan_meeting(
                partnership=partnership_of(request), by=user, at=timezone.now(), **form.cleaned_data
            )
        ),
    ):
        messages.success(request, f"The board meets on {date_words(made[0].held_on)}.")
        return redirect("meeting", made[0].pk)
    back = (reverse("meetings"), "Meetings")
    return entry(request, form, title="Plan a meeting", press="Plan the meeting", back=back)


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def meeting_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day, place or quarter, until it is held."""
    found = find_meeting(request, pk)
    user = writer(request)
    initial = {"held_on": found.held_on, "place": found.place, "quarter": QuarterField.key(found.quarter)}
    form = MeetingForm(posted(request), quarters=_quarters(found), initial=initial)
    if is_done(
        form,
        lambda: actions.change_meeting(meeting=found, by=user, at=timezone.now(), **form.cleaned_data),
    ):
        messages.success(request, "The meeting is changed.")
        return redirect("meeting", pk)
    back = (reverse("meeting", args=[pk]), "The meeting")
    return entry(
        request, form, title="Change the meeting", caption=str(found), press="Save the meeting", back=back
    )


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancels it for good, with the reason."""
    found = find_meeting(request, pk)
    user, form = writer(request), CancelForm(posted(request))
    if is_done(
        form,
        lambda: actions.cancel_meeting(meeting=found, by=user, at=timezone.now(), **form.cleaned_data),
    ):
        messages.success(request, "The meeting is cancelled. Put what it was asked to another one.")
        return redirect("meeting", pk)
    return entry(
        request,
        form,
        title="Cancel the meeting",
        caption=str(found),
        press="Cancel the meeting",
        kind="warning",
        back=(reverse("meeting", args=[pk]), "The meeting"),
        intro="A meeting that was cancelled stays on the list and never changes. The decisions that it was "
        "asked for can be put to another meeting.",
    )
