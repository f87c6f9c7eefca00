"""Records that an earlier release kept, without what is counted today: they still show, and one is kept anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from funding.board import figures, record
from funding.board.charts import page
from funding.models import BoardSnapshot, RollUpRun
from funding.snapshot import digest_of
from tests.conftest import sign_in
from tests.funding.board.kept import LATER, close, keep, make, world_with_returns
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def as_then(content: dict[str, Any]) -> dict[str, Any]:
    """The content without the targeted spending and the patrols of the year before."""
    inside = {name: held for name, held in content["record"].items() if name != "patrolled_before"}
    spends = [{name: held for name, held in one.items() if name != "targeted"} for one in inside["spends"]]
    return {**content, "record": {**inside, "spends": spends}}


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> World:
    """What an earlier release would have kept of the same figures."""
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    world = world_with_returns()
    (now,) = figures.records(world.partnership)
    content = as_then(record.to_json(now))
    BoardSnapshot.objects.create(
        partnership=world.partnership,
        year=now.year,
        run=RollUpRun.objects.done().latest("done_at", "pk"),
        taken_at=NOW,
        content=content,
        digest=digest_of(content),
    )
    return world


def test_its_page_its_tables_and_its_pack_show_what_was_not_recorded(older: World) -> None:
    client = sign_in(older.board_member)

    for query in ("", "&fund=vru", "&fund=hotspot", f"&authority={older.north.pk}"):
        text = client.get(f"{reverse('board')}?as_at={NOW:%Y-%m-%d}{query}")
        assert text.status_code == 200
        for slug in page.TABLES:
            for kind in ("board_csv", "board_xlsx"):
                found = client.get(f"{reverse(kind, args=[slug])}?as_at={NOW:%Y-%m-%d}{query}")
                assert found.status_code == 200
    csv = client.get(f"{reverse('board_csv', args=['reach'])}?as_at={NOW:%Y-%m-%d}").content.decode()
    assert "not recorded" in csv


def test_a_new_record_is_kept_once_and_a_pack_holds_it(older: World) -> None:
    first = BoardSnapshot.objects.get()

    assert (keep(LATER), keep(LATER)) == (1, 0)
    newest = BoardSnapshot.objects.exclude(pk=first.pk).get()
    assert as_then(newest.content) == first.content
    close(older)
    older.roll_up()
    pack = make(LATER)
    assert pack is not None
    assert sign_in(older.board_member).get(f"{reverse('board')}?pack={pack.pk}").status_code == 200
