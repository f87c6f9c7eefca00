"""Every address has an access rule, and keeps it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from authorities.roles import ROLES, Role
from tests.conftest import sign_in
from tests.world import World

# Third-party pages keep their own rules: allauth's are for the person alone, and the administration's
# are in `authorities/admin.py`.
OTHERS = ("allauth.", "django.contrib.admin.", "django.views.")


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, address)
        else:
            yield address, entry


PATTERNS = dict(patterns(get_resolver()))
OURS = {
    address: pattern
    for address, pattern in PATTERNS.items()
    if not pattern.callback.__module__.startswith(OTHERS) and not address.startswith("admin/")
}


def test_the_walk_sees_the_portal() -> None:
    assert len(OURS) > 30


@pytest.mark.parametrize("address", OURS)
def test_every_address_of_ours_has_an_access_rule(address: str) -> None:
    assert getattr(OURS[address].callback, "access_rule", ""), f"{address} stands open"


def test_a_view_without_a_rule_is_found() -> None:
    def bare(request: object) -> None: ...

    assert not getattr(bare, "access_rule", "")


# What each role may open of the pages that have no number in their address.
OPEN_TO: dict[str, set[str]] = {
    "training": {"administrator"},
    "home": {role.value for role in Role},
    "notices": {role.value for role in Role},
    "notice_preferences": {role.value for role in Role},
    "calendar": {role.value for role in Role},
    "jobs": {"officer", "administrator"},
    "board": {"officer", "approver", "board_member", "auditor"},
    "board_packs": {"officer", "approver", "board_member", "auditor"},
    "meetings": {"officer", "approver", "board_member", "auditor"},
    "board_actions": {"officer", "approver", "board_member", "auditor"},
    "milestones": {"officer", "approver", "board_member", "auditor"},
    "milestones_csv": {"officer", "approver", "board_member", "auditor"},
    "flags": {"officer", "approver", "board_member", "auditor"},
    "flags_csv": {"officer", "approver", "board_member", "auditor"},
    "board_changes": {"officer", "approver", "board_member", "auditor"},
    "board_years": {"officer", "approver", "board_member", "auditor"},
    "board_years_csv": {"officer", "approver", "board_member", "auditor"},
    "open_data": {"officer", "approver", "board_member", "auditor"},
    "open_data_draft_json": {"officer", "approver", "board_member", "auditor"},
    "open_data_draft_csv": {"officer", "approver", "board_member", "auditor"},
    "open_data_publish": {"approver"},
    "what_ifs": {"officer", "approver", "auditor"},
    "what_if_compare": {"officer", "approver", "auditor"},
    "board_rows": {"officer", "approver", "board_member", "auditor"},
    "board_rows_csv": {"officer", "approver", "board_member", "auditor"},
    "claims": {"officer", "approver", "auditor", "board_member"},
    "grants": {"officer", "approver", "auditor"},
    "hotspots": {"officer", "approver", "police_lead"},
    "decisions": {"officer", "approver", "auditor"},
    "tracker": {"officer", "approver", "auditor"},
    "waivers": {"officer", "approver", "auditor"},
    "plan": {"lead", "police_lead"},
    "intervention_new": {"lead", "police_lead"},
    "deputies": {"officer", "approver", "auditor", "lead", "police_lead", "certifier"},
    "deputy_new": {"approver", "certifier"},
    "api_tokens": {"officer", "approver", "board_member", "auditor"},
    "api_token_new": {"officer", "approver", "board_member", "auditor"},
    "api": {role.value for role in Role},
    "own_returns": {"lead", "police_lead", "certifier"},
}


@pytest.mark.parametrize("name", OPEN_TO)
@pytest.mark.parametrize("role", [role.value for role in ROLES])
def test_a_page_opens_for_its_roles_and_does_not_exist_for_others(world: World, name: str, role: str) -> None:
    answer = sign_in(getattr(world, role)).get(reverse(name))
    if role in OPEN_TO[name]:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 404
        assert b"Page not found" in answer.content


@pytest.mark.parametrize("name", OPEN_TO)
def test_everybody_signs_in_first(db: None, name: str) -> None:
    answer = Client().get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_a_hidden_page_reads_like_one_that_never_was(world: World) -> None:
    world.open()
    client = sign_in(world.stranger)
    hidden = client.get(reverse("return", args=[world.return_of(world.north).pk]))
    absent = client.get(reverse("return", args=[999_999]))
    assert hidden.status_code == absent.status_code == 404
    strip = [answer.content.split(b"<main")[1].split(b"</main")[0] for answer in (hidden, absent)]
    assert strip[0] == strip[1]
