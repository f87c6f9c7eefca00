"""Pages that belong to no subject of the grant: sign-in, switching organisation, errors, accessibility."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from structlog.contextvars import get_contextvars

from authorities.access import ORGANISATION_KEY, acting, public, signed_in
from authorities.forms import SwitchForm
from authorities.sign_in import BACKEND, SignIn, demo_user

sign_in = public(SignIn.as_view())


@public
def not_offered(request: HttpRequest) -> HttpResponse:
    """Stands before a page of allauth that the portal leaves out."""
    raise Http404


def _after(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else settings.LOGIN_REDIRECT_URL


@public
@require_POST
def demo_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in as a person of the demonstration. There is no such page outside it."""
    user = demo_user(pk)
    if user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(_after(request))


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def switch_organisation(request: HttpRequest) -> HttpResponse:
    """Choose which of one's memberships to act under until signing out."""
    person = acting(request)
    chosen = {"membership": person.membership.pk} if person.membership else None
    form = SwitchForm(request.POST or None, memberships=person.memberships, initial=chosen)
    if request.method == "POST" and form.is_valid():
        request.session[ORGANISATION_KEY] = form.cleaned_data["membership"]
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "authorities/switch_organisation.html", {"form": form})


@public
@require_safe
def accessibility_statement(request: HttpRequest) -> HttpResponse:
    return render(request, "authorities/accessibility_statement.html")


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came from a page that was open for too long, or from elsewhere."""
    return render(request, "403_csrf.html", status=403)


@public
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(_without_database(request, "400.html"), status=400)


@public
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@public
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """One body for every address: it must not tell what exists."""
    return render(request, "404.html", status=404)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_without_database(request, "500.html"), status=500)


def _without_database(request: HttpRequest, template: str) -> str:
    """A page for when nothing may be relied on: no session, no menu, only the reference of the log line."""
    reference = get_contextvars().get("request_id", "")
    return render_to_string(template, {"request": request, "bare": True, "reference": reference})
