"""One quarter that cannot be rolled up must never stop the others, nor raise a false alarm."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection

from authorities.models import Partnership
from funding.actions import plans, returns, rollups
from funding.actions.nil import declare_nil
from funding.models import (
    AllocationFigure,
    BudgetLine,
    Intervention,
    QuarterlyReturn,
    ReasonCode,
    RollUpMark,
    VarianceReason,
)
from funding.money import MAXIMUM
from tests.faults.neighbours import build_neighbours
from tests.world import NOW, World


def certified_with_huge_amounts(world: World) -> QuarterlyReturn:
    """Two budget lines of one tier and heading, each with the largest amount that the form takes."""
    plans.add_budget_line(
        intervention=Intervention.objects.get(organisation=world.north, name="Mentoring"),
        cost_heading=world.staffing,
        description="Second youth worker",
        profile=[Decimal(1)] * 4,
        by=world.lead,
        at=NOW,
    )
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead, actual=str(MAXIMUM))
    for line in BudgetLine.objects.of(world.north, 2026):
        VarianceReason.objects.create(
            quarterly_return=found, budget_line=line, code=ReasonCode.OTHER, words="The most there can be."
        )
    sent = returns.send(quarterly_return=found, by=world.lead, at=NOW)
    return returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)


def test_amounts_that_the_form_takes_can_be_rolled_up(world: World) -> None:
    certified_with_huge_amounts(world)
    rollups.roll_up(clock=lambda: NOW)
    assert RollUpMark.objects.count() == 0


def test_a_quarter_that_fails_does_not_stop_the_others(world: World) -> None:
    """Whatever makes one quarter fail (here a trigger), the quarters behind it are served."""
    far = build_neighbours(world)
    world.roll_up()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail_for_one() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NEW.organisation_id = {world.north.pk} THEN "
            "RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON funding_figure "
            "FOR EACH ROW EXECUTE FUNCTION fail_for_one()"
        )
    rollups.mark_year(organisation=world.north, year=2026, at=NOW)
    rollups.mark_year(organisation=far.north, year=2026, at=NOW)
    with suppress(DatabaseError):
        rollups.roll_up(clock=lambda: NOW)
    assert set(RollUpMark.objects.values_list("organisation", flat=True)) == {world.north.pk}


class Meanwhile:
    """Does something once, just before the first statement that holds `words`."""

    def __init__(self, words: str, action: Callable[[], object]) -> None:
        self.words, self.action, self.done = words, action, False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.words in sql and not self.done:
            self.done = True
            self.action()
        return execute(sql, params, many, context)


@pytest.mark.parametrize("organisation", ["north", "south"])
def test_a_change_during_the_nightly_recompute_is_no_difference(world: World, organisation: str) -> None:
    """The change is marked in its own transaction, after the recompute has read which quarters are marked."""
    world.roll_up()
    body = getattr(world, organisation)
    held = AllocationFigure.objects.get(organisation=body).amount

    def approve() -> None:
        world.decide({(world.award, body): str(held + 1)}, "MEANWHILE")

    with connection.execute_wrapper(Meanwhile("pg_advisory_xact_lock", approve)):
        run = rollups.recompute(
            partnership=Partnership.objects.get(pk=world.partnership.pk), clock=lambda: NOW
        )
    assert RollUpMark.objects.exists()
    assert run.differences == []


def test_a_nil_return_has_no_patrols(world: World) -> None:
    from funding.models import ReturnFigure

    world.open()
    filled = world.fill(world.return_of(world.police), by=world.police_lead)
    nil = declare_nil(
        quarterly_return=filled,
        revision=filled.revision,
        explanation="Nothing was delivered.",
        by=world.police_lead,
        at=NOW,
    )
    sent = returns.send(quarterly_return=nil, by=world.police_lead, at=NOW)
    returns.certify(quarterly_return=sent, by=world.police_certifier, at=NOW)
    world.roll_up()
    figure = ReturnFigure.objects.get(organisation=world.police)
    assert figure.is_nil
    assert not figure.hours
