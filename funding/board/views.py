"""The board page and its downloads. Reads derived figures only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_BOARD)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The board page."""
    raise Http404


@needs(Permission.VIEW_BOARD)
@require_safe
def table_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One table of the board page as CSV."""
    raise Http404
