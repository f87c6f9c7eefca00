"""Being written."""

from django.http import HttpRequest, HttpResponse

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_MONEY)
def plan(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


@needs(Permission.VIEW_MONEY)
def intervention_new(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


@needs(Permission.VIEW_MONEY)
def budget_line_new(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()

