"""Being written."""

from django.http import HttpRequest, HttpResponse

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_MONEY)
def decisions(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


@needs(Permission.VIEW_MONEY)
def decision(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()


@needs(Permission.VIEW_MONEY)
def answer(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()

