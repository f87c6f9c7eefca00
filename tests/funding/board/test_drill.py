"""From a figure to its rows, from a row to its source: who gets how far, search, order, download, secrets."""

from __future__ import annotations

import csv
import html
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authorities.models import User
from funding.board import drill
from funding.board import line as lines
from funding.models import BudgetLine, CostHeading, Intervention, RollUpMark
from tests.conftest import sign_in
from tests.funding.board.every import Places, build_every
from tests.world import NOW, Q1, Q2, World

READERS = ("board_member", "officer", "approver", "auditor")


@pytest.fixture
def places(db: None) -> Places:
    return build_every()


@pytest.fixture
def own(places: Places) -> World:
    return places[0]


def ask(who: User, **query: Any) -> str:
    answer = sign_in(who).get(reverse("board_rows"), {"year": 2026, **query})
    assert answer.status_code == 200
    return answer.content.decode()


def plain(page: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page.split("<main")[1])).split())


def download(who: User, **query: Any) -> list[list[str]]:
    answer = sign_in(who).get(reverse("board_rows_csv"), {"year": 2026, **query})
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_two_clicks_from_the_figure_to_the_return(own: World) -> None:
    client = sign_in(own.officer)
    board = client.get(reverse("board")).content.decode()
    [address] = {
        html.unescape(one)
        for one in re.findall(r'href="([^"]+measure=provisional&amp;authority=\d+)"', board)
        if f"authority={own.north.pk}" in one
    }

    rows = client.get(address).content.decode()

    # Two lines of £8,000.31, and the correction of the quarter before.
    assert "Total of the figure £15,877.16" in plain(rows)
    assert "Correction of Quarter 1, provisional" in plain(rows)
    second = own.return_of(own.north, Q2)
    for name in ("return", "return_versions"):
        link = reverse(name, args=[second.pk])
        assert f'href="{link}"' in rows
        assert client.get(link).status_code == 200


def test_the_board_comes_to_the_certified_return_and_its_lines_and_no_further(own: World) -> None:
    text = ask(own.board_member, measure="spent", authority=own.north.pk)

    assert 'href="/returns/' not in text
    second = own.return_of(own.north, Q2)
    address = reverse("board_return", args=[second.pk])
    assert f'href="{address}"' in text
    found = sign_in(own.board_member).get(address).content.decode()
    assert "Certified, not yet accepted" in found
    assert "Total £15,000.00 £16,000.62 −£123.46 +£877.16" in plain(found), plain(found)
    assert "On course in" not in found  # the narrative
    assert 'href="/returns/' not in found
    assert f'href="/returns/{second.pk}/"' in sign_in(own.officer).get(address).content.decode()
    [address, *_] = re.findall(r'href="(/board/lines/\d+/)"', found)
    line = plain(sign_in(own.board_member).get(address).content.decode())
    assert "version 1" in line
    assert "£9,000.11" in line
    assert "−£123.46" in line
    assert "Certified, not yet accepted" in line
    assert "Accepted" in line
    everybody = {own.lead.name, own.certifier.name, own.officer.name} - {own.board_member.name}
    assert not [name for name in everybody if name in line]
    assert "On course in" not in line  # the narrative
    officer = sign_in(own.officer).get(address).content.decode()
    assert reverse("return_versions", args=[own.return_of(own.north, Q1).pk]) in officer


def test_a_queried_version_does_not_count_and_says_so(own: World) -> None:
    line = BudgetLine.objects.of(own.south, 2026)[0]
    shown = plain(sign_in(own.board_member).get(reverse("board_line", args=[line.pk])).content.decode())
    assert "£7,777.77" in shown
    assert "Does not count now: it was sent back" in shown
    assert "7,777.77" not in ask(own.board_member, measure="spent")


def test_a_return_that_does_not_count_shows_no_figures(own: World) -> None:
    for found, words in (
        (own.return_of(own.south, Q1), "Queried"),
        (own.return_of(own.police, Q2), "Not returned"),
    ):
        shown = plain(
            sign_in(own.board_member).get(reverse("board_return", args=[found.pk])).content.decode()
        )
        assert words in shown
        assert "No figures of this return count at present" in shown
        assert "7,777.77" not in shown
    nil = own.return_of(own.police, Q1)
    shown = sign_in(own.board_member).get(reverse("board_return", args=[nil.pk])).content.decode()
    assert "A nil return" in shown


def test_decisions_stand_behind_an_allocation(own: World) -> None:
    assert "/decisions/" in ask(own.auditor, measure="allocated")
    text = ask(own.board_member, measure="allocated", authority=own.north.pk)
    assert "Decision 2026-001" in plain(text)
    assert 'href="/decisions/' not in text


def test_strangers_find_nothing(places: Places) -> None:
    own, far = places
    theirs = BudgetLine.objects.of(far.north, 2026)[0]
    for who in READERS:
        client = sign_in(getattr(own, who))
        assert client.get(reverse("board_line", args=[theirs.pk])).status_code == 404
        elsewhere = reverse("board_return", args=[far.return_of(far.north, Q1).pk])
        assert client.get(elsewhere).status_code == 404
        assert "Far " not in ask(getattr(own, who), measure="left", authority=far.north.pk)
    for who in ("lead", "certifier", "police_lead", "administrator"):
        for address in (reverse("board_rows"), reverse("board_rows_csv"), reverse("board_line", args=[1])):
            assert sign_in(getattr(own, who)).get(address).status_code == 404


def test_an_intervention_that_names_a_hotspot_is_not_named(own: World) -> None:
    Intervention.objects.filter(organisation=own.police).update(name="Evenings on SECRET street")
    line = BudgetLine.objects.of(own.police, 2026)[0]
    line.intervention.name, line.description = "Evenings on Secret", "Street patrols"
    assert lines.name_of(line, ["Secret Street"]) == drill.UNNAMED
    assert lines.name_of(line, []) == "Evenings on Secret: Street patrols"
    for who, sees in (("board_member", False), ("auditor", False), ("officer", True)):
        user = getattr(own, who)
        found = [ask(user, measure="plan"), str(download(user, measure="plan"))]
        found.append(sign_in(user).get(reverse("board_line", args=[line.pk])).content.decode())
        returned = own.return_of(own.police, Q1)
        found.append(sign_in(user).get(reverse("board_return", args=[returned.pk])).content.decode())
        for text in found:
            assert ("secret street" in text.lower()) is sees, who
            assert (drill.UNNAMED in html.unescape(text)) is not sees
        # Nor can it be guessed by searching.
        assert ("No row matches." not in ask(user, measure="plan", q="secret street")) is sees


def test_search_order_and_pages(own: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = plain(ask(own.officer, measure="plan", q="knife CRIME"))
    assert "Total of the figure" in found
    assert "Of which found £20,000.01 4 rows" in found
    assert "No row matches." in ask(own.officer, measure="plan", q="100%")
    amounts = [row[7] for row in download(own.officer, measure="plan", sort="-amount")[1:-1]]
    assert amounts == sorted(amounts, key=Decimal, reverse=True)
    assert len(set(amounts)) > 5
    for column in ("organisation", "fund", "quarter", "line", "heading", "tier", "what", "amount", "absent"):
        for sign in ("", "-"):
            assert len(download(own.officer, measure="left", sort=sign + column)) > 20
    monkeypatch.setattr("funding.board.drill_views.PAGE", 3)
    pages = [ask(own.officer, measure="plan", q="Mentoring", page=number) for number in (1, 2, 99)]
    assert [len(re.findall(r'<th scope="row" class="govuk-table__header ', page)) for page in pages] == [
        4,
        2,
        2,
    ]
    # Each page ends with the whole total.
    assert all("£40,000.00" in page.split("<tfoot")[1] for page in pages)


def test_the_download_is_the_rows_and_no_formula(own: World) -> None:
    CostHeading.objects.filter(pk=own.services.pk).update(name='=HYPERLINK("http://x.example")')
    rows = download(own.board_member, measure="against")
    assert rows[0] == ["Organisation", "Fund", "Quarter", "Budget line", "Cost heading", "Tier", "What it is", "Amount"]  # fmt: skip
    assert sum(Decimal(row[7]) for row in rows[1:-1]) == Decimal(rows[-1][7])
    assert rows[-1][0] == "Total"
    assert {row[4] for row in rows if "HYPERLINK" in row[4]} == {'\'=HYPERLINK("http://x.example")'}


def test_what_is_not_known_falls_back_and_is_said(own: World) -> None:
    text = plain(ask(own.officer, measure="x", quarter="9", tier="x", fund="x", heading="", q="'"))
    for sentence in ("There is no such figure", "A year has quarters 1 to 4", "There is no such tier"):
        assert sentence in text
    assert "There is no row" in plain(ask(own.officer, heading="no such heading"))


def test_a_past_board_and_a_change_that_waits_are_said(own: World) -> None:
    assert "The board shows the same total" in plain(ask(own.officer))
    assert "of an earlier moment" in plain(ask(own.officer, as_at="2026-11-02"))
    RollUpMark.objects.create(organisation=own.north, year=2026, quarter_number=1, marked_at=NOW)
    assert "1 change waits to be rolled up" in plain(ask(own.officer))


def test_it_costs_eight_queries_at_most(own: World) -> None:
    client, line = sign_in(own.board_member), BudgetLine.objects.of(own.north, 2026)[0]
    addresses = [f"{reverse('board_rows')}?measure=left&q=a&sort=-amount&page=1"]
    addresses += [reverse("board_rows_csv"), reverse("board_line", args=[line.pk])]
    addresses.append(reverse("board_return", args=[own.return_of(own.north, Q2).pk]))
    for address in (*addresses, reverse("board_xlsx", args=["authorities"])):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= 8, address
