"""Reminders: to whom, when, and each once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from authorities import actions as people
from authorities.models import Membership, User
from authorities.roles import Role
from funding.actions import returns, rounds
from funding.actions.reminders import call_for, remind
from funding.models import Notice, NoticeKind, QuarterlyReturn
from tests.world import NOW, Q2, START, World

K = NoticeKind
# A Monday four weeks after the cast's present. No bank holiday lies between.
DUE = date(2026, 11, 30)
OPENED = date(2026, 11, 2)


def morning(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2026, 11, 13), None),
        (date(2026, 11, 16), K.DUE_10),  # ten working days before
        (date(2026, 11, 20), K.DUE_10),  # late, and still true
        (date(2026, 11, 25), K.DUE_3),
        (date(2026, 11, 29), K.DUE_3),
        (date(2026, 11, 30), K.DUE_TODAY),
        (date(2026, 12, 1), K.OVERDUE),
    ],
)
def test_which_day_calls_for_what(on: date, kind: NoticeKind | None) -> None:
    call = call_for(DUE, opened_on=OPENED, on=on)
    assert (call and call.kind) == kind


def test_bank_holidays_are_no_working_days() -> None:
    """Between Thursday 25 March and Thursday 1 April 2027 lie Good Friday and Easter Monday."""
    due = date(2027, 4, 1)
    assert call_for(due, opened_on=date(2027, 1, 4), on=date(2027, 3, 24)).since == date(2027, 3, 16)  # type: ignore[union-attr]
    assert call_for(due, opened_on=date(2027, 1, 4), on=date(2027, 3, 25)).kind == K.DUE_3  # type: ignore[union-attr]


def test_nobody_is_told_what_the_opening_has_said() -> None:
    """Opened 4 working days before the due day: the ten-day reminder would be untrue, the next one is due."""
    assert call_for(DUE, opened_on=date(2026, 11, 24), on=date(2026, 11, 24)) is None
    assert call_for(DUE, opened_on=date(2026, 11, 24), on=date(2026, 11, 25)).kind == K.DUE_3  # type: ignore[union-attr]
    assert call_for(DUE, opened_on=date(2026, 11, 26), on=date(2026, 11, 27)) is None


def test_overdue_comes_on_the_first_working_day_after_and_then_on_mondays() -> None:
    """Due on Friday 18 December 2026: Monday, then each Monday; Monday 28 December is a bank holiday."""
    due = date(2026, 12, 18)

    def since(*day: int) -> date | None:
        call = call_for(due, opened_on=OPENED, on=date(*day))
        return call.since if call else None

    assert since(2026, 12, 19) is None  # a Saturday
    assert since(2026, 12, 21) == since(2026, 12, 24) == since(2026, 12, 28) == date(2026, 12, 21)
    assert since(2026, 12, 29) == since(2027, 1, 3) == date(2026, 12, 29)
    assert since(2027, 1, 4) == since(2027, 1, 10) == date(2027, 1, 4)


def test_overdue_never_comes_twice_in_the_first_week() -> None:
    """Due on Monday: Tuesday is the first day after, the next one is the Monday that follows."""
    days = [date(2026, 12, day) for day in range(1, 9)]
    since = [call_for(DUE, opened_on=OPENED, on=day).since for day in days]  # type: ignore[union-attr]
    assert since == [date(2026, 12, 1)] * 6 + [date(2026, 12, 7)] * 2


@pytest.fixture
def opened(world: World) -> World:
    """Every organisation has a certifier who can be reached, the hub included."""
    people.give_role(user=world.board_member, organisation=world.hub, role=Role.CERTIFIER, starts_on=START)
    User.objects.update(last_login=NOW)
    rounds.open_round(partnership=world.partnership, quarter=Q2, due_on=DUE, by=world.officer, at=NOW)
    return world


def told(kind: NoticeKind) -> set[str]:
    found = Notice.objects.filter(kind=kind).select_related("user")
    return {one.user.email.split("@", maxsplit=1)[0] for one in found}


def test_each_is_written_once(opened: World) -> None:
    assert remind(at=morning(11, 13)) == 0
    assert remind(at=morning(11, 16)) == 3  # the leads of North, South and the police; the hub has no lead
    assert remind(at=morning(11, 16)) == remind(at=morning(11, 17)) == 0
    assert told(K.DUE_10) == {"lead", "stranger", "police_lead"}
    notice = Notice.objects.get(user=opened.lead, kind=K.DUE_10)
    assert notice.subject == "North: return for Q2 2026/27 due on 30 November 2026"
    assert "in 14 days. Fill it in and send it to your certifier." in notice.body
    assert notice.path == f"/returns/{opened.return_of(opened.north).pk}/"


def test_a_job_that_missed_days_writes_what_is_true_and_nothing_stale(opened: World) -> None:
    """Away from before the ten-day reminder until two days are left."""
    assert remind(at=morning(11, 28)) == 3
    assert told(K.DUE_10) == set()
    assert "in 2 days" in Notice.objects.get(user=opened.lead, kind=K.DUE_3).body


def test_the_whole_quarter_day_by_day(opened: World) -> None:
    days = [morning(11, day) for day in range(2, 31)] + [morning(12, day) for day in range(1, 16)]
    for day in days:
        remind(at=day)
    kinds = list(
        Notice.objects.filter(user=opened.lead).order_by("written_at").values_list("kind", flat=True)
    )
    assert kinds == [K.OPENED, K.DUE_10, K.DUE_3, K.DUE_TODAY, *[K.OVERDUE] * 3]


def test_what_is_with_the_certifier_reminds_the_certifier(opened: World) -> None:
    opened.send(opened.return_of(opened.north), by=opened.lead)
    remind(at=morning(11, 25))
    assert told(K.DUE_3) == {"certifier", "stranger", "police_lead"}
    assert "It waits for your signature." in Notice.objects.get(user=opened.certifier, kind=K.DUE_3).body


def test_who_has_returned_is_left_alone_even_when_queried(opened: World) -> None:
    found = opened.certify(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    returns.query(quarterly_return=found, reason="Why?", by=opened.officer, at=NOW)
    remind(at=morning(12, 1))
    assert told(K.OVERDUE) == {"stranger", "police_lead"}


def test_more_time_begins_again(opened: World) -> None:
    remind(at=morning(11, 25))
    QuarterlyReturn.objects.filter(organisation=opened.north).update(extended_to=date(2026, 12, 14))
    remind(at=morning(12, 1))
    assert told(K.OVERDUE) == {"stranger", "police_lead"}
    remind(at=morning(12, 9))
    assert Notice.objects.filter(user=opened.lead, kind=K.DUE_3).count() == 2


def without_certifier(world: World) -> None:
    Membership.objects.filter(user=world.certifier).update(ends_on=date(2026, 11, 5))


def test_four_weeks_and_one_week_before_both_sides_are_told_that_nobody_can_certify(opened: World) -> None:
    without_certifier(opened)
    for day in range(2, 31):
        remind(at=morning(11, day))
    remind(at=morning(12, 1))

    found = Notice.objects.filter(kind=K.NO_CERTIFIER)
    assert told(K.NO_CERTIFIER) == {"lead", "officer"}
    days = sorted({one.written_at.date() for one in found})
    assert days == [date(2026, 11, 2), date(2026, 11, 23)]
    assert found.count() == 4
    notice = found.filter(user=opened.lead).earliest("written_at")
    assert notice.subject == "North: nobody can certify the return for Q2 2026/27"
    assert "due on 30 November 2026" in notice.body
    assert "Ask an administrator to name one" in notice.body
    assert notice.quarterly_return == opened.return_of(opened.north)


def test_a_missed_warning_is_made_up_once_and_the_nearer_one_takes_its_place(opened: World) -> None:
    without_certifier(opened)
    remind(at=morning(11, 12))
    remind(at=morning(11, 13))
    assert Notice.objects.filter(kind=K.NO_CERTIFIER, user=opened.lead).count() == 1
    Notice.objects.filter(kind=K.NO_CERTIFIER).delete()
    remind(at=morning(11, 27))
    assert Notice.objects.filter(kind=K.NO_CERTIFIER, user=opened.lead).count() == 1


def test_who_has_a_certifier_is_not_warned(opened: World) -> None:
    for day in (2, 9, 23, 29):
        remind(at=morning(11, day))
    assert told(K.NO_CERTIFIER) == set()
