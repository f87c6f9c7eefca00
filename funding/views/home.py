"""The home page: what waits for me, how many, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import Acting, acting, signed_in
from authorities.filters import date_words
from authorities.models import Membership
from authorities.roles import ROLES, Permission
from funding.access import visible_decisions, visible_returns
from funding.board import agenda
from funding.board.agenda import Agenda
from funding.models import (
    OPEN_STATES,
    REVIEWED_STATES,
    UNFINISHED_UPLOADS,
    QuarterlyReturn,
    ReturnQuery,
    ReturnStatus,
    UploadState,
    Waiver,
    WorkbookUpload,
)
from funding.quarters import Quarter
from funding.views.shortcuts import shortcuts


@dataclass(frozen=True)
class Task:
    """One thing that waits: a link, what it is about, and the state in which it is."""

    text: str
    href: str
    hint: str
    code: str
    label: str
    until: date | None = None


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One page for every role: the tasks first, then the ways to the role's pages."""
    person, today = acting(request), timezone.localdate()
    next_quarter = Quarter.of(today).next
    tasks = [*_decisions(person), *_waivers(person), *_returns(person, today), *_uploads(person)]
    context = {
        "role": ROLES[person.role] if person.role else None,
        "tasks": sorted(tasks, key=lambda task: (task.until is None, task.until)),
        "first_due": min((task.until for task in tasks if task.until), default=None),
        "today": today,
        "elsewhere": _with_others(person, today),
        "makes_returns": person.has(Permission.VIEW_OWN_RETURN),
        "shortcuts": shortcuts(person),
        "covers": _covers(person, today),
        "agenda": _agenda(person, today),
        "practice": person.counterpart,
        "next_round_on": date_words(next_quarter.starts_on),
    }
    return render(request, "funding/home.html", context)


def _covers(person: Acting, today: date) -> list[str]:
    """Who stands in for this person until when, and for whom this person does."""
    if not person.has(Permission.APPOINT_DEPUTY) or person.membership is None:
        return []
    own = person.membership
    if own.deputy_for and own.ends_on:
        return [
            f"You stand in for {own.deputy_for.user.name} as {own.role_row.label.lower()} until "
            f"{date_words(own.ends_on)}."
        ]
    return [
        f"{one.user.name} stands in for you as {one.role_row.label.lower()} from {date_words(one.starts_on)} "
        f"to {date_words(one.ends_on)}."
        for one in Membership.objects.covering(person.user, on=today)
        if one.ends_on
    ]


def _agenda(person: Acting, today: date) -> Agenda | None:
    """What the board is asked for, for those who read its page."""
    if person.partnership is None or not person.has(Permission.VIEW_BOARD):
        return None
    return agenda.read(person.partnership, today)


def _decisions(person: Acting) -> list[Task]:
    if not person.has(Permission.DECIDE):
        return []
    waiting = visible_decisions(person).proposed().exclude(proposed_by=person.user)
    return [
        Task(
            text=f"Decide: {decision}",
            href=reverse("decision", args=[decision.pk]),
            hint=f"{decision.grant.name}. Proposed on {date_words(decision.proposed_at)}.",
            code="proposed",
            label="Waiting for you",
        )
        for decision in waiting
    ]


def _waivers(person: Acting) -> list[Task]:
    """Rules that an officer asks to waive, for those who decide, but never for the one who asked."""
    if not person.has(Permission.DECIDE):
        return []
    asked = Waiver.objects.filter(organisation__partnership=person.partnership, decided_at__isnull=True)
    return [
        Task(
            text=f"Decide: waive “{waiver.get_rule_display()}” for {waiver.organisation.name}",
            href=reverse("waiver", args=[waiver.pk]),
            hint=f"Asked by {waiver.asked_by.name} on {date_words(waiver.asked_at)}.",
            code="proposed",
            label="Waiting for you",
        )
        for waiver in asked.exclude(asked_by=person.user).select_related("organisation", "asked_by")
    ]


def _uploads(person: Acting) -> list[Task]:
    """Workbooks that the person has uploaded and not finished: nothing of them is saved yet."""
    if not person.has(Permission.PREPARE_RETURN):
        return []
    states = (*UNFINISHED_UPLOADS, UploadState.READ, UploadState.STUCK)
    unfinished = WorkbookUpload.objects.filter(
        uploaded_by=person.user, quarterly_return__organisation=person.organisation, state__in=states
    )
    return [
        Task(
            text=f"Finish: workbook {upload.name}",
            href=reverse("upload", args=[upload.pk]),
            hint=f"{upload.quarterly_return}. Nothing of it is saved yet.",
            code="late" if upload.state == UploadState.STUCK else "pending",
            label=upload.get_state_display(),
        )
        for upload in unfinished.select_related(
            "quarterly_return__organisation", "quarterly_return__round"
        ).order_by("pk")
    ]


# Which returns wait for whom, what the person is asked to do, and the page where it is done.
WAITING: tuple[tuple[Permission, tuple[ReturnStatus, ...], str, str], ...] = (
    (
        Permission.PREPARE_RETURN,
        OPEN_STATES,
        "Prepare",
        "return",
    ),
    (Permission.CERTIFY_RETURN, (ReturnStatus.WITH_CERTIFIER,), "Certify", "return_certify"),
    (Permission.REVIEW_RETURN, REVIEWED_STATES, "Review", "return_review"),
)


def _returns(person: Acting, today: date) -> list[Task]:
    asked = {
        status: (verb, page)
        for permission, statuses, verb, page in WAITING
        if person.has(permission)
        for status in statuses
    }
    if not asked:
        return []
    waiting = (
        visible_returns(person)
        .filter(status__in=list(asked))
        .order_by("round__due_on", "organisation__position")
    )
    questions = _questions(person) if ReturnStatus.QUERIED in asked else {}
    return [
        _answer(found, *questions[found.pk], today)
        if found.pk in questions
        else _task(found, *asked[ReturnStatus(found.status)], today)
        for found in waiting
    ]


def _questions(person: Acting) -> dict[int, tuple[int, date]]:
    """How many queries of each queried return are open, and until when the first one is to be answered."""
    open_ones = ReturnQuery.objects.unsettled().filter(
        quarterly_return__organisation=person.organisation,
        quarterly_return__status=ReturnStatus.QUERIED,
    )
    rows = open_ones.order_by().values_list("quarterly_return").annotate(n=Count("pk"), on=Min("due_on"))
    return {pk: (count, due_on) for pk, count, due_on in rows}


def _answer(found: QuarterlyReturn, count: int, due_on: date, today: date) -> Task:
    queries = f"{count} {'query' if count == 1 else 'queries'}"
    late = today > due_on
    return Task(
        text=f"Answer: {queries} about {found.organisation.name}, {found.quarter.label}",
        href=reverse("return", args=[found.pk]),
        hint=f"Answer by {date_words(due_on)}: {_days_left(due_on, today)}",
        code="late" if late else found.status,
        label="Late" if late else found.get_status_display(),
        until=due_on,
    )


def _with_others(person: Acting, today: date) -> list[Task]:
    """Returns that somebody else has to move on: a lead's own that are with the certifier or the OPCC."""
    if not person.has(Permission.PREPARE_RETURN):
        return []
    moving = visible_returns(person).filter(status__in=(ReturnStatus.WITH_CERTIFIER, *REVIEWED_STATES))
    return [
        Task(
            text=f"{found.organisation.name}, {found.quarter.label}",
            href=reverse("return", args=[found.pk]),
            hint=_due(found, today),
            code=code,
            label=label,
        )
        for found in moving.order_by("round__due_on")
        for code, label in [_where(found, today)]
    ]


def _where(found: QuarterlyReturn, today: date) -> tuple[str, str]:
    """With whom a return is. One that its certifier has not signed by the due day is late."""
    if found.status != ReturnStatus.WITH_CERTIFIER:
        return "in_review", "With the OPCC"
    if found.is_late(today):
        return "late", "Late, with your certifier"
    return found.status, "With your certifier"


def _task(found: QuarterlyReturn, verb: str, page: str, today: date) -> Task:
    late = found.is_late(today) and found.is_open
    mine = ("pending", "Waiting for you") if not found.is_open else (found.status, found.get_status_display())
    code, label = ("late", "Late") if late else mine
    return Task(
        text=f"{verb}: {found.organisation.name}, {found.quarter.label}",
        href=reverse(page, args=[found.pk]),
        hint=_due(found, today),
        code=code,
        label=label,
        until=None if found.is_counted else found.due_on,
    )


def _due(found: QuarterlyReturn, today: date) -> str:
    due = f"{found.quarter}. Due {date_words(found.due_on)}"
    return f"{due}." if found.is_counted else f"{due}: {_days_left(found.due_on, today)}"


def _days_left(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"{-days} {'day' if days == -1 else 'days'} late."
    return f"{days} {'day' if days == 1 else 'days'} left." if days else "today."
