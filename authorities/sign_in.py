"""How people come in: allauth with signing up closed, and the demonstration's list of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from authorities.models import Membership, User
from authorities.roles import ROLES, Role

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# The page that follows says who has signed in, so a message would only repeat it.
SILENT_MESSAGES = {"account/messages/logged_in.txt"}


class AccountAdapter(DefaultAccountAdapter):
    """An administrator adds people; nobody adds themselves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Check your e-mail address and your password: one of them is not right.",
        "account_inactive": "This account is closed. Ask an administrator of your partnership.",
        "enter_current_password": "Enter the password that you have now.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": "There were too many wrong passwords. Wait a few minutes, then try again.",
        "rate_limited": "There were too many tries. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Everybody knows the demonstration's password, so it opens nothing outside the demonstration."""
        user = super().authenticate(request, **credentials)
        return user if user is None or settings.DEMO_MODE or not user.is_demo else None

    def format_email_subject(self, subject: str) -> str:
        return f"VRU portal: {subject}"

    def add_message(
        self, request: HttpRequest, level: int, message_template: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in SILENT_MESSAGES:
            super().add_message(request, level, message_template, *args, **kwargs)


@dataclass(frozen=True)
class DemoPerson:
    """One person of the demonstration, as the sign-in page shows them."""

    pk: int
    name: str
    role: str
    organisation: str
    summary: str


def demo_people(on: date) -> list[DemoPerson]:
    """The people who may be signed in as with one click: as organisations stand, then as roles stand."""
    found: Any = (
        Membership.objects.current(on)
        .filter(user__is_demo=True, user__is_active=True)
        .select_related("user", "organisation__partnership")
    )
    people: dict[int, DemoPerson] = {}
    for membership in sorted(found, key=_place):
        row = ROLES[Role(membership.role)]
        people.setdefault(
            membership.user_id,
            DemoPerson(
                pk=membership.user_id,
                name=membership.user.name,
                role=row.label,
                organisation=membership.organisation.name,
                summary=row.summary,
            ),
        )
    return list(people.values())


def _place(membership: Membership) -> tuple[str, int, int, str]:
    organisation = membership.organisation
    role = list(Role).index(Role(membership.role))
    return organisation.partnership.name, organisation.position, role, membership.user.name


def demo_user(pk: int) -> User | None:
    """The demonstration person with this number; none outside the demonstration."""
    if not settings.DEMO_MODE:
        return None
    return User.objects.filter(pk=pk, is_demo=True, is_active=True).first()


class SignIn(LoginView):
    """allauth's sign-in page, with the demonstration's people where there is a demonstration."""

    def get_form(self, form_class: Any = None) -> Any:
        """allauth's form in the words of the portal."""
        form = super().get_form(form_class)
        form.fields["login"].label = "E-mail address"
        form.fields["login"].error_messages["required"] = "Enter your e-mail address."
        form.fields["login"].error_messages["invalid"] = "Enter an e-mail address like name@example.org."
        form.fields["password"].error_messages["required"] = "Enter your password."
        # The page has its own link to a new password.
        form.fields["password"].help_text = ""
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_people"] = demo_people(timezone.localdate()) if settings.DEMO_MODE else []
        return context
