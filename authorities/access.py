"""The only door: every view of the portal stands behind one of the decorators of this module.

A decorator leaves its rule on the view as `access_rule`; a test walks the URLs and fails where one is
missing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property, wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from authorities.models import ApiToken, Membership, Organisation, Partnership, User
from authorities.roles import ROLES, Permission, Role
from authorities.tokens import digest_of

View = Callable[..., HttpResponse]
ORGANISATION_KEY = "acting_for"


class Acting:
    """The person of this request, and the membership that the person acts under.

    Memberships are read at each request, so a right ends with the day that ends it.
    """

    def __init__(self, request: HttpRequest, today: date) -> None:
        self._request = request
        self._today = today

    @cached_property
    def user(self) -> Any:
        return self._request.user if self._request.user.is_authenticated else None

    @cached_property
    def memberships(self) -> list[Membership]:
        if self.user is None:
            return []
        return memberships_of(self.user, self._today)

    @cached_property
    def membership(self) -> Membership | None:
        chosen = self._request.session.get(ORGANISATION_KEY)
        return next((m for m in self.memberships if m.pk == chosen), next(iter(self.memberships), None))

    @property
    def is_training(self) -> bool:
        """Whether the person practises: nothing on the page is real."""
        return self.membership is not None and self.membership.is_training

    @property
    def counterpart(self) -> Membership | None:
        """The way to the training copy, and from there back: the same role if there is one, or another."""
        own = self.membership
        there = [one for one in self.memberships if own and _is_other_side(own, one)]
        return min(there, key=lambda one: _place(one) != _place(own), default=None) if own else None

    @property
    def organisation(self) -> Organisation | None:
        return self.membership.organisation if self.membership else None

    @property
    def partnership(self) -> Partnership | None:
        return self.organisation.partnership if self.organisation else None

    @property
    def role(self) -> Role | None:
        return Role(self.membership.role) if self.membership else None

    @property
    def role_label(self) -> str:
        return self.membership.label if self.membership else ""

    @property
    def unread(self) -> int:
        """How many notices the person has not read."""
        return getattr(self.membership, "unread", 0)

    def has(self, permission: Permission | str) -> bool:
        """Whether the role acted under carries the permission."""
        return self.role is not None and Permission(permission) in ROLES[self.role].permissions


def memberships_of(user: Any, today: date) -> list[Membership]:
    """What the person may act under on that day, in the order in which it is offered."""
    # Counted here, and not by a query of its own, since every page shows it; and in a subquery, since a join
    # would have to group by each column that is read.
    unread = (
        User.objects.filter(pk=OuterRef("user"), notices__read_at__isnull=True)
        .order_by()
        .values("pk")
        .annotate(count=Count("notices"))
        .values("count")
    )
    held = Membership.objects.filter(user=user).annotate(unread=Coalesce(Subquery(unread), 0))
    held = held.select_related("organisation__partnership", "user", "deputy_for__user")
    # They are few, and every page asks: Django takes longer to put the days into SQL than to read the rows.
    found = [membership for membership in held if membership.is_current(today)]
    # A person's own part comes before one in which they only stand in for somebody.
    return _real_first(sorted(found, key=lambda membership: membership.deputy_for_id is not None))


def membership_of_token(secret: str, today: date) -> tuple[ApiToken, Membership] | None:
    """What the token opens today, by the rules that hold for a person who has signed in; else None."""
    found = ApiToken.objects.live(today).filter(digest=digest_of(secret), membership__user__is_active=True)
    token = found.select_related("membership__user").first()
    if token is None:
        return None
    held = memberships_of(token.membership.user, today)
    membership = next((one for one in held if one.pk == token.membership_id), None)
    return (token, membership) if membership else None


def _place(membership: Membership) -> tuple[int, str]:
    """What a role and its copy have in common."""
    return membership.organisation.position, membership.role


def _is_other_side(own: Membership, other: Membership) -> bool:
    """Whether one is in the training copy of the other's partnership."""
    here, there = own.organisation.partnership, other.organisation.partnership
    return here.training_for_id == there.pk or there.training_for_id == here.pk


def _real_first(memberships: list[Membership]) -> list[Membership]:
    """Nobody begins in a training copy; and a right there lasts no longer than the one it was copied from."""
    real = [one for one in memberships if not one.is_training]
    held = {(one.organisation.partnership_id, *_place(one)) for one in real}
    return real + [
        one
        for one in memberships
        if one.is_training and (one.organisation.partnership.training_for_id, *_place(one)) in held
    ]


class ActingMiddleware:
    """Puts `request.acting` on every request; nothing is read before someone asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting = Acting(request, timezone.localdate())  # type: ignore[attr-defined]
        return self.get_response(request)


def acting(request: HttpRequest) -> Acting:
    """The typed way to `request.acting`."""
    found: Acting = request.acting  # type: ignore[attr-defined]
    return found


def partnership_of(request: HttpRequest) -> Partnership:
    """The acting partnership, behind a door that lets nobody in without a membership."""
    partnership = acting(request).partnership
    assert partnership is not None
    return partnership


def _rule(view: View, rule: str) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open to everybody, signed in or not."""
    return _rule(view, "public")


def by_token(permission: Permission) -> Callable[[View], View]:
    """Names the rule of an address that programs open by a token. Its own door asks for it, before the view:
    here nothing is held, and a session opens nothing there."""
    return lambda view: _rule(view, f"token: {permission}")


def signed_in(view: View) -> View:
    """Open to any person who has signed in."""

    # Never stored: on a shared computer, "back" after signing out must not show the page again.
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if acting(request).user is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return _rule(guarded, "signed in")


def needs(*permissions: Permission, to_write: Permission | None = None) -> Callable[[View], View]:
    """Open to a role that has one of the permissions; a POST may need another one.

    A stranger to the page gets 404, with the same body as an address that does not exist.
    A reader who may not write gets 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = acting(request)
            if not any(person.has(permission) for permission in permissions):
                raise Http404
            if request.method == "POST" and to_write is not None and not person.has(to_write):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        rule = " or ".join(permissions) + (f"; to write: {to_write}" if to_write else "")
        return _rule(signed_in(guarded), rule)

    return decorate
