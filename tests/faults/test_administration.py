"""What an administrator must not reach: roles for himself, passwords of others, other partnerships."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from authorities import actions as people
from authorities.models import User
from authorities.roles import Role
from funding.models import ShareInput
from tests.conftest import sign_in
from tests.faults.neighbours import build_neighbours
from tests.world import START, World

PERSON = {"name": "X", "is_active": "on"}


def formset(total: int = 0, initial: int = 0, **rows: Any) -> dict[str, Any]:
    prefix = "memberships-"
    counts = {"TOTAL_FORMS": total, "INITIAL_FORMS": initial, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    return {prefix + name: value for name, value in {**counts, **rows}.items()}


@pytest.fixture
def admin(world: World) -> Client:
    User.objects.filter(pk=world.administrator.pk).update(is_staff=True)
    return sign_in(User.objects.get(pk=world.administrator.pk))


def test_the_admin_pages_open_for_the_administrator(admin: Client) -> None:
    assert admin.get(reverse("admin:authorities_user_changelist")).status_code == 200


def test_password_hashes_cannot_be_asked_for(admin: Client, world: World) -> None:
    """`?password__startswith=` would tell a hash letter by letter."""
    world.lead.set_password("correct horse battery")
    world.lead.save()
    start = world.lead.password[:30]
    address = reverse("admin:authorities_user_changelist")
    right = admin.get(address, {"password__startswith": start})
    wrong = admin.get(address, {"password__startswith": "!" + start})
    told = [f">{world.lead.email}<" in answer.content.decode() for answer in (right, wrong)]
    assert told[0] == told[1]


def test_an_administrator_does_not_take_over_another_persons_account(admin: Client, world: World) -> None:
    """Another e-mail address and "forgotten password" would make the administrator the approver."""
    address = reverse("admin:authorities_user_change", args=[world.approver.pk])
    admin.post(address, {**PERSON, "email": "mine@evil.example", **formset()})
    world.approver.refresh_from_db()
    Client().post(reverse("account_reset_password"), {"email": "mine@evil.example"})
    letters = [letter for letter in mail.outbox if "password/reset/key" in letter.body]
    assert letters == []


def test_nobody_is_taken_over_from_another_partnership(world: World) -> None:
    """A person who once worked for the far partnership and now certifies for North."""
    far = build_neighbours(world)
    User.objects.filter(pk=far.administrator.pk).update(is_staff=True)
    people.give_role(
        user=world.certifier,
        organisation=far.north,
        role=Role.LEAD,
        starts_on=START,
        ends_on=date(2023, 1, 1),
    )
    client = sign_in(User.objects.get(pk=far.administrator.pk))
    address = reverse("admin:authorities_user_change", args=[world.certifier.pk])
    client.post(address, {**PERSON, "email": "mine@evil.example", **formset()})
    world.certifier.refresh_from_db()
    assert world.certifier.email == "certifier@test.example"


def test_no_share_input_for_an_organisation_of_another_partnership(admin: Client, world: World) -> None:
    far = build_neighbours(world)
    address = reverse("admin:funding_shareinput_add")
    shown = admin.get(address).content.decode()
    admin.post(
        address,
        {
            "organisation": far.north.pk,
            "population": 1,
            "violence_index": "1",
            "basis": "published",
            "source": "x",
        },
    )
    assert not ShareInput.objects.filter(organisation=far.north).exists()
    assert "Far North" not in shown


def test_an_administrator_gives_himself_no_role(admin: Client, world: World) -> None:
    address = reverse("admin:authorities_user_change", args=[world.administrator.pk])
    row = {
        "0-organisation": world.hub.pk, "0-role": "officer", "0-starts_on": "2022-04-01", "0-ends_on": "",
        "0-user": world.administrator.pk, "0-id": "",
    }  # fmt: skip
    admin.post(
        address, {**PERSON, "is_staff": "on", "email": world.administrator.email, **formset(1, 0, **row)}
    )
    assert {m.role for m in world.administrator.memberships.all()} == {"administrator"}


@pytest.mark.parametrize("role", ["officer", "approver", "administrator", "auditor"])
def test_the_opccs_roles_are_not_given_in_a_local_authority(admin: Client, world: World, role: str) -> None:
    row = {
        "0-organisation": world.north.pk, "0-role": role, "0-starts_on": "2022-04-01", "0-ends_on": "",
        "0-user": world.lead.pk, "0-id": "",
    }  # fmt: skip
    admin.post(
        reverse("admin:authorities_user_change", args=[world.lead.pk]),
        {**PERSON, "email": world.lead.email, **formset(1, 0, **row)},
    )
    assert role not in {m.role for m in world.lead.memberships.all()}


@pytest.mark.parametrize(
    "query", ["q=%00", "memberships__role__exact=%00", "is_active__exact=%00", "p=99999", "o=x"]
)
def test_no_query_breaks_the_admin_list(admin: Client, query: str) -> None:
    admin.raise_request_exception = False
    assert admin.get(reverse("admin:authorities_user_changelist") + "?" + query).status_code < 500


def test_the_far_administrator_sees_no_person_of_ours(world: World) -> None:
    far = build_neighbours(world)
    User.objects.filter(pk=far.administrator.pk).update(is_staff=True)
    client = sign_in(User.objects.get(pk=far.administrator.pk))
    page = client.get(reverse("admin:authorities_user_changelist")).content.decode()
    assert f">{world.lead.email}<" not in page
    detail = client.get(reverse("admin:authorities_user_change", args=[world.lead.pk]))
    assert detail.status_code == 302


def test_money_is_read_only_in_the_administration(admin: Client, world: World) -> None:
    for name, row in (("award", world.award), ("decision", world.grant.decisions.first())):
        address = reverse(f"admin:funding_{name}_change", args=[row.pk])
        assert admin.post(address, {"amount": "1"}).status_code == 403
        assert admin.get(reverse(f"admin:funding_{name}_add")).status_code == 403


@pytest.mark.parametrize("who", ["officer", "lead", "approver", "auditor"])
def test_a_staff_flag_alone_opens_nothing(world: World, who: str) -> None:
    person = getattr(world, who)
    User.objects.filter(pk=person.pk).update(is_staff=True)
    client = sign_in(User.objects.get(pk=person.pk))
    for name in (
        "authorities_user_changelist",
        "funding_award_changelist",
        "account_emailaddress_changelist",
    ):
        assert client.get(reverse(f"admin:{name}")).status_code == 403
