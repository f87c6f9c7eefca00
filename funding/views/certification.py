"""Sending a return to its certifier, and certifying it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def check(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def recall(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def certify(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404
