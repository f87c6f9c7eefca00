"""Coming in, with a password and as a person of the demonstration."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from authorities.models import User
from authorities.sign_in import BACKEND

PASSWORD = "three words apart"


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO_MODE = True


@pytest.fixture
def no_demo(settings: Any) -> None:
    settings.DEMO_MODE = False


@pytest.fixture
def demo_lead(lead: User) -> User:
    User.objects.filter(pk=lead.pk).update(is_demo=True)
    return lead


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("pat@example.org", PASSWORD, name="Pat")


def sign_in_as(client: Client, user: User, **data: str) -> int:
    return client.post(reverse("demo_sign_in", args=[user.pk]), data).status_code


def test_the_right_password_opens_the_door(client: Client, person: User, no_demo: None) -> None:
    response = client.post("/accounts/login/", {"login": "pat@example.org", "password": PASSWORD})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_wrong_password_keeps_the_address_and_says_error(
    client: Client, person: User, no_demo: None
) -> None:
    response = client.post("/accounts/login/", {"login": "pat@example.org", "password": "no"})
    html = response.content.decode()
    assert "<title>Error: Sign in - VRU portal</title>" in html
    assert "govuk-error-summary" in html
    assert 'value="pat@example.org"' in html


def test_outside_the_demonstration_nobody_is_listed_and_nobody_comes_in(
    client: Client, demo_lead: User, no_demo: None
) -> None:
    assert demo_lead.name not in client.get("/accounts/login/").content.decode()
    assert sign_in_as(client, demo_lead) == 404
    assert "_auth_user_id" not in client.session


def test_the_demonstration_lists_its_people_once_each(
    client: Client, demo_lead: User, stranger: User, demo: None
) -> None:
    html = client.get("/accounts/login/").content.decode()
    assert html.count(reverse("demo_sign_in", args=[demo_lead.pk])) == 1
    assert "Plans the spending and prepares the quarterly return." in html
    assert reverse("demo_sign_in", args=[stranger.pk]) not in html
    assert "The data are illustrative: do not enter real figures." in html


def test_one_click_signs_a_demonstration_person_in(client: Client, demo_lead: User, demo: None) -> None:
    assert sign_in_as(client, demo_lead) == 302
    assert client.session["_auth_user_id"] == str(demo_lead.pk)


def test_a_real_person_is_never_signed_in_by_one_click(client: Client, lead: User, demo: None) -> None:
    assert sign_in_as(client, lead) == 404


def test_a_closed_demonstration_account_stays_closed(client: Client, demo_lead: User, demo: None) -> None:
    User.objects.filter(pk=demo_lead.pk).update(is_active=False)
    assert sign_in_as(client, demo_lead) == 404


def test_a_link_cannot_sign_anybody_in(client: Client, demo_lead: User, demo: None) -> None:
    assert client.get(reverse("demo_sign_in", args=[demo_lead.pk])).status_code == 405


@pytest.mark.parametrize(
    ("wanted", "given"), [("/accessibility/", "/accessibility/"), ("//evil.example/", "/")]
)
def test_the_way_back_stays_inside_the_portal(
    client: Client, demo_lead: User, demo: None, wanted: str, given: str
) -> None:
    response = client.post(reverse("demo_sign_in", args=[demo_lead.pk]), {"next": wanted})
    assert response.headers["Location"] == given


def test_nobody_opens_an_account_alone_or_changes_an_address(client: Client, person: User) -> None:
    client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})
    assert not User.objects.filter(email="new@example.org").exists()
    client.force_login(person, backend=BACKEND)
    assert client.get("/accounts/email/").status_code == 404


def test_a_forgotten_password_leads_to_a_new_one(client: Client, person: User) -> None:
    client.post("/accounts/password/reset/", {"email": "pat@example.org"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link, follow=True)
    new = "four words far apart"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    person.refresh_from_db()
    assert mail.outbox[0].subject.startswith("VRU portal: ")
    assert person.check_password(new)


@pytest.mark.parametrize("path", ["password/change/", "logout/", "reauthenticate/", "two-step/"])
def test_the_pages_about_signing_in_look_like_the_portal(client: Client, person: User, path: str) -> None:
    client.post("/accounts/login/", {"login": "pat@example.org", "password": PASSWORD})
    response = client.get(f"/accounts/{path}")
    assert response.status_code == 200
    assert 'class="portal-header"' in response.content.decode()


def test_a_second_step_is_set_up_asked_for_and_switched_off(client: Client, person: User) -> None:
    credentials = {"login": "pat@example.org", "password": PASSWORD}
    client.post("/accounts/login/", credentials)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/two-step/totp/activate/").context_data["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    page = client.post("/accounts/two-step/totp/activate/", {"code": code}, follow=True).content.decode()
    assert "Each signs you in once when you do not have your phone." in page
    assert "An authenticator app on your phone" in client.get("/accounts/two-step/").content.decode()
    recovery_code = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()[0]
    client.post("/accounts/logout/")

    second_step = client.post("/accounts/login/", credentials).headers["Location"]
    assert second_step == "/accounts/two-step/authenticate/"
    assert "Enter your code" in client.get(second_step).content.decode()
    assert "_auth_user_id" not in client.session
    client.post(second_step, {"code": recovery_code})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_the_administration_pages_have_the_same_door(client: Client, person: User) -> None:
    assert client.get("/admin/login/").headers["Location"].startswith("/accounts/login/")
    client.force_login(person, backend=BACKEND)
    assert client.get("/admin/login/").status_code == 403
