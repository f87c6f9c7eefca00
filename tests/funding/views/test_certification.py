"""Checking, sending, taking back, certifying and declining a return."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from authorities import actions as people
from authorities.models import User
from authorities.roles import Role
from funding.actions.nil import declare_nil
from funding.models import QuarterlyReturn, ReturnEvent, ReturnStatus
from funding.return_parts import parts
from tests.world import NOW, START, World

SignIn = Callable[[User], Client]
PAGES = ("return_check", "return_recall", "return_certify")


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


@pytest.fixture
def sent(found: QuarterlyReturn, world: World, lead: User) -> QuarterlyReturn:
    return world.send(found, by=lead)


def status(found: QuarterlyReturn) -> str:
    return QuarterlyReturn.objects.values_list("status", flat=True).get(pk=found.pk)


# --- the checklist -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "who", "code"),
    [
        ("return_check", "stranger", 404),
        ("return_recall", "stranger", 404),
        ("return_certify", "south_certifier", 404),
        *[(page, "board_member", 404) for page in PAGES],
        *[(page, "auditor", 403) for page in PAGES],
        *[(page, "officer", 403) for page in PAGES],
        # Without the right to write, the answer is the same for every number.
        ("return_certify", "stranger", 403),
        ("return_recall", "south_certifier", 403),
    ],
)
def test_strangers_find_nothing_and_readers_may_not_write(
    *, page: str, who: str, code: int, sent: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    response = as_user(getattr(world, who)).post(reverse(page, args=[sent.pk]), {"no": "yes", "reason": "x"})
    assert response.status_code == code
    assert status(sent) == ReturnStatus.WITH_CERTIFIER


@pytest.mark.parametrize("page", ["return_check", "return_certify"])
@pytest.mark.parametrize("who", ["stranger", "south_certifier", "board_member", "administrator"])
def test_strangers_see_no_page(
    page: str, who: str, sent: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    assert as_user(getattr(world, who)).get(reverse(page, args=[sent.pk])).status_code == 404


def test_each_part_is_kept_to_its_role(
    sent: QuarterlyReturn, lead: User, certifier: User, as_user: SignIn
) -> None:
    assert as_user(lead).get(reverse("return_certify", args=[sent.pk])).status_code == 403
    assert as_user(lead).post(reverse("return_certify", args=[sent.pk])).status_code == 403
    assert as_user(certifier).get(reverse("return_check", args=[sent.pk])).status_code == 403
    assert as_user(certifier).post(reverse("return_recall", args=[sent.pk])).status_code == 403
    assert status(sent) == ReturnStatus.WITH_CERTIFIER


def test_other_methods_are_refused(
    sent: QuarterlyReturn, lead: User, certifier: User, as_user: SignIn
) -> None:
    assert as_user(lead).delete(reverse("return_check", args=[sent.pk])).status_code == 405
    assert as_user(lead).delete(reverse("return_recall", args=[sent.pk])).status_code == 405
    assert as_user(lead).get(reverse("return_recall", args=[sent.pk])).status_code == 302
    assert as_user(certifier).put(reverse("return_certify", args=[sent.pk])).status_code == 405


def test_a_number_that_was_never_given_is_not_found(lead: User, certifier: User, as_user: SignIn) -> None:
    assert as_user(lead).get(reverse("return_check", args=[999999])).status_code == 404
    assert as_user(lead).post(reverse("return_recall", args=[999999])).status_code == 404
    assert as_user(certifier).get(reverse("return_certify", args=[999999])).status_code == 404


# --- check and send ------------------------------------------------------------------------


def test_a_finished_return_is_checked_and_sent(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    world.fill(found, by=lead)
    address = reverse("return_check", args=[found.pk])
    page = as_user(lead).get(address).content.decode()
    assert "Send to the certifier" in page
    assert "£2,000.00" in page, "two lines of £1,000.00"
    stale = as_user(lead).post(address).content.decode()
    assert "Somebody else was quicker" in stale or "changed" in stale, "a page without its revision"
    found.refresh_from_db()
    response = as_user(lead).post(address, {"revision": found.revision})
    assert response["Location"] == reverse("return", args=[found.pk])
    assert status(found) == ReturnStatus.WITH_CERTIFIER


def test_an_unfinished_return_names_what_is_left(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    address = reverse("return_check", args=[found.pk])
    page = as_user(lead).get(address).content.decode()
    assert "Finish these parts before you send the return" in page
    assert "Send to the certifier" not in page
    page = as_user(lead).post(address).content.decode()
    assert (
        "Finish these parts before you send the return: Spend and forecast, Activity, Progress in words, "
        "Ratings and risks." in page
    )
    assert status(found) == ReturnStatus.NOT_STARTED


def test_the_page_and_the_action_agree_on_what_is_left(
    found: QuarterlyReturn, world: World, lead: User, police_lead: User, as_user: SignIn
) -> None:
    police = world.return_of(world.police)
    for one, person in ((found, lead), (police, police_lead)):
        address = reverse("return_check", args=[one.pk])
        left = [part.label for part in parts(one) if not part.is_done]
        shown = as_user(person).get(address).content.decode()
        assert len(left) == 4
        assert all(f">{label}</a></li>" in shown for label in left)
        world.fill(one, by=person)
        assert all(part.is_done for part in parts(world.return_of(one.organisation)))
        assert "Send to the certifier" in as_user(person).get(address).content.decode()


def test_what_is_worth_a_look_is_said(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    world.fill(found, by=lead, actual="300000.00", forecast="200000.00")
    page = as_user(lead).get(reverse("return_check", args=[found.pk])).content.decode()
    assert "Spent £290,000.00 more than was planned for the quarter." in page
    assert "The year is forecast to go £660,000.00 over the budget." in page
    assert "Spent and committed together are £260,500.00 over the budget." in page
    assert "£950,000.00 more than your allocation of £450,000.00" in page
    assert "Send to the certifier" in page, "a warning does not stop"


def test_nothing_spent_against_a_plan_is_said(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    world.fill(found, by=lead, actual="0.00")
    page = as_user(lead).get(reverse("return_check", args=[found.pk])).content.decode()
    assert "Nothing was spent; £10,000.00 was planned." in page


def test_a_nil_return_is_not_blamed_for_spending_nothing(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    declare_nil(quarterly_return=found, revision=0, explanation="Vacant.", by=lead, at=NOW)
    page = as_user(lead).get(reverse("return_check", args=[found.pk])).content.decode()
    assert "This is a nil return" in page
    assert "Nothing was spent; " not in page


def test_a_sent_return_cannot_be_checked_again(sent: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    address = reverse("return_check", args=[sent.pk])
    response = as_user(lead).get(address, follow=True)
    assert response.redirect_chain == [(reverse("return", args=[sent.pk]), 302)]
    assert "Take it back before you change it." in response.content.decode()
    assert "This return is with its certifier." in as_user(lead).post(address).content.decode()


@pytest.mark.parametrize("extra", [0, 12])
def test_checking_costs_the_same_queries_for_many_lines(
    *,
    extra: int,
    found: QuarterlyReturn,
    world: World,
    lead: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for number in range(extra):
        world.plan(world.north, world.award, f"More {number}", ["10.00"] * 4, by=lead)
    world.fill(found, by=lead)
    client = as_user(lead)
    with django_assert_num_queries(9):
        client.get(reverse("return_check", args=[found.pk]))


# --- take back -----------------------------------------------------------------------------


def test_a_sent_return_is_taken_back(sent: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    response = as_user(lead).post(reverse("return_recall", args=[sent.pk]), follow=True)
    assert "You have taken the return back." in response.content.decode()
    assert status(sent) == ReturnStatus.DRAFT


def test_a_certified_return_is_not_taken_back(
    found: QuarterlyReturn, world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.certify(found, by=lead, certifier=certifier)
    response = as_user(lead).post(reverse("return_recall", args=[found.pk]), follow=True)
    assert "It can only be changed if the OPCC queries it." in response.content.decode()
    assert status(found) == ReturnStatus.CERTIFIED


# --- certify and decline -------------------------------------------------------------------


def test_the_certifier_signs_what_was_read(sent: QuarterlyReturn, certifier: User, as_user: SignIn) -> None:
    address = reverse("return_certify", args=[sent.pk])
    page = as_user(certifier).get(address).content.decode()
    for words in ("accruals basis", "net of VAT", "no amount is carried", "section 151 officer"):
        assert words in page
    assert "Certify the return </button>" in " ".join(page.split())
    response = as_user(certifier).post(address, {"revision": sent.revision, "certified": "on"}, follow=True)
    page = response.content.decode()
    assert "You have certified the return." in page
    assert "Certified by" in page
    assert "London time" in page
    assert status(sent) == ReturnStatus.CERTIFIED


def test_nothing_is_signed_without_the_tick(sent: QuarterlyReturn, certifier: User, as_user: SignIn) -> None:
    page = (
        as_user(certifier)
        .post(reverse("return_certify", args=[sent.pk]), {"revision": sent.revision})
        .content.decode()
    )
    assert "Tick the box to certify the return." in page
    assert status(sent) == ReturnStatus.WITH_CERTIFIER


def test_figures_changed_meanwhile_are_read_before_they_are_signed(
    sent: QuarterlyReturn, world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    as_user(lead).post(reverse("return_recall", args=[sent.pk]))
    changed = world.send(world.return_of(world.north), by=lead, actual="9999.00")
    address = reverse("return_certify", args=[sent.pk])
    page = as_user(certifier).post(address, {"revision": sent.revision, "certified": "on"}).content.decode()
    assert "This return was changed after you opened this page." in page
    assert "£9,999.00" in page
    assert f'name="revision" value="{changed.revision}"' in page
    assert status(sent) == ReturnStatus.WITH_CERTIFIER
    as_user(certifier).post(address, {"revision": changed.revision, "certified": "on"})
    assert status(sent) == ReturnStatus.CERTIFIED


def test_a_person_who_prepared_the_return_is_told_so(
    sent: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    people.give_role(user=lead, organisation=world.north, role=Role.CERTIFIER, starts_on=START)
    both = lead.memberships.get(role=Role.CERTIFIER)
    client = as_user(lead)
    session = client.session
    session["acting_for"] = both.pk
    session.save()
    address = reverse("return_certify", args=[sent.pk])
    sentence = "You prepared part of this return, so somebody else must certify it."
    page = client.get(address).content.decode()
    assert sentence in page
    assert "Certify the return </button>" not in " ".join(page.split())
    page = client.post(address, {"revision": sent.revision, "certified": "on"}).content.decode()
    assert "so somebody else must certify it." in page
    assert status(sent) == ReturnStatus.WITH_CERTIFIER


def test_declining_needs_a_reason_and_shows_it_to_the_lead(
    sent: QuarterlyReturn, lead: User, certifier: User, as_user: SignIn
) -> None:
    address = reverse("return_certify", args=[sent.pk])
    page = as_user(certifier).post(address, {"no": "yes", "reason": " "}).content.decode()
    assert "Give a reason, so that the people who prepare the return know what to do." in page
    assert status(sent) == ReturnStatus.WITH_CERTIFIER
    as_user(certifier).post(address, {"no": "yes", "reason": "Staffing is not accrued."})
    assert status(sent) == ReturnStatus.DRAFT
    page = as_user(lead).get(reverse("return", args=[sent.pk])).content.decode()
    assert "Your certifier declined the return" in page
    assert page.count("Staffing is not accrued.") == 2, "at the top and in the history"


def test_a_certified_return_is_not_certified_again(
    found: QuarterlyReturn, world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    signed = world.certify(found, by=lead, certifier=certifier)
    address = reverse("return_certify", args=[found.pk])
    assert as_user(certifier).get(address)["Location"] == reverse("return", args=[found.pk])
    page = as_user(certifier).post(address, {"revision": signed.revision, "certified": "on"}).content.decode()
    assert "waiting for the OPCC to accept it" in page
    page = as_user(certifier).post(address, {"no": "yes", "reason": "Too late, kept."}).content.decode()
    assert "Too late, kept.</textarea>" in page
    assert ReturnEvent.objects.filter(quarterly_return=found, verb="certify").count() == 1


def test_the_certifier_of_the_police_sees_no_name_of_a_hotspot(
    world: World, police_lead: User, as_user: SignIn
) -> None:
    world.open()
    police = world.send(world.return_of(world.police), by=police_lead)
    page = as_user(world.police_certifier).get(reverse("return_certify", args=[police.pk])).content.decode()
    assert "H01" in page
    assert "Secret Street" not in page


@pytest.mark.parametrize("extra", [0, 12])
def test_certifying_costs_the_same_queries_for_many_lines(
    *,
    extra: int,
    found: QuarterlyReturn,
    world: World,
    lead: User,
    certifier: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for number in range(extra):
        world.plan(world.north, world.award, f"More {number}", ["10.00"] * 4, by=lead)
    world.send(found, by=lead)
    client = as_user(certifier)
    with django_assert_num_queries(10):
        client.get(reverse("return_certify", args=[found.pk]))
