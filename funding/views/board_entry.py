"""What the officers' pages for the board share: who may write, one action call, and one page for a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from authorities.access import acting
from authorities.models import User
from authorities.roles import Permission
from funding.actions.errors import UnableTo

METHODS = ["GET", "HEAD", "POST"]


def writer(request: HttpRequest) -> User:
    """Who writes. A page that is nothing but a form is not for those who may only read."""
    person = acting(request)
    if not person.has(Permission.KEEP_BOARD):
        raise PermissionDenied
    user: User = person.user
    return user


def posted(request: HttpRequest) -> Any:
    """What the form is bound to: nothing where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def is_done(form: Form, action: Callable[[], object]) -> bool:
    """Whether the form was sent, valid, and the action done. A refusal stands on the form."""
    if not form.is_valid():
        return False
    try:
        action()
    except UnableTo as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def entry(request: HttpRequest, form: Form, **words: Any) -> HttpResponse:
    """The page: `title`, `press` on the button, where `back` leads, and `caption`, `intro` or `facts`."""
    return render(request, "funding/governance/entry.html", {"form": form, **words})
