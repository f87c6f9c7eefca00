"""Actions that come of the board's meetings: the list, adding, changing, recording as done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs, partnership_of
from authorities.models import Organisation
from authorities.roles import Permission
from funding.actions import board_actions as actions
from funding.board_access import find_board_action, find_meeting, visible_board_actions
from funding.forms.governance import ActionForm, DoneForm
from funding.quarters import london_day
from funding.views.board_entry import METHODS, entry, is_done, posted, writer

P = Permission


@needs(P.VIEW_BOARD)
@require_safe
def board_actions(request: HttpRequest) -> HttpResponse:
    """The open actions, the one that is due first before the others; below them what was done."""
    visible, today = visible_board_actions(acting(request)), london_day(timezone.now())
    still_open = list(visible.open())
    context = {
        "open": still_open,
        "done": list(visible.done()),
        "overdue": sum(one.is_overdue(today) for one in still_open),
        "today": today,
        "may_keep": acting(request).has(P.KEEP_BOARD),
    }
    return render(request, "funding/governance/actions.html", context)


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def board_action_new(request: HttpRequest, pk: int) -> HttpResponse:
    """An action of a meeting."""
    found = find_meeting(request, pk)
    user, organisations = writer(request), Organisation.objects.of(partnership_of(request))
    form = ActionForm(posted(request), organisations=organisations)
    if is_done(
        form, lambda: actions.add_action(meeting=found, by=user, at=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, "The action is added.")
        return redirect("meeting", pk)
    back = (reverse("meeting", args=[pk]), "The meeting")
    return entry(request, form, title="Add an action", caption=str(found), press="Add the action", back=back)


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def board_action_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words, another owner or another day, while it is open."""
    found = find_board_action(request, pk)
    user, organisations = writer(request), Organisation.objects.of(partnership_of(request))
    names = ("what", "owner", "organisation", "due_on")
    initial = {name: getattr(found, name) for name in names}
    form = ActionForm(posted(request), organisations=organisations, initial=initial)
    if is_done(
        form, lambda: actions.change_action(action=found, by=user, at=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, "The action is changed.")
        return redirect("meeting", found.meeting_id)
    back = (reverse("board_actions"), "Actions")
    return entry(
        request,
        form,
        title="Change the action",
        caption=str(found.meeting),
        press="Save the action",
        back=back,
    )


@needs(P.VIEW_BOARD, to_write=P.KEEP_BOARD)
@require_http_methods(METHODS)
def board_action_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Records an action as done, with the day and what came of it."""
    found = find_board_action(request, pk)
    user = writer(request)
    form = DoneForm(posted(request), initial={"on": london_day(timezone.now())})
    if is_done(
        form, lambda: actions.record_done(action=found, by=user, at=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, "The action is recorded as done.")
        return redirect("board_actions")
    return entry(
        request,
        form,
        title="Record as done",
        caption=str(found.meeting),
        press="Record as done",
        back=(reverse("board_actions"), "Actions"),
        facts=[("Action", found.what), ("Owner", found.owner)],
    )
