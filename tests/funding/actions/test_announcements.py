"""Who hears of each move, in what words, and never the person who made it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authorities import actions as people
from authorities.models import Membership, Partnership, User
from authorities.roles import Role
from funding.actions import announcements, notices, returns, reviews
from funding.models import (
    EmailState,
    Extension,
    Notice,
    NoticeKind,
    QuarterlyReturn,
    ReturnQuery,
    WaivedRule,
    Waiver,
)
from tests.world import NOW, START, World

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def opened(world: World) -> World:
    world.open()
    return world


def told(kind: NoticeKind) -> dict[str, str]:
    """The subjects of the notices of a kind, by the person's name as in the cast."""
    found = Notice.objects.filter(kind=kind).select_related("user")
    return {one.user.email.split("@", maxsplit=1)[0]: one.subject for one in found}


def one(kind: NoticeKind, user: User) -> Notice:
    return Notice.objects.get(kind=kind, user=user)


def test_opening_tells_those_who_prepare_and_certify_by_when(opened: World) -> None:
    assert set(told(NoticeKind.OPENED)) == {
        *("lead", "certifier", "stranger", "south_certifier", "police_lead", "police_certifier"),
    }
    notice = one(NoticeKind.OPENED, opened.lead)
    assert notice.subject == "North: Q2 2026/27 is open for returns"
    assert "certified by 2 November 2026" in notice.body
    assert notice.path == f"/returns/{opened.return_of(opened.north).pk}/"
    assert notice.email_state == EmailState.WAITING
    assert notice.organisation == opened.north


def test_sending_tells_the_certifier_and_the_deputy(opened: World) -> None:
    deputy = people.add_person(email="deputy@test.example", name="Deputy")
    membership = people.give_role(
        user=deputy,
        organisation=opened.north,
        role=Role.CERTIFIER,
        starts_on=START,
        ends_on=date(2026, 12, 1),
    )
    Membership.objects.filter(pk=membership.pk).update(deputy_for=opened.certifier.memberships.get())

    found = opened.send(opened.return_of(opened.north), by=opened.lead)

    assert set(told(NoticeKind.TO_CERTIFY)) == {"certifier", "deputy"}
    notice = one(NoticeKind.TO_CERTIFY, opened.certifier)
    assert notice.path == f"/returns/{found.pk}/certify/"
    assert "Lead has sent you the return of North Council for Quarter 2" in notice.body
    assert "by 2 November 2026" in notice.body


def test_declining_tells_the_preparers_why(opened: World) -> None:
    found = opened.send(opened.return_of(opened.north), by=opened.lead)
    returns.decline(quarterly_return=found, reason="Line 2 is {wrong}.", by=opened.certifier, at=LATER)
    assert set(told(NoticeKind.DECLINED)) == {"lead"}
    assert one(NoticeKind.DECLINED, opened.lead).body.endswith("What Certifier wrote: Line 2 is {wrong}.")


def test_certifying_tells_the_officers_to_review_and_the_preparers_that_they_are_done(opened: World) -> None:
    found = opened.certify(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    assert told(NoticeKind.CERTIFIED) == {
        "officer": "North, Q2 2026/27: a certified return waits for your review",
        "lead": "North, Q2 2026/27: the return is certified",
    }
    assert one(NoticeKind.CERTIFIED, opened.officer).path == f"/returns/{found.pk}/review/"


def test_a_query_says_until_when_and_its_answer_goes_to_the_officers(opened: World) -> None:
    found = opened.certify(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    returns.query(
        quarterly_return=found,
        reason="Why so little?",
        due_on=date(2026, 11, 20),
        by=opened.officer,
        at=LATER,
    )
    assert set(told(NoticeKind.QUERIED)) == {"lead"}
    assert "by 20 November 2026" in one(NoticeKind.QUERIED, opened.lead).body

    query = ReturnQuery.objects.get(quarterly_return=found)
    reviews.reply(query=query, text="A post was vacant.", by=opened.lead, at=LATER)
    assert set(told(NoticeKind.ANSWERED)) == {"officer"}


def test_the_usual_days_to_answer_stand_in_the_notice(opened: World) -> None:
    found = opened.certify(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    returns.query(quarterly_return=found, reason="Why?", by=opened.officer, at=LATER)
    asked = ReturnQuery.objects.get(quarterly_return=found)
    assert asked.due_on == date(2026, 11, 16)
    assert "by 16 November 2026" in one(NoticeKind.QUERIED, opened.lead).body


def test_accepting_and_reopening_tell_preparers_and_certifiers(opened: World) -> None:
    found = opened.accept(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    assert set(told(NoticeKind.ACCEPTED)) == {"lead", "certifier"}
    returns.reopen(quarterly_return=found, reason="A line was left out.", by=opened.officer, at=LATER)
    assert set(told(NoticeKind.REOPENED)) == {"lead", "certifier"}


def test_going_back_to_the_certified_version_tells_the_officers(opened: World) -> None:
    found = opened.accept(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    found = returns.reopen(quarterly_return=found, reason="Check line 1.", by=opened.officer, at=LATER)
    Notice.objects.all().delete()
    reviews.revert(quarterly_return=found, reason="It was right.", by=opened.lead, at=LATER)
    assert told(NoticeKind.CERTIFIED) == {"officer": "North, Q2 2026/27: the certified figures stand"}


def test_who_made_the_move_is_not_told(opened: World) -> None:
    people.give_role(user=opened.lead, organisation=opened.north, role=Role.CERTIFIER, starts_on=START)
    opened.send(opened.return_of(opened.north), by=opened.lead)
    assert set(told(NoticeKind.TO_CERTIFY)) == {"certifier"}


def test_who_has_left_or_is_closed_is_not_told(opened: World) -> None:
    Membership.objects.filter(user=opened.certifier).update(ends_on="2026-10-01")
    User.objects.filter(pk=opened.officer.pk).update(is_active=False)
    found = opened.send(opened.return_of(opened.north), by=opened.lead)
    assert told(NoticeKind.TO_CERTIFY) == {}
    announcements.announce(found, verb="certify", by=opened.certifier, at=LATER, reason="")
    assert set(told(NoticeKind.CERTIFIED)) == {"lead"}


def test_another_organisation_hears_nothing(opened: World) -> None:
    opened.certify(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    kinds = set(Notice.objects.filter(user=opened.stranger).values_list("kind", flat=True))
    assert kinds == {NoticeKind.OPENED}


def test_a_move_that_is_rolled_back_tells_nobody(opened: World) -> None:
    found = opened.send(opened.return_of(opened.north), by=opened.lead)
    with pytest.raises(returns.UnableToMoveReturn):
        returns.decline(quarterly_return=found, reason=" ", by=opened.certifier, at=LATER)
    assert told(NoticeKind.DECLINED) == {}


def test_a_training_partnership_sends_no_e_mail(opened: World) -> None:
    real = people.found_partnership(name="Real", police_force_code="E23000001", board_name="Board")
    Partnership.objects.filter(pk=opened.partnership.pk).update(training_for=real)
    opened.send(opened.return_of(opened.north), by=opened.lead)
    assert one(NoticeKind.TO_CERTIFY, opened.certifier).email_state == EmailState.NONE


def test_a_kind_that_is_not_wanted_by_e_mail_stands_in_the_portal_only(opened: World) -> None:
    notices.choose(by_email=set(NoticeKind.values) - {NoticeKind.TO_CERTIFY}, by=opened.certifier)
    opened.certify(opened.return_of(opened.north), by=opened.lead, certifier=opened.certifier)
    assert one(NoticeKind.TO_CERTIFY, opened.certifier).email_state == EmailState.NONE
    assert one(NoticeKind.CERTIFIED, opened.lead).email_state == EmailState.WAITING


def test_more_people_cost_no_more_queries(opened: World) -> None:
    def cost(found: QuarterlyReturn, minutes: int) -> int:
        at = NOW + timedelta(minutes=minutes)
        with CaptureQueriesContext(connection) as queries:
            announcements.announce(found, verb="certify", by=opened.certifier, at=at, reason="")
        return len(queries)

    found = opened.return_of(opened.north)
    few = cost(found, 1)
    for number in range(12):
        user = people.add_person(email=f"more{number}@test.example", name=f"More {number}")
        role, place = (Role.LEAD, opened.north) if number % 2 else (Role.OFFICER, opened.hub)
        people.give_role(user=user, organisation=place, role=role, starts_on=START)
    assert cost(found, 2) == few
    assert Notice.objects.filter(kind=NoticeKind.CERTIFIED).count() == 2 + 14


def test_more_time_is_told_to_the_organisation(opened: World) -> None:
    found = opened.return_of(opened.north)
    extension = Extension.objects.create(
        quarterly_return=found,
        due_on=date(2026, 11, 20),
        reason="Flooding.",
        granted_by=opened.officer,
        granted_at=NOW,
    )
    announcements.extended(extension, by=opened.officer, at=NOW)
    assert set(told(NoticeKind.EXTENDED)) == {"lead", "certifier"}
    assert "by 20 November 2026" in one(NoticeKind.EXTENDED, opened.lead).body
    assert "Flooding." in one(NoticeKind.EXTENDED, opened.lead).body


def test_a_waiver_is_told_to_who_decides_and_then_to_who_asked(opened: World) -> None:
    waiver = Waiver.objects.create(
        organisation=opened.north, rule=WaivedRule.ACTIVITY, reason="A new provider.", starts_on=date(2026, 10, 1),
        ends_on=date(2027, 3, 31), asked_by=opened.officer, asked_at=NOW,
    )  # fmt: skip
    announcements.waiver(waiver, by=opened.officer, at=NOW)
    assert set(told(NoticeKind.WAIVER)) == {"approver"}
    waiver.is_approved, waiver.decided_by, waiver.decided_at = True, opened.approver, LATER
    waiver.save()
    announcements.waiver(waiver, by=opened.approver, at=LATER)
    assert set(told(NoticeKind.WAIVER)) == {"approver", "officer", "lead"}
    assert "a waiver was approved" in one(NoticeKind.WAIVER, opened.lead).subject


def test_a_nudge_reaches_a_person_once_a_london_day(opened: World) -> None:
    found = opened.return_of(opened.north)
    assert announcements.nudge(found, by=opened.officer, at=NOW) == 1
    assert announcements.nudge(found, by=opened.officer, at=LATER) == 0
    assert announcements.nudge(found, by=opened.officer, at=NOW + timedelta(days=1)) == 1
    assert set(told(NoticeKind.NUDGED)) == {"lead"}


def test_a_nudge_goes_to_the_certifier_when_the_return_is_there_and_to_nobody_when_it_is_done(
    opened: World,
) -> None:
    found = opened.send(opened.return_of(opened.north), by=opened.lead)
    assert announcements.nudge(found, by=opened.officer, at=NOW) == 1
    assert set(told(NoticeKind.NUDGED)) == {"certifier"}
    found = returns.certify(quarterly_return=found, by=opened.certifier, at=LATER)
    assert announcements.nudge(found, by=opened.officer, at=LATER) == 0
