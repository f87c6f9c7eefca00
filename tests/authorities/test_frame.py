"""The frame around every page: who acts for whom, the way out, errors and headers."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authorities import actions, views
from authorities.models import User
from authorities.roles import Role
from tests.world import World

SWITCH = "/accounts/acting-for/"


@pytest.fixture
def two_roles(world: World) -> User:
    actions.give_role(user=world.lead, organisation=world.south, role=Role.LEAD, starts_on=date(2022, 4, 1))
    return world.lead


def test_a_stranger_is_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.get(SWITCH).headers["Location"] == f"/accounts/login/?next={SWITCH}"


def test_the_header_names_person_and_organisation(as_user: Any, lead: User, world: World) -> None:
    html = as_user(lead).get("/accessibility/").content.decode()
    assert world.north.name in html
    assert lead.name in html
    assert SWITCH not in html


def test_a_person_with_two_roles_chooses_for_whom_to_act(as_user: Any, two_roles: User, world: World) -> None:
    client = as_user(two_roles)
    south = two_roles.memberships.get(organisation=world.south)
    assert SWITCH in client.get("/accessibility/").content.decode()
    assert client.post(SWITCH, {"membership": south.pk}).status_code == 302
    html = client.get("/accessibility/").content.decode()
    assert f'<span class="portal-header__organisation">{world.south.name}</span>' in html


@pytest.mark.parametrize("choice", ["", "0", "x"])
def test_nobody_acts_for_an_organisation_that_is_not_theirs(as_user: Any, lead: User, choice: str) -> None:
    response = as_user(lead).post(SWITCH, {"membership": choice})
    assert response.status_code == 200
    assert "Error: " in response.content.decode()


def test_the_membership_of_another_person_is_refused(as_user: Any, lead: User, stranger: User) -> None:
    other = stranger.memberships.get()
    client = as_user(lead)
    client.post(SWITCH, {"membership": other.pk})
    assert client.session.get("acting_for") != other.pk


def test_an_unknown_address_is_a_page_of_the_portal(client: Client, db: None) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "<title>Page not found - VRU portal</title>" in response.content.decode()


def test_a_refusal_does_not_tell_why_a_page_was_not_found() -> None:
    request = RequestFactory().get("/secret/7/")
    body = views.page_not_found(request, Http404("Return 7 of Bath")).content.decode()
    assert "Bath" not in body


def test_an_old_form_is_refused_in_words(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
    assert response.status_code == 403
    assert "Send the page again" in response.content.decode()


def test_the_page_for_a_failure_needs_no_database(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = views.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Sorry, there is a problem" in response.content.decode()
    assert len(queries) == 0


def test_the_only_inline_script_carries_the_nonce_of_the_policy(client: Client, db: None) -> None:
    response = client.get("/accessibility/")
    policy = response.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert "unsafe" not in policy
    inline = re.findall(r"<script(?![^>]*\ssrc=)([^>]*)>", response.content.decode())
    assert inline == [f' nonce="{nonce[1]}"']


def test_the_accessibility_statement_is_for_everybody(client: Client, db: None) -> None:
    assert client.get("/accessibility/").status_code == 200
    assert client.post("/accessibility/").status_code == 405
