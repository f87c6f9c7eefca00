"""From a count on the board to the returns that it is the sum of, with small numbers of people hidden."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from funding.board.charts import delivered
from funding.board.charts.table import Place
from funding.board.facts import Facts, Recipient
from tests.conftest import sign_in
from tests.funding.board.every import Places, build_every
from tests.funding.board.small import HOTSPOT, NORTH, POLICE, VRU, returned, small
from tests.world import Q1, Q2

SOUTH = Recipient(3, "South Council", "South")


def at(pk: int) -> str:
    return f"/board/returns/{pk}/"


def board(*targeted: tuple[int, int], **changes: object) -> Facts:
    found = tuple(
        returned(1, "accepted", recipient, universal=300, targeted=count, sessions=9, return_id=recipient)
        for recipient, count in targeted
    )
    return small(recipients=(NORTH, SOUTH, POLICE), returns=found, small_number=5, **changes)


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        (((1, 12), (3, 20)), [12, 20], 32),
        (((1, 3), (3, 20)), ["fewer than 5", 20], "not shown"),
        (((1, 3), (3, 4)), ["fewer than 5", "fewer than 5"], 7),
        (((1, 3), (3, 0)), ["fewer than 5", 0], "fewer than 5"),
    ],
)
def test_a_small_number_is_hidden_as_it_is_on_the_board(
    counts: tuple[tuple[int, int], ...], cells: list[object], total: object
) -> None:
    table = delivered.delivered(board(*counts), 1, at).table

    place = [column.head for column in table.columns].index("Given targeted support")
    assert [row[place] for row in table.rows] == cells
    assert table.foot[place] == total
    assert table.rows[0][-1] == Place("Return of North, Q1", "/board/returns/1/")


def test_what_does_not_count_is_a_word_and_leads_nowhere() -> None:
    facts = small(returns=(returned(2, "missing", return_id=7), returned(2, "queried", 2, return_id=8)))

    north, police = delivered.delivered(facts, 2, at).table.rows

    assert north[2:5] == (None, None, None)
    assert police[2:6] == (*["not asked for"] * 3, "queried")
    assert (north[-1], police[-1]) == ("", "")


def test_a_fund_shows_the_counts_that_it_pays_for() -> None:
    heads = {
        fund.name: [column.head for column in delivered.delivered(small(fund=fund), 0, at).table.columns]
        for fund in (VRU, HOTSPOT)
    }
    assert "Patrol hours" not in heads["VRU"]
    assert "Sessions" not in heads["Hotspot"]
    assert delivered.delivered(small(), 0, at).table.foot == ()


@pytest.fixture
def places(db: None) -> Places:
    return build_every()


def test_from_the_board_to_the_return_in_two_clicks(places: Places) -> None:
    own, far = places
    client = sign_in(own.board_member)
    text = client.get(reverse("board")).content.decode()
    [address] = {
        link.replace("&amp;", "&")
        for link in re.findall(r'href="([^"]*measure=delivered&amp;quarter=2)"', text)
    }

    page = client.get(address).content.decode()

    assert "What was delivered in Quarter 2" in page
    link = reverse("board_return", args=[own.return_of(own.north, Q2).pk])
    assert f'href="{link}"' in page
    assert client.get(link).status_code == 200
    assert "Far " not in page
    # The state of a return leads to it as well, where there is something to see.
    assert f'href="{reverse("board_return", args=[own.return_of(own.north, Q1).pk])}"' in text
    assert f'href="{reverse("board_return", args=[own.return_of(own.police, Q2).pk])}"' not in text
    csv = client.get(reverse("board_rows_csv"), {"measure": "delivered", "quarter": "2"})
    assert csv.content.decode("utf-8-sig").startswith("Organisation,Quarter,Reached by universal work")
    for quarter in ("", "9", "x"):
        assert (
            client.get(reverse("board_rows"), {"measure": "delivered", "quarter": quarter}).status_code == 200
        )
    assert far.north.name not in page


def test_only_readers_of_the_board_find_it(places: Places) -> None:
    for who in ("lead", "police_lead", "administrator"):
        answer = sign_in(getattr(places[0], who)).get(reverse("board_rows"), {"measure": "delivered"})
        assert answer.status_code == 404
