"""The allocation grid: read by the OPCC, changed by a proposal of a grants officer."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from authorities.models import Organisation, User
from funding.actions import decisions, grants
from funding.models import AwardStatus, Basis, Decision, DecisionKind, DecisionLine, DecisionStatus
from tests.world import NOW, World

SignIn = Callable[[User], Client]


def page(world: World) -> str:
    return reverse("allocations", args=[world.grant.pk])


def wanted(world: World, **amounts: str) -> dict[str, str]:
    """What the form sends: everything as it stands, but the amounts named."""
    held = {"hub": "200000.00", "north": "450000.00", "south": "300000.00"}
    sent = {"reference": "2026-014", "reason": "North hands back"}
    for name, stands in held.items():
        cell = f"{world.award.pk}-{getattr(world, name).pk}"
        sent |= {f"wanted-{cell}": amounts.get(name, stands), f"seen-{cell}": stands}
    return sent


def hidden(html: str, world: World, name: str) -> str:
    cell = f"seen-{world.award.pk}-{getattr(world, name).pk}"
    found = re.search(rf'name="{cell}" value="([^"]*)"', html)
    assert found
    return found[1]


def know(world: World) -> None:
    for body, population in ((world.north, 100_000), (world.south, 300_000)):
        grants.record_share_input(
            organisation=body,
            population=population,
            violence_index=Decimal("1.00"),
            source="Census 2021",
            basis=Basis.ILLUSTRATIVE,
        )


def add_years(world: World, *years: int) -> None:
    for year in years:
        grants.record_award(grant=world.grant, year=year, amount=Decimal("100.00"), by=world.officer, at=NOW)


def test_the_officer_sees_a_form(as_user: SignIn, world: World) -> None:
    html = as_user(world.officer).get(page(world)).content.decode()
    for text in ("450000.00", "£950,000.00", "£50,000.00", "45.0%", "Propose decision", "North", "South"):
        assert text in html
    assert "Police" not in html
    assert hidden(html, world, "north") == "450000.00"


def test_readers_see_a_table_and_cannot_propose(as_user: SignIn, world: World) -> None:
    for reader in (world.approver, world.auditor):
        html = as_user(reader).get(page(world)).content.decode()
        assert "£450,000.00" in html
        assert "45.0%" in html
        assert "wanted-" not in html
        assert as_user(reader).post(page(world), wanted(world, north="1.00")).status_code == 403
    assert not Decision.objects.proposed().exists()


def test_strangers_wrong_methods_and_numbers(as_user: SignIn, world: World) -> None:
    for stranger in (world.lead, world.stranger, world.police_lead, world.board_member):
        assert as_user(stranger).get(page(world)).status_code == 404
        assert as_user(stranger).post(page(world), wanted(world)).status_code == 404
    assert as_user(world.officer).get(reverse("allocations", args=[987654])).status_code == 404
    assert as_user(world.officer).put(page(world)).status_code == 405


def test_hotspot_money_is_for_the_police(as_user: SignIn, world: World) -> None:
    html = as_user(world.officer).get(reverse("allocations", args=[world.hotspot_grant.pk])).content.decode()
    assert "Police" in html
    assert "North" not in html
    assert "devolved" not in html
    assert "formula" not in html


def test_a_proposal(as_user: SignIn, world: World) -> None:
    response = as_user(world.officer).post(
        page(world), wanted(world, north="£400,000", south="350,000.00"), follow=True
    )
    html = response.content.decode()
    assert "Decision 2026-014 is proposed. Somebody else must approve it." in html
    assert "This decision moves £50,000 from North to South in 2026/27. £50,000 of the award remains." in html
    decision = Decision.objects.proposed().get()
    assert (decision.kind, decision.proposed_by) == (DecisionKind.REALLOCATION, world.officer)
    lines = {line.organisation.short_name: line.amount for line in decision.lines.all()}
    assert lines == {"North": Decimal("-50000.00"), "South": Decimal("50000.00")}
    # Nothing has moved yet, and the grid says that a proposal waits.
    again = as_user(world.officer).get(page(world)).content.decode()
    assert "450000.00" in again
    assert "waits for approval" in again


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"north": "lots"}, "Enter an amount in figures only"),
        ({"north": "-1"}, "Enter an amount of £0 or more"),
        ({"north": ""}, "Enter an amount, or 0"),
        ({"north": "1.234"}, "no more than 2 digits"),
        ({"north": "500000.01"}, "are £0.01 more than the award of £1,000,000.00"),
        ({}, "Change at least one amount"),
    ],
)
def test_wrong_amounts_keep_what_was_typed(
    as_user: SignIn, world: World, sent: dict[str, str], sentence: str
) -> None:
    html = as_user(world.officer).post(page(world), wanted(world, **sent)).content.decode()
    assert sentence in html
    assert "There is a problem" in html
    assert f'value="{sent.get("north", "450000.00")}"' in html
    assert 'value="2026-014"' in html
    assert "North hands back" in html
    assert not Decision.objects.proposed().exists()


def test_a_wrong_amount_is_linked_from_the_summary(as_user: SignIn, world: World) -> None:
    html = as_user(world.officer).post(page(world), wanted(world, north="lots")).content.decode()
    cell = f"id_wanted-{world.award.pk}-{world.north.pk}"
    assert f'<a href="#{cell}">North, 2026/27: Enter an amount in figures only' in html
    assert f'id="{cell}"' in html
    assert f'id="{cell}-error"' in html
    assert "check amounts" in html


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("reference", "Enter the reference of the decision"), ("reason", "Enter the reason for this decision")],
)
def test_a_decision_has_a_reference_and_a_reason(
    as_user: SignIn, world: World, field: str, sentence: str
) -> None:
    sent = wanted(world, north="1.00") | {field: "  "}
    html = as_user(world.officer).post(page(world), sent).content.decode()
    assert sentence in html
    assert 'value="1.00"' in html


def test_a_reference_is_used_once(as_user: SignIn, world: World) -> None:
    sent = wanted(world, north="1.00") | {"reference": "2026-001"}
    html = as_user(world.officer).post(page(world), sent).content.decode()
    assert "Another decision of this grant already has this reference." in html
    assert 'value="1.00"' in html


def test_amounts_that_changed_meanwhile_are_shown_and_nothing_is_lost(as_user: SignIn, world: World) -> None:
    world.decide({(world.award, world.south): "310000.00"}, "2026-009")
    officer = as_user(world.officer)
    html = officer.post(page(world), wanted(world, north="440000.00")).content.decode()
    assert "Another decision was approved while you were typing" in html
    assert 'value="440000.00"' in html
    assert "It was £300,000.00 when you opened this page" in html
    assert "£310,000.00" in html
    assert hidden(html, world, "south") == "310000.00"
    assert not Decision.objects.proposed().exists()
    # The person has seen it now: proposing again moves what was typed.
    sent = wanted(world, north="440000.00") | {
        f"seen-{world.award.pk}-{world.south.pk}": hidden(html, world, "south"),
        f"wanted-{world.award.pk}-{world.south.pk}": "310000.00",
    }
    assert officer.post(page(world), sent).status_code == 302
    assert [line.amount for line in Decision.objects.proposed().get().lines.all()] == [Decimal("-10000.00")]


def test_a_wrong_amount_does_not_make_a_change_meanwhile_seen(as_user: SignIn, world: World) -> None:
    world.decide({(world.award, world.south): "310000.00"}, "2026-009")
    html = as_user(world.officer).post(page(world), wanted(world, north="lots")).content.decode()
    assert hidden(html, world, "south") == "300000.00"


@pytest.mark.parametrize("seen", ["", "nonsense", "NaN", "-1", "1e9"])
def test_a_forged_or_missing_seen_amount_is_refused(as_user: SignIn, world: World, seen: str) -> None:
    # Also where nothing is held: what cannot be read must not pass for zero.
    world.decide({(world.award, world.north): "0.00"}, "2026-009")
    sent = wanted(world, north="1.00") | {f"seen-{world.award.pk}-{world.north.pk}": seen}
    html = as_user(world.officer).post(page(world), sent).content.decode()
    assert "Another decision was approved while you were typing" in html
    assert not Decision.objects.proposed().exists()


def test_amounts_of_others_are_not_taken(as_user: SignIn, world: World) -> None:
    foreign = f"{world.hotspot_award.pk}-{world.police.pk}"
    mixed = f"{world.award.pk}-{world.police.pk}"
    sent = wanted(world, north="449999.99") | {
        f"wanted-{foreign}": "1.00",
        f"seen-{foreign}": "400000.00",
        f"wanted-{mixed}": "5.00",
        f"seen-{mixed}": "0.00",
        "status": "approved",
        "decided_by": str(world.approver.pk),
    }
    as_user(world.officer).post(page(world), sent)
    decision = Decision.objects.proposed().get()
    assert decision.status == DecisionStatus.PROPOSED
    assert [line.organisation for line in decision.lines.all()] == [world.north]


def test_less_than_half_devolved_is_warned_of(as_user: SignIn, world: World) -> None:
    assert "Less than half" not in as_user(world.auditor).get(page(world)).content.decode()
    world.decide({(world.award, world.north): "199999.99"}, "2026-009")
    html = as_user(world.auditor).get(page(world)).content.decode()
    assert "Less than half of the award for 2026/27 is devolved to local authorities: £499,999.99" in html


def test_the_formula_is_shown_and_fills_the_grid(as_user: SignIn, world: World) -> None:
    know(world)
    officer = as_user(world.officer)
    html = officer.get(page(world)).content.decode()
    for text in (
        "What the formula suggests for 2026/27",
        "£600,000.00",
        "300,000",
        "Illustrative",
        "Census 2021",
    ):
        assert text in html
    before = DecisionLine.objects.count()
    filled = officer.get(page(world), {"suggest": world.award.pk}).content.decode()
    assert 'value="600000.00"' in filled
    assert 'value="200000.00"' in filled
    assert hidden(filled, world, "south") == "300000.00"
    assert filled.count('data-changed="true"') == 2
    assert "Nothing is saved until you propose a decision" in filled
    assert (DecisionLine.objects.count(), Decision.objects.proposed().count()) == (before, 0)


def test_the_formula_says_what_it_does_not_know(as_user: SignIn, world: World) -> None:
    html = as_user(world.officer).get(page(world), {"suggest": world.award.pk}).content.decode()
    assert "The formula cannot suggest shares" in html
    assert "North, South" in html
    assert 'value="450000.00"' in html


@pytest.mark.parametrize("asked", ["abc", "", "0", "99999999999999999999"])
def test_a_strange_suggestion_is_the_plain_page(as_user: SignIn, world: World, asked: str) -> None:
    know(world)
    response = as_user(world.officer).get(page(world), {"suggest": asked})
    assert response.status_code == 200


def test_many_years_show_the_later_ones_first(as_user: SignIn, world: World) -> None:
    add_years(world, 2022, 2023, 2024, 2025)
    officer = as_user(world.officer)
    html = officer.get(page(world)).content.decode()
    assert "2022/23" not in html
    assert "2023/24" in html
    assert "Show the 1 earlier year" in html
    every = officer.get(page(world), {"years": "all"}).content.decode()
    assert "2022/23" in every
    assert "earlier year" not in every


def test_a_grant_without_award(as_user: SignIn, world: World) -> None:
    grant = grants.record_grant(
        partnership=world.partnership, fund=world.grant.fund, name="Empty", by=world.officer, at=NOW
    )
    for person in (world.officer, world.auditor):
        html = as_user(person).get(reverse("allocations", args=[grant.pk])).content.decode()
        assert "This grant has no award yet" in html


def test_an_award_not_agreed_is_at_risk(as_user: SignIn, world: World) -> None:
    add_years(world, 2027)
    html = as_user(world.officer).get(page(world)).content.decode()
    assert "The award for 2027/28 is not agreed yet" in html


def test_queries_do_not_grow(as_user: SignIn, world: World, django_assert_max_num_queries: Any) -> None:
    know(world)
    officer = as_user(world.officer)
    with django_assert_max_num_queries(8) as few:
        officer.get(page(world))
    add_years(world, *range(2022, 2026), *range(2027, 2032))
    for number in range(25):
        body = Organisation.objects.create(
            partnership=world.partnership,
            kind="local_authority",
            name=f"Council {number}",
            short_name=f"C{number}",
            position=100 + number,
        )
        grants.record_share_input(
            organisation=body, population=10, violence_index=Decimal(1), source="x", basis=Basis.ILLUSTRATIVE
        )
    decisions.propose(
        grant=world.grant,
        reference="2026-020",
        reason="x",
        wanted={(world.award.pk, world.north.pk): Decimal(1)},
        seen={(world.award.pk, world.north.pk): Decimal("450000.00")},
        by=world.officer,
        at=NOW,
    )
    with django_assert_max_num_queries(8) as many:
        officer.get(page(world), {"years": "all"})
    assert len(few) == len(many)


def test_the_status_of_the_award_is_shown(as_user: SignIn, world: World) -> None:
    assert AwardStatus.AGREED.label in as_user(world.auditor).get(page(world)).content.decode()
