"""What a board was shown never changes, whoever writes past the actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from funding.models import BoardPack, BoardSnapshot, RollUpRun
from tests.faults.neighbours import build_neighbours
from tests.funding.board.kept import close, keep, make, world_with_returns
from tests.world import NOW, World


@pytest.fixture
def world(db: None) -> World:
    return world_with_returns()


@pytest.fixture
def pack(world: World) -> BoardPack:
    close(world)
    world.roll_up()
    made = make()
    assert made is not None
    return made


def refused(act: Any) -> bool:
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        return True
    return False


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_packs_and_records_are_append_only(pack: BoardPack) -> None:
    for table in ("funding_boardpack", "funding_boardsnapshot"):
        assert refused(lambda table=table: run(f"UPDATE {table} SET id = id"))
        assert refused(lambda table=table: run(f"DELETE FROM {table}"))
        assert refused(lambda table=table: run(f"TRUNCATE {table} CASCADE"))


def test_a_round_has_one_pack_with_figures_of_its_own(world: World, pack: BoardPack) -> None:
    far = build_neighbours(world)
    far.open()
    world.roll_up()
    keep()
    theirs = BoardSnapshot.objects.of(far.partnership).latest("pk")
    parts = {"pdf_as": "a", "workbook_as": "b", "pdf_digest": "c", "workbook_digest": "d"}
    opened = far.return_of(far.north).round

    def add(**fields: Any) -> None:
        BoardPack.objects.create(**{"frozen_at": NOW, **parts, **fields})

    # Twice; before it is closed; of other people's figures; before the closing.
    assert refused(lambda: add(round=pack.round, snapshot=pack.snapshot))
    assert refused(lambda: add(round=opened, snapshot=theirs))
    type(opened).objects.filter(pk=opened.pk).update(closed_at=NOW, closed_by=far.officer)
    assert refused(lambda: add(round=opened, snapshot=pack.snapshot))
    assert refused(lambda: add(round=opened, snapshot=theirs, frozen_at=NOW - timedelta(days=1)))
    assert refused(lambda: add(round=opened, snapshot=theirs, pdf_digest=""))
    add(round=opened, snapshot=theirs)


def test_the_same_figures_are_kept_once_a_run(pack: BoardPack) -> None:
    kept = pack.snapshot
    with pytest.raises(IntegrityError, match="snapshot_once_a_run"), transaction.atomic():
        BoardSnapshot.objects.create(
            partnership=kept.partnership,
            year=kept.year,
            run=RollUpRun.objects.get(pk=kept.run_id),
            taken_at=NOW,
            content=kept.content,
            digest=kept.digest,
        )
