"""What no page should have to think of."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse


class ImpossibleInputMiddleware:
    """Answers 400 to what no browser sends: NUL in an address, or an encoding that nobody knows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            raise SuspiciousOperation("NUL in the address")
        charset = (request.content_params or {}).get("charset", "utf-8")
        try:
            codecs.lookup(charset)
        except LookupError as problem:
            raise SuspiciousOperation("Unknown encoding") from problem
        return self.get_response(request)
