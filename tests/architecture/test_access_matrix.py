"""Every principal, every address with a number, every owner, every method, held against the table of access."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from funding.board.charts.page import TABLES
from tests.architecture.access_table import (
    CERTIFIED,
    DRAFT,
    FAR,
    FORBIDDEN,
    METHODS,
    MISSING,
    MOVED,
    OK,
    OPCC,
    OURS,
    OUTSIDERS,
    OWNERS,
    PRINCIPALS,
    SECOND_OF_ROLE,
    SENT,
    TABLE,
    WRONG_METHOD,
    Route,
    address_of,
    expected,
    in_scope,
)
from tests.architecture.asking import ask, main_of, text_of
from tests.architecture.stages import ABSENT, Stage, stage_at

# `make proof` asks every cell that `differs`; a run of all tests asks some of them in turn.
ASKS_ALL = "PROOF_ROUNDS" in os.environ
VARIANTS = ("HEAD", "POST empty", "PUT")


def differs(  # noqa: PLR0917
    stage: str, route: Route, principal: str, owner: str, method: str, asks_all: bool
) -> bool:
    """Whether the cell is worth asking: what cannot depend on stage, owner or method is asked once."""
    is_reader = principal in route.readers
    is_open = is_reader and in_scope(principal, owner, route.about)
    # A role that is turned away at the door is turned away whosever row it is, and however it knocks.
    if (method in VARIANTS or not is_reader) and owner not in ("north", "absent"):
        return False
    if method in VARIANTS and not is_open and principal not in OUTSIDERS:
        return False
    if not is_reader and principal in SECOND_OF_ROLE and principal not in OUTSIDERS:
        return False
    if stage == DRAFT:
        return asks_all or is_its_turn(route, principal, owner, method)
    verb = method.split(maxsplit=1)[0]
    # A reader who may not write is turned away from a form before anybody looks at the return.
    may_enter = principal in route.writers or (verb == "GET" and not route.is_form)
    return (
        is_reader
        and verb in route.methods.split()
        and ((is_open and (asks_all or may_enter)) or principal in OUTSIDERS)
    )


def is_its_turn(route: Route, principal: str, owner: str, method: str) -> bool:
    """Of cells that differ in what the door looks at last, if at all, some.

    It turns a role away before it looks at the method: such a role looks, knocks in one of the three rarer
    ways, and every other one posts; they take turns. It looks a row up in what is in reach: all look at every
    row out of reach, and every other one posts to it. And a HEAD is a GET without its content: one reader of
    each route asks for it.
    """
    turn = TABLE.index(route)
    if principal not in route.readers:
        turn += PRINCIPALS.index(principal)
        ways = VARIANTS if method in VARIANTS else ("POST", "")
        return method == "GET" or method == ways[turn % len(ways)]
    is_open = in_scope(principal, owner, route.about)
    alike = [
        one for one in PRINCIPALS if one in route.readers and in_scope(one, owner, route.about) == is_open
    ]
    if is_open:
        return method != "HEAD" or principal == alike[turn % len(alike)]
    if method == "POST" and owner != "absent":
        return alike.index(principal) % 2 == turn % min(2, len(alike))
    return True


def cells(standing: Stage, asks_all: bool = ASKS_ALL) -> Iterator[tuple[Route, str, str, str]]:
    """Absent numbers first, to compare with. Past the first stage only what depends on the stage."""
    later = standing.stage != DRAFT
    routes = [route for route in TABLE if route.about == "return" or not later]
    for owner in sorted(OWNERS, key=lambda owner: owner != "absent"):
        for route in routes:
            if (route.about, owner) in standing.numbers:
                for principal in PRINCIPALS:
                    for method in METHODS:
                        if differs(standing.stage, route, principal, owner, method, asks_all):
                            yield route, principal, owner, method


def leaks(answer: HttpResponse, principal: str, owners: set[str]) -> list[str]:
    """Canaries of owners whose words this person must never see."""
    text = text_of(answer)
    return [
        owner
        for owner in owners
        if f"CANARY {owner} CANARY" in text and not in_scope(principal, owner, "return")
    ]


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> Iterator[None]:
    """Thousands of refusals, as wanted: none is worth a line in a log."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "structlog" not in name]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [DRAFT, SENT, CERTIFIED])
def test_every_cell_of_the_matrix(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    standing, counted, wrong = stage_at(stage), Counter[str](), []
    bodies = {
        (route.name, owner): standing.body(route, owner)
        for route in TABLE
        for owner in OWNERS
        if (route.about, owner) in standing.numbers
    }
    nowhere: dict[tuple[str, str, str], tuple[int, str]] = {}
    for route, principal, owner, method in cells(standing):
        address = address_of(route.name, standing.numbers[route.about, owner])
        answer = ask(standing.clients[principal], address, method, bodies[route.name, owner])
        want = expected(route, principal, owner, method, stage)
        cell = f"{stage}: {principal} {method} {route.name} of {owner}"
        if answer.status_code not in want:
            wrong.append(f"{cell}: {answer.status_code}, not {want}")
        wrong += [f"{cell}: shows the words of {other}" for other in leaks(answer, principal, OURS | FAR)]
        key = (route.name, principal, method)
        if owner == "absent":
            nowhere[key] = (answer.status_code, main_of(answer))
        elif answer.status_code in (MISSING, FORBIDDEN, WRONG_METHOD) and not in_scope(
            principal, owner, route.about
        ):
            if (answer.status_code, main_of(answer)) != nowhere[key]:
                wrong.append(f"{cell}: tells from a number that was never given")
            counted["hidden like absent"] += 1
        counted["cells"] += 1
        counted["allowed"] += want <= {OK, MOVED} and principal != "anonymous"
        counted["written"] += method == "POST" and want == {MOVED} and principal != "anonymous"
    with capsys.disabled():
        print(f"\n{stage}: {dict(counted)}")
    assert wrong == []
    assert counted["cells"] >= (7000 if stage == DRAFT else 1000)
    assert counted["allowed"] >= 100
    assert counted["written"] >= 8


def names_from_outside(text: str, principal: str) -> list[str]:
    """The neighbours' names all begin with "Far"; ours are North, South and Test."""
    if not principal.startswith("far_"):
        return ["Far "] if "Far " in text else []
    ours = text.replace("Far North Council", "").replace("Far South Council", "")
    return [name for name in ("North Council", "South Council", "Test Police") if name in ours]


@pytest.mark.django_db
def test_the_board_of_each_partnership_shows_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Every table as CSV, with every organisation as filter: the neighbours' names stay at home."""
    standing, count, wrong = stage_at(CERTIFIED), 0, []
    readers = OPCC | {"board_member"}
    asked = {
        "all": "",
        **{owner: str(standing.organisation(owner).pk) for owner in (*OURS, *FAR)},
        "absent": ABSENT,
    }
    for principal in PRINCIPALS:
        for slug in (*TABLES, "no-such-table"):
            shown: dict[str, str] = {}
            for owner, number in asked.items():
                if principal not in readers and owner != "all":
                    continue
                address = reverse("board_csv", args=[slug])
                answer = standing.clients[principal].get(address, {"authority": number})
                want = {OK} if principal in readers and slug in TABLES else {MISSING}
                want = {MOVED} if principal == "anonymous" else want
                cell = f"{principal} GET {slug} of {owner}"
                if answer.status_code not in want:
                    wrong.append(f"{cell}: {answer.status_code}, not {want}")
                if answer.status_code == OK:
                    shown[owner] = answer.content.decode()
                    wrong += [f"{cell}: shows {name}" for name in names_from_outside(shown[owner], principal)]
                count += 1
            outside = "north" if principal.startswith("far_") else "far_north"
            if shown and shown[outside] != shown["absent"]:
                wrong.append(f"{principal} GET {slug}: a foreign organisation differs from none")
    with capsys.disabled():
        print(f"\nboard: {count} cells")
    assert wrong == []


def test_the_table_names_every_address_with_a_number() -> None:
    """Both ways: no address without a row, no row without an address."""
    from tests.architecture.test_urls import OURS as ADDRESSES

    numbered = {str(p.name) for address, p in ADDRESSES.items() if "<int:pk>" in address}
    assert {route.name for route in TABLE} == numbered - {"demo_sign_in"}


@pytest.mark.django_db
def test_turns_leave_out_no_address_no_owner_and_no_method() -> None:
    """What is asked of any reader is asked of some reader: of rows in reach, and of each owner's out of reach."""
    standing = stage_at(DRAFT)
    whole, asked = (
        {
            (route.name, owner, method, in_scope(principal, owner, route.about))
            for route, principal, owner, method in cells(standing, asks_all)
            if principal in route.readers
        }
        for asks_all in (True, False)
    )
    assert len(whole) > 1000
    assert asked == whole


@pytest.mark.django_db
def test_the_matrix_finds_a_hole() -> None:
    """A seeded fault: a door that forgets the organisation shows in the table."""
    standing = stage_at(DRAFT)
    route = next(route for route in TABLE if route.name == "return")
    assert expected(route, "stranger", "north", "GET", DRAFT) == {MISSING}
    own = standing.clients["stranger"].get(reverse("return", args=[standing.numbers["return", "south"]]))
    assert own.status_code == OK  # what a leak would answer
    assert own.status_code not in expected(route, "stranger", "north", "GET", DRAFT)
