"""Many returns at once: reminding, and accepting those that nothing speaks against."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from authorities.models import User
from funding.actions import returns
from funding.models import (
    BudgetLine,
    Notice,
    NoticeKind,
    QuarterlyReturn,
    ReasonCode,
    ReturnStatus,
    VarianceReason,
)
from tests.faults.neighbours import ask_query, build_neighbours
from tests.world import NOW, World

SignIn = Callable[[User], Client]
REMIND, ACCEPT = "tracker_remind", "tracker_accept"
# Close to the plan of every line of north, so that nothing is flagged; south's plan is £20,000.00.
QUIET = {"actual": "5000.00", "forecast": "4000.00"}


@pytest.fixture
def both(world: World) -> tuple[QuarterlyReturn, QuarterlyReturn]:
    """Two certified returns without a flag."""
    world.open()
    return (
        world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier, **QUIET),
        world.certify(
            world.return_of(world.south), by=world.stranger, certifier=world.south_certifier, **QUIET
        ),
    )


def status(found: QuarterlyReturn) -> str:
    return QuarterlyReturn.objects.values_list("status", flat=True).get(pk=found.pk)


def posted(*found: QuarterlyReturn) -> dict[str, object]:
    shown = {f"revision-{one.pk}": one.revision for one in found}
    return {"return": [one.pk for one in found], "confirmed": "on", **shown}


@pytest.mark.parametrize("name", [REMIND, ACCEPT])
@pytest.mark.parametrize(
    ("who", "code"), [("auditor", 403), ("approver", 403), ("lead", 404), ("board_member", 404)]
)
def test_only_an_officer_writes(
    *, name: str, who: str, code: int, both: tuple[QuarterlyReturn, ...], world: World, as_user: SignIn
) -> None:
    client = as_user(getattr(world, who))
    assert client.post(reverse(name), posted(*both)).status_code == code
    assert status(both[0]) == ReturnStatus.CERTIFIED
    assert not Notice.objects.filter(kind=NoticeKind.NUDGED).exists()


def test_clean_ones_are_accepted_together(
    both: tuple[QuarterlyReturn, ...], officer: User, as_user: SignIn
) -> None:
    client = as_user(officer)
    page = client.get(reverse(ACCEPT)).content.decode()
    assert "2 clean returns" in page
    assert "£10,000.00" in page, "north's actual"
    unticked = {**posted(*both), "confirmed": ""}
    assert "Tick the box" in client.post(reverse(ACCEPT), unticked).content.decode()
    page = client.post(reverse(ACCEPT), posted(*both), follow=True).content.decode()
    assert "Accepted: North Council, Q2 2026/27; South Council, Q2 2026/27." in page
    assert [status(one) for one in both] == [ReturnStatus.ACCEPTED] * 2


def test_the_ticked_ones_of_the_tracker_come_first(
    both: tuple[QuarterlyReturn, ...], officer: User, as_user: SignIn
) -> None:
    north, south = both
    client = as_user(officer)
    page = client.get(reverse("tracker"), {"ticked": "all"}).content.decode()
    for one in both:
        assert f'id="return-{one.pk}" value="{one.pk}" checked' in page
    page = client.post(reverse(ACCEPT), {"look": "yes", "return": [north.pk]}).content.decode()
    assert "1 clean return" in page
    assert "South Council" not in page
    assert status(north) == ReturnStatus.CERTIFIED, "looking accepts nothing"
    assert status(south) == ReturnStatus.CERTIFIED


def test_a_flagged_line_without_a_reason_is_read_first(
    *, world: World, officer: User, as_user: SignIn
) -> None:
    world.open()
    found = world.certify(
        world.return_of(world.north),
        by=world.lead,
        certifier=world.certifier,
        actual="9000.00",
        forecast="0.00",
    )
    client = as_user(officer)
    page = client.get(reverse(ACCEPT)).content.decode()
    assert "None of these returns is clean." in page
    assert "Knife crime sessions, Interventions: Spent £4,000.00 more than was planned" in page
    page = client.post(reverse(ACCEPT), posted(found), follow=True).content.decode()
    assert "North Council, Q2 2026/27 was not accepted. Something unusual was confirmed" in page
    assert status(found) == ReturnStatus.CERTIFIED


def test_with_a_reason_beside_each_flag_it_is_clean(*, world: World, officer: User, as_user: SignIn) -> None:
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead, actual="5600.00")
    for line in BudgetLine.objects.of(world.north, 2026):
        VarianceReason.objects.create(
            quarterly_return=found, budget_line=line, code=ReasonCode.MORE_DEMAND, words="Two more groups."
        )
    sent = returns.send(quarterly_return=found, by=world.lead, at=NOW)
    returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    assert "1 explained" in as_user(officer).get(reverse(ACCEPT)).content.decode()


def test_an_open_query_is_read_first(
    both: tuple[QuarterlyReturn, ...], officer: User, as_user: SignIn
) -> None:
    ask_query(both[0], officer, "Why?")
    page = as_user(officer).get(reverse(ACCEPT)).content.decode()
    assert "1 clean return" in page
    assert "A query of it is not settled." in page


def test_what_was_changed_since_it_was_shown_does_not_stop_the_others(
    *, both: tuple[QuarterlyReturn, ...], world: World, officer: User, as_user: SignIn
) -> None:
    north, south = both
    shown = posted(north, south)
    returns.query(quarterly_return=north, reason="Why?", by=officer, at=NOW)
    again = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier, **QUIET)
    again.queries.update(settled_by=officer, settled_at=NOW)
    page = as_user(officer).post(reverse(ACCEPT), shown, follow=True).content.decode()
    assert "North Council, Q2 2026/27 was not accepted. This return was changed after you opened" in page
    assert "Accepted: South Council, Q2 2026/27." in page
    assert (status(north), status(south)) == (ReturnStatus.CERTIFIED, ReturnStatus.ACCEPTED)


def test_what_somebody_else_accepted_meanwhile_is_said(
    both: tuple[QuarterlyReturn, ...], officer: User, as_user: SignIn
) -> None:
    returns.accept(quarterly_return=both[0], by=officer, at=NOW)
    page = as_user(officer).post(reverse(ACCEPT), posted(*both), follow=True).content.decode()
    assert "North Council, Q2 2026/27 was not accepted. It does not wait for the OPCC any more." in page


def test_returns_of_another_partnership_are_never_touched(
    *, both: tuple[QuarterlyReturn, ...], world: World, officer: User, as_user: SignIn
) -> None:
    far = build_neighbours(world)
    far.open()
    theirs = far.certify(far.return_of(far.north), by=far.lead, certifier=far.certifier)
    client = as_user(officer)
    assert "Far North" not in client.get(reverse(ACCEPT)).content.decode()
    client.post(reverse(ACCEPT), posted(theirs))
    client.post(reverse(REMIND), {"return": [far.return_of(far.south).pk]})
    assert status(theirs) == ReturnStatus.CERTIFIED
    assert not Notice.objects.filter(kind=NoticeKind.NUDGED).exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40, "\x00", "١"])
def test_what_is_no_number_is_no_return(number: str, world: World, officer: User, as_user: SignIn) -> None:
    world.open()
    page = as_user(officer).post(reverse(REMIND), {"return": [number]}, follow=True).content.decode()
    assert "Tick at least one return" in page
    assert as_user(officer).post(reverse(ACCEPT), {"look": "yes", "return": [number]}).status_code == 200


def test_the_ticked_are_reminded_once_a_day_and_each_result_is_said(
    *, both: tuple[QuarterlyReturn, ...], world: World, officer: User, as_user: SignIn
) -> None:
    police = world.return_of(world.police)
    chosen = {"return": [both[0].pk, police.pk]}
    page = as_user(officer).post(reverse(REMIND), chosen, follow=True).content.decode()
    assert "Reminded: Test Police, Q2 2026/27. 1 person told." in page
    assert "Not reminded: North Council, Q2 2026/27. It is not with the organisation any more." in page
    assert [one.user for one in Notice.objects.filter(kind=NoticeKind.NUDGED)] == [world.police_lead]
    page = as_user(officer).post(reverse(REMIND), chosen, follow=True).content.decode()
    assert "Not reminded: Test Police, Q2 2026/27. They were reminded today already" in page
    assert Notice.objects.filter(kind=NoticeKind.NUDGED).count() == 1
