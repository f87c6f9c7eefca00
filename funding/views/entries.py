"""What people enter in a return, part by part."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def spend(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def activity(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def patrols(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def narrative(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
def nil(request: HttpRequest, pk: int = 0) -> HttpResponse:
    raise Http404
