"""A person's own notices, and which of them come by e-mail too."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities.access import ORGANISATION_KEY, Acting, acting, signed_in
from funding.actions import notices as actions
from funding.actions.errors import UnableTo
from funding.forms.notices import PreferencesForm
from funding.models import Notice, NoticePreference

PER_PAGE = 20


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """Newest first. A post opens one, which marks it as read, or marks all of them."""
    person = acting(request)
    if request.method == "POST":
        return _open(request, person) if "notice" in request.POST else _mark_all(request, person)
    own = Notice.objects.filter(user=person.user)
    page = Paginator(own, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "funding/notices/notices.html", {"page": page, "unread": person.unread})


def _open(request: HttpRequest, person: Acting) -> HttpResponse:
    number = request.POST["notice"]
    try:
        notice = actions.open_notice(
            pk=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0,
            by=person.user,
            at=timezone.now(),
        )
    except UnableTo as absent:
        raise Http404 from absent
    # It is about one of the person's organisations: the page opens when the person acts for that one.
    about = [one for one in person.memberships if one.organisation_id == notice.organisation_id]
    if about and person.membership not in about:
        request.session[ORGANISATION_KEY] = about[0].pk
    return redirect(notice.path)


def _mark_all(request: HttpRequest, person: Acting) -> HttpResponse:
    count = actions.mark_all_read(by=person.user, at=timezone.now())
    messages.success(request, f"{count} {'notice is' if count == 1 else 'notices are'} marked as read.")
    return redirect("notices")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """A tick for each kind that comes by e-mail too; all of them, until the person says otherwise."""
    user = acting(request).user
    silent = NoticePreference.objects.filter(user=user, by_email=False)
    form = PreferencesForm(request.POST or None, silent=set(silent.values_list("kind", flat=True)))
    if request.method == "POST":
        form = PreferencesForm(request.POST, silent=())
        if form.is_valid():
            actions.choose(by_email=form.by_email, by=user)
            messages.success(request, "Your choices are saved. They hold from the next notice on.")
            return redirect("notice_preferences")
    return render(request, "funding/notices/preferences.html", {"form": form, "email": user.email})
