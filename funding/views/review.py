"""The OPCC's answer to a certified return."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def review(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404
