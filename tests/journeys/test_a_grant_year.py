"""A whole financial year through the pages: an award, its shares, a plan, four returns, and what the board reads."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from celery import current_app
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.models import User
from funding.actions import board_packs, plans
from funding.board import changes
from funding.board.waterfall import Cause
from funding.models import Award, BoardSnapshot, Decision, QuarterlyReturn, RollUpMark, Tier
from funding.quarters import Quarter
from tests.conftest import sign_in
from tests.journeys.forms import fields, send
from tests.worker import broker, until, worker
from tests.world import NOW, World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
YEAR = 2025
# What the north spends in each quarter of its budget of £100,000.00, a profile of £25,000.00 each.
SPENT = ("20000.00", "24999.99", "26000.01", "21234.56")


def test_a_grant_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = build_world()
    world.roll_up()
    records: list[BoardSnapshot] = []
    with broker(tmp_path) as redis:
        monkeypatch.setitem(current_app.conf, "broker_url", redis.url)
        with worker(redis.url, tmp_path / "worker.log", beat=True):
            award_and_allocate(world)
            plan(world)
            for number, spent in enumerate(SPENT, start=1):
                open_quarter(world, number)
                return_quarter(world, Quarter(YEAR, number), spent)
                until(lambda: not RollUpMark.objects.exists(), what="The roll-up")
                records.append(newest_record(world))

    board = sign_in(world.board_member).get(f"{reverse('board')}?year={YEAR}").content.decode()
    assert "£92,234.56" in board  # all that was spent
    assert "£7,765.44" in board  # what is left of £100,000.00 at the end of the year
    call_command("reconcile", "--quiet")
    every_change_is_explained(world, records)


def newest_record(world: World) -> BoardSnapshot:
    board_packs.take_all(clock=timezone.now)
    return BoardSnapshot.objects.filter(partnership=world.partnership, year=YEAR).latest("taken_at", "pk")


def every_change_is_explained(world: World, records: list[BoardSnapshot]) -> None:
    """From quarter to quarter and over the year: what was spent is what was returned, and nothing is left over."""
    for since, later in (*pairwise(records), (records[0], records[-1])):
        for waterfall in changes.between(world.partnership, since, later).waterfalls:
            assert Cause.UNEXPLAINED not in {bar.cause for bar in waterfall.bars}
            assert sum((bar.amount for bar in waterfall.bars), Decimal(0)) == waterfall.difference
    moved = [changes.between(world.partnership, *pair).waterfalls[0].difference for pair in pairwise(records)]
    assert moved == [Decimal(spent) for spent in SPENT[1:]]


def award_and_allocate(world: World) -> None:
    officer, approver = sign_in(world.officer), sign_in(world.approver)
    send(
        officer,
        reverse("award_new", args=[world.grant.pk]),
        year=str(YEAR),
        amount="£150,000",
        status="agreed",
        basis="published",
        source="Grant agreement",
    )
    award = Award.objects.get(grant=world.grant, year=YEAR)
    assert award.amount == Decimal("150000.00")

    grid = reverse("allocations", args=[world.grant.pk])
    cell = next(
        name
        for name in fields(officer, grid)
        if name.endswith(f"{award.pk}-{world.north.pk}") and "seen" not in name
    )
    send(officer, grid, **{cell: "100,000.00", "reference": "2025-001", "reason": "The year's share."})
    decision = Decision.objects.get(reference="2025-001")
    answer = approver.post(
        reverse("decision_answer", args=[decision.pk]), {"choice": "approve", "answer": ""}
    )
    assert answer.status_code == 302


def plan(world: World) -> None:
    lead = sign_in(world.lead)
    award = Award.objects.get(grant=world.grant, year=YEAR)
    # By the action: the year is over, so the page no longer offers its award.
    intervention = plans.add_intervention(
        organisation=world.north,
        award=award,
        name="Street work",
        tier=Tier.SECONDARY,
        theme=world.theme,
        by=world.lead,
        at=NOW,
    )
    line = reverse("budget_line_new", args=[intervention.pk])
    amounts = {name: "25000" for name in fields(lead, line) if name.startswith("quarter")}
    assert len(amounts) == 4
    send(lead, line, cost_heading=str(world.staffing.pk), **amounts)


def open_quarter(world: World, number: int) -> None:
    officer = sign_in(world.officer)
    chosen = {"quarter": f"{YEAR}-{number}", "due_on": ""}
    assert officer.post(reverse("round_new"), chosen).status_code == 200
    due_on = Quarter(YEAR, number).due_on.isoformat()
    answer = officer.post(reverse("round_new"), chosen | {"due_on": due_on, "confirmed": "yes"})
    assert answer.status_code == 302


def return_quarter(world: World, quarter: Quarter, spent: str) -> None:
    found = QuarterlyReturn.objects.get(round__year=quarter.year, round__quarter_number=quarter.number)
    lead = sign_in(world.lead)

    def page(name: str) -> str:
        return reverse(name, args=[found.pk])

    actual = {name: spent for name in fields(lead, page("return_spend")) if name.startswith("actual-")}
    send(lead, page("return_spend"), **actual)
    counts = {
        name: "10"
        for name in fields(lead, page("return_activity"))
        if name != "revision" and "csrf" not in name
    }
    send(lead, page("return_activity"), **counts)
    send(lead, page("return_narrative"), progress=f"Street workers were out every evening of {quarter}.")
    reason = {"spend_rag_reason": "Close to the plan.", "delivery_rag_reason": "Every evening was staffed."}
    send(lead, page("return_ratings"), spend_rag="amber_green", delivery_rag="green", **reason)
    send(lead, page("return_check"))
    send(sign_in(world.certifier), page("return_certify"), certified="on")
    accept(sign_in(world.officer), page("return_review"))
    found.refresh_from_db()
    assert found.status == "accepted"


def accept(officer: Client, address: str) -> None:
    send(officer, address)  # the first form of the page starts the review
    send(officer, address, accepted="on")


def test_a_stranger_finds_no_way_in() -> None:
    """The same addresses, from another authority: nothing is there."""
    world = build_world()
    world.open()
    found = world.return_of(world.north)
    stranger: User = world.stranger
    for name in (
        "return",
        "return_spend",
        "return_activity",
        "return_narrative",
        "return_check",
        "return_nil",
    ):
        assert sign_in(stranger).get(reverse(name, args=[found.pk])).status_code == 404
        assert sign_in(stranger).post(reverse(name, args=[found.pk]), {"revision": "0"}).status_code in (
            404,
            405,
        )
