"""Keys of programs: made once, kept as a hash, ended by a date, by the person or by the end of the role."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities import actions
from authorities.access import membership_of_token
from authorities.actions import UnableToIssue
from authorities.models import ApiToken, Membership, User
from authorities.tokens import LONGEST_LIFE, digest_of
from tests.constraints.test_ledger import refused, sql
from tests.world import NOW, World

SignIn = Callable[[User], Client]
TODAY, DAY = NOW.date(), timedelta(days=1)


def make(user: User, **options: Any) -> tuple[ApiToken, str]:
    wanted = {"membership": user.memberships.get(), "name": "Dashboard", "expires_on": TODAY + 89 * DAY}
    return actions.create_token(**{**wanted, "by": user, "at": NOW, **options})


def opens(secret: str, on: date = TODAY) -> bool:
    return membership_of_token(secret, on) is not None


def everything_stored() -> str:
    """Every table that has to do with tokens, sessions and history, as text."""
    found = []
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            if table.startswith(("authorities_apitoken", "django_session", "pghistory")):
                cursor.execute(f'SELECT * FROM "{table}"')
                found.append(str(cursor.fetchall()))
    return " ".join(found)


def test_of_the_secret_only_a_hash_and_its_beginning_are_kept(world: World) -> None:
    token, secret = make(world.board_member)
    assert (token.digest, token.prefix) == (digest_of(secret), secret[:12])
    assert len(secret) > 40
    assert token.digest in everything_stored()
    assert secret not in everything_stored()
    assert secret[12:] not in everything_stored()


def test_two_secrets_are_never_the_same(world: World) -> None:
    assert len({make(world.board_member)[1] for _ in range(5)}) == 5


def test_it_holds_through_its_last_day_and_no_longer(world: World) -> None:
    _, secret = make(world.board_member, expires_on=TODAY + 5 * DAY)
    assert opens(secret, TODAY + 5 * DAY)
    assert not opens(secret, TODAY + 6 * DAY)


def test_it_ends_with_the_role(world: World) -> None:
    _, secret = make(world.board_member)
    Membership.objects.filter(user=world.board_member).update(ends_on=TODAY + DAY)
    assert opens(secret, TODAY + DAY)
    assert not opens(secret, TODAY + 2 * DAY)


def test_it_ends_when_the_person_may_not_sign_in_any_more(world: World) -> None:
    _, secret = make(world.board_member)
    User.objects.filter(pk=world.board_member.pk).update(is_active=False)
    assert not opens(secret)


def test_it_ends_at_once_when_it_is_revoked(world: World) -> None:
    token, secret = make(world.board_member)
    _, other = make(world.board_member)
    actions.revoke_token(token=token, by=world.board_member, at=NOW)
    assert (opens(secret), opens(other)) == (False, True)
    with pytest.raises(UnableToIssue, match="revoked already"):
        actions.revoke_token(token=token, by=world.board_member, at=NOW)


def test_nobody_revokes_or_makes_for_somebody_else(world: World) -> None:
    token, secret = make(world.board_member)
    with pytest.raises(UnableToIssue, match="Only the person"):
        actions.revoke_token(token=token, by=world.officer, at=NOW)
    with pytest.raises(UnableToIssue, match="does not let you"):
        make(world.board_member, by=world.officer)
    assert opens(secret)


def test_who_does_not_read_the_board_makes_no_token(world: World) -> None:
    for user in (world.lead, world.certifier, world.police_lead, world.administrator):
        with pytest.raises(UnableToIssue, match="does not let you"):
            make(user)


def test_what_is_refused(world: World) -> None:
    for options, sentence in (
        ({"expires_on": TODAY - DAY}, "in the past"),
        ({"expires_on": TODAY + LONGEST_LIFE + DAY}, "366 days"),
        ({"name": "  "}, "what the token is for"),
    ):
        with pytest.raises(UnableToIssue, match=sentence):
            make(world.board_member, **options)


def test_at_most_ten_are_in_use(world: World) -> None:
    tokens = [make(world.board_member)[0] for _ in range(10)]
    with pytest.raises(UnableToIssue, match="10 tokens"):
        make(world.board_member)
    actions.revoke_token(token=tokens[0], by=world.board_member, at=NOW)
    make(world.board_member)


def test_the_last_use_is_a_day_and_written_once_a_day(world: World) -> None:
    token, _ = make(world.board_member)
    events = ApiToken.pgh_event_model.objects.filter(pgh_obj_id=token.pk)  # type: ignore[attr-defined]
    before = events.count()
    for hour in range(3):
        actions.note_token_use(token=ApiToken.objects.get(pk=token.pk), at=NOW + timedelta(hours=hour))
    # Two programs at the same moment: both read the row before either wrote.
    actions.note_token_use(token=token, at=NOW)
    assert ApiToken.objects.get(pk=token.pk).last_used_on == TODAY
    assert events.count() == before + 1
    actions.note_token_use(token=ApiToken.objects.get(pk=token.pk), at=NOW + DAY)
    assert events.count() == before + 2


def test_what_the_database_holds(world: World) -> None:
    token, _ = make(world.board_member)
    change = "UPDATE authorities_apitoken SET {} WHERE id = %s"
    refused("api_token_used_while_it_held", change.format("last_used_on = '2020-01-01'"), token.pk)
    refused("api_token_used_while_it_held", change.format("last_used_on = expires_on + 1"), token.pk)
    refused("api_token_revoked_after_made", change.format("revoked_at = '2020-01-01'"), token.pk)
    for column in (
        "expires_on = expires_on + 1",
        "membership_id = 0",
        f"digest = '{'0' * 64}'",
        "name = 'x'",
    ):
        refused("api_token_fixed", change.format(column), token.pk)
    assert sql(change.format("revoked_at = created_at"), token.pk) == 1
    refused("api_token_fixed", change.format("revoked_at = NULL"), token.pk)
    refused("api_token_fixed", change.format("revoked_at = now()"), token.pk)


def test_what_the_database_never_takes(world: World) -> None:
    row = {
        "membership_id": world.board_member.memberships.get().pk, "name": "Raw", "digest": "a" * 64,
        "prefix": "vru_abcdefgh", "created_at": NOW, "starts_on": "2026-11-02", "expires_on": "2027-11-03",
    }  # fmt: skip
    insert = f"INSERT INTO authorities_apitoken ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
    for constraint, values in (
        ("api_token_digest_only", {"digest": "the secret itself"}),
        ("api_token_prefix_short", {"prefix": "vru_"}),
        ("api_token_ends_within_a_year", {"expires_on": "2027-11-04"}),
        ("api_token_ends_within_a_year", {"expires_on": "2026-11-01"}),
        ("api_token_named", {"name": "  "}),
    ):
        refused(constraint, insert, *{**row, **values}.values())
    assert sql(insert, *row.values()) == 1


# --- pages ------------------------------------------------------------------------------------


def post(client: Client, name: str = "Finance dashboard", **fields: str) -> Any:
    last = timezone.localdate() + 30 * DAY
    return client.post(reverse("api_token_new"), {"name": name, "expires_on": f"{last:%d %m %Y}", **fields})


def test_the_secret_is_shown_once_and_never_logged(
    world: World, as_user: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    client = as_user(world.board_member)
    empty = client.get(reverse("api_tokens")).content.decode()
    assert "You have no tokens yet" in empty
    with caplog.at_level(logging.DEBUG):
        made = post(client)
    secret = made.content.decode().split('id="secret"')[1].split('value="')[1].split('"')[0]
    assert opens(secret, timezone.localdate())
    assert "only time that the token is shown" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    listed = client.get(reverse("api_tokens")).content.decode()
    assert "Finance dashboard" in listed
    assert secret[:12] in listed
    assert secret[12:] not in listed + caplog.text + everything_stored()


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(world: World, as_user: SignIn) -> None:
    client = as_user(world.board_member)
    page = post(client, expires_on="1 1 2099").content.decode()
    assert "366 days from today" in page
    assert 'value="Finance dashboard"' in page
    assert "Enter a real date" in post(client, expires_on="soon").content.decode()
    assert "Say what the token is for." in post(client, name=" ").content.decode()
    assert ApiToken.objects.count() == 0


def test_the_form_offers_ninety_days(world: World, as_user: SignIn) -> None:
    page = as_user(world.board_member).get(reverse("api_token_new")).content.decode()
    assert f'value="{timezone.localdate() + 90 * DAY:%d %m %Y}"' in page


def test_revoking_asks_first(world: World, as_user: SignIn) -> None:
    client = as_user(world.board_member)
    post(client)
    token = ApiToken.objects.get()
    address = reverse("api_token_revoke", args=[token.pk])
    assert "cannot be brought back" in client.get(address).content.decode()
    assert not ApiToken.objects.get().revoked_at
    done = client.post(address, follow=True).content.decode()
    assert "is revoked. Programs that use it get no more answers." in done
    assert ApiToken.objects.get().revoked_at
    assert client.get(address).status_code == 302


def test_a_token_of_somebody_else_does_not_exist(world: World, as_user: SignIn) -> None:
    token, _ = make(world.officer)
    client = as_user(world.board_member)
    address = reverse("api_token_revoke", args=[token.pk])
    assert client.get(address).status_code == client.post(address).status_code == 404
    assert not ApiToken.objects.get().revoked_at
    assert token.prefix not in client.get(reverse("api_tokens")).content.decode()


def test_the_way_there_is_on_every_page_of_who_may(world: World, as_user: SignIn) -> None:
    link = f'href="{reverse("api_tokens")}"'
    assert link in as_user(world.board_member).get("/").content.decode()
    assert link not in as_user(world.lead).get("/").content.decode()
