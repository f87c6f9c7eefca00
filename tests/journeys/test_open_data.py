"""From the draft to the public and away again, through the pages."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from authorities import actions as people
from authorities.models import Organisation
from funding.models import OpenDataPublication
from tests.conftest import sign_in
from tests.faults.neighbours import build_neighbours
from tests.funding.open_data.identified import identified
from tests.journeys.forms import Fields
from tests.world import START, World

CODE = "E23000099"
PAGE = reverse("open_data_public", args=[CODE])
FILES = {kind: reverse(f"open_data_public_{kind}", args=[CODE]) for kind in ("json", "csv")}


@pytest.fixture
def world(world: World) -> World:
    return identified(world)


def press(client: Client, name: str, **typed: str) -> HttpResponse:
    """The form of the page with what is typed, sent as a browser sends it."""
    address = reverse(name)
    fields = Fields(client.get(address).content.decode()).values
    return client.post(address, {**fields, **typed}, follow=True)


def publish(world: World) -> str:
    return press(sign_in(world.approver), "open_data_publish", confirmed="on").content.decode()


def everything(client: Client) -> list[HttpResponse]:
    return [client.get(address) for address in (PAGE, *FILES.values())]


def test_nothing_is_public_until_somebody_publishes(world: World) -> None:
    nowhere = reverse("open_data_public", args=["E23000001"])
    for client in (Client(), sign_in(world.approver)):
        assert [answer.status_code for answer in everything(client)] == [404] * 3
    sign_in(world.approver).get(reverse("open_data_publish"))
    strip = [Client().get(address).content.split(b"<main")[1] for address in (PAGE, nowhere)]
    assert strip[0] == strip[1]


def test_an_approver_publishes_and_everybody_reads(world: World) -> None:
    assert "You have published 3 grants" in publish(world)

    page, read_json, read_csv = everything(Client())
    made = OpenDataPublication.objects.get()
    package = json.loads(read_json.content, parse_float=Decimal)
    rows = list(csv.DictReader(io.StringIO(read_csv.content.decode("utf-8-sig"))))
    assert (
        [one["amountAwarded"] for one in package["grants"]]
        == [Decimal(row["Amount Awarded"]) for row in rows]
        == [Decimal("450000.00"), Decimal("300000.00"), Decimal("400000.00")]
    )
    assert [one["id"] for one in package["grants"]] == [row["Identifier"] for row in rows]
    for answer, digest in ((read_json, made.json_digest), (read_csv, made.csv_digest)):
        assert hashlib.sha256(answer.content).hexdigest() == digest
        assert digest in page.content.decode()
        assert answer["Cache-Control"] == "public, max-age=300"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies
    assert "Open Government Licence v3.0" in page.content.decode()
    assert "private" in page["Cache-Control"]


def test_what_a_reader_has_already_is_not_sent_again(world: World) -> None:
    publish(world)
    first = Client().get(FILES["json"])
    kept = Client().get(FILES["json"], headers={"If-None-Match": first["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")


def test_no_person_no_hotspot_and_no_intervention_is_public(world: World) -> None:
    publish(world)
    said = "".join(answer.content.decode() for answer in everything(Client()))
    for secret in ("Secret Street", "H01", "Mentoring", "Knife crime sessions", "Approver", "@", "As agreed"):
        assert secret not in said


def test_what_is_published_does_not_move_until_it_is_published_again(world: World) -> None:
    publish(world)
    before = [answer.content for answer in everything(Client())]
    world.decide({(world.award, world.north): "440000.00", (world.award, world.south): "310000.00"}, "MOVE")
    Organisation.objects.filter(pk=world.hub.pk).update(name="Renamed OPCC")
    assert [answer.content for answer in everything(Client())][1:] == before[1:]
    assert b"Renamed" not in Client().get(PAGE).content
    draft = sign_in(world.board_member).get(reverse("open_data")).content.decode()
    assert "The grants have changed since." in draft

    publish(world)
    package = Client().get(FILES["json"]).json()
    assert [one["amountAwarded"] for one in package["grants"]][:2] == [440000, 310000]
    assert OpenDataPublication.objects.count() == 2


def test_what_changed_in_between_is_shown_before_it_is_published(world: World) -> None:
    client, address = sign_in(world.approver), reverse("open_data_publish")
    fields = Fields(client.get(address).content.decode()).values
    world.decide({(world.award, world.north): "440000.00"}, "MOVE")
    page = client.post(address, {**fields, "confirmed": "on"}).content.decode()
    assert "A grant has changed since you opened this page" in page
    assert "£440,000.00" in page
    assert Client().get(PAGE).status_code == 404


def test_a_tick_is_asked_for(world: World) -> None:
    page = press(sign_in(world.approver), "open_data_publish").content.decode()
    assert "Tick the box to publish the grants." in page
    assert not OpenDataPublication.objects.exists()


def test_a_publication_that_nobody_has_looked_at_is_not_withdrawn(world: World) -> None:
    publish(world)
    client, address = sign_in(world.approver), reverse("open_data_withdraw")
    fields = Fields(client.get(address).content.decode()).values
    world.decide({(world.award, world.north): "440000.00"}, "MOVE")
    publish(world)
    page = client.post(address, {**fields, "reason": "A wrong amount"}).content.decode()
    assert "Publication 2 has been published since you opened this page" in page
    assert Client().get(PAGE).status_code == 200


@pytest.mark.parametrize("who", ["officer", "board_member", "auditor", "lead", "administrator"])
def test_nobody_else_publishes_or_withdraws(world: World, who: str) -> None:
    publish(world)
    client = sign_in(getattr(world, who))
    for name in ("open_data_publish", "open_data_withdraw"):
        assert client.get(reverse(name)).status_code == 404
        assert client.post(reverse(name), {"confirmed": "on", "reason": "So."}).status_code == 404
    assert Client().get(PAGE).status_code == 200


@pytest.mark.parametrize("who", ["officer", "approver", "board_member", "auditor"])
def test_the_boards_readers_see_the_draft_and_take_it_home(world: World, who: str) -> None:
    client = sign_in(getattr(world, who))
    page = client.get(reverse("open_data")).content.decode()
    assert "£1,150,000.00" in page
    assert "keeps £200,000.00 of the same awards" in page
    assert ("Check and publish" in page) == (who == "approver")
    assert len(client.get(reverse("open_data_draft_json")).json()["grants"]) == 3
    draft = client.get(reverse("open_data_draft_csv"))
    assert draft.content.decode().count("\r\n") == 4
    assert "no-store" in draft["Cache-Control"]


def test_each_partnership_publishes_its_own(world: World) -> None:
    far = build_neighbours(world)
    Organisation.objects.filter(pk=far.hub.pk).update(publisher_prefix="360G-Far")
    for council in (far.north, far.south):
        people.add_accountable_body(
            organisation=council, name=council.name, gss_code="", org_id=f"GB-LAE-{council.pk}",
            starts_on=START, ends_on=None,
        )  # fmt: skip
    publish(far)
    assert Client().get(PAGE).status_code == 404
    publish(world)
    for code, theirs in ((CODE, "Far"), ("E23000098", "Test")):
        for name in ("open_data_public", "open_data_public_json", "open_data_public_csv"):
            assert theirs not in Client().get(reverse(name, args=[code])).content.decode()
    drafts = [sign_in(one).get(reverse("open_data")).content.decode() for one in (far.officer, world.officer)]
    assert "Test OPCC" not in drafts[0]
    assert "Far OPCC" not in drafts[1]


def test_a_withdrawal_is_said_plainly_and_brings_nothing_back(world: World) -> None:
    publish(world)
    world.decide({(world.award, world.north): "440000.00"}, "MOVE")
    publish(world)
    client = sign_in(world.approver)
    assert "Say why you withdraw" in press(client, "open_data_withdraw").content.decode()
    press(client, "open_data_withdraw", reason="A wrong amount <b>")

    page, *files = everything(Client())
    assert [answer.status_code for answer in (page, *files)] == [410] * 3
    assert "Reason: A wrong amount &lt;b&gt;" in page.content.decode()
    for answer in files:
        assert "Reason: A wrong amount <b>" in answer.content.decode()
        assert answer["Content-Type"].startswith("text/plain")
        assert "450000" not in answer.content.decode()
        assert "no-cache" in answer["Cache-Control"]
    history = sign_in(world.board_member).get(reverse("open_data")).content.decode()
    assert "publication 2 was withdrawn" in history

    publish(world)
    assert [answer.status_code for answer in everything(Client())] == [200] * 3
    assert json.loads(Client().get(FILES["json"]).content)["grants"][0]["amountAwarded"] == 440000


def test_a_hostile_name_does_no_harm(world: World) -> None:
    Organisation.objects.filter(pk=world.police.pk).update(name='=HYPERLINK("http://x","<script>")')
    publish(world)
    rows = list(csv.reader(io.StringIO(Client().get(FILES["csv"]).content.decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    assert (
        b"<script>"
        not in sign_in(world.officer).get(reverse("open_data")).content.split(b"<main")[1].split(b"</main")[0]
    )


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_public_addresses_are_only_read(world: World, method: str) -> None:
    publish(world)
    for address in (PAGE, *FILES.values()):
        assert getattr(Client(), method)(address).status_code == 405
