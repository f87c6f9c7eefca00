"""What must never be false about corrections, reasons, risks, waivers and extensions, tried with raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from funding.models import QuarterlyReturn
from tests.constraints.test_ledger import refused, sql
from tests.world import Q1, Q2, World

ADJUST = (
    "INSERT INTO funding_adjustment (quarterly_return_id, corrects_id, budget_line_id, amount, reason) "
    "VALUES (%s, %s, %s, %s, 'raw')"
)


@pytest.fixture
def carrier(world: World) -> QuarterlyReturn:
    """A draft for quarter 2 of North, whose quarter 1 is certified."""
    world.open(Q1)
    world.certify(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    world.open(Q2)
    return world.fill(world.return_of(world.north), by=world.lead)


def line_of(world: World) -> int:
    return int(world.return_of(world.north, Q1).spend_lines.earliest("pk").budget_line_id)


def test_a_correction_is_signed_and_of_an_earlier_quarter(world: World, carrier: QuarterlyReturn) -> None:
    earlier, line = world.return_of(world.north, Q1), line_of(world)
    assert sql(ADJUST, carrier.pk, earlier.pk, line, "-12.34") == 1
    refused("adjustment_once", ADJUST, carrier.pk, earlier.pk, line, "1.00")
    refused("frozen_columns", "UPDATE funding_adjustment SET corrects_id = %s", carrier.pk)


@pytest.mark.parametrize("amount", ["0", "NaN", "Infinity", "-1e11"])
def test_a_correction_is_an_amount_other_than_zero(
    world: World, carrier: QuarterlyReturn, amount: str
) -> None:
    with pytest.raises(DatabaseError):
        sql(ADJUST, carrier.pk, world.return_of(world.north, Q1).pk, line_of(world), amount)


def test_a_correction_is_never_of_another_return_or_of_its_own_quarter(
    world: World, carrier: QuarterlyReturn
) -> None:
    line = line_of(world)
    refused("adjustment_of_earlier_quarter", ADJUST, carrier.pk, carrier.pk, line, "1.00")
    world.certify(world.return_of(world.south, Q1), by=world.stranger, certifier=world.south_certifier)
    stranger = world.return_of(world.south, Q1)
    refused("adjustment_of_earlier_quarter", ADJUST, carrier.pk, stranger.pk, line, "1.00")


def test_a_correction_is_of_a_quarter_that_was_certified(world: World) -> None:
    world.open(Q1)
    draft = world.fill(world.return_of(world.north, Q1), by=world.lead)
    world.open(Q2)
    carrier = world.fill(world.return_of(world.north), by=world.lead)
    line = line_of(world)
    refused("adjustment_of_earlier_quarter", ADJUST, carrier.pk, draft.pk, line, "1.00")


RISK = (
    "INSERT INTO funding_returnrisk (quarterly_return_id, title, likelihood_before, impact_before, mitigation, "
    "likelihood_after, impact_after, owner) VALUES (%s, %s, %s, %s, 'x', 1, 1, 'x')"
)
MATCH = (
    "INSERT INTO funding_matchline (quarterly_return_id, source, kind, is_secured, amount) "
    "VALUES (%s, 'Health', %s, true, %s)"
)


def test_risks_and_match_hold_to_their_scales(world: World, carrier: QuarterlyReturn) -> None:
    assert sql(RISK, carrier.pk, "Vacancy", 5, 5) == 1
    refused("risk_scores_are_one_to_five", RISK, carrier.pk, "Other", 6, 1)
    refused("risk_once", RISK, carrier.pk, "Vacancy", 1, 1)
    assert sql(MATCH, carrier.pk, "cash", "1.00") == 1
    refused("match_kind_known", MATCH, carrier.pk, "loan", "1.00")
    refused("match_line_is_money", MATCH, carrier.pk, "in_kind", "NaN")


@pytest.mark.parametrize("statement", [RISK, MATCH])
def test_nothing_is_entered_in_a_return_that_is_not_open(world: World, statement: str) -> None:
    world.open()
    sent = world.send(world.return_of(world.north), by=world.lead)
    values: tuple[object, ...] = ("Late", 1, 1) if statement == RISK else ("cash", "1.00")
    refused("return_lines_are_locked", statement, sent.pk, *values)


WAIVE = (
    "INSERT INTO funding_waiver (organisation_id, rule, reason, starts_on, ends_on, asked_by_id, asked_at, "
    "answer) VALUES (%s, %s, 'x', %s, %s, %s, now(), '')"
)


def test_a_waiver_is_decided_by_another_and_whole(world: World) -> None:
    asked = (world.north.pk, "variances", "2026-04-01", "2027-03-31", world.officer.pk)
    assert sql(WAIVE, *asked) == 1
    decide = "UPDATE funding_waiver SET is_approved = true, decided_by_id = %s, decided_at = now()"
    refused("waiver_four_eyes", decide, world.officer.pk)
    refused("waiver_decided_whole", "UPDATE funding_waiver SET is_approved = true")
    refused("frozen_columns", "UPDATE funding_waiver SET reason = 'other'")
    assert sql(decide, world.approver.pk) == 1
    with pytest.raises(DatabaseError):
        sql("DELETE FROM funding_waiver")


def test_a_waiver_is_of_a_known_rule_and_has_an_end(world: World) -> None:
    north, by = world.north.pk, world.officer.pk
    refused("waiver_rule_known", WAIVE, north, "everything", "2026-04-01", "2027-03-31", by)
    refused("waiver_days_in_order", WAIVE, north, "variances", "2026-04-01", "2026-03-31", by)


@pytest.mark.parametrize("table", ["extension", "confirmedprompt"])
def test_what_was_granted_or_confirmed_is_append_only(
    world: World, carrier: QuarterlyReturn, table: str
) -> None:
    rows = {
        "extension": "INSERT INTO funding_extension (quarterly_return_id, due_on, reason, granted_by_id, "
        "granted_at) VALUES (%s, '2026-12-31', 'x', %s, now())",
        "confirmedprompt": "INSERT INTO funding_confirmedprompt (quarterly_return_id, by_id, code, subject, "
        "fingerprint, words, at) VALUES (%s, %s, 'x', '', 'x', 'x', now())",
    }
    sql(rows[table], carrier.pk, world.officer.pk)
    for statement in (f"UPDATE funding_{table} SET id = id", f"DELETE FROM funding_{table}"):
        with pytest.raises(DatabaseError):
            sql(statement)
