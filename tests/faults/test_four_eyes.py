"""Nobody answers for their own work, and nobody decides on what they have not seen."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.urls import reverse

from authorities import actions as people
from authorities.roles import Role
from funding.actions import decisions, returns, reviews
from funding.models import Award, DecisionStatus, QuarterlyReturn, SpendLine
from funding.return_parts import parts
from tests.conftest import sign_in
from tests.faults.neighbours import propose
from tests.world import NOW, START, World


def hidden(page: HttpResponse) -> dict[str, str]:
    """What the page sends back unseen: the revision, or the amounts, that it was made from."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.content.decode())
    pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}


def test_who_entered_a_part_of_a_return_does_not_accept_it(world: World) -> None:
    """The officer is also a lead of North and saved its figures; a colleague sent the return."""
    people.give_role(user=world.officer, organisation=world.north, role=Role.LEAD, starts_on=START)
    world.open()
    filled = world.fill(world.return_of(world.north), by=world.officer)
    sent = returns.send(quarterly_return=filled, by=world.lead, at=NOW)
    certified = returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    with pytest.raises(returns.UnableToMoveReturn):
        returns.accept(quarterly_return=certified, by=world.officer, at=NOW)


def test_who_takes_a_return_back_to_its_certificate_does_not_accept_it(world: World) -> None:
    """The officer is also a lead of North, entered nothing, and says why the certified figures stand."""
    people.give_role(user=world.officer, organisation=world.north, role=Role.LEAD, starts_on=START)
    world.open()
    certified = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    queried = returns.query(quarterly_return=certified, reason="Why?", by=world.officer, at=NOW)
    stands = reviews.revert(quarterly_return=queried, reason="It is right.", by=world.officer, at=NOW)
    with pytest.raises(returns.UnableToMoveReturn, match="somebody else must accept it"):
        returns.accept(quarterly_return=stands, by=world.officer, at=NOW)


def test_what_a_certifier_reads_is_what_is_signed(world: World) -> None:
    """A budget line that joins the plan after the return was sent: the return is no longer complete."""
    world.open()
    sent = world.send(world.return_of(world.north), by=world.lead)
    world.plan(world.north, world.award, "Late idea", ["0", "0", "1.00", "0"], by=world.lead)
    page = {"revision": sent.revision, "certified": "on"}
    sign_in(world.certifier).post(reverse("return_certify", args=[sent.pk]), page)
    sent.refresh_from_db()
    complete = all(part.is_done for part in parts(QuarterlyReturn.objects.get(pk=sent.pk)))
    assert sent.status != "certified" or complete


def test_an_approver_decides_on_the_effect_that_was_shown(world: World) -> None:
    """Two proposals that each bring North to £460,000: approved one after the other they make £470,000."""
    first, second = propose(world, "460000.00", "A"), propose(world, "460000.00", "B")
    client = sign_in(world.approver)
    shown = client.get(reverse("decision", args=[second.pk]))
    assert "£460,000.00" in shown.content.decode()
    decisions.approve(decision=first, answer="", by=world.approver, at=NOW)
    typed = {**hidden(shown), "choice": "approve", "answer": ""}
    client.post(reverse("decision_answer", args=[second.pk]), typed)
    second.refresh_from_db()
    held = world.award.lines.approved().allocations()[world.award.pk, world.north.pk]
    assert (second.status, held) != (DecisionStatus.APPROVED, Decimal("470000.00"))


def test_of_two_officers_who_change_an_award_one_is_told(world: World) -> None:
    """Both open the page at £1,000,000; the second save must not hide the first one unseen."""
    address = reverse("award_change", args=[world.award.pk])
    one, two = sign_in(world.officer), sign_in(world.officer)
    one.get(address)
    page = two.get(address)
    typed = {"status": "varied", "basis": "published", "source": "Letter", **hidden(page)}
    one.post(address, {**typed, "amount": "1200000.00"})
    two.post(address, {**typed, "amount": "1000000.00"})
    assert Award.objects.get(pk=world.award.pk).amount == Decimal("1200000.00")


def test_what_is_sent_is_what_the_sender_checked(world: World) -> None:
    """A colleague alters the figures between the page "check your answers" and the button on it."""
    world.open()
    filled = world.fill(world.return_of(world.north), by=world.lead)
    client = sign_in(world.lead)
    address = reverse("return_check", args=[filled.pk])
    page = client.get(address)
    world.fill(filled, by=world.lead, actual="9999.00")
    client.post(address, hidden(page))
    filled.refresh_from_db()
    assert SpendLine.objects.filter(quarterly_return=filled, actual="9999.00").exists()
    assert filled.status == "ready"
