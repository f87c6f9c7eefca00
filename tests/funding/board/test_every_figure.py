"""One walk over everything that shows the board's money: each amount equals a recompute from the sources."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from funding.board import drill, figures, packs
from funding.board.charts.counts import MEASURE
from funding.board.charts.page import TABLES
from funding.board.pack import make_due
from funding.models import BoardPack
from tests.conftest import sign_in
from tests.funding.api.test_api import rows, token_of
from tests.funding.board.every import Places, build_every
from tests.funding.board.recomputed import Cells, Recomputed
from tests.world import NOW, World

# Where money stands in each table, counted from the heading of the row; the other columns hold counts or words.
MONEY = {
    "funds": range(1, 7),
    "authorities": range(2, 9),
    "quarters": range(1, 6),
    "tiers": range(2, 7),
    "headings": range(2, 7),
    "risks": range(2, 3),
    "hotspots": range(8, 10),
    "reach": range(2, 4),
    "returns": range(0),
    "comparison": range(1, 2),
}
Grid = list[list[str]]
Source = Callable[[Client, World], Iterator[tuple[str, Grid]]]


@pytest.fixture
def places(db: None) -> Places:
    return build_every()


def amount_of(text: str) -> Decimal | None:
    """The amount that a cell shows; None for a word in its place."""
    try:
        return Decimal(text.replace(" (nil)", "").replace("£", "").replace(",", "").replace("−", "-"))
    except InvalidOperation:
        return None


def name_of(table: str, row: list[str]) -> str:
    """The heading of a row, without what follows it."""
    name = row[0].split(",")[0] if table in ("quarters", "hotspots", "reach") else row[0].split(" (award")[0]
    return f"{name} {row[1]}".strip() if table in ("risks", "tiers", "headings") else name


def differences(table: str, grid: Grid, cells: Cells) -> tuple[list[str], int]:
    """Where the table is off, and how many amounts were compared. Only nothing may be said in words."""
    wrong, seen = [], set()
    for row in grid:
        for place in MONEY[table]:
            key = (name_of(table, row), place)
            shown = amount_of(row[place])
            if shown is not None:
                seen.add(key)
            if (shown or Decimal(0)) != cells.get(key, Decimal(0)) or (
                shown is not None and key not in cells
            ):
                wrong.append(f"{table} {key}: {row[place]}, not {cells.get(key)}")
    wrong += [f"{table} {key}: missing" for key, value in cells.items() if value and key not in seen]
    return wrong, len(seen)


def from_page(client: Client, place: World) -> Iterator[tuple[str, Grid]]:
    text = client.get(reverse("board"), {"year": 2026}).content.decode()
    for slug, figure in re.findall(r'<figure class="chart" id="(\w+)">(.*?)</figure>', text, re.DOTALL):
        body = figure.split("</thead>")[1]
        yield slug, [
            [html.unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
        ]  # fmt: skip


def from_csv(client: Client, place: World) -> Iterator[tuple[str, Grid]]:
    for slug in TABLES:
        answer = client.get(reverse("board_csv", args=[slug]), {"year": 2026})
        yield slug, list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def of_sheet(sheet: object, head: int = 4) -> Grid:
    """Down to the first empty row; numbers are numbers, and each ends with a whole penny."""
    grid = []
    for row in sheet.iter_rows(min_row=head + 1, values_only=True):  # type: ignore[attr-defined]
        if row[0] is None:
            break
        grid.append(["" if cell is None else str(cell) for cell in row])
    return grid


def from_xlsx(client: Client, place: World) -> Iterator[tuple[str, Grid]]:
    for slug in TABLES:
        answer = client.get(reverse("board_xlsx", args=[slug]), {"year": 2026})
        book = load_workbook(io.BytesIO(answer.content))
        yield slug, of_sheet(book.active)


def from_pack(client: Client, place: World) -> Iterator[tuple[str, Grid]]:
    pack = BoardPack.objects.get(round__partnership=place.partnership)
    book = load_workbook(io.BytesIO(packs.content(pack, "xlsx") or b""))
    for sheet in book.worksheets[1:]:
        yield sheet.title.lower(), of_sheet(sheet)


SOURCES: dict[str, Source] = {"page": from_page, "csv": from_csv, "xlsx": from_xlsx, "pack": from_pack}


def walk(place: World, names: tuple[str, ...] = tuple(SOURCES)) -> tuple[list[str], dict[str, int], int]:
    """All tables of these sources: what is off, how many amounts each source has, how many tables."""
    expected = Recomputed(place.partnership.pk).tables()
    client, wrong, counts, tables = sign_in(place.officer), [], dict.fromkeys(names, 0), 0
    for name in names:
        visited = set()
        for table, grid in SOURCES[name](client, place):
            found, seen = differences(table, grid, expected[table])
            wrong += [f"{name}: {line}" for line in found]
            counts[name] += seen
            visited.add(table)
        if visited != set(TABLES):
            wrong.append(f"{name}: tables {sorted(set(TABLES) ^ visited)} are missing")
        tables += len(visited)
    return wrong, counts, tables


def wrong_in_api(place: World) -> tuple[list[str], int]:
    """Every amount of the API against the same sources; how many there were."""
    again, secret, wrong, count = Recomputed(place.partnership.pk), token_of(place.officer), [], 0
    for row in rows(secret, "figures", year=2026):
        key = (row["organisation_id"], row["award_id"], row["quarter"], row["tier"], row["cost_heading"])
        found = {"plan": again.planned, "actual": again.spent, "committed": again.committed}
        found |= {f"forecast_q{number}": made for number, made in again.made.items()}
        for name, amounts in found.items():
            count += 1
            if Decimal(row[name] or 0) != amounts.pop(key, Decimal(0)):
                wrong.append(f"api: {name} of {key}: {row[name]}")
    left = (again.planned, again.spent, again.committed, *again.made.values())
    for row in rows(secret, "allocations", year=2026):
        held = again.held.pop((row["organisation_id"], row["award_id"]), None)
        award = again.awards[row["award_id"]][3]
        count += 2
        if (Decimal(row["amount"]), Decimal(row["award_amount"])) != (held, award):
            wrong.append(f"api: {row}: held {held}, award {award}")
    wrong += [f"api: {key} is missing" for one in (*left, again.held) for key, value in one.items() if value]
    return wrong, count


def test_every_figure_equals_its_recompute(places: Places) -> None:
    assert make_due(clock=lambda: NOW) == 2
    for place in places:
        wrong, counts, tables = walk(place)
        assert wrong == []
        assert tables == len(SOURCES) * len(TABLES) == 40
        # The same amounts everywhere. What the pack says in words can differ: it is of an earlier day.
        assert counts["page"] == counts["csv"] == counts["xlsx"] >= 100
        assert counts["pack"] >= 100
        wrong, count = wrong_in_api(place)
        assert wrong == []
        assert count >= 100


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE funding_figure SET actual = actual + 0.01 WHERE id = "
        "(SELECT MIN(id) FROM funding_figure WHERE actual > 0 AND organisation_id = %s)",
        "UPDATE funding_figure SET plan = plan - 0.01 WHERE id = "
        "(SELECT MAX(id) FROM funding_figure WHERE organisation_id = %s)",
        "UPDATE funding_allocationfigure SET amount = amount + 0.01 WHERE organisation_id = %s",
    ],
)
def test_the_walk_finds_a_penny(places: Places, fault: str) -> None:
    world, far = places
    with connection.cursor() as cursor:
        cursor.execute(fault, [world.north.pk])
        assert cursor.rowcount == 1

    wrong, _, _ = walk(world, ("page",))

    assert {line.split()[1] for line in wrong} & {"authorities", "quarters"}
    assert wrong_in_api(world)[0]
    assert wrong_in_api(far)[0] == []


def total_of(place: World, asked: dict[str, str], shown: str) -> bool:
    """Whether the returns behind a count add up to it, in one of their columns; of a year, by quarter."""
    text = sign_in(place.officer).get(reverse("board_rows_csv"), asked).content.decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(text))
    lines = [line for line in lines if line[0] != "Total"]
    sums = [
        sum((amount_of(line[column]) or Decimal(0) for line in lines), Decimal(0))
        for column in range(2, len(head) - 1)
    ]
    return amount_of(shown) in sums


def test_the_rows_of_every_figure_add_up_to_it(places: Places) -> None:
    for place in places:
        text, count = sign_in(place.officer).get(reverse("board")).content.decode(), 0
        for address, shown in re.findall(
            r'class="govuk-link chart__figure" href="[^"?]+\?([^"]+)">([^<]+)</a>', text
        ):
            asked = QueryDict(html.unescape(address)).dict()
            if asked["measure"] == MEASURE:
                assert total_of(place, asked, shown)
                continue
            _, awards, recipients, _ = figures.selected(place.partnership, asked, timezone.localdate())
            question = drill.ask(asked, year=2026, awards=awards, recipients=recipients, sees_names=False)
            found = drill.Rows(question)
            assert question.refusals == ()
            assert found.totals.amount == amount_of(shown), urlencode(asked)
            # What is listed adds up to what is said.
            assert sum(row.amount for row in found) == amount_of(shown)
            count += 1
        assert count >= 90
