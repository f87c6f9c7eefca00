"""What programs read: who may, that every figure is right to the penny, paging, names, and hostile questions."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from authorities import actions as people
from authorities.models import ApiToken, Membership, User
from authorities.roles import Role
from funding.actions import returns
from funding.api.views import addresses
from funding.models import (
    COUNTED_STATES,
    ActivityLine,
    Adjustment,
    DecisionLine,
    ForecastLine,
    PatrolLine,
    ProfileAmount,
    ReturnRules,
    SpendLine,
)
from tests.conftest import sign_in
from tests.faults.neighbours import build_neighbours
from tests.remembered import remembered
from tests.world import NOW, Q1, Q2, World, build_world

READERS = {"officer", "approver", "auditor", "board_member"}
KINDS = ("figures", "allocations", "returns")


def token_of(user: User) -> str:
    membership, now = user.memberships.get(), timezone.now()
    last = timezone.localdate(now) + timedelta(days=90)
    return people.create_token(membership=membership, name="Test", expires_on=last, by=user, at=now)[1]


def ask(secret: str | None, kind: str, client: Client | None = None, **query: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret is not None else {}
    return (client or Client()).get(f"/api/v1/{kind}", query, headers=headers)


def rows(secret: str, kind: str, **query: Any) -> list[dict[str, Any]]:
    answer = ask(secret, kind, **query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


@remembered
def build_full() -> World:
    """Quarter 1 accepted by all but the hub, with North's corrected in quarter 2; of quarter 2, South's is a
    draft, the police's is queried."""
    world = build_world()
    cast = {
        world.north: (world.lead, world.certifier),
        world.south: (world.stranger, world.south_certifier),
        world.police: (world.police_lead, world.police_certifier),
    }
    world.open(Q1)
    for number, (body, (lead, certifier)) in enumerate(cast.items()):
        actual = f"{1000 + number}.{number}7"
        world.accept(world.return_of(body, Q1), by=lead, certifier=certifier, actual=actual)
    world.open(Q2)
    world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier, actual="2000.01")
    world.fill(world.return_of(world.south), by=world.stranger, actual="7777.77")
    sent = world.certify(
        world.return_of(world.police), by=world.police_lead, certifier=world.police_certifier
    )
    returns.query(quarterly_return=sent, reason="Why?", by=world.officer, at=NOW)
    world.roll_up()
    return world


@pytest.fixture
def full(db: None) -> World:
    return build_full()


@pytest.fixture
def secret(full: World) -> str:
    return token_of(full.board_member)


# --- to the penny -----------------------------------------------------------------------------

Key = tuple[Any, ...]


def recompute() -> dict[str, dict[Key, Decimal]]:
    """From the source tables, one line at a time: (year, quarter, organisation, award, tier, heading)."""
    sums: dict[str, dict[Key, Decimal]] = defaultdict(lambda: defaultdict(Decimal))

    def key(line: Any, quarter: int) -> Key:
        of = line.intervention
        return (of.award.year, quarter, of.organisation_id, of.award_id, of.tier, line.cost_heading.name)

    counted = {"quarterly_return__status__in": COUNTED_STATES}
    for planned in ProfileAmount.objects.all():
        sums["plan"][key(planned.budget_line, planned.quarter)] += planned.amount
    for spend in SpendLine.objects.filter(**counted):
        place = key(spend.budget_line, spend.quarterly_return.round.quarter_number)
        sums["actual"][place] += spend.actual
        sums["committed"][place] += spend.committed
    for correction in Adjustment.objects.filter(**counted):
        place = key(correction.budget_line, correction.quarterly_return.round.quarter_number)
        sums["actual"][place] += correction.amount
    for forecast in ForecastLine.objects.filter(**counted):
        place = key(forecast.budget_line, forecast.quarterly_return.round.quarter_number)
        sums[f"forecast_q{forecast.quarter_number}"][place] += forecast.amount
    return sums


def place_of(row: dict[str, Any]) -> Key:
    names = ("year", "quarter", "organisation_id", "award_id", "tier", "cost_heading")
    return tuple(row[name] for name in names)


def test_every_figure_is_the_recompute_to_the_penny(secret: str) -> None:
    sums, found = recompute(), rows(secret, "figures")
    assert len({place_of(row) for row in found}) == len(found)
    for measure in ("plan", "actual", "committed", "forecast_q2", "forecast_q3", "forecast_q4"):
        told = {place_of(row): Decimal(row[measure]) for row in found if row[measure] is not None}
        assert {k: v for k, v in told.items() if v} == {k: v for k, v in sums[measure].items() if v}, measure
        assert sums[measure], f"the world has nothing of {measure}"


def test_every_allocation_is_the_recompute_to_the_penny(secret: str, full: World) -> None:
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for line in DecisionLine.objects.approved():
        sums[line.organisation_id, line.award_id] += line.amount
    found = rows(secret, "allocations")
    assert {(row["organisation_id"], row["award_id"]): Decimal(row["amount"]) for row in found} == sums
    assert {row["award_amount"] for row in found} == {"1000000.00", "400000.00"}


def test_every_count_is_what_was_returned(secret: str, full: World) -> None:
    """Three hundred people and more are not small, so nothing is hidden here."""
    expected: dict[Key, Any] = defaultdict(lambda: defaultdict(int))
    counted = {"quarterly_return__status__in": COUNTED_STATES}
    names = {
        "universal_reached": "universal_reached",
        "targeted_reached": "targeted_reached",
        "sessions": "sessions",
    }
    patrols = {
        "hours": "patrol_hours",
        "visits": "patrol_visits",
        "arrests": "arrests",
        "searches": "stop_searches",
        "asb_powers": "asb_powers",
    }
    for model, columns in ((ActivityLine, names), (PatrolLine, patrols)):
        for line in model.objects.filter(**counted):  # type: ignore[attr-defined]
            of = line.quarterly_return
            for column, name in columns.items():
                expected[of.organisation_id, of.round.quarter_number][name] += getattr(line, column)
    found = {(row["organisation_id"], row["quarter"]): row for row in rows(secret, "returns")}
    for place, counts in expected.items():
        told = {name: Decimal(found[place][name]) for name in counts}
        assert told == counts
    assert len(expected) == 4


def test_what_was_not_returned_is_null_and_never_zero(secret: str, full: World) -> None:
    bases = {(row["organisation_id"], row["quarter"]): row["basis"] for row in rows(secret, "returns")}
    assert bases[full.south.pk, 2] == "missing"
    assert bases[full.police.pk, 2] == "queried"
    assert (bases[full.north.pk, 1], bases[full.north.pk, 2]) == ("accepted", "provisional")
    for row in rows(secret, "figures"):
        assert row["basis"] == bases.get((row["organisation_id"], row["quarter"]))
        assert (row["actual"] is None) == (row["basis"] not in ("accepted", "provisional"))
    silent = next(row for row in rows(secret, "returns") if row["basis"] == "missing")
    assert silent["universal_reached"] is silent["sessions"] is None
    assert b"7777.77" not in ask(secret, "figures").content, "a draft is nobody's"


def test_amounts_are_text_with_two_decimals(secret: str) -> None:
    answer = ask(secret, "figures").content.decode()
    inexact: list[str] = []
    json.loads(answer, parse_float=inexact.append)
    assert inexact == []
    for row in [*rows(secret, "figures"), *rows(secret, "allocations")]:
        for name, value in row.items():
            if name.startswith(("plan", "actual", "committed", "forecast", "amount", "award_amount")):
                assert value is None or (isinstance(value, str) and value[-3] == "."), (name, value)


# --- small numbers, names of places --------------------------------------------------------------


def test_small_counts_of_people_are_hidden_as_on_the_board(secret: str, full: World) -> None:
    ReturnRules.objects.filter(partnership=full.partnership).update(small_number=301)
    south = next(r for r in rows(secret, "returns", organisation=full.south.pk) if r["quarter"] == 1)
    assert south["universal_reached"] is None
    assert south["universal_reached_hidden"] == "fewer than 301"
    assert south["targeted_reached"] is None
    north = next(r for r in rows(secret, "returns", organisation=full.north.pk) if r["quarter"] == 1)
    assert (north["universal_reached"], north["universal_reached_hidden"]) == (600, None)


def test_no_name_of_a_hotspot_is_ever_told(full: World) -> None:
    """Not even to the officer, who sees it on pages."""
    assert full.hotspot
    secret = token_of(full.officer)
    for kind in KINDS:
        answer = ask(secret, kind).content.decode()
        assert "Test Police" in answer
        assert full.hotspot.name not in answer
        assert full.hotspot.reference not in answer


# --- who may -----------------------------------------------------------------------------------


def test_a_role_that_does_not_read_the_board_gets_a_sentence(world: World) -> None:
    """The role may have changed after the token was made."""
    secret = token_of(world.officer)
    for role in Role:
        Membership.objects.filter(user=world.officer).update(role=role.value)
        for kind in KINDS:
            answer = ask(secret, kind)
            assert answer.status_code == (200 if role.value in READERS else 403), role
            if role.value not in READERS:
                assert answer.json() == {"detail": "The role of this token does not let you read the board."}


def test_without_a_token_that_holds_there_is_no_answer(world: World) -> None:
    token_of(world.officer)
    for secret in (None, "", "x", "vru_" + "a" * 43, "vru_\xff", "a" * 9000, "Bearer x", "' OR 1=1 --"):
        for kind in KINDS:
            answer = ask(secret, kind)
            assert answer.status_code == 401, secret
            assert answer["WWW-Authenticate"] == "Bearer"
            assert answer.json()["detail"].endswith(".")


def test_being_signed_in_opens_nothing_and_changes_nothing(full: World, secret: str) -> None:
    for user in (full.officer, full.administrator):
        assert ask(None, "figures", sign_in(user)).status_code == 401
    # A session of another role beside the token plays no part.
    assert ask(secret, "figures", sign_in(full.administrator)).json() == ask(secret, "figures").json()


def test_the_digest_and_the_prefix_open_nothing(full: World, secret: str) -> None:
    token = ApiToken.objects.get()
    for wrong in (token.digest, token.prefix, secret[:-1], secret + "A", secret.upper()):
        assert ask(wrong, "figures").status_code == 401
    assert Client().get("/api/v1/figures", {"token": secret}).status_code == 401


def test_what_has_ended_or_is_revoked_is_refused(full: World, secret: str) -> None:
    token, today = ApiToken.objects.get(), timezone.localdate()
    assert ask(secret, "figures").status_code == 200
    membership = Membership.objects.filter(user=full.board_member)
    membership.update(ends_on=today - timedelta(days=1))
    assert ask(secret, "figures").status_code == 401
    membership.update(ends_on=today)
    assert ask(secret, "figures").status_code == 200
    people.revoke_token(token=token, by=full.board_member, at=timezone.now())
    assert ask(secret, "figures").status_code == 401
    earlier = timezone.now() - timedelta(days=9)
    _, expired = people.create_token(
        membership=full.officer.memberships.get(), name="Old", expires_on=today - timedelta(days=1),
        by=full.officer, at=earlier,
    )  # fmt: skip
    assert "has ended" in ask(expired, "figures").json()["detail"]


def test_nothing_of_another_partnership_is_ever_told(full: World, secret: str) -> None:
    far = build_neighbours(full)
    far.open(Q1)
    far.certify(far.return_of(far.north, Q1), by=far.lead, certifier=far.certifier)
    far.roll_up()
    ours = {body.pk for body in (full.hub, full.north, full.south, full.police)}
    theirs = token_of(far.officer)
    for kind in KINDS:
        assert {row["organisation_id"] for row in rows(secret, kind)} <= ours
        assert rows(theirs, kind)
        assert not {row["organisation_id"] for row in rows(theirs, kind)} & ours
        foreign, absent = (ask(secret, kind, organisation=pk) for pk in (far.north.pk, 987_654))
        assert foreign.status_code == absent.status_code == 422
        assert foreign.content == absent.content


def test_the_use_is_noted_and_costs_no_more_with_more_rows(full: World, secret: str) -> None:
    ask(secret, "figures")
    assert ApiToken.objects.get().last_used_on == timezone.localdate()
    with CaptureQueriesContext(connection) as few:
        ask(secret, "figures", limit=1)
    with CaptureQueriesContext(connection) as many:
        ask(secret, "figures")
    assert len(few) == len(many) <= 8
    assert not [one for one in few.captured_queries if one["sql"].startswith(("UPDATE", "INSERT"))]


def test_no_secret_is_logged(full: World, secret: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for sent in (secret, secret[:-1] + "!"):
            ask(sent, "figures")
            ask(sent, "figures", year="x")
    assert secret[12:-1] not in caplog.text


# --- asking -------------------------------------------------------------------------------------


def test_walking_the_pages_meets_every_row_once(secret: str) -> None:
    for kind, limit in ((kind, limit) for kind in KINDS for limit in (1, 3)):
        walked: list[Any] = []
        offset: int | None = 0
        while offset is not None:
            page = ask(secret, kind, limit=limit, offset=offset).json()
            assert len(page["rows"]) <= limit
            walked += page["rows"]
            offset = page["next_offset"]
        assert walked == rows(secret, kind)
        assert page["count"] == len(walked) > limit


def test_filters_choose_and_together_leave_nothing_out(secret: str, full: World) -> None:
    everything = rows(secret, "figures")
    assert rows(secret, "figures", year=2026) == everything != []
    assert rows(secret, "figures", year=2025) == []
    quarters = [rows(secret, "figures", quarter=number) for number in range(1, 5)]
    assert [row for found in quarters for row in found] == everything
    for name, field, values in (
        ("organisation", "organisation_id", [full.north.pk, full.south.pk, full.police.pk]),
        ("fund", "fund_code", ["vru", "hotspot"]),
    ):
        chosen = [rows(secret, "figures", **{name: value}) for value in values]
        assert [{row[field] for row in found} for found in chosen] == [{value} for value in values]
        assert sum(map(len, chosen)) == len(everything)
    assert {row["fund_code"] for row in rows(secret, "allocations", fund="vru", year=2026)} == {"vru"}


def test_the_answer_says_as_at_which_roll_up(secret: str, full: World) -> None:
    as_at = ask(secret, "figures").json()["as_at"]
    assert as_at["partnership"] == "Test Partnership"
    assert as_at["run"] == full.partnership.roll_up_runs.done().order_by("-done_at", "-id")[0].pk
    assert as_at["at"].startswith("2026-11-02T09:30:00")
    assert as_at["waiting"] == 0
    full.decide({(full.award, full.north): "450000.01"}, "2026-009")
    assert ask(secret, "figures").json()["as_at"]["waiting"] > 0


SENSELESS = [
    *(("year", value) for value in ("x", "", "-1", "1e3", "2026.5", "9" * 5000, "99999999999", "null")),
    *(("limit", value) for value in ("0", "-1", "5001", "x", "NaN")),
    *(("offset", value) for value in ("-1", "1000001", "9" * 400)),
    *(("organisation", value) for value in ("0", "-1", "99999999999999", "x", "1;DROP")),
    *(("yaer", "2026"), ("organisation__partnership", "1"), ("format", "csv")),
]


def test_a_question_that_makes_no_sense_gets_a_sentence(world: World) -> None:
    secret = token_of(world.board_member)
    for kind in KINDS:
        for name, value in SENSELESS:
            answer = ask(secret, kind, **{name: value})
            assert answer.status_code == 422, (kind, name, value)
            detail = answer.json()["detail"]
            assert detail.endswith(".")
            assert len(detail) < 300


def test_a_parameter_is_given_once_and_of_a_fund_that_there_is(secret: str) -> None:
    twice = Client().get("/api/v1/figures?year=2026&year=2025", headers={"Authorization": f"Bearer {secret}"})
    assert (twice.status_code, twice.json()) == (422, {"detail": "Give year once."})
    assert "no such fund" in ask(secret, "figures", fund="'").json()["detail"]
    nul = Client().get("/api/v1/figures?fund=%00", headers={"Authorization": f"Bearer {secret}"})
    assert nul.status_code == 400


def test_it_is_for_reading_alone(world: World) -> None:
    secret = token_of(world.board_member)
    for kind, method in ((kind, method) for kind in KINDS for method in ("post", "put", "patch", "delete")):
        answer = getattr(Client(enforce_csrf_checks=True), method)(
            f"/api/v1/{kind}", headers={"Authorization": f"Bearer {secret}"}
        )
        assert answer.status_code == 405


def test_no_answer_is_kept_on_the_way(secret: str) -> None:
    for answer in (ask(secret, "figures"), ask(None, "figures"), ask(secret, "figures", year="x")):
        assert answer["Cache-Control"] == "no-store"
        assert "Authorization" in answer["Vary"]
        assert not answer.cookies


# --- names that stay, and the page about them ------------------------------------------------------

NAMES = {
    "figures": "year quarter organisation_id organisation fund_code fund award_id tier cost_heading basis plan actual "
    "committed forecast_q2 forecast_q3 forecast_q4",
    "allocations": "year organisation_id organisation fund_code fund award_id award_amount award_basis amount",
    "returns": "year quarter organisation_id organisation basis is_nil due_on universal_reached universal_reached_hidden "
    "targeted_reached targeted_reached_hidden sessions patrol_hours patrol_visits arrests stop_searches asb_powers",
}
ASKED = {
    "figures": {"year", "quarter", "organisation", "fund", "limit", "offset"},
    "allocations": {"year", "organisation", "fund", "limit", "offset"},
    "returns": {"year", "quarter", "organisation", "limit", "offset"},
}


def test_names_stay(secret: str) -> None:
    """Workbooks of other people are built on these: add to them, and never rename one."""
    for kind in KINDS:
        answer = ask(secret, kind).json()
        assert set(answer) == {"as_at", "count", "limit", "offset", "next_offset", "rows"}
        assert set(answer["as_at"]) == {"partnership", "training", "run", "at", "waiting"}
        assert set(answer["rows"][0]) == set(NAMES[kind].split())


def test_openapi_says_the_same(db: None) -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert set(schema["paths"]) == {f"/api/v1/{kind}" for kind in KINDS}
    models = schema["components"]["schemas"]
    for kind, model in zip(KINDS, ("FigureRow", "AllocationRow", "ReturnRow"), strict=True):
        operation = schema["paths"][f"/api/v1/{kind}"]
        assert set(operation) == {"get"}
        assert {one["name"] for one in operation["get"]["parameters"]} == ASKED[kind]
        assert operation["get"]["security"]
        assert list(models[model]["properties"]) == NAMES[kind].split()
        inexact = [
            name
            for name, field in models[model]["properties"].items()
            if "number" in {kind.get("type") for kind in field.get("anyOf", [field])}
        ]
        assert inexact == []


def test_the_page_names_every_field_and_parameter(world: World) -> None:
    page = sign_in(world.board_member).get(reverse("api"))
    text = page.content.decode()
    for kind in KINDS:
        for name in [*NAMES[kind].split(), *ASKED[kind], f"/api/v1/{kind}"]:
            assert name in text
    assert "From Web" in text
    assert "Web.Contents" in text
    assert "cannot make a token" in sign_in(world.lead).get(reverse("api")).content.decode()


def test_no_page_loads_scripts_from_elsewhere(world: World) -> None:
    """The library's own page of documentation does, so there is none."""
    assert Client().get("/api/v1/docs").status_code == 404
    assert {pattern.name for pattern in addresses} == {*KINDS, "openapi-json", "api-root"}
    assert Client().get("/api/v1/").status_code == 404
    text = sign_in(world.board_member).get(reverse("api")).content.decode()
    assert "//cdn" not in text


def test_every_address_for_programs_is_behind_the_token_or_says_nothing_of_anybody(world: World) -> None:
    rules = {pattern.name: pattern.callback.access_rule for pattern in addresses}  # type: ignore[attr-defined]
    for name, rule in rules.items():
        answer = Client().get(reverse(f"api-v1:{name}"))
        assert (answer.status_code == 401) == (rule == "token: view board"), name
    assert sorted(name for name, rule in rules.items() if rule == "public") == ["api-root", "openapi-json"]
