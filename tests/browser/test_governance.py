"""A decision of the board from asking to its outcome, in a browser without JavaScript, as each side sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from authorities.filters import date_words
from funding.models import BoardQuestion, Meeting
from funding.quarters import london_day
from tests.browser.conftest import SignIn
from tests.browser.test_opcc import fits, press, refuses, says, typed
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize(
    "sign_in_as", [{"java_script_enabled": False}], ids=["without JavaScript"], indirect=True
)
def test_a_decision_from_asking_to_its_outcome(sign_in_as: SignIn, live_world: World) -> None:
    officer, member = sign_in_as(live_world.officer), sign_in_as(live_world.board_member)
    today = london_day(timezone.now())
    officer.goto("/board/")
    officer.get_by_role("link", name="Meetings", exact=True).click()
    says(officer, "No meeting of the board is planned.")
    officer.get_by_role("button", name="Plan a meeting").click()
    officer.get_by_label("Where the board meets").fill("Town hall")
    press(officer, "Plan the meeting")
    refuses(officer, "Enter a date")
    expect(officer.get_by_label("Where the board meets")).to_have_value("Town hall")
    officer.get_by_label("Day of the meeting").fill(typed(today))
    press(officer, "Plan the meeting")
    says(officer, f"The board meets on {date_words(today)}.")
    fits(officer)

    officer.get_by_role("button", name="Ask for a decision").click()
    officer.get_by_label("Title").fill("Move money to the North")
    officer.get_by_label("What is the board asked to decide?").fill("Shall £84,000 move to the North?")
    officer.get_by_label("What do you recommend?").fill("Agree.")
    officer.get_by_label("Amount (optional)").fill("84,000")
    press(officer, "Ask for the decision")
    says(officer, "Shall £84,000 move to the North?")

    member.goto("/board/")
    says(member, f"The board is asked for one decision on {date_words(today)}.")
    says(member, "Move money to the North: £84,000.00")
    member.get_by_role("link", name=f"The meeting of {date_words(today)}").click()
    says(member, "No outcome yet")
    expect(member.get_by_role("link", name="Record the outcome")).to_have_count(0)
    fits(member)

    officer.get_by_role("link", name="Record the outcome").click()
    officer.get_by_label("Agreed", exact=True).check()
    press(officer, "Record the outcome")
    refuses(officer, "Give the outcome in words")
    expect(officer.get_by_label("Agreed", exact=True)).to_be_checked()
    officer.get_by_label("In words").fill("Agreed, if it is spent by 31 March.")
    press(officer, "Record the outcome")
    says(officer, "The outcome is recorded.")

    member.reload()
    says(member, f"Agreed on {date_words(today)}. Agreed, if it is spent by 31 March.")
    member.goto("/board/")
    says(member, "Nothing is asked of the board for its next meeting.")
    assert Meeting.objects.get().held_on == today
    assert BoardQuestion.objects.get().outcome_on - today == timedelta(0)  # type: ignore[operator]
