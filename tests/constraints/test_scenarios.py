"""What must never be false about scenarios, tried with raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from funding.models import Scenario, ScenarioAmount, ScenarioMove
from tests.constraints.test_ledger import refused, sql
from tests.faults.neighbours import build_neighbours
from tests.funding.what_if_moves import begin, from_north_to_south
from tests.world import World

pytestmark = pytest.mark.django_db
NOW_PLEASE = "SET CONSTRAINTS ALL IMMEDIATE"
INSERT_MOVE = (
    "INSERT INTO funding_scenariomove (scenario_id, source_id, target_id, amount, moved_by_id, moved_at) "
    "VALUES (%s, %s, %s, %s, %s, now())"
)
INSERT_AMOUNT = (
    "INSERT INTO funding_scenarioamount (scenario_id, award_id, organisation_id, base, spent, wanted) "
    "VALUES (%s, %s, %s, %s, 0, 0)"
)


@pytest.fixture
def made(world: World) -> Scenario:
    found = begin(world)
    from_north_to_south(world, found)
    with connection.cursor() as cursor:
        # What was deferred is checked, and later changes wait again for the end of their transaction.
        cursor.execute(f"{NOW_PLEASE}; SET CONSTRAINTS ALL DEFERRED")
    return found


def amount(world: World, organisation: str, quarter: int) -> ScenarioAmount:
    return ScenarioAmount.objects.get(
        organisation=getattr(world, organisation), cost_heading=world.staffing, quarter=quarter
    )


def test_nobody_writes_what_a_scenario_wants(world: World, made: Scenario) -> None:
    sql("UPDATE funding_scenarioamount SET wanted = 999999")
    assert amount(world, "north", 3).wanted + amount(world, "south", 4).wanted == 30000
    assert sum(ScenarioAmount.objects.values_list("wanted", flat=True)) == made.total


def test_what_it_began_with_stands(world: World, made: Scenario) -> None:
    for table, column in (
        ("scenarioamount", "base"),
        ("scenarioamount", "quarter"),
        ("scenariomove", "amount"),
    ):
        refused("frozen_columns", f"UPDATE funding_{table} SET {column} = 3.5 + {column}")
    with pytest.raises(DatabaseError, match=r"append_only|Cannot"):
        sql("UPDATE funding_scenario SET id = id")
    with pytest.raises(DatabaseError, match="never emptied"):
        sql("TRUNCATE funding_scenario CASCADE")
    for table in ("scenario", "scenarioamount", "scenariomove"):
        with pytest.raises(DatabaseError, match=r"append_only|never_deleted|Cannot"):
            sql(f"DELETE FROM funding_{table}")


@transaction.atomic
def added(*values: object) -> None:
    """An amount where nothing stood, and what is checked when its transaction ends."""
    sql(INSERT_AMOUNT, *values)
    sql(NOW_PLEASE)


def test_money_is_not_added_to_a_scenario(world: World, made: Scenario) -> None:
    for base in ("5.00", "-5.00"):
        with pytest.raises(DatabaseError, match="keep the total"):
            added(made.pk, world.award.pk, world.police.pk, base)
    refused("scenario_amount_once", INSERT_AMOUNT, made.pk, world.award.pk, world.north.pk, "0")
    far = build_neighbours(world)
    refused("scenario_amount_of_its_year", INSERT_AMOUNT, made.pk, far.award.pk, far.north.pk, "0")
    refused("scenario_amount_of_its_year", INSERT_AMOUNT, made.pk, world.award.pk, far.north.pk, "0")


def test_a_move_stays_within_an_award_and_its_scenario_and_above_nothing(
    world: World, made: Scenario
) -> None:
    north, south = amount(world, "north", 3), amount(world, "south", 4)
    patrols = amount(world, "police", 1)
    other = begin(world, "Another")
    theirs = ScenarioAmount.objects.filter(scenario=other, award=world.award).first()
    assert theirs
    for source, target in ((north, patrols), (north, north), (north, theirs)):
        refused(
            "scenario_move_within_award", INSERT_MOVE, made.pk, source.pk, target.pk, "1.00", world.officer.pk
        )
    refused("scenario_move_within_award", INSERT_MOVE, other.pk, north.pk, south.pk, "1", world.officer.pk)
    for nothing in ("0", "-1.00", "NaN"):
        refused(
            "scenario_move_moves_money", INSERT_MOVE, made.pk, north.pk, south.pk, nothing, world.officer.pk
        )
    refused(
        "scenario_amount_not_below_spent",
        INSERT_MOVE,
        made.pk,
        north.pk,
        south.pk,
        "7500.00",
        world.officer.pk,
    )
    assert sql(INSERT_MOVE, made.pk, north.pk, south.pk, "7499.99", world.officer.pk) == 1
    assert ScenarioAmount.objects.get(pk=north.pk).wanted == 0


def test_a_move_is_taken_back_once_and_for_good(world: World, made: Scenario) -> None:
    back = "UPDATE funding_scenariomove SET taken_back_by_id = %s, taken_back_at = now()"
    refused("scenario_move_taken_back_by_and_at", "UPDATE funding_scenariomove SET taken_back_at = now()")
    assert sql(back, world.officer.pk) == 1
    assert amount(world, "north", 3).wanted == amount(world, "north", 3).base
    refused("scenario_move_taken_back_once", back, world.officer.pk)
    refused(
        "scenario_move_taken_back_once",
        "UPDATE funding_scenariomove SET taken_back_by_id = NULL, taken_back_at = NULL",
    )
    assert ScenarioMove.objects.get().taken_back_at
