"""Scenarios through the actions: what is copied, what a move may do, and what is proposed in the end."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from django.db.models import Sum

from funding.actions import decisions, scenarios
from funding.actions.errors import UnableTo, UnableToDo
from funding.actions.scenarios import UnableToTryOut
from funding.models import Decision, DecisionLine, ProfileAmount, Scenario, ScenarioAmount
from funding.what_if.places import allocations, by_quarter
from funding.what_if.sheet import open_sheet
from tests.funding.what_if_moves import begin, from_north_to_south, move, place
from tests.world import NOW, Q1, YEAR, World

pytestmark = pytest.mark.django_db


def held(world: World) -> dict[tuple[int, int], Decimal]:
    return dict(DecisionLine.objects.approved().allocations())


def wanted(scenario: Scenario) -> Decimal:
    return ScenarioAmount.objects.filter(scenario=scenario).aggregate(total=Sum("wanted"))["total"]


def test_a_scenario_begins_as_the_live_plan(world: World) -> None:
    made = begin(world)

    sheet = open_sheet(made)
    assert allocations(sheet.base) == held(world)
    assert sheet.base == sheet.wanted == sheet.live.amounts
    assert sheet.base[place(world, world.north, world.services, 4)] == Decimal("5000.01")
    assert sheet.base[place(world, world.north)] == Decimal("389999.99")
    assert made.total == wanted(made) == Decimal("1350000.00")
    assert sheet.moved_since == 0


def test_a_move_conserves_to_the_penny_and_touches_nothing_live(world: World) -> None:
    before, plan = held(world), sorted(ProfileAmount.objects.values_list("pk", "amount"))
    made = begin(world)

    moved = from_north_to_south(world, made)

    sheet = open_sheet(made)
    assert wanted(made) == made.total
    assert sheet.wanted[place(world, world.north, world.staffing, 3)] == Decimal("7499.99")
    assert sheet.wanted[place(world, world.south, world.staffing, 4)] == Decimal("22500.01")
    assert sheet.changes(world.award) == {
        world.north.pk: Decimal("-2500.01"),
        world.south.pk: Decimal("2500.01"),
    }
    assert (held(world), sorted(ProfileAmount.objects.values_list("pk", "amount"))) == (before, plan)

    scenarios.take_back(move=moved, by=world.approver, at=NOW)
    assert open_sheet(made).wanted == sheet.base
    with pytest.raises(UnableToTryOut, match="taken back already"):
        scenarios.take_back(move=moved, by=world.officer, at=NOW)


def test_any_row_of_moves_conserves_and_leaves_nothing_below_zero(world: World) -> None:
    """Thirty moves and returns by a seed, some of them too large: the total of each award stays to the penny."""
    made, dice, moves, refused = begin(world), Random(48), [], 0
    places = [
        place(world, body, heading, quarter)
        for body in (world.hub, world.north, world.south)
        for heading, quarter in ((None, None), (world.staffing, 1), (world.staffing, 4), (world.services, 2))
    ]
    for _ in range(30):
        here, there = dice.sample(places, 2)
        try:
            moves.append(move(world, made, str(Decimal(dice.randint(1, 2_000_000)) / 100), here, there))
            if dice.random() < 0.3:
                scenarios.take_back(move=moves.pop(dice.randrange(len(moves))), by=world.officer, at=NOW)
        except UnableToTryOut:
            refused += 1
        amounts = ScenarioAmount.objects.filter(scenario=made)
        sums = dict(amounts.order_by().values_list("award").annotate(Sum("wanted")))
        assert sums == {world.award.pk: Decimal("950000.00"), world.hotspot_award.pk: Decimal("400000.00")}
        assert not amounts.filter(wanted__lt=0).exists()
    assert refused
    assert len(moves) > 5
    for one in reversed(moves):
        scenarios.take_back(move=one, by=world.officer, at=NOW)
    assert (
        not ScenarioAmount.objects.filter(scenario=made)
        .exclude(wanted=0, base=0)
        .exclude(
            pk__in=[row.pk for row in ScenarioAmount.objects.filter(scenario=made) if row.base == row.wanted]
        )
    )


def test_what_a_move_is_refused_for(world: World) -> None:
    made = begin(world)
    here, there = place(world, world.north, world.staffing, 3), place(world, world.south, world.staffing, 4)
    patrols = place(world, world.police, world.staffing, 3, award=world.hotspot_award.pk)
    for amount, source, target, sentence in (
        ("10000.01", here, there, r"North, Staffing, Q3, VRU 2026: £10,000.00 stands there. Move £10,000.00"),
        ("0.00", here, there, "Enter an amount above £0"),
        ("1.00", here, here, "Choose two different places"),
        ("1.00", here, patrols, "VRU 2026 and Hotspot 2026 are different grants"),
        ("1.00", here, place(world, world.police), "Test Police cannot hold money of VRU 2026"),
        ("1.00", place(world, world.hub, world.staffing, 1), there, "Choose another place"),
    ):
        with pytest.raises(UnableToTryOut, match=sentence):
            move(world, made, amount, source, target)
    with pytest.raises(UnableToTryOut, match="already has a scenario of this name"):
        begin(world)
    with pytest.raises(UnableToTryOut, match="Nothing is allocated for 2031/32"):
        scenarios.start(partnership=world.partnership, year=2031, name="Far", by=world.officer, at=NOW)
    assert wanted(made) == made.total
    assert not made.moves.exists()


def test_what_was_spent_in_a_closed_quarter_stays(world: World) -> None:
    world.open(Q1)
    world.certify(
        world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier, actual="4000.00"
    )
    made = begin(world)
    spent, later = place(world, world.north, world.staffing, 1), place(world, world.north, world.staffing, 3)

    with pytest.raises(UnableToTryOut, match=r"£4,000.00 of it is spent already. Move £6,000.00 or less"):
        move(world, made, "6000.01", spent, later)
    with pytest.raises(UnableToTryOut, match="Q1 of North Council is closed"):
        move(world, made, "1.00", later, spent)
    move(world, made, "6000.00", spent, later)
    assert open_sheet(made).wanted[spent] == Decimal("4000.00")


def test_a_quarter_that_closes_after_the_start_holds_its_spending_too(world: World) -> None:
    made = begin(world)
    world.open(Q1)
    world.certify(
        world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier, actual="4000.00"
    )

    with pytest.raises(UnableToTryOut, match=r"Move £6,000\.00 or less"):
        move(
            world,
            made,
            "6000.01",
            place(world, world.north, world.staffing, 1),
            place(world, world.south, world.staffing, 3),
        )


def test_a_move_that_a_later_one_has_used_is_not_taken_back(world: World) -> None:
    made = begin(world)
    empty = place(world, world.hub, world.services, 2)
    first = move(world, made, "100.00", place(world, world.hub), empty)
    move(world, made, "60.00", empty, place(world, world.north))

    with pytest.raises(UnableToTryOut, match="Take back a later move first"):
        scenarios.take_back(move=first, by=world.officer, at=NOW)
    assert open_sheet(made).wanted[empty] == Decimal("40.00")


def test_promotion_gives_exactly_the_wanted_allocations(world: World) -> None:
    made = begin(world)
    from_north_to_south(world, made)
    # Within one organisation: nothing for a decision.
    move(world, made, "500.00", place(world, world.hub), place(world, world.hub, world.staffing, 4))

    decision = promote(world, made)

    assert {line.organisation: line.amount for line in decision.lines.all()} == {
        world.north: Decimal("-2500.01"),
        world.south: Decimal("2500.01"),
    }
    with pytest.raises(UnableToTryOut, match="Decision 2026-300 was proposed from this scenario"):
        promote(world, made, "2026-301")
    decisions.approve(decision=decision, answer="", by=world.approver, at=NOW)
    assert held(world) == allocations(open_sheet(made).wanted)
    assert by_quarter(open_sheet(made).live.amounts)[4] == Decimal("125000.01")


def promote(world: World, scenario: Scenario, reference: str = "2026-300", **changes: object) -> Decision:
    given = {
        "scenario": scenario,
        "award": world.award,
        "reference": reference,
        "reason": "More violence in the south.",
        "seen": scenarios.checked(open_sheet(scenario), world.award),
        "by": world.officer,
        "at": NOW,
    } | changes
    return scenarios.promote(**given)  # type: ignore[arg-type]


def test_a_stale_promotion_is_refused(world: World) -> None:
    made = begin(world)
    from_north_to_south(world, made)
    seen = scenarios.checked(open_sheet(made), world.award)
    from_north_to_south(world, made, "1.00")
    with pytest.raises(UnableToTryOut, match="changed since you opened this page"):
        promote(world, made, seen=seen)

    # Of somebody whom the scenario does not move at all: the state that it started from is gone all the same.
    world.decide({(world.award, world.hub): "199999.00"}, "2026-200")

    with pytest.raises(
        UnableToTryOut, match=r"have moved since this scenario was started: OPCC\. Start a new"
    ):
        promote(world, made)
    assert open_sheet(made).moved_since == Decimal("1.00")
    assert not Decision.objects.proposed().exists()


def test_nothing_between_organisations_is_nothing_to_propose(world: World) -> None:
    made = begin(world)
    move(world, made, "5.00", place(world, world.north), place(world, world.north, world.staffing, 4))
    with pytest.raises(UnableToTryOut, match="moves nothing between organisations"):
        promote(world, made)


@pytest.mark.parametrize("who", ["auditor", "lead", "board_member", "administrator"])
def test_who_may_not_try_out(world: World, who: str) -> None:
    made, person = begin(world), getattr(world, who)
    standing = from_north_to_south(world, made)
    for refused in (
        lambda: begin(world, "Another", by=person),
        lambda: move(world, made, "1.00", place(world, world.north), place(world, world.south), by=person),
        lambda: scenarios.take_back(move=standing, by=person, at=NOW),
        lambda: promote(world, made, by=person),
    ):
        with pytest.raises(UnableToDo):
            refused()


def test_an_approver_tries_out_and_does_not_propose(world: World) -> None:
    made = begin(world, by=world.approver)
    from_north_to_south(world, made)
    with pytest.raises(UnableTo, match="does not let you propose decisions"):
        promote(world, made, by=world.approver)
    assert made.year == YEAR
