"""Being written."""

from django.http import HttpRequest, HttpResponse

from authorities.access import needs
from authorities.roles import Permission


@needs(Permission.VIEW_MONEY)
def allocations(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse()

