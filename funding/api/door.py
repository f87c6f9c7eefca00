"""Who may read by a program: a token in the Authorization header, and nothing else.

A session opens nothing here, so no page of another site can make a browser read for somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.debug import sensitive_variables
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from authorities.access import by_token, membership_of_token, public
from authorities.actions import note_token_use
from authorities.models import Membership
from authorities.roles import Permission
from funding.api.schemas import FigureFilters

NOT_KNOWN = (
    "This token is not known, has ended or was revoked. "
    "Make a new one on the page “API tokens” of the portal."
)
UNSIGNED = (
    "Send a token in the header Authorization, as “Bearer” and the token. Being signed in does not count."
)
NOT_FOR_ROLE = "The role of this token does not let you read the board."


class Token(HttpBearer):
    """A token opens what its membership may read on the board, today."""

    @sensitive_variables("token")
    def authenticate(self, request: HttpRequest, token: str) -> Membership:
        now = timezone.now()
        found = membership_of_token(token.strip(), timezone.localdate(now))
        if found is None:
            raise AuthenticationError(message=NOT_KNOWN)
        key, membership = found
        note_token_use(token=key, at=now)
        if Permission.VIEW_BOARD not in membership.role_row.permissions:
            raise HttpError(403, NOT_FOR_ROLE)
        return membership


# No page of documentation: the library's own would load scripts from elsewhere. Ours is at /api/.
api = NinjaAPI(
    title="VRU portal: read API",
    version="1",
    description="The board's figures for Excel, Power BI and other programs. Reading only.",
    urls_namespace="api-v1",
    auth=Token(),
    docs_url=None,
)


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, refusal: AuthenticationError) -> HttpResponse:
    sentence = refusal.message if refusal.message == NOT_KNOWN else UNSIGNED
    answer = api.create_response(request, {"detail": sentence}, status=401)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def wrong_parameter(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    """What each parameter may be, and never what was sent."""
    names = dict.fromkeys(str(error["loc"][-1]) for error in refusal.errors)
    sentences = [f"Check {name}: {rule_of(name)}" for name in names]
    return api.create_response(request, {"detail": " ".join(sentences)}, status=422)


def rule_of(name: str) -> str:
    """The rule of a parameter, in words; every kind of row takes some of these."""
    field = FigureFilters.model_fields.get(name)
    return field.description if field and field.description else "this is not a parameter."


def never_stored(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """No answer is kept on the way, and a proxy never gives one person's to another."""

    @wraps(view, assigned=("__doc__",))
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        patch_vary_headers(answer, ("Authorization",))
        return answer

    guarded.csrf_exempt = True  # type: ignore[attr-defined]  # nothing here goes by a cookie
    return guarded


def with_rules(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern]:
    """The library's addresses behind our headers, each with its rule. What says nothing of anybody, the
    list of what there is, is open; everything else is behind the token."""
    found = []
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        is_open = pattern.name in ("openapi-json", "api-root")
        mark = public if is_open else by_token(Permission.VIEW_BOARD)
        found.append(URLPattern(pattern.pattern, mark(never_stored(pattern.callback)), name=pattern.name))
    return found
