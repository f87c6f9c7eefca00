"""Where hotspots begin and end. What was patrolled never leaves its return."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from funding.actions import patrols, returns
from funding.actions.errors import UnableToDo
from funding.models import Hotspot, QuarterlyReturn
from funding.return_parts import parts
from tests.world import NOW, Q1, Q2, START, World


def draw(world: World, **changes: object) -> Hotspot:
    arguments = {
        "organisation": world.police,
        "authority": world.south,
        "reference": "H02",
        "name": "Hidden Square",
        "starts_on": START,
        "by": world.police_lead,
        "at": NOW,
    } | changes
    return patrols.draw_hotspot(**arguments)  # type: ignore[arg-type]


def end(world: World, day: date, **changes: object) -> Hotspot:
    assert world.hotspot
    arguments = {"hotspot": world.hotspot, "ends_on": day, "by": world.police_lead, "at": NOW} | changes
    return patrols.end_hotspot(**arguments)  # type: ignore[arg-type]


def patrolled(world: World, found: QuarterlyReturn, hours: str, visits: int = 0) -> None:
    assert world.hotspot
    entry = patrols.PatrolEntry(world.hotspot, Decimal(hours), visits, 0, 0, 0)
    found.refresh_from_db()
    patrols.save_patrols(
        quarterly_return=found, revision=found.revision, entries=[entry], by=world.police_lead, at=NOW
    )


def test_a_reference_is_used_once_in_a_force(world: World) -> None:
    with pytest.raises(patrols.UnableToDraw, match="already have a hotspot with this reference"):
        draw(world, reference="H01")
    assert draw(world).reference == "H02"


def test_only_the_police_have_hotspots(world: World) -> None:
    with pytest.raises(patrols.UnableToDraw, match="Only the police have hotspots"):
        draw(world, organisation=world.north, by=world.lead)
    for other in (world.officer, world.lead, world.police_certifier):
        with pytest.raises(UnableToDo):
            draw(world, by=other)
        with pytest.raises(UnableToDo):
            end(world, date(2026, 12, 31), by=other)


def test_a_return_that_was_sent_gains_no_hotspot_until_it_is_taken_back(world: World) -> None:
    world.open(Q2)
    sent = world.send(world.return_of(world.police, Q2), by=world.police_lead)
    with pytest.raises(patrols.UnableToDraw, match="cannot start before 1 October 2026"):
        draw(world, starts_on=Q2.ends_on)
    returns.recall(quarterly_return=sent, by=world.police_lead, at=NOW)
    draw(world, starts_on=Q2.ends_on)
    assert [part.label for part in parts(sent) if not part.is_done] == ["Patrols"]


def test_a_hotspot_ends_on_its_first_day_or_later(world: World) -> None:
    with pytest.raises(patrols.UnableToDraw, match="starts on 1 April 2022"):
        end(world, date(2022, 3, 31))
    assert end(world, START).ends_on == START


def test_an_accepted_quarter_keeps_its_hotspots(world: World) -> None:
    world.open(Q1)
    world.accept(world.return_of(world.police, Q1), by=world.police_lead, certifier=world.police_certifier)
    with pytest.raises(patrols.UnableToDraw, match="has been accepted with this hotspot in it"):
        end(world, Q1.ends_on)
    end(world, Q2.starts_on)


def test_patrols_that_are_entered_come_before_the_end(world: World) -> None:
    world.open(Q2)
    draft = world.return_of(world.police, Q2)
    patrolled(world, draft, "0", visits=1)
    with pytest.raises(patrols.UnableToDraw, match="Patrols of H01 are entered for Quarter 2"):
        end(world, Q1.ends_on)
    # Once the return says that nobody was there, the hotspot can have ended before.
    patrolled(world, draft, "0")
    assert end(world, Q1.ends_on).ends_on == Q1.ends_on
    assert not Hotspot.objects.patrolled(world.police, Q2).exists()


def test_a_last_day_to_come_can_move_and_one_that_is_past_stands(world: World) -> None:
    end(world, date(2026, 12, 31))
    assert end(world, date(2026, 11, 2)).ends_on == NOW.date()
    end(world, date(2026, 11, 1))
    with pytest.raises(patrols.UnableToDraw, match="H01 ended on 1 November 2026 already"):
        end(world, date(2026, 12, 31))
