"""The OPCC's answer to many returns at once, from the tracker."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from authorities.access import acting, needs
from authorities.roles import Permission
from funding import return_clean
from funding.access import visible_returns
from funding.actions import bulk
from funding.forms.rounds import AcceptTogetherForm
from funding.models import QuarterlyReturn
from funding.models.quarterly_return import ReturnQuerySet
from funding.queue import hint

METHODS = ["GET", "HEAD", "POST"]


def _chosen(request: HttpRequest, numbers: Iterable[str]) -> ReturnQuerySet:
    """The ticked returns that the person may see; what is no number, or of others, is not among them."""
    ticked = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 19]
    return visible_returns(acting(request)).filter(pk__in=ticked)


@needs(Permission.VIEW_RETURNS, to_write=Permission.REVIEW_RETURN)
@require_http_methods(METHODS)
def remind(request: HttpRequest) -> HttpResponse:
    """Reminds those who have the ticked returns. Opening the address again leads to the tracker."""
    if request.method != "POST":
        return redirect("tracker")
    chosen = list(_chosen(request, request.POST.getlist("return")))
    if not chosen:
        messages.error(request, "Tick at least one return to remind its organisation of.")
    _say_who(request, bulk.remind(chosen=chosen, by=acting(request).user, at=timezone.now()))
    # What is no year shows the latest one.
    return redirect(f"{reverse('tracker')}?{urlencode({'year': request.POST.get('year', '')})}")


def _say_who(request: HttpRequest, outcomes: Iterable[bulk.Outcome]) -> None:
    """One line for all who were told the same, so that many ticks do not push the tracker out of sight."""
    alike: dict[tuple[bool, str], list[str]] = {}
    for one in outcomes:
        alike.setdefault((one.is_done, one.sentence), []).append(str(one.quarterly_return))
    for (is_done, sentence), names in sorted(alike.items(), reverse=True):
        add, word = (messages.success, "Reminded") if is_done else (messages.error, "Not reminded")
        add(request, f"{word}: {'; '.join(names)}. {sentence}")


@needs(Permission.VIEW_RETURNS, to_write=Permission.REVIEW_RETURN)
@require_http_methods(METHODS)
def accept(request: HttpRequest) -> HttpResponse:
    """Which of the ticked or of all certified returns can be accepted together; and accepting them."""
    person, is_post = acting(request), request.method == "POST"
    if not person.has(Permission.REVIEW_RETURN):
        raise PermissionDenied
    ticked = list(_chosen(request, request.POST.getlist("return"))) if is_post else []
    returns = visible_returns(person)
    if is_post:
        returns = returns.filter(pk__in=[one.pk for one in ticked])
    judged = return_clean.judge(returns, reader=person.user)
    # From the tracker the ticks come with the button "look": there is nothing to accept yet.
    typed = request.POST if is_post and "look" not in request.POST else None
    form = AcceptTogetherForm(typed, clean=[one for one in judged if one.is_clean])
    if form.is_valid():
        outcomes = bulk.accept(read=form.read, by=person.user, at=timezone.now())
        hint()
        _report(request, outcomes, ticked, judged)
        return redirect("tracker")
    context = {
        "clean": [one for one in judged if one.is_clean],
        "others": [one for one in judged if not one.is_clean],
        "form": form,
    }
    return render(request, "funding/returns/tracker_accept.html", context)


def _report(
    request: HttpRequest,
    outcomes: list[bulk.Outcome],
    ticked: Iterable[QuarterlyReturn],
    judged: Iterable[return_clean.Judged],
) -> None:
    """One line for what was accepted, and one for each return that was not, with the reason."""
    done = [str(one.quarterly_return) for one in outcomes if one.is_done]
    if done:
        messages.success(request, f"Accepted: {'; '.join(done)}.")
    said = {one.quarterly_return.pk: one.sentence for one in outcomes}
    why_not = {one.quarterly_return.pk: " ".join(one.why_not) for one in judged}
    for found in ticked:
        sentence = said.get(found.pk) or why_not.get(found.pk, "It does not wait for the OPCC any more.")
        if str(found) not in done:
            messages.error(request, f"{found} was not accepted. {sentence or 'Read it again first.'}")
