"""The draft: what the board counts, to the penny, and what has to be recorded before it can be published."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authorities import actions as people
from authorities.models import AccountableBody, Organisation
from funding.actions import decisions, open_data
from funding.actions.errors import UnableTo
from funding.actions.open_data import UnableToPublish
from funding.models import AllocationFigure, DecisionLine
from funding.open_data import reading
from tests.faults.neighbours import build_neighbours
from tests.funding.open_data.identified import identified, published
from tests.world import NOW, World

TODAY = NOW.date()


def amounts(world: World) -> dict[tuple[int, int], Decimal]:
    held = reading.draft(world.partnership, TODAY).holdings
    return {(one.award, one.organisation): one.amount for one in held}


def test_a_grant_for_each_organisation_and_award_with_what_the_board_counts(world: World) -> None:
    identified(world)
    world.decide({(world.award, world.north): "450000.01", (world.award, world.south): "299999.99"}, "ODD")
    world.roll_up()
    build_neighbours(world)

    found = amounts(world)

    held = DecisionLine.objects.approved().filter(award__grant__partnership=world.partnership).allocations()
    assert found == {key: amount for key, amount in held.items() if key[1] != world.hub.pk and amount}
    board = AllocationFigure.objects.filter(organisation__partnership=world.partnership)
    assert found == {
        (one.award_id, one.organisation_id): one.amount
        for one in board
        if one.amount and one.organisation_id != world.hub.pk
    }
    draft = reading.draft(world.partnership, TODAY)
    assert draft.total == Decimal("1150000.00")
    assert draft.kept == Decimal("200000.00")
    assert draft.problems == []
    assert {one["amountAwarded"] for one in draft.grants} == {
        Decimal("450000.01"),
        Decimal("299999.99"),
        Decimal("400000.00"),
    }


def test_what_waits_or_was_taken_away_is_left_out(world: World) -> None:
    identified(world)
    before = amounts(world)
    decision = decisions.propose(
        grant=world.grant,
        reference="WAITS",
        reason="So.",
        wanted={(world.award.pk, world.south.pk): Decimal("0.00")},
        seen=DecisionLine.objects.filter(award__grant=world.grant).approved().allocations(),
        by=world.officer,
        at=NOW,
    )
    assert amounts(world) == before
    decisions.approve(decision=decision, answer="", by=world.approver, at=NOW)
    assert (world.award.pk, world.south.pk) not in amounts(world)


def test_the_award_date_is_the_day_of_the_first_approval(world: World) -> None:
    identified(world)
    later = NOW + timedelta(days=9)
    seen = DecisionLine.objects.filter(award__grant=world.grant).approved().allocations()
    wanted = {(world.award.pk, world.north.pk): Decimal("440000.00")}
    decision = decisions.propose(
        grant=world.grant, reference="L", reason="So.", wanted=wanted, seen=seen, by=world.officer, at=later
    )
    decisions.approve(decision=decision, answer="", by=world.approver, at=later)

    north = next(
        one
        for one in reading.draft(world.partnership, later.date()).grants
        if one["recipientOrganization"][0]["name"] == "North Council"
    )
    assert north["awardDate"] == "2026-11-02"
    assert north["dateModified"] == "2026-11-11T09:30:00Z"
    assert north["amountAwarded"] == Decimal("440000.00")


def test_the_recipient_is_the_legal_body_of_the_day(world: World) -> None:
    identified(world)
    AccountableBody.objects.filter(organisation=world.north).update(ends_on=NOW.date() - timedelta(days=1))
    people.add_accountable_body(
        organisation=world.north,
        name="New North Council",
        gss_code="E06000009",
        org_id="GB-LAE-NEW",
        starts_on=NOW.date(),
        ends_on=None,
    )
    first = reading.draft(world.partnership, TODAY).grants[0]
    place = {"countryCode": "GB", "geoCode": "E06000009", "geoCodeType": "UA"}
    body = {"id": "GB-LAE-NEW", "name": "New North Council", "location": [place]}
    assert first["recipientOrganization"] == [body]
    assert first["beneficiaryLocation"] == [place]


def test_who_is_in_no_official_list_gets_an_identifier_of_the_publishers_own(world: World) -> None:
    draft = reading.draft(identified(world).partnership, TODAY)
    assert [party.name for party in draft.derived] == ["Test OPCC", "Test Police"]
    police = draft.grants[-1]["recipientOrganization"][0]
    assert police["id"] == f"360G-Test-organisation-{world.police.pk}"
    # The whole force area, and never a hotspot.
    place = {"countryCode": "GB", "geoCode": "E23000099", "geoCodeType": "PFA"}
    assert draft.grants[-1]["beneficiaryLocation"] == [place]


def test_it_cannot_be_published_without_a_prefix(world: World) -> None:
    identified(world, prefix="")
    with pytest.raises(UnableToPublish, match="Test OPCC has no 360Giving prefix"):
        published(world)


def test_it_cannot_be_published_while_a_council_has_no_identifier(world: World) -> None:
    identified(world)
    AccountableBody.objects.filter(organisation=world.south).update(org_id="")
    with pytest.raises(
        UnableToPublish, match="South Council has no organisation identifier for 2 November 2026"
    ):
        published(world)


def test_it_cannot_be_published_where_nobody_holds_anything(world: World) -> None:
    empty = people.found_partnership(name="New", police_force_code="E23000001", board_name="Board")
    people.add_organisation(
        partnership=empty, kind="opcc", name="New OPCC", short_name="OPCC", position=1, prefix="360G-New"
    )
    assert "nothing to publish" in reading.draft(empty, TODAY).problems[0]


def test_a_list_that_the_portal_does_not_know_is_refused(world: World) -> None:
    identified(world)
    AccountableBody.objects.filter(organisation=world.south).update(org_id="GB-XYZ-1")
    with pytest.raises(UnableToPublish, match="from no list of org-id"):
        published(world)


def test_what_was_not_checked_is_not_published(world: World) -> None:
    identified(world)
    seen = reading.draft(world.partnership, TODAY).digest
    world.decide({(world.award, world.north): "440000.00"}, "LATER")
    with pytest.raises(UnableToPublish, match="A grant has changed"):
        open_data.publish(partnership=world.partnership, seen=seen, by=world.approver, at=NOW)


def test_the_same_is_not_published_twice(world: World) -> None:
    published(identified(world))
    with pytest.raises(UnableToPublish, match="published already"):
        published(world)


@pytest.mark.parametrize("who", ["officer", "auditor", "board_member", "lead", "administrator"])
def test_only_who_may_publish_publishes_and_withdraws(world: World, who: str) -> None:
    identified(world)
    person = getattr(world, who)
    seen = reading.draft(world.partnership, TODAY).digest
    with pytest.raises(UnableTo, match="Your role does not let you publish open data"):
        open_data.publish(partnership=world.partnership, seen=seen, by=person, at=NOW)
    published(world)
    with pytest.raises(UnableTo, match="Your role does not let you publish open data"):
        open_data.withdraw(partnership=world.partnership, reason="So.", by=person, at=NOW)


def test_an_approver_publishes_for_nobody_else(world: World) -> None:
    far = build_neighbours(identified(world))
    with pytest.raises(UnableTo, match="Your role does not let you"):
        open_data.publish(partnership=world.partnership, seen="", by=far.approver, at=NOW)


def test_nothing_of_a_training_copy_is_published(world: World) -> None:
    identified(world)
    copy = people.found_partnership(
        name="Copy",
        police_force_code="E23000099",
        board_name="Board",
        training_for=world.partnership,
    )
    Organisation.objects.filter(partnership=world.partnership).update(partnership=copy)
    with pytest.raises(UnableToPublish, match="training copy"):
        open_data.publish(partnership=copy, seen="", by=world.approver, at=NOW)


def test_a_withdrawal_is_of_what_is_public_and_once(world: World) -> None:
    identified(world)
    with pytest.raises(UnableToPublish, match="nothing to withdraw"):
        open_data.withdraw(partnership=world.partnership, reason="So.", by=world.approver, at=NOW)
    published(world)
    open_data.withdraw(partnership=world.partnership, reason="So.", by=world.approver, at=NOW)
    with pytest.raises(UnableToPublish, match="nothing to withdraw"):
        open_data.withdraw(partnership=world.partnership, reason="So.", by=world.approver, at=NOW)
    assert published(world).number == 2


def test_the_draft_costs_three_queries_whatever_there_is(world: World) -> None:
    identified(world)
    with CaptureQueriesContext(connection) as queries:
        reading.draft(world.partnership, TODAY)
    assert len(queries) == 3
