"""What was changed in a return, field by field."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import return_changes
from funding.access import find_return
from funding.views.return_page import is_own


@needs(Permission.VIEW_RETURNS, Permission.VIEW_OWN_RETURN)
@require_safe
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what from what to what and when, newest first. `part` narrows it, `page` turns it."""
    found = find_return(request, pk)
    asked, number = request.GET.get("part", ""), request.GET.get("page", "")
    part = asked if asked in return_changes.PARTS else ""
    page = int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 7 else 1
    page = max(page, 1)
    rows, count = return_changes.changes(found, part=part, page=page)
    if not rows and page > 1:
        page = 1
        rows, count = return_changes.changes(found, part=part)
    if not is_own(found, acting(request)):
        rows = return_changes.without_people(rows)
    left_out = {"activity"} if found.organisation.is_police else {"patrols"}
    context = {
        "found": found,
        "rows": rows,
        "count": count,
        "part": part,
        "parts": {code: label for code, label in return_changes.PARTS.items() if code not in left_out},
        "page": page,
        "pages": -(-count // return_changes.A_PAGE),
    }
    return render(request, "funding/returns/changes.html", context)
