"""What programs can read, and the page that tells people so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja import Query, Schema
from ninja.errors import HttpError

from authorities.access import acting, signed_in
from authorities.models import Membership
from authorities.roles import Permission
from funding.api import documentation, rows
from funding.api.door import api, with_rules
from funding.api.rows import Board, Row
from funding.api.schemas import (
    AllocationFilters,
    AllocationRow,
    Answer,
    FigureFilters,
    FigureRow,
    Paging,
    Refusal,
    ReturnFilters,
    ReturnRow,
)
from funding.models import Fund

REFUSALS: dict[int, type[Schema]] = dict.fromkeys((401, 403, 422), Refusal)
# Parameter -> column, for each kind of row.
OF_FIGURE = {
    "year": "year",
    "quarter": "quarter_number",
    "organisation": "organisation",
    "fund": "award__grant__fund__code",
}
OF_ALLOCATION = {**OF_FIGURE, "year": "award__year"}


@api.get("figures", response={200: Answer[FigureRow], **REFUSALS}, url_name="figures")
def figures(request: HttpRequest, asked: Query[FigureFilters]) -> Row:
    """Plan, actual, committed and forecasts by quarter, organisation, award, tier and cost heading."""
    board = _board(request, asked)
    return _answer(board, asked, rows.figures(board), OF_FIGURE, rows.figure)


@api.get("allocations", response={200: Answer[AllocationRow], **REFUSALS}, url_name="allocations")
def allocations(request: HttpRequest, asked: Query[AllocationFilters]) -> Row:
    """What each organisation holds of each award."""
    board = _board(request, asked)
    return _answer(board, asked, rows.allocations(board), OF_ALLOCATION, rows.allocation)


@api.get("returns", response={200: Answer[ReturnRow], **REFUSALS}, url_name="returns")
def returns(request: HttpRequest, asked: Query[ReturnFilters]) -> Row:
    """Whether each organisation's quarter was returned, and what was delivered."""
    board = _board(request, asked)
    return _answer(
        board, asked, rows.returns(board), OF_FIGURE, lambda found: rows.returned(found, board.small)
    )


def _board(request: HttpRequest, asked: Paging) -> Board:
    """The board of the token's partnership. Raises HttpError for what cannot be asked of it.

    A parameter that is misspelt must not quietly give everything.
    """
    offered = list(type(asked).model_fields)
    for name, values in request.GET.lists():
        if name not in offered:
            raise HttpError(422, f"There is a parameter that is not known. There are {', '.join(offered)}.")
        if len(values) > 1:
            raise HttpError(422, f"Give {name} once.")
    membership: Membership = request.auth  # type: ignore[attr-defined]
    board = Board.of(membership.organisation.partnership)
    wanted, code = getattr(asked, "organisation", None), getattr(asked, "fund", None)
    if wanted is not None and wanted not in {one.pk for one in board.recipients}:
        raise HttpError(422, "There is no such organisation on this board. See organisation_id in the rows.")
    if code is not None and not _has_fund(board, code):
        raise HttpError(422, "There is no such fund on this board. See fund_code in the rows.")
    return board


def _has_fund(board: Board, code: str) -> bool:
    return Fund.objects.filter(code=code, grants__partnership=board.partnership).exists()


def _answer(
    board: Board,
    asked: Paging,
    found: QuerySet[Any, Row],
    columns: Mapping[str, str],
    shape: Callable[[Row], Row],
) -> Row:
    wanted = asked.model_dump(exclude={"limit", "offset"}, exclude_none=True)
    found = found.filter(**{columns[name]: value for name, value in wanted.items()})
    count, end = found.count(), asked.offset + asked.limit
    return {
        "as_at": {
            "partnership": board.partnership.name,
            "training": board.partnership.is_training,
            "run": board.stamp.run,
            "at": board.stamp.at,
            "waiting": board.stamp.waiting,
        },
        "count": count,
        "limit": asked.limit,
        "offset": asked.offset,
        "next_offset": end if end < count else None,
        "rows": [shape(row) for row in found[asked.offset : end]],
    }


@signed_in
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What programs can read, by which names, and how Excel and Power BI ask for it."""
    context = {
        "endpoints": documentation.endpoints(),
        "around": documentation.around(),
        "site": settings.SITE_URL,
        "may": acting(request).has(Permission.VIEW_BOARD),
    }
    return render(request, "funding/api/about.html", context)


addresses = with_rules(api.urls[0])
namespace = api.urls_namespace
