"""What is flagged in the returns that count: read by the board, answered by the OPCC."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from authorities.access import acting, needs, partnership_of
from authorities.roles import Permission
from funding import flag_exports
from funding import flags as reading
from funding.actions import flags as actions
from funding.actions.errors import UnableTo
from funding.downloads import CSV, attachment
from funding.flags import Flag, Flags
from funding.forms.flags import FlagAnswerForm

P = Permission


@needs(P.VIEW_BOARD, to_write=P.ANSWER_FLAG)
@require_http_methods(["GET", "HEAD", "POST"])
def flags(request: HttpRequest) -> HttpResponse:
    """At most ten that wait, the largest first, each with its two answers; those that were answered below."""
    found = reading.of(partnership_of(request))
    typed = None
    if request.method == "POST":
        flag = found.find(request.POST.get("flag", ""))
        if flag is None:
            messages.error(
                request, "That flag was answered, or its figures have changed. Read the list again."
            )
            return redirect("flags")
        typed = FlagAnswerForm(request.POST, flag=flag)
        if typed.is_valid() and _answer(request, flag, typed):
            return redirect("flags")
    forms = [_form(flag, typed) for flag in _shown(found, typed)]
    return render(request, "funding/board/flags.html", _context(request, found, forms))


def _answer(request: HttpRequest, flag: Flag, form: FlagAnswerForm) -> bool:
    try:
        actions.answer(
            quarterly_return=flag.quarterly_return,
            key=flag.key,
            is_concern=form.is_concern,
            words=form.cleaned_data["words"],
            by=acting(request).user,
            at=timezone.now(),
        )
    except UnableTo as refusal:
        form.add_error(None, str(refusal))
        return False
    said = "You have confirmed it as a real concern" if form.is_concern else "You have dismissed it"
    messages.success(request, f"{said}: {flag.organisation.name}, {flag.prompt.title}.")
    return True


def _shown(found: Flags, typed: FlagAnswerForm | None) -> list[Flag]:
    """What was typed is on the page, also where the flag has fallen behind the first ten meanwhile."""
    late = [typed.flag] if typed and typed.flag not in found.shown else []
    return [*found.shown, *late]


def _form(flag: Flag, typed: FlagAnswerForm | None) -> FlagAnswerForm:
    return typed if typed and typed.flag == flag else FlagAnswerForm(flag=flag)


def _context(request: HttpRequest, found: Flags, forms: list[FlagAnswerForm]) -> dict[str, Any]:
    person = acting(request)
    return {
        "found": found,
        "forms": forms,
        "answered": [
            (answer, flag_exports.status(answer, stands), stands) for answer, stands in found.answered
        ],
        "may_answer": person.has(P.ANSWER_FLAG),
        "may_open": person.has(P.VIEW_RETURNS),
    }


@needs(P.VIEW_BOARD)
@require_safe
def flags_csv(request: HttpRequest) -> HttpResponse:
    """All of them for a spreadsheet."""
    found = reading.of(partnership_of(request))
    text = flag_exports.csv_text(found, with_words=acting(request).has(P.VIEW_RETURNS))
    return attachment(text, "flags.csv", CSV)
