"""Making the packs that are due: outside any request, once the figures of the round have settled.

Safe twice, late and at once. Killed anywhere, it leaves files without a row, which the sweep takes away, and
a round without a pack, which the next look finds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from funding.actions import board_packs
from funding.board import moments
from funding.board.charts import page
from funding.board.pack import asking, paper, workbook
from funding.board.pack.imprint import Imprint
from funding.models import BoardPack, BoardSnapshot, ReturnRound
from funding.papers import pdf
from funding.quarters import london_day

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def make_due(*, clock: Clock) -> int:
    """Makes each pack that is due and can be made; returns how many. One that fails stops no other."""
    made = 0
    for opened in board_packs.due():
        try:
            pack = _make(opened, clock)
        except Exception as problem:
            # The round stays without a pack, and the next look tries again.
            logger.exception("The board pack of %s could not be made.", opened)
            board_packs.note_failure(opened=opened, problem=problem, at=clock())
            continue
        if pack is not None:
            made += 1
            board_packs.forget_failure(opened=opened)
    return made


def _make(opened: ReturnRound, clock: Clock) -> BoardPack | None:
    """None while changes wait to be rolled up: a pack never holds half of what was decided."""
    if board_packs.take(partnership=opened.partnership, clock=clock) is None:
        return None
    kept = BoardSnapshot.objects.of(opened.partnership).filter(year=opened.year).select_related("run")
    snapshot = kept.newest_of_each_year().first()
    if snapshot is None:
        return None
    at = clock()
    facts = moments.whole(snapshot, london_day(at))
    shown = page.build(facts)
    imprint = Imprint(
        partnership=facts.partnership,
        quarter=str(opened.quarter),
        run=snapshot.run_id,
        run_at=snapshot.run.done_at,
        frozen_at=at,
        digest=snapshot.digest,
    )
    asked = asking.of(opened)
    return board_packs.freeze(
        opened=opened,
        snapshot=snapshot,
        pdf=pdf(paper.of(shown, imprint, asked)),
        workbook=workbook.write(shown, imprint, asked),
        at=at,
    )
