"""Confirm or correct: what keeps a return from being sent, and what lets it go."""

from __future__ import annotations

import pytest
from django.urls import reverse

from funding.actions import entries, returns
from funding.actions.entries import UnableToSave
from funding.actions.errors import UnableToMoveReturn
from funding.actions.nil import declare_nil
from funding.actions.prompts import confirm
from funding.actions.ratings import Rating, save_ratings
from funding.models import Adjustment, BudgetLine, ConfirmedPrompt, QuarterlyReturn, Rag, ReturnStatus
from funding.prompts import prompts, unconfirmed
from tests.conftest import sign_in
from tests.world import NOW, Q1, Q2, World


@pytest.fixture
def green(world: World) -> QuarterlyReturn:
    """£2,000.00 spent of £15,000.00, and rated green."""
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead)
    rating = Rating(Rag.GREEN, "All is well.")
    return save_ratings(
        quarterly_return=found,
        revision=found.revision,
        spend=rating,
        delivery=rating,
        risks=[],
        by=world.lead,
        at=NOW,
    )


def waiting(found: QuarterlyReturn) -> list[str]:
    return [prompt.code for prompt in unconfirmed(prompts(found))]


def say(world: World, found: QuarterlyReturn, words: str = "Invoices come in spring.") -> QuarterlyReturn:
    keys = {prompt.key: words for prompt in unconfirmed(prompts(found))}
    return confirm(quarterly_return=found, revision=found.revision, words=keys, by=world.lead, at=NOW)


def test_a_return_waits_until_what_it_is_asked_is_confirmed(world: World, green: QuarterlyReturn) -> None:
    assert waiting(green) == ["green_underspend"]
    with pytest.raises(UnableToMoveReturn, match="1 thing waits for you to confirm or correct"):
        returns.send(quarterly_return=green, by=world.lead, at=NOW)

    confirmed = say(world, green)

    assert waiting(confirmed) == []
    assert prompts(confirmed)[0].words == "Invoices come in spring."
    sent = returns.send(quarterly_return=confirmed, by=world.lead, at=NOW)
    assert sent.status == ReturnStatus.WITH_CERTIFIER


def test_correcting_takes_the_prompt_away(world: World, green: QuarterlyReturn) -> None:
    rating = Rating(Rag.AMBER, "Behind the plan.")
    corrected = save_ratings(
        quarterly_return=green,
        revision=green.revision,
        spend=rating,
        delivery=rating,
        risks=[],
        by=world.lead,
        at=NOW,
    )
    assert waiting(corrected) == []


def test_changed_figures_ask_again_and_the_old_ones_do_not(world: World, green: QuarterlyReturn) -> None:
    confirmed = say(world, green)
    world.fill(confirmed, by=world.lead, actual="1000.01")
    rating = Rating(Rag.GREEN, "All is well.")

    def rated(found: QuarterlyReturn) -> QuarterlyReturn:
        return save_ratings(
            quarterly_return=found,
            revision=found.revision,
            spend=rating,
            delivery=rating,
            risks=[],
            by=world.lead,
            at=NOW,
        )

    assert waiting(rated(world.return_of(world.north))) == ["green_underspend"]
    world.fill(world.return_of(world.north), by=world.lead, actual="1000.00")
    assert waiting(rated(world.return_of(world.north))) == []


def test_what_is_not_asked_cannot_be_confirmed(world: World, green: QuarterlyReturn) -> None:
    with pytest.raises(UnableToSave, match="The figures have changed"):
        confirm(
            quarterly_return=green,
            revision=green.revision,
            words={"same_words--0123456789ab": "It is so."},
            by=world.lead,
            at=NOW,
        )
    green.refresh_from_db()
    with pytest.raises(UnableToSave, match="Write a few words"):
        say(world, green, words="  ")
    assert not ConfirmedPrompt.objects.exists()


def test_who_confirmed_does_not_certify(world: World, green: QuarterlyReturn) -> None:
    say(world, green)
    assert green.events.filter(by=world.lead, verb="save").exists()


@pytest.mark.parametrize("kind", ["north", "police"])
def test_a_nil_return_is_asked_nothing_and_is_sent_at_once(world: World, kind: str) -> None:
    world.open(Q1)
    world.open(Q2)
    body, by = getattr(world, kind), world.lead if kind == "north" else world.police_lead
    for quarter in (Q1, Q2):
        found = world.return_of(body, quarter)
        declared = declare_nil(
            quarterly_return=found, revision=0, explanation="Nothing began.", by=by, at=NOW
        )
        assert prompts(declared) == []
        sent = returns.send(quarterly_return=declared, by=by, at=NOW)
        assert sent.status == ReturnStatus.WITH_CERTIFIER


def test_the_history_reads_across_quarters(world: World) -> None:
    world.open(Q1)
    world.open(Q2)
    world.accept(
        world.return_of(world.north, Q1),
        by=world.lead,
        certifier=world.certifier,
        actual="9000.00",
        forecast="1.00",
    )
    found = world.fill(world.return_of(world.north, Q2), by=world.lead, actual="4000.00", forecast="0.00")
    found = entries.save_narrative(
        quarterly_return=found,
        revision=found.revision,
        progress=world.return_of(world.north, Q1).progress.upper(),
        problems="",
        next_steps="",
        by=world.lead,
        at=NOW,
    )
    by_code = {prompt.code: prompt.why for prompt in prompts(found)}
    # Two lines: £18,000.00 spent and £6.00 forecast in quarter 1; £8,000.00 spent since.
    assert "expected £18,006.00 for the whole year. £26,000.00 is spent already" in by_code["above_forecast"]
    assert "£34,000.01 of the year's budget is left" in by_code["nothing_forecast"]
    assert "same_words" in by_code


def test_the_check_page_asks_and_those_who_sign_and_read_see_the_words(
    world: World, green: QuarterlyReturn
) -> None:
    lead, address = sign_in(world.lead), reverse("return_check", args=[green.pk])
    page = lead.get(address).content.decode()
    assert "Confirm or correct" in page
    assert "which is 86% less" in page
    assert "Send to the certifier" not in page
    (prompt,) = prompts(green)
    body = {"revision": green.revision, "confirm": "yes"}
    assert "Write a few words for what is right" in lead.post(address, body).content.decode()
    short = lead.post(address, {**body, f"words-{prompt.key}": "Right"}).content.decode()
    assert "Write a few words, so that your certifier" in short
    assert ">Right</textarea>" in short

    answer = lead.post(address, {**body, f"words-{prompt.key}": "Invoices come in spring."})

    assert answer["Location"] == address
    assert "Send to the certifier" in lead.get(address).content.decode()
    green.refresh_from_db()
    assert lead.post(address, {"revision": green.revision}).status_code == 302
    for person, name in ((world.certifier, "return_certify"), (world.officer, "return")):
        shown = sign_in(person).get(reverse(name, args=[green.pk])).content.decode()
        assert "Invoices come in spring." in shown


def test_a_correction_of_an_earlier_quarter_counts_as_spent(world: World) -> None:
    """£8,600.00 was expected of the year, and as much is spent. A penny of an earlier quarter makes it more."""
    world.open(Q1)
    earlier = world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead, actual="3300.00")
    assert "above_forecast" not in {prompt.code for prompt in prompts(found)}
    line = BudgetLine.objects.of(world.north, 2026)[0]
    Adjustment.objects.create(
        quarterly_return=found, corrects=earlier, budget_line=line, amount="0.01", reason="A late invoice."
    )
    why = {prompt.code: prompt.why for prompt in prompts(found)}["above_forecast"]
    assert why == "Your last return expected £8,600.00 for the whole year. £8,600.01 is spent already."
