"""The first step of a real installation."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from authorities.models import Membership, Organisation
from tests.conftest import sign_in

OPTIONS = {
    "name": "New Partnership",
    "police_force_code": "E23000001",
    "board": "New Board",
    "opcc": "New OPCC",
    "administrator": "First Administrator",
    "email": "First@New.example",
}


def found(**changes: str) -> str:
    out = StringIO()
    call_command("found_partnership", **(OPTIONS | changes), stdout=out)
    return out.getvalue()


def test_the_first_administrator_comes_in_and_adds_an_organisation(db: None) -> None:
    assert "is founded" in found()

    client = Client()
    client.post("/accounts/password/reset/", {"email": "first@new.example"})
    link = re.search(r"http\S+/accounts/password/reset/key/\S+", mail.outbox[0].body)
    assert link, mail.outbox[0].body
    page = client.get(link[0].split("/", 3)[-1].join(["/", ""]), follow=True)
    assert page.status_code == 200

    administrator = Membership.objects.get().user
    pages = sign_in(administrator)
    answer = pages.post(
        "/admin/authorities/organisation/add/",
        {
            "kind": "local_authority",
            "name": "New Council",
            "short_name": "New",
            "position": "2",
            "accountable_bodies-TOTAL_FORMS": "0",
            "accountable_bodies-INITIAL_FORMS": "0",
        },
    )
    assert answer.status_code == 302
    assert Organisation.objects.get(name="New Council").partnership.name == "New Partnership"


def test_a_partnership_is_founded_once(db: None) -> None:
    found()
    with pytest.raises(CommandError, match="already"):
        found(email="other@new.example")
    assert Organisation.objects.count() == 1
