"""Ways round the ledger's rules by raw SQL. Each must be refused by the database itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from funding.models import QuarterlyReturn, ReturnRound
from tests.faults.neighbours import build_neighbours, propose
from tests.world import NOW, Q1, Q2, World


@pytest.fixture
def far(world: World) -> World:
    return build_neighbours(world)


def accepted(world: World) -> QuarterlyReturn:
    world.open(Q1)
    return world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)


def draft(world: World) -> QuarterlyReturn:
    world.open(Q2)
    return world.fill(world.return_of(world.north, Q2), by=world.lead)


Hole = Callable[[World, World], tuple[str, list[object]]]


def a_return_that_begins_accepted(w: World, far: World) -> tuple[str, list[object]]:
    opened = ReturnRound.objects.create(
        partnership=w.partnership,
        year=Q1.year,
        quarter_number=Q1.number,
        due_on=Q1.due_on,
        opened_by=w.officer,
        opened_at=NOW,
    )
    return (
        "INSERT INTO funding_quarterlyreturn (round_id, organisation_id, status, revision, is_nil, progress, "
        "problems, next_steps, certified_by_id, certified_at, accepted_by_id, accepted_at) "
        "VALUES (%s, %s, 'accepted', 0, false, '', '', '', %s, now(), %s, now())",
        [opened.pk, w.north.pk, w.certifier.pk, w.officer.pk],
    )


def a_draft_that_is_accepted_at_once(w: World, far: World) -> tuple[str, list[object]]:
    return (
        "UPDATE funding_quarterlyreturn SET status = 'accepted', certified_by_id = %s, certified_at = now(), "
        "accepted_by_id = %s, accepted_at = now() WHERE id = %s",
        [w.certifier.pk, w.officer.pk, draft(w).pk],
    )


def an_acceptance_by_the_certifier(w: World, far: World) -> tuple[str, list[object]]:
    w.open(Q2)
    found = w.certify(w.return_of(w.north, Q2), by=w.lead, certifier=w.certifier)
    return (
        "UPDATE funding_quarterlyreturn SET status = 'accepted', accepted_by_id = certified_by_id, "
        "accepted_at = now() WHERE id = %s",
        [found.pk],
    )


def a_return_that_changes_hands(w: World, far: World) -> tuple[str, list[object]]:
    return (
        "UPDATE funding_quarterlyreturn SET organisation_id = %s WHERE id = %s",
        [far.north.pk, draft(w).pk],
    )


def an_accepted_return_moved_in_time_by_its_round(w: World, far: World) -> tuple[str, list[object]]:
    found = accepted(w)
    return "UPDATE funding_returnround SET quarter_number = 4 WHERE id = %s", [found.round_id]


def a_spend_line_carried_out_of_an_accepted_return(w: World, far: World) -> tuple[str, list[object]]:
    found = accepted(w)
    w.open(Q2)
    empty = w.return_of(w.north, Q2)
    return (
        "UPDATE funding_spendline SET quarterly_return_id = %s WHERE quarterly_return_id = %s",
        [empty.pk, found.pk],
    )


def a_spend_line_on_somebody_elses_budget(w: World, far: World) -> tuple[str, list[object]]:
    found = draft(w)
    return (
        "INSERT INTO funding_spendline (quarterly_return_id, budget_line_id, actual, committed) "
        "SELECT %s, line.id, 1, 0 FROM funding_budgetline line "
        "JOIN funding_intervention i ON i.id = line.intervention_id WHERE i.organisation_id = %s LIMIT 1",
        [found.pk, w.south.pk],
    )


def a_forecast_of_a_quarter_that_is_over(w: World, far: World) -> tuple[str, list[object]]:
    found = draft(w)
    return (
        "INSERT INTO funding_forecastline (quarterly_return_id, budget_line_id, quarter_number, amount) "
        "SELECT %s, budget_line_id, 2, 1 FROM funding_spendline WHERE quarterly_return_id = %s LIMIT 1",
        [found.pk, found.pk],
    )


def spend_lines_truncated(w: World, far: World) -> tuple[str, list[object]]:
    accepted(w)
    return "TRUNCATE funding_spendline", []


def forecast_lines_truncated(w: World, far: World) -> tuple[str, list[object]]:
    accepted(w)
    return "TRUNCATE funding_forecastline", []


def activity_lines_truncated(w: World, far: World) -> tuple[str, list[object]]:
    accepted(w)
    return "TRUNCATE funding_activityline", []


def the_history_of_awards_truncated(w: World, far: World) -> tuple[str, list[object]]:
    return "TRUNCATE funding_awardevent", []


def the_history_of_returns_truncated(w: World, far: World) -> tuple[str, list[object]]:
    return "TRUNCATE funding_quarterlyreturnevent", []


def awards_truncated(w: World, far: World) -> tuple[str, list[object]]:
    return "TRUNCATE funding_award CASCADE", []


def a_proposal_with_another_proposer(w: World, far: World) -> tuple[str, list[object]]:
    return (
        "UPDATE funding_decision SET proposed_by_id = %s, status = 'approved', decided_by_id = %s, "
        "decided_at = now() WHERE id = %s",
        [w.auditor.pk, w.officer.pk, propose(w, "460000.00", "HOLE").pk],
    )


def a_proposal_of_another_grant(w: World, far: World) -> tuple[str, list[object]]:
    return (
        "UPDATE funding_decision SET grant_id = %s WHERE id = %s",
        [far.grant.pk, propose(w, "460000.00", "HOLE").pk],
    )


def an_award_that_changes_its_grant(w: World, far: World) -> tuple[str, list[object]]:
    other = far.grant.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO funding_grant (partnership_id, fund_id, name, subject_to, source, hub_percent) "
            "VALUES (%s, %s, 'Empty', '', '', 0) RETURNING id",
            [far.partnership.pk, far.grant.fund_id],
        )
        (other,) = cursor.fetchone()
    return "UPDATE funding_award SET grant_id = %s WHERE id = %s", [other, w.award.pk]


def an_award_that_changes_its_year(w: World, far: World) -> tuple[str, list[object]]:
    return "UPDATE funding_award SET year = 2027 WHERE id = %s", [w.award.pk]


def a_profile_altered_after_acceptance(w: World, far: World) -> tuple[str, list[object]]:
    accepted(w)
    return "UPDATE funding_profileamount SET amount = amount + 1 WHERE quarter = 1", []


def a_profile_above_the_allocation(w: World, far: World) -> tuple[str, list[object]]:
    return "UPDATE funding_profileamount SET amount = 9999999.99 WHERE quarter = 4", []


def an_intervention_carried_to_another_organisation(w: World, far: World) -> tuple[str, list[object]]:
    accepted(w)
    return (
        "UPDATE funding_intervention SET organisation_id = %s WHERE organisation_id = %s",
        [w.south.pk, w.north.pk],
    )


def an_intervention_paid_by_another_partnership(w: World, far: World) -> tuple[str, list[object]]:
    return (
        "INSERT INTO funding_intervention (organisation_id, award_id, name, tier, theme_id, provider) "
        "VALUES (%s, %s, 'Raid', 'primary', %s, '')",
        [w.north.pk, far.award.pk, w.theme.pk],
    )


def a_return_of_another_partnerships_organisation(w: World, far: World) -> tuple[str, list[object]]:
    opened = w.open(Q1)
    return (
        "INSERT INTO funding_quarterlyreturn (round_id, organisation_id, status, revision, is_nil, progress, "
        "problems, next_steps) VALUES (%s, %s, 'not_started', 0, false, '', '', '')",
        [opened.pk, far.north.pk],
    )


def a_negative_award(w: World, far: World) -> tuple[str, list[object]]:
    return "UPDATE funding_award SET amount = -1 WHERE id = %s", [w.award.pk]


def a_budget_line_deleted_after_acceptance(w: World, far: World) -> tuple[str, list[object]]:
    accepted(w)
    return "DELETE FROM funding_budgetline WHERE true", []


def an_event_deleted(w: World, far: World) -> tuple[str, list[object]]:
    accepted(w)
    return "DELETE FROM funding_returnevent", []


def an_accepted_line_changed(w: World, far: World) -> tuple[str, list[object]]:
    accepted(w)
    return "UPDATE funding_spendline SET actual = 1", []


HOLES = [
    thing
    for name, thing in list(globals().items())
    if name.startswith(("a_", "an_", "spend_", "forecast_", "activity_", "the_", "awards_"))
    and callable(thing)
]


@pytest.mark.parametrize("hole", HOLES, ids=[hole.__name__ for hole in HOLES])
def test_the_database_refuses(world: World, far: World, hole: Hole) -> None:
    statement, parameters = hole(world, far)
    with connection.cursor() as cursor:
        # As after a commit: nothing of the arrangement is pending, so only the hole itself can be refused.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    assert "pending trigger events" not in str(refusal.value)
