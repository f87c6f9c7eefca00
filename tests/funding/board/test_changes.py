"""What has changed since the last board: every bar with its events, and their sum to the penny."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.models import Organisation, User
from funding.actions import board_packs, corrections, decisions, returns, rollups
from funding.board import changes, moments, record
from funding.board.changes import Changes, End
from funding.board.charts.waterfall import Ends, shown
from funding.board.outturn import lines, total
from funding.board.waterfall import Cause, Side, Waterfall, waterfalls
from funding.models import BudgetLine, DecisionLine, QuarterlyReturn
from funding.quarters import Quarter
from tests.conftest import sign_in
from tests.funding.board.kept import LATER, close, make
from tests.remembered import remembered
from tests.world import NOW, Q1, Q2, World, build_world

DAY = date(2026, 11, 2)
PAGE_QUERIES = 8
AFTER = LATER + timedelta(days=1)
SINCE_DAY = {"since": "day", "since_day": str(DAY), "until": "now", "year": "2026"}


def keep(at: object) -> None:
    rollups.roll_up(clock=lambda: at)  # type: ignore[arg-type,return-value]
    board_packs.take_all(clock=lambda: at)  # type: ignore[arg-type,return-value]


def people_of(world: World, body: Organisation) -> tuple[User, User]:
    return {
        world.north.pk: (world.lead, world.certifier),
        world.south.pk: (world.stranger, world.south_certifier),
        world.police.pk: (world.police_lead, world.police_certifier),
    }[body.pk]


def certify(
    world: World, body: Organisation, quarter: Quarter, actual: str, forecast: str
) -> QuarterlyReturn:
    by, certifier = people_of(world, body)
    sent = world.send(world.return_of(body, quarter), by=by, actual=actual, forecast=forecast)
    return returns.certify(quarterly_return=sent, by=certifier, at=LATER)


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AFTER)


@pytest.fixture
def then(db: None) -> World:
    return build_then()


@pytest.fixture
def changed(db: None) -> World:
    return build_changed()


@remembered
def build_then() -> World:
    """Quarter 1 as the board saw it: the north and the south accepted, the police late."""
    world = build_world()
    world.open(Q1)
    for body in (world.north, world.south):
        by, certifier = people_of(world, body)
        found = world.return_of(body, Q1)
        world.accept(found, by=by, certifier=certifier, actual="9000.10", forecast="9500.20")
    keep(NOW)
    return world


@remembered
def build_changed() -> World:
    """A month later: one reopened, one correction, two new returns, a changed plan, a decision."""
    world = build_then()
    south = world.return_of(world.south, Q1)
    returns.reopen(quarterly_return=south, reason="Counted twice.", by=world.officer, at=LATER)
    certify(world, world.south, Q1, "8000.05", "9700.00")
    certify(world, world.police, Q1, "80000.00", "91000.00")
    world.open(Q2)
    found = world.return_of(world.north, Q2)
    line = BudgetLine.objects.of(world.north, 2026)[0]
    corrections.correct(
        quarterly_return=found, revision=found.revision, corrects=world.return_of(world.north, Q1),
        budget_line=line, amount=Decimal("-250.25"), reason="Twice.", by=world.lead, at=NOW,
    )  # fmt: skip
    certified = certify(world, world.north, Q2, "10000.01", "10100.00")
    returns.accept(quarterly_return=certified, by=world.officer, at=LATER)
    decision = decisions.propose(
        grant=world.grant, reference="2026-050", reason="More for the south.",
        wanted={(world.award.pk, world.south.pk): Decimal("310000.00")},
        seen=DecisionLine.objects.approved().filter(award__grant=world.grant).allocations(),
        by=world.officer, at=LATER,
    )  # fmt: skip
    decisions.approve(decision=decision, answer="", by=world.approver, at=LATER)
    world.plan(world.south, world.award, "Detached work", ["0", "0", "4000.00", "6000.00"], by=world.stranger)
    keep(LATER)
    return world


def since_the_day(world: World) -> Changes:
    found = changes.read(world.partnership, 2026, End(day=DAY), End())
    assert found is not None
    return found


def bars(waterfall: Waterfall) -> dict[tuple[str, Cause], Decimal]:
    return {(bar.recipient.short_name, bar.cause): bar.amount for bar in waterfall.bars}


def adds_up(found: Changes) -> None:
    """Bars make the difference, events make the bars, and the ends are what the board page said."""
    for waterfall in found.waterfalls:
        assert sum((bar.amount for bar in waterfall.bars), Decimal(0)) == waterfall.difference
        assert Cause.UNEXPLAINED not in {bar.cause for bar in waterfall.bars}
        for bar in waterfall.bars:
            assert bar.events
            assert sum(event.amount for event in bar.events) == bar.amount
    ends = [total(lines(moments.whole(one, DAY))) for one in (found.since, found.until)]
    spend, forecast, allocated = found.waterfalls
    assert [spend.then, spend.now] == [one.spent for one in ends]
    assert [forecast.then, forecast.now] == [one.outturn for one in ends]
    assert [allocated.then, allocated.now] == [one.allocated for one in ends]


def test_every_bar_is_a_sum_of_events_and_all_of_them_the_difference(changed: World) -> None:
    found = since_the_day(changed)
    adds_up(found)
    spend, forecast, allocated = found.waterfalls
    assert bars(spend) == {
        ("South", Cause.CHANGED): Decimal("-1000.05"),
        ("Police", Cause.RETURNED): Decimal("80000.00"),
        ("North", Cause.RETURNED): Decimal("20000.02"),
        ("North", Cause.CORRECTED): Decimal("-250.25"),
    }
    assert (spend.then, spend.now) == (Decimal("27000.30"), Decimal("125750.02"))
    # The south: £1,000.05 less spent, £199.80 more a quarter expected for three quarters. Its new plan is
    # of quarters for which its return has a forecast already.
    assert bars(forecast)["South", Cause.CHANGED] == Decimal("-400.65")
    # The north: £999.62 more than forecast in Q2, and £1,199.60 more in each of Q3 and Q4.
    assert bars(forecast)["North", Cause.RETURNED] == Decimal("3398.82")
    assert bars(forecast)["North", Cause.CORRECTED] == Decimal("-250.25")
    assert bars(allocated) == {("South", Cause.DECIDED): Decimal("10000.00")}


def test_a_plan_moves_the_forecast_where_nothing_is_returned(then: World) -> None:
    then.plan(
        then.police, then.hotspot_award, "Extra", ["0", "0", "15000.00", "5000.50"], by=then.police_lead
    )
    keep(LATER)
    found = since_the_day(then)
    adds_up(found)
    _, forecast, _ = found.waterfalls
    assert bars(forecast) == {("Police", Cause.PLANNED): Decimal("20000.50")}
    assert [event.words for event in forecast.bars[0].events] == [
        "Plan of Q3: £90,000.00, now £105,000.00", "Plan of Q4: £90,000.00, now £95,000.50",
    ]  # fmt: skip


def test_a_return_that_is_open_again_is_taken_out(then: World) -> None:
    found = then.return_of(then.north, Q1)
    returns.reopen(quarterly_return=found, reason="Look again.", by=then.officer, at=LATER)
    keep(LATER)
    now = since_the_day(then)
    adds_up(now)
    assert bars(now.waterfalls[0]) == {("North", Cause.CHANGED): Decimal("-18000.20")}
    assert "not counted until it is certified again" in now.waterfalls[0].bars[0].events[0].words


def test_what_no_event_explains_stands_apart(changed: World) -> None:
    found = since_the_day(changed)
    one = record.from_json(found.until.content)
    spends = [
        replace(spend, actual=spend.actual + 7)
        if spend.actual and spend.recipient == changed.police.pk
        else spend
        for spend in one.spends
    ]
    spend, forecast, _ = waterfalls(Side(one, {}), Side(replace(one, spends=tuple(spends)), {}), [])
    assert bars(spend) == bars(forecast) == {("Police", Cause.UNEXPLAINED): Decimal("7.00")}
    drawn = shown(spend, Ends("then", "now"), "All funds")
    assert "not explained +£7.00" in drawn.chart.title
    assert [str(cell) for cell in drawn.chart.table.rows[1]][-1] == "no event"


def test_the_drawing_says_what_the_table_says(changed: World) -> None:
    for waterfall in since_the_day(changed).waterfalls:
        drawn = shown(waterfall, Ends("then", "now"), "All funds")
        whole, more, less = drawn.chart.panels[0].spec["data"]
        signed = [
            up if up is not None else -down for up, down in zip(more["x"][1:-1], less["x"][1:-1], strict=True)
        ]
        assert signed == [row[2] for row in drawn.chart.table.rows[1:]]
        # A bar ends where its row says: a rising one at its tip, a falling one at its foot.
        ends = [base + (up or 0) for base, up in zip(whole["base"][1:-1], more["x"][1:-1], strict=True)]
        assert ends == [row[3] for row in drawn.chart.table.rows[1:]]
        assert [whole["x"][0], whole["x"][-1]] == [waterfall.then, waterfall.now]
        assert len(set(whole["y"])) == len(whole["y"]), "equal names would be drawn as one bar"


def page_of(client: Client, asked: dict[str, str] | None = None) -> str:
    response = client.get(reverse("board_changes"), asked or {})
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_with_its_events_and_links(changed: World, django_assert_max_num_queries: object) -> None:
    officer, board = sign_in(changed.officer), sign_in(changed.board_member)
    with django_assert_max_num_queries(PAGE_QUERIES):  # type: ignore[operator]
        text = page_of(officer, SINCE_DAY)
    north = changed.return_of(changed.north, Q2)
    assert (
        "Spend that counts: £98,749.72 more, now £125,750.02 "
        "(new returns +£100,000.02, changed returns −£1,000.05, corrections −£250.25)" in text
    )
    assert f'<a class="govuk-link" href="{reverse("return", args=[north.pk])}">Return of Q2 2026/27' in text
    assert "Decision 2026-050</a>" in text
    for anchor in re.findall(r'href="#([a-z]+-\d+-[a-z]+)"', text):
        assert f'id="{anchor}"' in text
    read = page_of(board, SINCE_DAY)
    assert "Return of Q2 2026/27" in read
    assert reverse("return", args=[north.pk]) not in read
    assert "Twice." not in read
    rows = list(csv.reader(io.StringIO(csv_of(board, "spend", SINCE_DAY))))
    assert sum(Decimal(row[2]) for row in rows[2:-1]) == Decimal(rows[-1][2]) == Decimal("98749.72")


def csv_of(client: Client, table: str, asked: dict[str, str]) -> str:
    response = client.get(reverse("board_changes_csv", args=[table]), asked)
    assert response.status_code == 200
    return response.content.decode("utf-8-sig")


def test_without_a_choice_it_is_since_the_last_pack_or_the_first_record(then: World) -> None:
    client = sign_in(then.board_member)
    # No pack, and nothing is as old as the last quarter's end: from the first record on.
    assert "Spend that counts: nothing has changed, £27,000.30" in page_of(client)
    close(then)
    then.roll_up()
    pack = make()
    assert pack is not None
    certify(then, then.police, Q1, "80000.00", "91000.00")
    keep(LATER)
    text = page_of(client)
    assert "from the board pack for Q1 2026/27 to" in text
    assert "£80,000.00 more, now £107,000.30" in text
    named = {"since": f"pack-{pack.pk}", "until": "now", "year": "2026"}
    assert "£80,000.00 more, now £107,000.30" in page_of(client, named)
    both = {"since": f"pack-{pack.pk}", "until": f"pack-{pack.pk}", "year": "2026"}
    assert "nothing has changed, £27,000.30" in page_of(client, both)


def test_what_cannot_be_compared_says_so_and_keeps_what_was_typed(then: World) -> None:
    client = sign_in(then.auditor)
    for more, sentence in (
        ({"since_day": "1 11 2026"}, "Nothing was recorded of this board by then"),
        ({"since_day": "31 2 2026"}, "Enter a real date"),
        ({"since_day": ""}, "or choose a pack"),
        ({"until": "day", "until_day": "1 1 2030"}, "or an earlier one"),
        ({"since": "pack-999"}, "Select a valid choice"),
        ({"year": "x"}, "Select a valid choice"),
    ):
        asked = {**SINCE_DAY, **more}
        text = page_of(client, asked)
        assert sentence in text
        assert 'data-chart="' not in text
        if more.get("since_day"):
            assert f'value="{more["since_day"]}"' in text
        assert client.get(reverse("board_changes_csv", args=["spend"]), asked).status_code == 404
    assert client.get(reverse("board_changes_csv", args=["nothing"]), SINCE_DAY).status_code == 404
    assert sign_in(then.lead).get(reverse("board_changes_csv", args=["spend"])).status_code == 404


def test_nothing_recorded_yet(world: World) -> None:
    assert "Nothing has been recorded of this board yet." in page_of(sign_in(world.officer))
