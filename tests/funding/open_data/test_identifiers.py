"""Administrators enter the prefix and the identifiers that open data need, where they change organisations."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from authorities.models import AccountableBody, Organisation
from tests.conftest import sign_in
from tests.funding.open_data.identified import identified
from tests.world import START, World


@pytest.fixture
def world(world: World) -> World:
    world.administrator.is_staff = True
    world.administrator.save()
    return world


def post(world: World, organisation: Organisation, **changes: Any) -> HttpResponse:
    body = AccountableBody.objects.filter(organisation=organisation).first()
    fields = {
        "kind": organisation.kind,
        "name": organisation.name,
        "short_name": organisation.short_name,
        "position": organisation.position,
        "publisher_prefix": "",
        "accountable_bodies-TOTAL_FORMS": "1",
        "accountable_bodies-INITIAL_FORMS": "1" if body else "0",
        "accountable_bodies-0-id": body.pk if body else "",
        "accountable_bodies-0-organisation": organisation.pk,
        "accountable_bodies-0-name": organisation.name,
        "accountable_bodies-0-gss_code": "",
        "accountable_bodies-0-org_id": "",
        "accountable_bodies-0-starts_on": START.isoformat(),
    }
    address = f"/admin/authorities/organisation/{organisation.pk}/change/"
    return sign_in(world.administrator).post(address, {**fields, **changes})


def test_an_administrator_enters_them(world: World) -> None:
    identified(world)
    assert post(world, world.hub, publisher_prefix="360G-New").status_code == 302
    assert post(world, world.north, **{"accountable_bodies-0-org_id": "GB-LAE-NEW"}).status_code == 302
    # A number that was found after all takes the place of the one made from the prefix.
    assert post(world, world.police, **{"accountable_bodies-0-org_id": "XI-WIKIDATA-Q1"}).status_code == 302

    assert Organisation.objects.get(pk=world.hub.pk).publisher_prefix == "360G-New"
    draft = sign_in(world.board_member).get("/board/open-data/").content.decode()
    assert "GB-LAE-NEW" in draft
    assert "XI-WIKIDATA-Q1" in draft


@pytest.mark.parametrize(
    ("field", "typed", "like"),
    [
        ("publisher_prefix", "My prefix", "360G-Example"),
        ("accountable_bodies-0-org_id", "BAS", "GB-LAE-BAS"),
    ],
)
def test_what_has_not_the_form_is_refused_in_words(world: World, field: str, typed: str, like: str) -> None:
    answer = post(world, world.hub, **{field: typed})
    assert answer.status_code == 200
    assert f"Enter the identifier as it was given, like {like}." in answer.content.decode()


def test_an_officer_does_not(world: World) -> None:
    client = sign_in(world.officer)
    assert client.get(f"/admin/authorities/organisation/{world.hub.pk}/change/").status_code != 200
