"""The OPCC's side of a quarter, in a browser with and without JavaScript: from the review to the closed round,
and what it does for many returns, or grants to one organisation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from authorities.filters import date_words
from funding.models import Notice, NoticeKind, QuarterlyReturn, ReturnRound, ReturnStatus, Waiver
from tests.browser.conftest import SignIn
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WITH_AND_WITHOUT = pytest.mark.parametrize(
    "sign_in_as",
    [{"java_script_enabled": True}, {"java_script_enabled": False}],
    ids=["with JavaScript", "without JavaScript"],
    indirect=True,
)
NARROW, WIDE = {"width": 390, "height": 900}, {"width": 1280, "height": 900}
# Close to the plan of every line of north, so that nothing about its return asks for a second look.
QUIET = {"actual": "5000.00", "forecast": "4000.00"}
# The pages judge days by the clock on the wall: 4 weeks ahead is never in the past and never too far.
ANSWERED_BY = EXTENDED_TO = date.today() + timedelta(days=28)  # noqa: DTZ011
WHY_LOW, WHO_PAID = "Why is staffing so far below the plan?", "Which provider was paid?"


def fits(page: Page) -> None:
    """A phone shows the page without scrolling sideways."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    width = page.locator("html").evaluate("root => root.scrollWidth")
    assert width <= NARROW["width"], f"{page.url} is {width} pixels wide"
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def typed(day: date) -> str:
    """As a person enters a day."""
    return f"{day.day} {day.month} {day.year}"


def says(page: Page, text: str) -> None:
    expect(page.locator("main")).to_contain_text(text)


def refuses(page: Page, text: str) -> None:
    """The summary at the head of the page says why, and the page is still the form's."""
    expect(page.locator(".govuk-error-summary")).to_contain_text(text)
    fits(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def state(found: QuarterlyReturn) -> str:
    return QuarterlyReturn.objects.values_list("status", flat=True).get(pk=found.pk)


@WITH_AND_WITHOUT
def test_from_the_review_to_the_closed_round(sign_in_as: SignIn, live_world: World) -> None:
    world = live_world
    world.open()
    found = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    officer, lead, certifier = (sign_in_as(one) for one in (world.officer, world.lead, world.certifier))

    read(officer)
    ask_about_two_lines(officer)
    assert state(found) == ReturnStatus.QUERIED

    answer(lead, "Staffing", "A post was vacant. The figure was wrong as well.")
    answer(lead, "Interventions", "Fearless Theatre, on 30 September.")
    correct_and_send(lead)
    certify(certifier)

    settle_and_accept(officer, found)
    assert state(found) == ReturnStatus.ACCEPTED
    assert not found.queries.filter(settled_at=None).exists(), "accepting settles what is left"

    reopen(officer, found)
    lead.goto(f"/returns/{found.pk}/")
    says(lead, "The invoice of September belongs to Q3.")
    close(officer)


def read(page: Page) -> None:
    page.goto("/")
    page.locator("a", has_text="Review: North Council").click()
    fits(page)
    press(page, "Start the review")
    says(page, "You have started the review.")
    says(page, "Officer has been reading this return since")
    press(page, "Accept the return")
    refuses(page, "Tick the box")


def ask_about_two_lines(page: Page) -> None:
    for line in ("Staffing", "Interventions"):
        page.get_by_label(f"Ask about {line}", exact=True).check(force=True)
    press(page, "Query the return")
    # What was ticked stands open, and nothing has happened yet.
    low, paid = (
        page.get_by_label("Mentoring: Staffing"),
        page.get_by_label("Knife crime sessions: Interventions"),
    )
    expect(low).to_be_visible()
    expect(paid).to_be_visible()
    fits(page)
    press(page, "Query the return")
    refuses(page, "Ask at least one question")
    low.fill(WHY_LOW)
    paid.fill(WHO_PAID)
    page.get_by_label("Answer by").fill("1 1 2020")
    press(page, "Query the return")
    refuses(page, "Enter a date after today")
    expect(low).to_have_value(WHY_LOW)
    page.get_by_label("Answer by").fill(typed(ANSWERED_BY))
    press(page, "Query the return")
    says(page, "Sent back to North Council with your query.")
    says(page, "Queried")
    says(page, WHY_LOW)
    fits(page)


def answer(page: Page, line: str, text: str) -> None:
    """From the list of what is asked to the thread of one line, and an answer in it."""
    page.goto("/")
    page.locator("main a", has_text="North Council").or_(
        page.locator("main a", has_text="Q2 2026/27")
    ).first.click()
    says(page, "The OPCC asks 2 questions")
    says(page, date_words(ANSWERED_BY))
    fits(page)
    page.get_by_role("link", name="Answer").filter(has_text=line).click()
    press(page, "Answer")
    refuses(page, "Write an answer.")
    page.get_by_label("Your answer").fill(text)
    press(page, "Answer")
    says(page, "Your answer is in the thread.")
    says(page, text)
    fits(page)


def correct_and_send(page: Page) -> None:
    page.get_by_role("link", name="correct the figures where they are wrong").click()
    page.get_by_role("link", name="Spend and forecast").click()
    page.locator("input[name^='actual-']").first.fill("1,750.25")
    press(page, "Save and continue")
    page.get_by_role("link", name="Check your answers and send").click()
    press(page, "Send to the certifier")
    says(page, "With certifier")


def certify(page: Page) -> None:
    page.goto("/")
    page.locator("a", has_text="Certify: North Council").click()
    page.get_by_label("I certify this return").check()
    press(page, "Certify the return")
    says(page, "Certified")


def settle_and_accept(page: Page, found: QuarterlyReturn) -> None:
    page.goto(f"/returns/{found.pk}/review/")
    says(page, "Changed since it was last certified")
    says(page, "1,750.25")
    says(page, "Fearless Theatre, on 30 September.")
    fits(page)
    page.locator(".review__side").get_by_role("link", name="Interventions").click()
    page.get_by_label("Your reply").fill("Thank you.")
    press(page, "Reply")
    says(page, "Thank you.")
    press(page, "Settle the query")
    says(page, "The query is settled.")
    expect(page.get_by_role("button", name="Reply")).to_have_count(0)
    fits(page)
    page.goto(f"/returns/{found.pk}/review/")
    page.get_by_label("I have read the figures and accept this return").check()
    press(page, "Accept the return")
    says(page, "You have accepted the return of North Council.")


def reopen(page: Page, found: QuarterlyReturn) -> None:
    page.get_by_role("button", name="Reopen the return").click()
    press(page, "Reopen the return")
    refuses(page, "Give a reason")
    page.get_by_label("Why is the return reopened?").fill("The invoice of September belongs to Q3.")
    press(page, "Reopen the return")
    says(page, "The return is open again for North Council.")
    assert state(found) == ReturnStatus.REOPENED


def close(page: Page) -> None:
    page.goto("/tracker/")
    page.get_by_role("link", name="Close the round of Q2").click()
    says(page, "Still outstanding")
    says(page, "North Council")
    fits(page)
    press(page, "Close the round")
    refuses(page, "Tick the box to close the round.")
    page.get_by_label("I understand that a closed round is never opened again").check()
    press(page, "Close the round")
    says(page, "is closed. Its accepted returns are locked.")
    says(page, "Closed on")
    assert ReturnRound.objects.get().closed_at


@WITH_AND_WITHOUT
def test_many_at_once_and_what_is_granted_to_one(sign_in_as: SignIn, live_world: World) -> None:
    world = live_world
    world.open()
    clean = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier, **QUIET)
    south = world.return_of(world.south)
    world.send(world.return_of(world.police), by=world.police_lead)
    officer = sign_in_as(world.officer)

    remind(officer)
    accept_clean(officer)
    assert state(clean) == ReturnStatus.ACCEPTED
    give_more_time(officer, south)
    ask_waiver(officer)
    decide_waiver(sign_in_as(world.approver))

    preparer = sign_in_as(world.stranger)
    preparer.goto("/notices/")
    assert Notice.objects.filter(kind=NoticeKind.NUDGED, user=world.stranger).count() == 1
    fits(preparer)
    preparer.goto(f"/returns/{south.pk}/")
    says(preparer, date_words(EXTENDED_TO))
    says(preparer, "Waived until 31 March 2027, by Approver.")
    end_waiver(officer)
    preparer.goto(f"/returns/{south.pk}/")
    says(preparer, "Progress in words")


def remind(page: Page) -> None:
    page.goto("/tracker/")
    fits(page)
    press(page, "Remind those who are ticked")
    says(page, "Tick at least one return")
    page.get_by_role("link", name="Tick all that are shown").click()
    expect(page.locator("input[name=return]:checked")).to_have_count(4)  # those three, and the hub
    fits(page)
    press(page, "Remind those who are ticked")
    says(page, "Reminded: South Council, Q2 2026/27; Test Police, Q2 2026/27. 1 person told.")
    says(page, "Not reminded: North Council, Q2 2026/27.")
    page.get_by_label("Tick South Council, Q2 2026/27").check(force=True)
    press(page, "Remind those who are ticked")
    says(page, "Not reminded: South Council, Q2 2026/27.")


def accept_clean(page: Page) -> None:
    page.get_by_role("link", name="Tick all that are shown").click()
    press(page, "Accept the clean ones that are ticked")
    says(page, "1 clean return")
    says(page, "£10,000.00")
    fits(page)
    press(page, "Accept this return")
    refuses(page, "Tick the box to accept")
    page.get_by_label("I accept ").check()
    press(page, "Accept this return")
    says(page, "Accepted: North Council, Q2 2026/27.")


def give_more_time(page: Page, found: QuarterlyReturn) -> None:
    page.goto("/tracker/")
    page.locator(f"a[href='/returns/{found.pk}/']").click()
    page.get_by_role("button", name="Give more time").click()
    fits(page)
    press(page, "Give more time")
    refuses(page, "Give a reason")
    page.get_by_label("Why does the organisation get more time?").fill("Its finance system was down.")
    page.get_by_label("New due date").fill("1 6 2031")
    press(page, "Give more time")
    refuses(page, "Enter a date until")
    page.get_by_label("New due date").fill(typed(EXTENDED_TO))
    press(page, "Give more time")
    says(page, f"South Council has until {date_words(EXTENDED_TO)} for this return.")
    page.goto("/tracker/")
    says(page, f"until {date_words(EXTENDED_TO)}")


def ask_waiver(page: Page) -> None:
    page.get_by_role("link", name="Waivers").click()
    fits(page)
    page.get_by_role("button", name="Ask for a waiver").click()
    press(page, "Ask for the waiver")
    refuses(page, "Choose the rule.")
    page.get_by_label("For which organisation?").select_option("South Council")
    page.get_by_label("Progress in words").check()
    page.get_by_label("From the return for").select_option("Quarter 4, January to March 2027")
    page.get_by_label("Up to and including").select_option("Quarter 2, July to September 2026")
    page.get_by_label("Why?").fill("A new team.")
    press(page, "Ask for the waiver")
    refuses(page, "Choose the same quarter as the first one")
    page.get_by_label("From the return for").select_option("Quarter 2, July to September 2026")
    page.get_by_label("Up to and including").select_option("Quarter 4, January to March 2027")
    press(page, "Ask for the waiver")
    says(page, "It holds from the moment that an approver agrees.")
    expect(page.get_by_role("button", name="Confirm your answer")).to_have_count(0)
    fits(page)


def decide_waiver(page: Page) -> None:
    page.goto("/waivers/")
    page.get_by_role("link", name="South Council").click()
    page.get_by_label("Refuse", exact=True).check()
    press(page, "Confirm your answer")
    refuses(page, "Say why you refuse")
    page.get_by_label("Approve", exact=True).check()
    press(page, "Confirm your answer")
    says(page, "You have approved the waiver.")
    says(page, "In force")
    fits(page)


def end_waiver(page: Page) -> None:
    page.goto(f"/waivers/{Waiver.objects.get().pk}/")
    press(page, "End the waiver")
    says(page, "The waiver has ended.")
    says(page, "Ended")
    fits(page)
