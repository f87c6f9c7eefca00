"""What everybody may read without signing in: the newest publication of a partnership, and nothing else.

A partnership that has published nothing reads like one that never was.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from authorities.access import public
from authorities.filters import date_words
from funding.downloads import CSV, JSON, attachment
from funding.models import OpenDataPublication
from funding.open_data import standard

# Long enough to spare the portal a crowd, short enough for a withdrawal to be seen soon.
SECONDS_KEPT = 300
GONE = 410


def _newest(code: str) -> OpenDataPublication:
    """Raises Http404 where nothing was ever published under the code of that police force area."""
    found = OpenDataPublication.objects.newest(code)
    if found is None:
        raise Http404
    return found


@public
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What is published: whose, since when, under which licence, with both files and their hashes."""
    newest = _newest(code)
    context = {
        "newest": newest,
        "code": code,
        "licence": standard.LICENCE,
        "licence_name": standard.LICENCE_NAME,
    }
    answer = render(
        request, "funding/open_data/public.html", context, status=GONE if newest.is_withdrawn else 200
    )
    # Its head says who has signed in, so it is kept for nobody else.
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


@public
@require_safe
def grants_json(request: HttpRequest, code: str) -> HttpResponse:
    """The bytes that were published, as a 360Giving JSON package."""
    return _file(request, code, "json")


@public
@require_safe
def grants_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The bytes that were published, as a flat CSV."""
    return _file(request, code, "csv")


def _file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    newest = _newest(code)
    if newest.is_withdrawn:
        return _gone(newest)
    content, digest, content_type = (
        (newest.json, newest.json_digest, JSON) if kind == "json" else (newest.csv, newest.csv_digest, CSV)
    )
    answer: HttpResponse = attachment(content, f"grants-{code}-{newest.number}.{kind}", content_type)
    answer["ETag"] = f'"{digest}"'
    patch_cache_control(answer, public=True, max_age=SECONDS_KEPT)
    kept = get_conditional_response(request, etag=answer["ETag"], response=answer)
    return kept if isinstance(kept, HttpResponse) else answer


def _gone(newest: OpenDataPublication) -> HttpResponse:
    """Withdrawn is no empty file: it is said in words, with the reason."""
    said = (
        f"This publication was withdrawn on {date_words(newest.withdrawal.withdrawn_at)}.\n"
        f"Reason: {newest.withdrawal.reason}\n"
    )
    answer = HttpResponse(said, content_type="text/plain; charset=utf-8", status=GONE)
    answer["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(answer, no_cache=True)
    return answer
