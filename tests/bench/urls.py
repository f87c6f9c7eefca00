"""The portal's addresses and one bare page: what signing in costs by itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from authorities.access import acting, signed_in
from vru_portal.urls import handler404, urlpatterns

__all__ = ["handler404"]


@signed_in
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(acting(request).user))


urlpatterns = [path("bare/", bare), *urlpatterns]
