"""A board with something on it, its figures kept, and a round that is closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from funding.actions import board_packs, reviews, rollups
from funding.board.pack import make_due
from funding.models import BoardPack, ReturnRound
from tests.remembered import remembered
from tests.world import NOW, Q1, World, build_world

LATER = NOW + timedelta(days=30)


def with_returns(world: World) -> World:
    """Q1: north accepted, south certified, the police late. Rolled up."""
    world.open(Q1)
    world.accept(
        world.return_of(world.north, Q1),
        by=world.lead,
        certifier=world.certifier,
        actual="9000.10",
        forecast="9500.20",
    )
    world.certify(world.return_of(world.south, Q1), by=world.stranger, certifier=world.south_certifier)
    world.roll_up()
    return world


@remembered
def world_with_returns() -> World:
    return with_returns(build_world())


def keep(at: datetime = NOW) -> int:
    return board_packs.take_all(clock=lambda: at)


def correct(world: World, at: datetime = LATER) -> None:
    """A later quarter with other figures, rolled up, and everything recomputed."""
    world.open()
    world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier, actual="1.23")
    rollups.roll_up(clock=lambda: at)
    rollups.recompute(partnership=world.partnership, clock=lambda: at)


def close(world: World) -> ReturnRound:
    return reviews.close_round(opened=world.return_of(world.north, Q1).round, by=world.officer, at=NOW)


def make(at: datetime = NOW) -> BoardPack | None:
    make_due(clock=lambda: at)
    return BoardPack.objects.select_related("round", "snapshot__run").first()
