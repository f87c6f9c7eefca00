"""The OPCC's answer to a certified return."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities import actions as people
from authorities.models import User
from authorities.roles import Role
from funding.actions import returns, reviews
from funding.models import (
    BudgetLine,
    Notice,
    QuarterlyReturn,
    ReasonCode,
    ReturnQuery,
    ReturnStatus,
    RollUpMark,
    VarianceReason,
)
from funding.quarters import london_day, working_days_after
from tests.world import NOW, Q1, Q2, START, World

SignIn = Callable[[User], Client]


@pytest.fixture
def certified(signed_world: World) -> QuarterlyReturn:
    return signed_world.return_of(signed_world.north)


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


def test_starting_the_review_shows_everybody_who_reads(
    certified: QuarterlyReturn, officer: User, lead: User, as_user: SignIn
) -> None:
    page = as_user(officer).post(address_of(certified), {"start": "yes"}, follow=True).content.decode()
    assert status(certified) == ReturnStatus.IN_REVIEW
    assert "Officer has been reading this return since" in page
    assert "Start the review" not in page
    page = as_user(lead).get(reverse("return", args=[certified.pk])).content.decode()
    assert "In review" in page
    assert "began the review" in page


def test_the_review_is_started_once(certified: QuarterlyReturn, officer: User, as_user: SignIn) -> None:
    client = as_user(officer)
    client.post(address_of(certified), {"start": "yes"})
    page = client.post(address_of(certified), {"start": "yes"}, follow=True).content.decode()
    assert "The OPCC is reviewing this return." in page
    assert status(certified) == ReturnStatus.IN_REVIEW


def test_who_certified_it_is_told_that_another_accepts(
    world: World, officer: User, lead: User, as_user: SignIn
) -> None:
    people.give_role(user=officer, organisation=world.north, role=Role.CERTIFIER, starts_on=START)
    world.open()
    certified = world.certify(world.return_of(world.north), by=lead, certifier=officer)
    client = as_user(officer)
    assert "somebody else must accept it" in client.get(address_of(certified)).content.decode()
    page = client.post(address_of(certified), {"revision": certified.revision, "accepted": "on"})
    assert "somebody else must accept it" in page.content.decode()
    assert status(certified) == ReturnStatus.CERTIFIED


# --- querying it ---------------------------------------------------------------------------


def query_of(found: QuarterlyReturn) -> str:
    return reverse("return_query", args=[found.pk])


def test_a_query_about_a_line_reaches_the_lead(
    *, certified: QuarterlyReturn, world: World, officer: User, lead: User, as_user: SignIn
) -> None:
    line = BudgetLine.objects.of(world.north, 2026)[0]
    data = {f"ask-line-{line.pk}": "Why is mentoring\nso low?", "due_on": "1 6 2027", "reason": ""}
    as_user(officer).post(query_of(certified), data)
    assert status(certified) == ReturnStatus.QUERIED
    asked = ReturnQuery.objects.get()
    assert (asked.budget_line, asked.part, asked.due_on) == (line, "spend", date(2027, 6, 1))
    page = as_user(lead).get(reverse("return", args=[certified.pk])).content.decode()
    assert "The OPCC asks" in page
    assert "Why is mentoring\nso low?" in page
    assert "by 1 June 2027" in page
    assert reverse("query", args=[asked.pk]) in page


def test_ticked_lines_stand_open_and_the_usual_day_is_filled_in(
    certified: QuarterlyReturn, world: World, officer: User, as_user: SignIn
) -> None:
    first, second = BudgetLine.objects.of(world.north, 2026)
    page = as_user(officer).get(query_of(certified), {"about": f"line-{second.pk}"}).content.decode()
    asked, others = page.split("Other lines and parts")
    assert f"ask-line-{second.pk}" in asked
    assert f"ask-line-{first.pk}" in others
    expected = working_days_after(london_day(timezone.now()), 10)
    assert f'value="{expected:%d %m %Y}"' in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"due_on": "1 6 2027"}, "Ask at least one question"),
        ({"due_on": "1 6 2020", "reason": "Why?"}, "Enter a date after today"),
        ({"due_on": "1 6 2099", "reason": "Why?"}, "Enter a date after today"),
        ({"due_on": "", "reason": "Why?"}, "Enter a date, like"),
        ({"due_on": "1 6 2027", "reason": "x" * 1001}, "Shorten this to 1000 characters"),
    ],
)
def test_a_query_that_lacks_something_keeps_what_was_typed(
    *, data: dict[str, str], sentence: str, certified: QuarterlyReturn, officer: User, as_user: SignIn
) -> None:
    page = as_user(officer).post(query_of(certified), {"ask-part-match": "  ", **data}).content.decode()
    assert sentence in page
    assert data.get("reason", "") in page
    assert status(certified) == ReturnStatus.CERTIFIED
    assert not ReturnQuery.objects.exists()


def test_one_question_about_the_whole_return_is_enough(
    certified: QuarterlyReturn, officer: User, as_user: SignIn
) -> None:
    as_user(officer).post(query_of(certified), {"due_on": "1 6 2027", "reason": "What changed?"})
    asked = ReturnQuery.objects.get()
    assert (asked.part, asked.question) == ("whole", "What changed?")


def test_a_question_about_a_line_of_another_return_is_never_asked(
    certified: QuarterlyReturn, world: World, officer: User, as_user: SignIn
) -> None:
    foreign = BudgetLine.objects.of(world.south, 2026)[0]
    data = {f"ask-line-{foreign.pk}": "Why?", "due_on": "1 6 2027"}
    assert "Ask at least one question" in as_user(officer).post(query_of(certified), data).content.decode()
    assert not ReturnQuery.objects.exists()


@pytest.mark.parametrize(
    ("who", "code"), [("lead", 403), ("auditor", 403), ("approver", 403), ("board_member", 404)]
)
@pytest.mark.parametrize("page", ["return_query", "return_reopen"])
def test_only_an_officer_queries_and_reopens(
    *, who: str, code: int, page: str, certified: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    assert as_user(getattr(world, who)).get(reverse(page, args=[certified.pk])).status_code == code


def test_what_was_queried_and_signed_again_is_read_again(
    *, certified: QuarterlyReturn, world: World, officer: User, lead: User, certifier: User, as_user: SignIn
) -> None:
    client = as_user(officer)
    client.post(query_of(certified), {"due_on": "1 6 2027", "reason": "Check line 1."})
    again = world.certify(world.return_of(world.north), by=lead, certifier=certifier, actual="4444.00")
    page = client.post(
        address_of(certified), {"revision": certified.revision, "accepted": "on"}
    ).content.decode()
    assert "This return was changed after you opened this page." in page
    assert "£4,444.00" in page
    assert "Changed since it was last certified" in page
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
    data = {"due_on": "1 6 2027", "reason": "Kept text."}
    page = as_user(officer).post(query_of(found), data).content.decode()
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


def test_variance_reason_and_ratings_stand_beside_the_figures(
    *, world: World, officer: User, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.open()
    found = world.fill(world.return_of(world.north), by=lead, actual="4000.00")
    line = BudgetLine.objects.of(world.north, 2026)[0]
    VarianceReason.objects.create(
        quarterly_return=found,
        budget_line=line,
        code=ReasonCode.VACANCY,
        words="The mentor left in July.",
        recovers_on=date(2027, 1, 31),
    )
    sent = returns.send(quarterly_return=found, by=lead, at=NOW)
    returns.certify(quarterly_return=sent, by=certifier, at=NOW)
    page = as_user(officer).get(address_of(found)).content.decode()
    assert "−£6,000.00" in page
    assert "−60.0%" in page
    assert "A post was vacant." in page
    assert "The mentor left in July." in page
    assert "Back on plan by 31 January 2027." in page
    assert "<dt>Delivery</dt>" in page
    assert "Spend is behind the plan." in page


# --- reopening it --------------------------------------------------------------------------


def test_an_accepted_return_is_reopened_with_a_reason(
    *, certified: QuarterlyReturn, officer: User, lead: User, as_user: SignIn
) -> None:
    client, address = as_user(officer), reverse("return_reopen", args=[certified.pk])
    client.post(address_of(certified), {"revision": certified.revision, "accepted": "on"})
    assert "leave the board" in client.get(address).content.decode()
    assert "Give a reason" in client.post(address, {"reason": " "}).content.decode()
    RollUpMark.objects.all().delete()
    client.post(address, {"reason": "The invoice was counted twice."})
    assert status(certified) == ReturnStatus.REOPENED
    assert RollUpMark.objects.exists(), "the board has to leave it out"
    page = as_user(lead).get(reverse("return", args=[certified.pk])).content.decode()
    assert "The OPCC has reopened the return" in page
    assert "The invoice was counted twice." in page


def test_a_closed_round_says_which_lock_and_what_to_do(
    *, certified: QuarterlyReturn, world: World, officer: User, lead: User, as_user: SignIn
) -> None:
    returns.accept(quarterly_return=certified, by=officer, at=NOW)
    reviews.close_round(opened=certified.round, by=officer, at=NOW)
    address = reverse("return_reopen", args=[certified.pk])
    page = as_user(officer).get(address, follow=True).content.decode()
    assert "The round of this return is closed" in page
    assert "Carry a correction in the return of a later quarter." in page
    assert "never changes" in as_user(officer).post(address, {"reason": "Late news."}).content.decode()
    assert status(certified) == ReturnStatus.LOCKED
    assert (
        "round of this return is closed"
        in as_user(lead).get(reverse("return", args=[certified.pk])).content.decode()
    )


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


def test_a_query_about_a_hotspot_tells_nobody_its_name(
    world: World, officer: User, police_lead: User, as_user: SignIn
) -> None:
    """The reason stands in the history, and goes out by e-mail: auditors and certifiers read it too."""
    assert world.hotspot
    world.open()
    police = world.certify(world.return_of(world.police), by=police_lead, certifier=world.police_certifier)
    data = {f"ask-hotspot-{world.hotspot.pk}": "Why so few hours?", "due_on": "1 6 2027", "reason": ""}
    as_user(officer).post(query_of(police), data)
    assert status(police) == ReturnStatus.QUERIED
    for who in (world.auditor, world.police_certifier):
        page = as_user(who).get(reverse("return", args=[police.pk])).content.decode()
        assert "Questions about Hotspot H01." in page
        assert "Secret" not in page
    assert not [text for text in Notice.objects.values_list("body", flat=True) if "Secret" in text]


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
