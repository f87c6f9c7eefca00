"""Decisions: the list, the effect in figures and words, and the answer of a second person."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from authorities import actions as people
from authorities.models import User
from authorities.roles import Role
from funding.actions import decisions
from funding.models import Decision, DecisionLine, DecisionStatus
from tests.world import NOW, START, World

SignIn = Callable[[User], Client]
APPROVE = {"choice": "approve", "answer": ""}
REJECT = {"choice": "reject", "answer": "Not agreed by the board."}


def steady(response: HttpResponse) -> str:
    """The page without what differs at every request: the form token and the nonce."""
    return re.sub(r'(nonce|value)="[^"]*"', "", response.content.decode())


def propose(world: World, reference: str = "2026-014", by: User | None = None, **amounts: str) -> Decision:
    """A proposal for the award of 2026/27; by default £84,000 from North to South."""
    amounts = amounts or {"north": "366000.00", "south": "384000.00"}
    return decisions.propose(
        grant=world.grant,
        reference=reference,
        reason="North hands back what it cannot use.",
        wanted={(world.award.pk, getattr(world, name).pk): Decimal(a) for name, a in amounts.items()},
        seen=DecisionLine.objects.filter(award__grant=world.grant).approved().allocations(),
        by=by or world.officer,
        at=NOW,
    )


def detail(decision: Decision) -> str:
    return reverse("decision", args=[decision.pk])


def answer(decision: Decision) -> str:
    return reverse("decision_answer", args=[decision.pk])


def test_the_list_shows_proposals_first(as_user: SignIn, world: World) -> None:
    propose(world)
    world.decide({(world.award, world.hub): "200000.01"}, "2026-015")
    html = as_user(world.auditor).get(reverse("decisions")).content.decode()
    assert html.index("2026-014") < html.index("2026-015") < html.index("2026-001")
    assert "£84,000.00" in html
    assert "All (4)" in html
    assert "Waiting for approval (1)" in html
    assert "&lt;" not in html


def test_the_list_is_filtered_and_sorted(as_user: SignIn, world: World) -> None:
    propose(world)
    client = as_user(world.auditor)
    waiting = client.get(reverse("decisions"), {"status": "proposed"}).content.decode()
    assert "2026-014" in waiting
    assert "2026-001" not in waiting
    nothing = client.get(reverse("decisions"), {"status": "rejected"}).content.decode()
    assert "No decision matches." in nothing
    strange = client.get(reverse("decisions"), {"status": "x", "page": "99", "sort": "nothing"})
    assert strange.status_code == 200
    up = client.get(reverse("decisions"), {"sort": "added"}).content.decode()
    assert up.index("2026-014") < up.index("2026-002") < up.index("2026-001")


def test_a_partnership_without_decisions(as_user: SignIn, world: World) -> None:
    other = people.found_partnership(name="New", police_force_code="E23000097", board_name="Board")
    opcc = people.add_organisation(
        partnership=other, kind="opcc", name="New OPCC", short_name="OPCC", position=1
    )
    user = people.add_person(email="new@test.example", name="New")
    people.give_role(user=user, organisation=opcc, role=Role.APPROVER, starts_on=START)
    decision = propose(world)
    client = as_user(user)
    assert "No decision has been proposed yet" in client.get(reverse("decisions")).content.decode()
    # Another partnership's decision is as absent as a number never given.
    foreign, absent = client.get(detail(decision)), client.get(reverse("decision", args=[987654]))
    assert (foreign.status_code, steady(foreign)) == (404, steady(absent))
    assert client.post(answer(decision), APPROVE).status_code == 404
    decision.refresh_from_db()
    assert decision.is_proposed


def test_strangers_get_404(as_user: SignIn, world: World) -> None:
    decision = propose(world)
    for stranger in (world.lead, world.certifier, world.police_lead, world.board_member, world.administrator):
        client = as_user(stranger)
        assert client.get(reverse("decisions")).status_code == 404
        assert client.get(detail(decision)).status_code == 404
        assert client.post(answer(decision), APPROVE).status_code == 404


def test_wrong_methods(as_user: SignIn, world: World) -> None:
    decision = propose(world)
    client = as_user(world.approver)
    assert client.delete(answer(decision)).status_code == 405
    assert client.get(answer(decision))["Location"] == detail(decision)
    assert client.post(detail(decision)).status_code == 405
    assert client.post(reverse("decisions")).status_code == 405
    assert client.post(reverse("decision_answer", args=[987654]), APPROVE).status_code == 404


def test_readers_may_not_answer(as_user: SignIn, world: World) -> None:
    decision = propose(world)
    for reader in (world.auditor, world.officer):
        client = as_user(reader)
        assert "Confirm your answer" not in client.get(detail(decision)).content.decode()
        assert client.post(answer(decision), APPROVE).status_code == 403
    decision.refresh_from_db()
    assert decision.is_proposed


def test_before_after_and_difference(as_user: SignIn, world: World) -> None:
    html = as_user(world.approver).get(detail(propose(world))).content.decode()
    for text in (
        "This decision moves £84,000 from North to South in 2026/27. £50,000 of the award remains.",
        "£450,000.00",
        "\N{MINUS SIGN}£84,000.00",
        "£366,000.00",
        "+£84,000.00",
        "£384,000.00",
        "no change",
        "£950,000.00",
        "North hands back what it cannot use.",
        "Officer, 2 November 2026 at 9:30am London time",
        "Confirm your answer",
    ):
        assert text in html
    assert "Police" not in html


def test_the_proposer_is_told_that_another_must_answer(as_user: SignIn, world: World) -> None:
    html = as_user(world.officer).get(detail(propose(world))).content.decode()
    assert "You proposed this, so somebody else must approve or reject it." in html


def test_a_proposer_who_is_also_approver_cannot_approve(as_user: SignIn, world: World) -> None:
    decision = propose(world)
    people.give_role(user=world.officer, organisation=world.hub, role=Role.APPROVER, starts_on=START)
    client = as_user(world.officer)
    session = client.session
    session["acting_for"] = world.officer.memberships.get(role=Role.APPROVER).pk
    session.save()
    assert "somebody else must approve" in client.get(detail(decision)).content.decode()
    html = client.post(answer(decision), APPROVE).content.decode()
    assert "You proposed this decision, so somebody else must approve or reject it." in html
    decision.refresh_from_db()
    assert decision.is_proposed


def test_approval_moves_the_money(as_user: SignIn, world: World) -> None:
    decision = propose(world)
    html = as_user(world.approver).post(answer(decision), APPROVE, follow=True).content.decode()
    assert "Decision 2026-014 is approved." in html
    assert "Confirm your answer" not in html
    # The page still tells what stood before, not what stands now.
    assert "£450,000.00" in html
    assert "This decision moves £84,000 from North to South" in html
    held = DecisionLine.objects.approved().allocations()
    assert held[world.award.pk, world.north.pk] == Decimal("366000.00")
    assert held[world.award.pk, world.south.pk] == Decimal("384000.00")


def test_rejection_moves_nothing_and_says_why(as_user: SignIn, world: World) -> None:
    decision = propose(world)
    html = as_user(world.approver).post(answer(decision), REJECT, follow=True).content.decode()
    assert "Decision 2026-014 is rejected." in html
    assert "It was rejected, so nothing moved." in html
    assert "Not agreed by the board." in html
    held = DecisionLine.objects.approved().allocations()
    assert held[world.award.pk, world.north.pk] == Decimal("450000.00")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"choice": "", "answer": "Because"}, "Choose whether you approve or reject"),
        ({"choice": "maybe", "answer": "Because"}, "Choose to approve or to reject"),
        ({"choice": "reject", "answer": "  "}, "Say why you reject this decision"),
        ({"choice": "approve", "answer": "y" * 2001}, "2,000 characters or fewer"),
    ],
)
def test_a_wrong_answer_keeps_what_was_typed(
    as_user: SignIn, world: World, sent: dict[str, str], sentence: str
) -> None:
    decision = propose(world)
    html = as_user(world.approver).post(answer(decision), sent).content.decode()
    assert sentence in html
    assert "There is a problem" in html
    assert sent["answer"].strip() in html
    decision.refresh_from_db()
    assert decision.is_proposed


def test_a_decision_is_answered_once(as_user: SignIn, world: World) -> None:
    decision = propose(world)
    client = as_user(world.approver)
    client.post(answer(decision), REJECT)
    html = client.post(
        answer(decision), {"choice": "approve", "answer": "On second thoughts"}
    ).content.decode()
    assert "This decision has already been approved or rejected." in html
    assert "On second thoughts" in html
    assert "Confirm your answer" not in html
    decision.refresh_from_db()
    assert decision.status == DecisionStatus.REJECTED


def test_an_out_of_date_proposal_warns_and_is_refused(as_user: SignIn, world: World) -> None:
    decision = propose(world, hub="240000.00")
    world.decide({(world.award, world.south): "320000.00"}, "2026-015")
    client = as_user(world.approver)
    html = client.get(detail(decision)).content.decode()
    assert "it would exceed the award for 2026/27 by £10,000.00" in html
    refused = client.post(answer(decision), APPROVE).content.decode()
    assert "This would allocate more than the award holds" in refused
    decision.refresh_from_db()
    assert decision.is_proposed


def test_a_proposal_that_would_take_too_much_warns(as_user: SignIn, world: World) -> None:
    decision = propose(world, north="50000.00", south="700000.00")
    world.decide({(world.award, world.north): "100000.00"}, "2026-015")
    html = as_user(world.approver).get(detail(decision)).content.decode()
    assert "North now holds £100,000.00 for 2026/27, less than it would take" in html


def test_before_is_what_stood_when_it_was_decided(as_user: SignIn, world: World) -> None:
    first = propose(world)
    decisions.approve(decision=first, answer="", by=world.approver, at=NOW + timedelta(hours=1))
    second = propose(world, reference="2026-015", north="1.00")
    decisions.approve(decision=second, answer="", by=world.approver, at=NOW + timedelta(hours=2))
    html = as_user(world.auditor).get(detail(first)).content.decode()
    assert "£366,000.00" in html
    later = as_user(world.auditor).get(detail(second)).content.decode()
    assert "This decision takes £365,999 from North in 2026/27. £415,999 of the award remains." in later


def test_words_of_people_are_escaped(as_user: SignIn, world: World) -> None:
    decision = propose(world, reference="<b>1")
    for page in (reverse("decisions"), detail(decision)):
        html = as_user(world.approver).get(page).content.decode()
        assert "<b>1" not in html
        assert "&lt;b&gt;1" in html


def test_queries_do_not_grow(as_user: SignIn, world: World, django_assert_max_num_queries: Any) -> None:
    decision = propose(world)
    client = as_user(world.approver)
    with django_assert_max_num_queries(6) as few:
        client.get(reverse("decisions"))
    with django_assert_max_num_queries(8) as small:
        client.get(detail(decision))
    for number in range(20):
        propose(world, reference=f"2026-1{number:02d}", north=f"{number}.00")
        people.add_organisation(
            partnership=world.partnership,
            kind="local_authority",
            name=f"Council {number}",
            short_name=f"C{number}",
            position=100 + number,
        )
    with django_assert_max_num_queries(6) as many:
        client.get(reverse("decisions"))
    with django_assert_max_num_queries(8) as large:
        client.get(detail(decision))
    assert (len(few), len(small)) == (len(many), len(large))


def test_the_list_is_paged(as_user: SignIn, world: World) -> None:
    for number in range(30):
        propose(world, reference=f"2027-{number:03d}", north=f"{number}.00")
    client = as_user(world.approver)
    first = client.get(reverse("decisions")).content.decode()
    second = client.get(reverse("decisions"), {"page": 2}).content.decode()
    assert "2027-029" in first
    assert "2027-029" not in second
    assert "2026-001" in second


def test_an_approver_is_told_when_a_plan_would_be_left_without_its_money(
    as_user: SignIn, world: World
) -> None:
    """North plans £60,000.01; a cut to £60,000.00 leaves a penny of it unpaid."""
    cut = propose(world, north="60000.00")
    html = as_user(world.approver).get(detail(cut)).content.decode()
    assert "North Council plans to spend £60,000.01 in 2026/27 and would hold £60,000.00" in html


def test_a_cut_that_leaves_the_plan_whole_is_no_cause_for_a_warning(as_user: SignIn, world: World) -> None:
    cut = propose(world, north="60000.01")
    assert "plans to spend" not in as_user(world.approver).get(detail(cut)).content.decode()
