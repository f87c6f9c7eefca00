"""Whatever arrives in a form or an address, the answer is a page with a sentence, never a failure."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from funding.models import BudgetLine
from tests.architecture.access_table import DRAFT, TABLE, WRITER, address_of
from tests.architecture.asking import ask
from tests.architecture.stages import Stage, stage_at
from tests.conftest import sign_in
from tests.world import World

AMOUNTS = (
    *("NaN", "sNaN", "-NaN", "Infinity", "-inf", "1e999", "1E5", "-1", "−1", "-0", "0.001", "1_000", "0x10"),
    *("１２", "١٢", "1,00", "1.000.000", "££1", "1\x00", "\x001", "1\u202e", "1\u200b", "9" * 13, "9" * 5000),
    *("10000000000.00", "9999999999.991", "1 000", "()", "(5)", "=1+1", "'; DROP TABLE x; --", "[]", "{}"),
    *("null", "true", "1\r\n2", "½", "²", "١٬٠٠٠", "1٫5", "\ud7ff", "💷", "+5", "1/2", ".5", "5.", ",", "."),
)
TEXTS = (
    *(
        "\x00",
        "a\x00b",
        "\x01\x02\x1f",
        "\u202eevil",
        "\ufeff",
        "\u2028",
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
    ),
    *(
        "{% raw %}",
        "%s%n",
        "A" * 100_000,
        "\U0010ffff",
        "\x7f",
        "\r\n\r\n",
        "é" * 3000,
        "=HYPERLINK()",
        "' OR 1=1 --",
    ),
)
NUMBERS = ("", "-1", "1.5", "abc", "\x00", "9" * 20, "9" * 5000, "１", "1e3", "NaN", "[]", "0")
QUERIES = (
    *(
        "page",
        "per_page",
        "sort",
        "year",
        "status",
        "fund",
        "authority",
        *("measure", "quarter", "tier", "heading", "q"),
        "suggest",
        "years",
        "award",
        "stay",
        "q",
    ),
    *("next", "order", "format"),
)
VALUES = (
    "\x00",
    "0",
    "-1",
    "-5",
    "99999999999999999999",
    "9" * 5000,
    "abc",
    "",
    "１",
    "-",
    "a,b",
    "../",
    "[]",
    "\u202e",
    "pk",
)


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> Iterator[None]:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "structlog" not in name]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def standing(db: None) -> Stage:
    found = stage_at(DRAFT)
    for client in found.clients.values():
        client.raise_request_exception = False
    return found


EFFECTLESS = {"return_check", "return_recall"}


def is_amount(value: Any) -> bool:
    return str(value).replace(".", "").isdigit()


FORMS = [route.name for route in TABLE if route.writers]
WORDS = ("reference", "reason", "answer", "problems", "source")


@pytest.mark.parametrize("group", range(4))
def test_no_field_of_a_form_breaks_the_page(standing: Stage, group: int) -> None:
    """Every post is rolled back, so a quarter of the forms shares one world."""
    broken = [one for name in FORMS[group::4] for one in _broken(standing, name)]
    assert broken == []


def _broken(standing: Stage, name: str) -> list[tuple[str, str, str]]:
    """Every other value, from the first form on those that the form before left out, in one field of its
    kind; the fields take turns, and everything else is as it should be."""
    skipped = FORMS.index(name) % 2
    route = next(route for route in TABLE if route.name == name)
    owner = "police" if name in ("return_patrols", "hotspot_end") else "north"
    address = address_of(name, standing.numbers[route.about, owner])
    good, client = standing.body(route, owner), standing.clients[WRITER[name]]
    fields = list(dict.fromkeys([*list(good)[:4], *(word for word in WORDS if word in good)])) or ["anything"]
    numbers = [field for field in fields if is_amount(good.get(field))]
    words = [field for field in fields if field not in numbers]
    return [
        (name, field, repr(value)[:40])
        for kind, hostile in (
            (numbers, (*AMOUNTS, *NUMBERS)),
            (words, (*TEXTS, *NUMBERS, ["1", "2"], ["\x00", "x"])),
        )
        for field, value in zip(cycle(kind), hostile[skipped::2], strict=False)
        if ask(client, address, "POST", {**good, field: value}).status_code >= 500
    ]


@pytest.mark.parametrize("value", [*AMOUNTS, "-0.00", "1e0"])
def test_a_doubtful_amount_is_refused_with_a_sentence(world: World, value: str) -> None:
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead)
    line = BudgetLine.objects.of(world.north, 2026)[0]
    body = {"revision": found.revision}
    for one in BudgetLine.objects.of(world.north, 2026):
        body |= {f"{name}-{one.pk}": "1.00" for name in ("actual", "committed", "forecast3", "forecast4")}
    answer = sign_in(world.lead).post(
        reverse("return_spend", args=[found.pk]), {**body, f"actual-{line.pk}": value}
    )
    assert answer.status_code == 200
    assert "Enter " in answer.content.decode() or "Check the commas" in answer.content.decode()


@pytest.mark.parametrize("who", ["officer", "lead", "anonymous"])
def test_no_query_breaks_a_page(standing: Stage, who: str) -> None:
    client = standing.clients[who]
    addresses = [
        reverse(name)
        for name in (
            *(
                "home",
                "grants",
                "claims",
                "what_ifs",
                "what_if_new",
                "what_if_compare",
                "board_years",
                "board_years_csv",
                "open_data",
                "open_data_publish",
                "decisions",
                "plan",
                "intervention_new",
                "tracker",
                "tracker_accept",
                "tracker_remind",
                "round_new",
                "own_returns",
                "waivers",
                "waiver_new",
            ),
            *(
                "meetings",
                "meeting_new",
                "board_actions",
                "milestones",
                "milestone_new",
                "board",
                "board_rows",
                "board_rows_csv",
                "switch_organisation",
                "account_login",
                "account_reset_password",
                "accessibility_statement",
            ),
        )
    ]
    addresses += [reverse(name, args=["returns"]) for name in ("board_csv", "board_xlsx")]
    addresses += ["/nowhere/", "/board/%00.csv", "/returns/%00/"]
    addresses += [
        address_of(r.name, standing.numbers[r.about, "north"])
        for r in TABLE
        if (r.about, "north") in standing.numbers
    ]
    # One value in all queries at once: a value that is refused at the door hides no other. The addresses take
    # turns, so that each gets every third value and each value a third of the addresses.
    broken = [
        (address, value[:30])
        for place, address in enumerate(addresses)
        for value in VALUES[place % 3 :: 3]
        if client.get(address, dict.fromkeys(QUERIES, value)).status_code >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("number", ["0", "9" * 5000])
def test_no_number_breaks_an_address(standing: Stage, number: str) -> None:
    for route in TABLE:
        address = address_of(route.name, 1).replace("/1/", f"/{number}/")
        for who in ("officer", "lead"):
            for method in ("GET", "POST"):
                answer = ask(standing.clients[who], address, method, {})
                assert answer.status_code in (403, 404, 405), (address, who, method)


@pytest.mark.parametrize("kind", ["big", "many", "json", "multipart", "broken"])
def test_no_body_breaks_a_form(standing: Stage, kind: str) -> None:
    bodies: dict[str, tuple[Any, str]] = {
        "big": ("progress=" + "A" * 10_000_000, "application/x-www-form-urlencoded"),
        "many": ("&".join(f"x{n}=1" for n in range(6000)), "application/x-www-form-urlencoded"),
        "json": ('{"revision": 1, "progress": {"a": [1]}}', "application/json"),
        "multipart": ("--x\r\nContent-Disposition: form-data; name=progress\r\n\r\n\x00", "multipart/form-data; boundary=x"),
        "broken": ("%ff%fe=%00%c0%80&%ED%A0%80=1&revision=%ED%A0%80", "application/x-www-form-urlencoded; charset=nonsense"),
    }  # fmt: skip
    content, content_type = bodies[kind]
    for name in ("return_narrative", "return_spend"):
        address = reverse(name, args=[standing.numbers["return", "north"]])
        answer = standing.clients["lead"].generic("POST", address, content, content_type=content_type)
        assert answer.status_code in (200, 400, 413), answer.status_code


@pytest.mark.parametrize("value", ["nonsense", "\x00", "//evil.example", "https://evil.example", "/\\evil", "javascript:x",
                                   "x\r\ny", "decision", "/plan/", "home", "A" * 9000, "%00", "///x", "http:evil"])  # fmt: skip
@pytest.mark.parametrize("door", ["demo", "login"])
def test_the_way_on_after_signing_in_stays_here(world: World, settings: Any, door: str, value: str) -> None:
    settings.DEMO_MODE = True
    world.lead.is_demo = True
    world.lead.set_password("correct horse battery")
    world.lead.save()
    client = Client(raise_request_exception=False)
    if door == "demo":
        answer = client.post(reverse("demo_sign_in", args=[world.lead.pk]), {"next": value})
    else:
        body = {"login": world.lead.email, "password": "correct horse battery", "next": value}
        answer = client.post(reverse("account_login"), body)
    assert answer.status_code < 500
    assert not answer.get("Location", "/").startswith(("//", "http", "java", "/\\"))


@pytest.mark.parametrize(
    "value", ["\x00", "a\x00@b.c", "a" * 5000 + "@b.example", "\u202e@x.example", "１@x.example", "[]"]
)
def test_no_sign_in_breaks(db: None, value: str) -> None:
    client = Client(raise_request_exception=False)
    for body in ({"login": value, "password": "x"}, {"login": "a@b.example", "password": value}):
        assert client.post(reverse("account_login"), body).status_code < 500
    assert client.post(reverse("account_reset_password"), {"email": value}).status_code < 500
