"""The board as at a past day: as it was, filtered or not, and never today's figures under another date."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.filters import date_words
from funding.actions import board_packs
from funding.board import figures, moments, record
from funding.board.charts import page
from funding.models import BoardSnapshot, RollUpMark, RollUpRun, RunKind
from funding.snapshot import digest_of
from tests.conftest import sign_in
from tests.faults.neighbours import build_neighbours
from tests.funding.board.kept import LATER, correct, keep, world_with_returns
from tests.world import NOW, World

DAY = date(2026, 11, 2)
FILTERS = (
    {},
    {"fund": "vru"},
    {"fund": "hotspot"},
    {"authority": "north"},
    {"authority": "south", "fund": "vru"},
)
PAGE_QUERIES = 8


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)


@pytest.fixture
def kept(db: None) -> World:
    world = world_with_returns()
    assert keep() == 1
    return world


def asked(world: World, names: dict[str, str]) -> dict[str, str]:
    bodies = {"north": str(world.north.pk), "south": str(world.south.pk)}
    return {name: bodies.get(value, value) for name, value in names.items()}


def test_a_page_from_the_record_is_the_page_of_today_whatever_the_filters(kept: World) -> None:
    for names in FILTERS:
        choice = asked(kept, names)
        filters, facts = figures.read(kept.partnership, choice, DAY)
        past = moments.at_the_end_of(DAY, kept.partnership, choice)

        assert past is not None
        assert past.facts == facts
        assert page.build(past.facts) == page.build(facts)
        assert past.filters.refusals == filters.refusals == ()
    assert facts.spends  # the last choice is not empty


def test_a_record_comes_back_from_json_as_it_was_and_its_hash_is_of_its_content(kept: World) -> None:
    (now,) = figures.records(kept.partnership)
    snapshot = BoardSnapshot.objects.get()

    assert record.from_json(snapshot.content) == now
    assert digest_of(snapshot.content) == snapshot.digest
    assert sum(one.actual or Decimal(0) for one in now.spends) == Decimal("19000.20")


def test_the_page_of_a_past_day_stays_as_it_was_and_says_so(
    kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(kept.board_member)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    before = {slug: csv_of(client, slug, "") for slug in page.TABLES}
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    correct(kept)
    assert keep(LATER) == 1

    text = page_of(client, f"?as_at={DAY}")

    assert "As at the end of 2 November 2026. The figures had last changed on 2 November 2026 at" in text
    assert "See today's figures" in text
    assert f'value="{DAY:%d %m %Y}"' in text or f'value="{DAY}"' in text
    assert {slug: csv_of(client, slug, f"?as_at={DAY}") for slug in before} == before
    assert csv_of(client, "quarters", "") != before["quarters"]
    assert csv_of(client, "quarters", f"?as_at={LATER:%Y-%m-%d}") == csv_of(client, "quarters", "")
    # The links of the page lead to the same day.
    assert f"as_at={DAY}" in text[text.index('id="quarters"') :]


def test_what_is_no_recorded_day_shows_a_sentence_and_no_figures(kept: World) -> None:
    client = sign_in(kept.board_member)
    for typed, sentence in (
        ("1 11 2026", "Nothing was recorded of this board by the end of 1 November 2026."),
        ("31 2 2026", "Enter a real date"),
        ("x'--", "Enter a real date"),
        ("9999-12-31", f"Enter today&#39;s date, {date_words(LATER)}, or an earlier one."),
        ("0001-01-01", "Nothing was recorded of this board by the end of 1 January 1."),
    ):
        text = page_of(client, f"?as_at={typed}")

        assert sentence in text
        assert "board-headline" not in text
        assert client.get(reverse("board_csv", args=["quarters"]), {"as_at": typed}).status_code == 404


def test_midnight_is_londons(kept: World) -> None:
    snapshots = BoardSnapshot.objects.of(kept.partnership)

    # Taken at 9:30 on 2 November.
    assert snapshots.by_the_end_of(DAY).exists()
    assert not snapshots.by_the_end_of(DAY - timedelta(days=1)).exists()


def test_nothing_is_kept_twice_nor_while_figures_are_moving(db: None) -> None:
    world = world_with_returns()
    RollUpMark.objects.create(organisation=world.north, year=2026, quarter_number=1, marked_at=NOW)
    assert keep() == 0
    world.roll_up()
    unfinished = RollUpRun.objects.create(
        partnership=world.partnership, kind=RunKind.RECOMPUTE, started_at=NOW - timedelta(minutes=5)
    )
    assert keep() == 0
    unfinished.done_at = NOW
    unfinished.save()

    assert keep() == 1
    assert keep() == 0
    assert board_packs.take(partnership=world.partnership, clock=lambda: NOW) == []
    assert BoardSnapshot.objects.count() == 1


def test_a_recompute_that_died_long_ago_holds_nothing_up(db: None) -> None:
    world = world_with_returns()
    RollUpRun.objects.create(
        partnership=world.partnership, kind=RunKind.RECOMPUTE, started_at=NOW - timedelta(hours=2)
    )
    assert keep() == 1


def test_a_page_of_the_past_costs_no_more_queries(kept: World, django_assert_max_num_queries: object) -> None:
    client = sign_in(kept.board_member)
    with django_assert_max_num_queries(PAGE_QUERIES):  # type: ignore[operator]
        page_of(client, f"?as_at={DAY}")


def test_the_record_of_a_neighbour_is_not_shown(kept: World) -> None:
    far = build_neighbours(kept)

    assert moments.at_the_end_of(DAY, far.partnership, {}) is None
    kept.roll_up()
    keep()
    theirs = moments.at_the_end_of(DAY, far.partnership, {})
    assert theirs is not None
    assert {one.name for one in theirs.facts.recipients} == {
        "Far OPCC", "Far North Council", "Far South Council", "Far Police",
    }  # fmt: skip


def page_of(client: Client, query: str) -> str:
    response = client.get(reverse("board") + query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def csv_of(client: Client, table: str, query: str) -> bytes:
    response = client.get(reverse("board_csv", args=[table]) + query)
    assert response.status_code == 200
    return response.content
