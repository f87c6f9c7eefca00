"""Opening quarters, and who has returned."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def tracker(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def round_new(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404
