"""More time for one organisation, and rules waived for it: asked by one person, decided by another."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from authorities import actions as people
from authorities.models import User
from authorities.roles import Role
from funding.actions import leniency, returns
from funding.actions.errors import UnableToDo, UnableToMoveReturn
from funding.models import Extension, WaivedRule, Waiver
from funding.return_parts import unfinished
from tests.world import NOW, Q2, START, World

LATER = date(2026, 12, 4)


def extend(
    world: World, due_on: date = LATER, reason: str = "Staff were ill.", by: User | None = None
) -> Extension:
    found = world.return_of(world.north)
    return leniency.extend(
        quarterly_return=found, due_on=due_on, reason=reason, by=by or world.officer, at=NOW
    )


def test_one_organisation_gets_more_time_and_the_others_keep_their_day(world: World) -> None:
    world.open()
    assert world.return_of(world.north).is_late(date(2026, 11, 3)), "due on 2 November"
    granted = extend(world)
    assert (granted.due_on, granted.granted_by) == (LATER, world.officer)
    found = world.return_of(world.north)
    assert found.due_on == LATER
    assert not found.is_late(LATER)
    assert found.is_late(date(2026, 12, 5))
    assert world.return_of(world.south).due_on == Q2.due_on


def test_a_second_extension_holds_and_the_first_is_kept(world: World) -> None:
    world.open()
    extend(world)
    extend(world, date(2026, 12, 18), "Still ill.")
    assert world.return_of(world.north).due_on == date(2026, 12, 18)
    assert [one.reason for one in Extension.objects.all()] == ["Staff were ill.", "Still ill."]


@pytest.mark.parametrize(
    ("due_on", "reason", "sentence"),
    [
        (date(2026, 11, 2), "Ill.", "is due on 2 November 2026 already"),
        (date(2026, 10, 1), "Ill.", "is due on 2 November 2026 already"),
        (date(2027, 5, 1), "Ill.", "Enter a date until 30 April 2027"),
        (LATER, " ", "Give a reason"),
    ],
)
def test_what_is_no_extension_is_refused(world: World, due_on: date, reason: str, sentence: str) -> None:
    world.open()
    with pytest.raises(UnableToMoveReturn, match=sentence):
        extend(world, due_on, reason)
    assert not Extension.objects.exists()
    assert world.return_of(world.north).extended_to is None


def test_the_new_day_lies_after_today(world: World) -> None:
    world.open()
    found = world.return_of(world.north)
    at = NOW.replace(month=12, day=10)
    with pytest.raises(UnableToMoveReturn, match="after today"):
        leniency.extend(quarterly_return=found, due_on=LATER, reason="Ill.", by=world.officer, at=at)


@pytest.mark.parametrize("who", ["lead", "certifier", "approver", "auditor", "administrator"])
def test_only_an_officer_gives_more_time(world: World, who: str) -> None:
    world.open()
    with pytest.raises(UnableToMoveReturn, match="Your role"):
        extend(world, by=getattr(world, who))


def test_a_certified_return_needs_no_more_time(world: World) -> None:
    world.open()
    world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    with pytest.raises(UnableToMoveReturn, match="certified already"):
        extend(world)


# --- waivers -------------------------------------------------------------------------------


def ask(
    world: World, rule: WaivedRule = WaivedRule.NARRATIVE, by: User | None = None, **days: date
) -> Waiver:
    content = {"starts_on": Q2.starts_on, "ends_on": date(2027, 3, 31), **days}
    return leniency.ask_waiver(
        organisation=world.north, rule=rule, reason="A new team.", by=by or world.officer, at=NOW, **content
    )


def decide(
    world: World, waiver: Waiver, *, approve: bool = True, by: User | None = None, answer: str = ""
) -> Waiver:
    return leniency.decide_waiver(
        waiver=waiver, approve=approve, answer=answer, by=by or world.approver, at=NOW
    )


def left_of(world: World) -> list[str]:
    return [part.code for part in unfinished(world.return_of(world.north))]


def test_a_waiver_holds_from_its_approval_on_and_not_before(world: World) -> None:
    world.open()
    waiver = ask(world)
    assert "narrative" in left_of(world)
    decide(world, waiver)
    assert "narrative" not in left_of(world)
    assert "activity" in left_of(world), "another rule stands"
    assert "narrative" in [part.code for part in unfinished(world.return_of(world.south))]


def test_a_refused_waiver_does_not_hold_and_says_why(world: World) -> None:
    world.open()
    waiver = ask(world)
    with pytest.raises(leniency.UnableToWaive, match="Say why"):
        decide(world, waiver, approve=False)
    decide(world, waiver, approve=False, answer="Two ratings take a minute.")
    assert "narrative" in left_of(world)
    assert ask(world), "it can be asked for again"


def test_it_is_decided_once_and_never_by_who_asked(world: World) -> None:
    people.give_role(user=world.officer, organisation=world.hub, role=Role.APPROVER, starts_on=START)
    waiver = ask(world)
    with pytest.raises(leniency.UnableToWaive, match="somebody else"):
        decide(world, waiver, by=world.officer)
    sql = "UPDATE funding_waiver SET is_approved = true, decided_by_id = asked_by_id, decided_at = now()"
    with (
        pytest.raises(DatabaseError, match="waiver_four_eyes"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(sql)
    decide(world, waiver)
    with pytest.raises(leniency.UnableToWaive, match="decided already"):
        decide(world, waiver, approve=False, answer="After all.")


@pytest.mark.parametrize("who", ["lead", "certifier", "auditor", "stranger", "administrator"])
def test_who_may_not_ask_or_decide(world: World, who: str) -> None:
    waiver = ask(world)
    for attempt in (
        lambda: ask(world, WaivedRule.ACTIVITY, by=getattr(world, who)),
        lambda: decide(world, waiver, by=getattr(world, who)),
    ):
        with pytest.raises(UnableToDo):
            attempt()
    with pytest.raises(leniency.UnableToWaive):
        leniency.end_waiver(waiver=waiver, by=getattr(world, who), at=NOW)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"ends_on": date(2027, 4, 1)}, "financial year 2026 to 2027 at the latest"),
        ({"starts_on": date(2026, 3, 31)}, "financial year 2025 to 2026 at the latest"),
        ({"ends_on": date(2026, 6, 30)}, "must not be before"),
        ({"ends_on": date(2026, 10, 31)}, "over already"),
    ],
)
def test_days_that_make_no_waiver(world: World, days: dict[str, date], sentence: str) -> None:
    with pytest.raises(leniency.UnableToWaive, match=sentence):
        ask(world, **days)
    assert not Waiver.objects.exists()


def test_the_same_rule_is_not_waived_twice_at_a_time(world: World) -> None:
    ask(world)
    with pytest.raises(leniency.UnableToWaive, match="on some of these days"):
        ask(world)
    assert ask(world, WaivedRule.ACTIVITY)


def test_it_ends_early_for_later_quarters_and_stays_for_those_that_are_over(world: World) -> None:
    world.open()
    waiver = decide(world, ask(world))
    ended = leniency.end_waiver(waiver=waiver, by=world.approver, at=NOW)
    assert (ended.ends_on, ended.ended_by) == (date(2026, 11, 2), world.approver)
    assert "narrative" not in left_of(world), "quarter 2 was over before"
    with pytest.raises(leniency.UnableToWaive, match="ended already"):
        leniency.end_waiver(waiver=ended, by=world.officer, at=NOW)


def test_one_that_has_not_begun_never_holds_for_a_quarter(world: World) -> None:
    waiver = decide(world, ask(world, starts_on=date(2027, 1, 1)))
    ended = leniency.end_waiver(waiver=waiver, by=world.officer, at=NOW)
    assert ended.ends_on == date(2027, 1, 1)
    assert not Waiver.objects.holding(date(2027, 3, 31)).exists()


def test_what_was_asked_never_changes(world: World) -> None:
    ask(world)
    for sql in ("UPDATE funding_waiver SET reason = 'x'", "DELETE FROM funding_waiver"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_waived_part_lets_the_return_be_sent(world: World) -> None:
    world.open()
    decide(world, ask(world))
    found = world.fill(world.return_of(world.north), by=world.lead)
    type(found).objects.filter(pk=found.pk).update(progress="")
    assert returns.send(quarterly_return=world.return_of(world.north), by=world.lead, at=NOW).prepared_by
