"""Which rows of the board a person may see: `funding/access.py` says how, and of everything else."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from authorities.access import Acting, acting
from authorities.roles import Permission
from funding.models import (
    BoardAction,
    BoardPack,
    BoardQuestion,
    BudgetLine,
    Meeting,
    Milestone,
    QuarterlyReturn,
)
from funding.models.board_action import BoardActionQuerySet
from funding.models.governance import BoardQuestionQuerySet, MeetingQuerySet
from funding.models.milestone import MilestoneQuerySet


def find_line_of_board(request: HttpRequest, pk: int) -> BudgetLine:
    """One of the person's partnership, for those who see its board. Raises Http404 outside it."""
    person = acting(request)
    lines = BudgetLine.objects.select_related(
        "cost_heading", "intervention__organisation", "intervention__award__grant__fund"
    )
    seen = lines.filter(intervention__organisation__partnership=person.partnership)
    return get_object_or_404(seen if person.has(Permission.VIEW_BOARD) else lines.none(), pk=pk)


def find_return_of_board(request: HttpRequest, pk: int) -> QuarterlyReturn:
    """One of the person's partnership, for those who see its board. Raises Http404 outside it."""
    person = acting(request)
    returns = QuarterlyReturn.objects.in_full()
    seen = returns.filter(round__partnership=person.partnership)
    return get_object_or_404(seen if person.has(Permission.VIEW_BOARD) else returns.none(), pk=pk)


def find_pack(request: HttpRequest, pk: int) -> BoardPack:
    """One of the person's partnership, for those who see its board. Raises Http404 outside it."""
    person = acting(request)
    packs = BoardPack.objects.select_related("round", "snapshot__run")
    seen = packs.filter(round__partnership=person.partnership) if person.has(Permission.VIEW_BOARD) else None
    return get_object_or_404(packs.none() if seen is None else seen, pk=pk)


def visible_meetings(person: Acting) -> MeetingQuerySet:
    """Those of the partnership's board, for those who see it."""
    meetings = Meeting.objects.select_related("partnership", "planned_by", "cancelled_by")
    if person.partnership and person.has(Permission.VIEW_BOARD):
        return meetings.of(person.partnership)
    return meetings.none()


def find_meeting(request: HttpRequest, pk: int) -> Meeting:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_meetings(acting(request)), pk=pk)


def visible_board_questions(person: Acting) -> BoardQuestionQuerySet:
    """What the meetings that the person sees are asked."""
    return BoardQuestion.objects.in_full().filter(meeting__in=visible_meetings(person))


def find_board_question(request: HttpRequest, pk: int) -> BoardQuestion:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_board_questions(acting(request)), pk=pk)


def visible_board_actions(person: Acting) -> BoardActionQuerySet:
    """The actions of the meetings that the person sees."""
    return BoardAction.objects.in_full().filter(meeting__in=visible_meetings(person))


def find_board_action(request: HttpRequest, pk: int) -> BoardAction:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_board_actions(acting(request)), pk=pk)


def visible_milestones(person: Acting) -> MilestoneQuerySet:
    """Those of the partnership, for those who see its board."""
    milestones = Milestone.objects.select_related("partnership")
    if person.partnership and person.has(Permission.VIEW_BOARD):
        return milestones.of(person.partnership)
    return milestones.none()


def find_milestone(request: HttpRequest, pk: int) -> Milestone:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_milestones(acting(request)), pk=pk)
