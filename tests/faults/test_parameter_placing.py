"""Another organisation's number, or a fact that the portal decides, put wherever a request has room for it."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils.http import urlencode

from tests.architecture.access_table import DRAFT, TABLE, WRITER, Route, address_of
from tests.architecture.stages import Stage, stage_at

WRITING = [route for route in TABLE if route.writers]
# With eight places, more than 500 posts over all routes.
GROUPS = 5
PLACES = ("query", "body", "before", "after", "json", "header", "cookie", "formset")
# What nobody may ever type, by the names of columns; a value for each is made from the far partnership.
DECIDED = {
    "status": "accepted",
    "is_nil": "True",
    "decided_at": "2020-01-01",
    "certified_at": "2020-01-01",
    "accepted_at": "2020-01-01",
    "is_superuser": "True",
    "is_staff": "True",
    "kind": "reallocation",
    "role": "officer",
    "verb": "accept",
}


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> Iterator[None]:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "structlog" not in name]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def foreign(standing: Stage) -> dict[str, str]:
    far, found = standing.far, standing.found("far_north")
    people = ("by", "proposed_by", "decided_by", "prepared_by", "certified_by", "accepted_by", "user")
    rows = {
        "organisation": far.north.pk, "partnership": far.partnership.pk, "grant": far.grant.pk, "round": found.round_id,
        "award": far.award.pk, "decision": standing.decisions["far_north"].pk, "quarterly_return": found.pk,
        "meeting": standing.numbers["meeting", "far_north"], "follows": standing.numbers["deferred question", "far_north"],
        "milestone": standing.numbers["milestone", "far_north"],
        "intervention": standing.numbers["intervention", "far_north"], "hotspot": far.hotspot.pk if far.hotspot else 0,
        "pk": found.pk, "id": found.pk, "return": found.pk, "acting_for": far.lead.memberships.get().pk,
        "membership": far.lead.memberships.get().pk, **dict.fromkeys(people, far.officer.pk),
    }  # fmt: skip
    return {key: str(value) for name, value in rows.items() for key in (name, f"{name}_id")}


# What differs at every attempt: numbers of new rows, and times.
UNSTEADY = [
    *(
        "id",
        "pgh_id",
        "pgh_obj_id",
        "pgh_context_id",
        "pgh_created_at",
        "decision_id",
        "budget_line_id",
        "claim_id",
    ),
    *("frozen_at", "asked_at", "settled_at", "granted_at", "closed_at", "ended_at", "revoked_at"),
    *("planned_at", "cancelled_at", "outcome_at", "done_at", "reported_at"),
    *("moved_at", "taken_back_at"),
    *(
        "stored_as",
        "uploaded_at",
        "finished_at",
        "added_at",
        "sent_at",
        "written_at",
        "key",  # of a notice: it ends in the time of the move
        "at",
        "marked_at",
        "prepared_at",
        "certified_at",
        "accepted_at",
        "decided_at",
        "proposed_at",
    ),
]


def rows_of(standing: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the far partnership, and what of ours a request could misuse, as text."""
    tables = [
        model._meta.db_table
        for name in ("funding", "authorities")
        for model in apps.get_app_config(name).get_models()
    ]
    # In one query, since it is asked before and after every post.
    read = [f"SELECT '{name}', (to_jsonb(t) - %(unsteady)s)::text FROM \"{name}\" t" for name in tables]
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in tables}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(read) + " ORDER BY 1, 2", {"unsteady": UNSTEADY})
        for name, row in cursor.fetchall():
            found[name].append((row,))
    return found


def beside(client: Client, address: str, body: dict[str, Any], place: str, extra: dict[str, str]) -> int:
    """The extra among the fields; twice, when it comes before or after them."""
    if any(hasattr(value, "read") for value in body.values()):
        # A form with a file travels in parts.
        more: dict[str, Any] = {
            name: [value] * (1 if place == "body" else 2) for name, value in extra.items()
        }
        return client.post(address, {**more, **body} if place == "before" else {**body, **more}).status_code
    pairs, twice = list(body.items()), list(extra.items())
    order = twice + pairs if place == "before" else pairs + twice
    order = order if place == "body" else order + (twice if place == "before" else pairs)
    return client.post(
        address, urlencode(order), content_type="application/x-www-form-urlencoded"
    ).status_code


def post(  # noqa: PLR0917
    standing: Stage,
    route: Route,
    who: str,
    address: str,
    body: dict[str, Any],
    place: str,
    extra: dict[str, str],
) -> int:
    client = standing.clients[who]
    client.cookies.pop("messages", None)
    if place == "query":
        return client.post(f"{address}?{urlencode(extra)}", body).status_code
    if place in ("body", "before", "after"):
        return beside(client, address, body, place, extra)
    if place == "json":
        return client.post(
            address, json.dumps({**body, **extra}, default=str), content_type="application/json"
        ).status_code
    if place == "header":
        headers = {f"X-{name.replace('_', '-')}": value for name, value in extra.items()}
        return client.post(address, body, headers=headers).status_code
    if place == "cookie":
        kept = client.cookies["sessionid"].value
        for name, value in extra.items():
            client.cookies[name] = value
        code = client.post(address, body).status_code
        for name in extra:
            client.cookies.pop(name, None)
        assert client.cookies["sessionid"].value == kept
        return code
    formset = {f"form-0-{name}": value for name, value in extra.items()}
    return client.post(
        address, {**body, **formset, "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"}
    ).status_code


def in_groups(names: list[str]) -> list[list[str]]:
    """The names in groups, so that a name that crosses is found among few."""
    return [names[start::GROUPS] for start in range(GROUPS)]


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, list[str]]:
    """Rows, as text, that are new or different, by table."""
    return {
        table: sorted(
            (Counter(str(row[0]) for row in rows) - Counter(str(row[0]) for row in before[table])).elements()
        )
        for table, rows in after.items()
        if rows != before[table]
    }


def stage_of(route: Route) -> str:
    return route.stage.split()[0] if route.stage else DRAFT


# Every post is rolled back, so the routes of one stage share a world. Those of a draft are many.
STAGES = sorted({stage_of(route) for route in WRITING})
BY_STAGE = [
    (stage, part)
    for stage in STAGES
    for start in range(3 if stage == DRAFT else 1)
    if (part := [route for route in WRITING if stage_of(route) == stage][start :: 3 if stage == DRAFT else 1])
]
FOR_EACH = pytest.mark.parametrize(
    ("stage", "routes"), BY_STAGE, ids=[" ".join(route.name for route in part)[:60] for _, part in BY_STAGE]
)


@pytest.mark.django_db
@FOR_EACH
def test_nothing_crosses(stage: str, routes: list[Route], capsys: pytest.CaptureFixture[str]) -> None:
    standing = stage_at(stage)
    for route in routes:
        nothing_crosses(standing, route, capsys)


def nothing_crosses(standing: Stage, route: Route, capsys: pytest.CaptureFixture[str]) -> None:
    """With the extra in any place the same rows change in the same way as without it."""
    owner = "police" if route.name in ("return_patrols", "hotspot_end") else "north"
    who = WRITER[route.name]
    address = address_of(route.name, standing.numbers[route.about, owner])
    body, extra = standing.body(route, owner), {**foreign(standing), **DECIDED}
    typed = {name: value for name, value in extra.items() if name not in body}
    before, crossings, count = rows_of(standing), [], 0

    def effect(place: str, add: dict[str, str]) -> tuple[int, dict[str, list[str]]]:
        with transaction.atomic():
            try:
                code = post(standing, route, who, address, body, place, add)
                return code, changed(before, rows_of(standing))
            finally:
                transaction.set_rollback(True)

    code, plain = effect("body", {})
    assert code == 302, route.name
    assert plain, route.name
    for place in PLACES:
        for names in in_groups(list(typed)) if place in ("query", "body") else (list(typed),):
            code, found = effect(place, {name: typed[name] for name in names})
            count += 1
            # A JSON body is no form: it either does nothing or what a form without fields does.
            if found != plain and not (place == "json" and not found):
                crossings.append((route.name, place, names[:2], code, found))
    with capsys.disabled():
        print(f"{route.name}: {count} posts with a foreign parameter")
    assert crossings == []
    assert count == len(PLACES) - 2 + 2 * GROUPS


@pytest.mark.django_db
@FOR_EACH
def test_only_declared_fields_change(stage: str, routes: list[Route]) -> None:
    standing = stage_at(stage)
    for route in routes:
        only_declared_fields_change(standing, route)


def only_declared_fields_change(standing: Stage, route: Route) -> None:
    """Mass assignment: a post with a field for every column of every table of ours."""
    owner = "police" if route.name in ("return_patrols", "hotspot_end") else "north"
    who = WRITER[route.name]
    address = address_of(route.name, standing.numbers[route.about, owner])
    body = standing.body(route, owner)
    columns = {
        name
        for app in ("funding", "authorities")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        for name in (field.name, field.attname)
    }
    given = {**foreign(standing), **DECIDED}
    # Words that a form of ours asks for by the name of a column are its own.
    own = {
        "status",
        "amount",
        "basis",
        "source",
        "year",
        "reference",
        "reason",
        "answer",
        "description",
        "cost_heading",
    }
    own |= {"revision", "progress", "problems", "next_steps"}
    own |= {"spend_rag", "spend_rag_reason", "delivery_rag", "delivery_rag_reason"}
    extra = {name: given.get(name, "1") for name in columns - set(body) - own}
    before = rows_of(standing)

    def effect(add: dict[str, str]) -> dict[str, list[str]]:
        with transaction.atomic():
            try:
                assert post(standing, route, who, address, {**add, **body}, "body", {}) == 302
                return changed(before, rows_of(standing))
            finally:
                transaction.set_rollback(True)

    assert effect(extra) == effect({}), route.name
    assert len(extra) > 90
