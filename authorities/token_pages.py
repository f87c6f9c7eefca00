"""Pages about the keys of programs that read for a person: list, make, revoke."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from authorities import actions
from authorities.access import acting, needs
from authorities.forms import TokenForm
from authorities.models import ApiToken
from authorities.roles import Permission
from authorities.tokens import USUAL_LIFE


@needs(Permission.VIEW_BOARD)
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """The person's own, newest first."""
    today = timezone.localdate()
    rows = [(token, token.state(today)) for token in ApiToken.objects.of(acting(request).user)]
    return render(request, "authorities/tokens.html", {"rows": rows})


@needs(Permission.VIEW_BOARD)
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def token_new(request: HttpRequest) -> HttpResponse:
    """Make one. The answer to the post shows the secret: it is kept nowhere that a next page could read."""
    person = acting(request)
    assert person.membership
    usual = timezone.localdate() + USUAL_LIFE
    form = TokenForm(request.POST if request.method == "POST" else None, initial={"expires_on": usual})
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = actions.create_token(
                membership=person.membership, by=person.user, at=timezone.now(), **form.cleaned_data
            )
        except actions.UnableToIssue as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "authorities/token_made.html", {"token": token, "secret": secret})
    return render(request, "authorities/token_new.html", {"form": form, "membership": person.membership})


@needs(Permission.VIEW_BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first: a program that uses the token stops at once."""
    person = acting(request)
    token = get_object_or_404(ApiToken.objects.of(person.user), pk=pk)
    if request.method != "POST":
        if token.revoked_at:
            messages.info(request, "This token is revoked already.")
            return redirect("api_tokens")
        return render(request, "authorities/token_revoke.html", {"token": token})
    try:
        actions.revoke_token(token=token, by=person.user, at=timezone.now())
    except actions.UnableToIssue as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{token.name}” is revoked. Programs that use it get no more answers.")
    return redirect("api_tokens")
