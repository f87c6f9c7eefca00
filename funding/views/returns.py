"""The returns of an organisation, and one return."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def own_returns(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def quarterly_return(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404
