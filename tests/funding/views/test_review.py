"""The OPCC's answer to a certified return."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from authorities.models import User
from funding.models import QuarterlyReturn, ReturnStatus, RollUpMark
from tests.world import Q1, Q2, World

SignIn = Callable[[User], Client]


@pytest.fixture
def certified(world: World, lead: User, certifier: User) -> QuarterlyReturn:
    world.open()
    return world.certify(world.return_of(world.north), by=lead, certifier=certifier)


def address_of(found: QuarterlyReturn) -> str:
    return reverse("return_review", args=[found.pk])


def status(found: QuarterlyReturn) -> str:
    return QuarterlyReturn.objects.values_list("status", flat=True).get(pk=found.pk)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("stranger", 404),
        ("board_member", 404),
        ("administrator", 404),
        ("lead", 403),
        ("certifier", 403),
        ("auditor", 403),
        ("approver", 403),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_an_officer_reviews(
    *, who: str, code: int, method: str, certified: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    data = {"revision": certified.revision, "accepted": "on"}
    response = getattr(as_user(getattr(world, who)), method)(address_of(certified), data)
    # To write without the right is refused before the return is looked for.
    assert response.status_code == (403 if method == "post" and who == "stranger" else code)
    assert status(certified) == ReturnStatus.CERTIFIED


def test_other_methods_and_numbers(certified: QuarterlyReturn, officer: User, as_user: SignIn) -> None:
    assert as_user(officer).delete(address_of(certified)).status_code == 405
    assert as_user(officer).get(reverse("return_review", args=[999999])).status_code == 404


def test_the_officer_accepts(certified: QuarterlyReturn, officer: User, as_user: SignIn) -> None:
    RollUpMark.objects.all().delete()
    response = as_user(officer).post(
        address_of(certified), {"revision": certified.revision, "accepted": "on"}, follow=True
    )
    assert "You have accepted the return of North Council." in response.content.decode()
    assert status(certified) == ReturnStatus.ACCEPTED
    assert RollUpMark.objects.exists(), "the board has to count it again"


def test_nothing_is_accepted_without_the_tick(
    certified: QuarterlyReturn, officer: User, as_user: SignIn
) -> None:
    page = as_user(officer).post(address_of(certified), {"revision": certified.revision}).content.decode()
    assert "Tick the box to accept the return." in page
    assert status(certified) == ReturnStatus.CERTIFIED


def test_a_query_needs_a_reason_and_reaches_the_lead(
    certified: QuarterlyReturn, officer: User, lead: User, as_user: SignIn
) -> None:
    page = as_user(officer).post(address_of(certified), {"no": "yes", "reason": ""}).content.decode()
    assert "Give a reason" in page
    as_user(officer).post(address_of(certified), {"no": "yes", "reason": "Why is mentoring\nso low?"})
    assert status(certified) == ReturnStatus.QUERIED
    page = as_user(lead).get(reverse("return", args=[certified.pk])).content.decode()
    assert "The OPCC asks" in page
    assert "Why is mentoring\nso low?" in page


def test_what_was_queried_and_signed_again_is_read_again(
    *, certified: QuarterlyReturn, world: World, officer: User, lead: User, certifier: User, as_user: SignIn
) -> None:
    client = as_user(officer)
    client.post(address_of(certified), {"no": "yes", "reason": "Check line 1."})
    again = world.certify(world.return_of(world.north), by=lead, certifier=certifier, actual="4444.00")
    page = client.post(
        address_of(certified), {"revision": certified.revision, "accepted": "on"}
    ).content.decode()
    assert "This return was changed after you opened this page." in page
    assert "£4,444.00" in page
    assert status(certified) == ReturnStatus.CERTIFIED
    client.post(address_of(certified), {"revision": again.revision, "accepted": "on"})
    assert status(certified) == ReturnStatus.ACCEPTED


def test_a_return_that_is_not_certified_says_where_it_is(
    world: World, officer: User, lead: User, as_user: SignIn
) -> None:
    world.open()
    found = world.send(world.return_of(world.north), by=lead)
    response = as_user(officer).get(address_of(found), follow=True)
    assert response.redirect_chain == [(reverse("return", args=[found.pk]), 302)]
    assert "This return is with its certifier." in response.content.decode()
    page = as_user(officer).post(address_of(found), {"no": "yes", "reason": "Kept text."}).content.decode()
    assert "This return is with its certifier." in page
    assert "Kept text.</textarea>" in page


def test_plan_last_quarter_and_flags_stand_side_by_side(
    world: World, officer: User, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.open(Q1)
    world.accept(
        world.return_of(world.north, Q1), by=lead, certifier=certifier, actual="901.00", forecast="1102.00"
    )
    world.open(Q2)
    second = world.return_of(world.north, Q2)
    world.certify(second, by=lead, certifier=certifier, actual="11003.00", forecast="20004.00")
    page = as_user(officer).get(address_of(second)).content.decode()
    for text in ("£901.00", "£1,102.00", "£10,000.00", "£11,003.00", "£40,008.00"):
        assert text in page
    assert "Spent £1,003.00 more than was planned for the quarter." in page
    assert "The year is forecast to go £11,912.00 over the budget." in page


def test_ten_per_cent_over_the_profile_is_not_flagged(
    world: World, officer: User, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.open()
    found = world.return_of(world.north)
    world.certify(found, by=lead, certifier=certifier, actual="5500.00", forecast="0.00")
    assert "more than was planned" not in as_user(officer).get(address_of(found)).content.decode()


def test_an_officer_sees_the_names_of_hotspots(
    world: World, officer: User, police_lead: User, as_user: SignIn
) -> None:
    world.open()
    police = world.certify(world.return_of(world.police), by=police_lead, certifier=world.police_certifier)
    assert "H01, Secret Street" in as_user(officer).get(address_of(police)).content.decode()


@pytest.mark.parametrize("extra", [0, 12])
def test_reviewing_costs_the_same_queries_for_many_lines(
    *,
    extra: int,
    world: World,
    officer: User,
    lead: User,
    certifier: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for number in range(extra):
        world.plan(world.north, world.award, f"More {number}", ["10.00"] * 4, by=lead)
    world.open()
    found = world.certify(world.return_of(world.north), by=lead, certifier=certifier)
    client = as_user(officer)
    with django_assert_num_queries(8):
        client.get(address_of(found))
