"""Keeping what the board was shown: the figures each time they change, and the pack of a closed round.

Both are safe twice, late and at once: what is kept already is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.db.models import OuterRef, Subquery

from authorities.models import Partnership
from funding import backlog, files
from funding.board import figures, record
from funding.models import BoardPack, BoardSnapshot, ReturnRound, RollUpMark, RollUpRun, RunKind
from funding.snapshot import digest_of

Clock = Callable[[], datetime]
# The first half of an advisory lock's name is no organisation's number.
LOCK = -1
LONGEST_PROBLEM = 300


def take_all(*, clock: Clock) -> int:
    """Keeps what has changed on any board since it was last looked at. Returns how many snapshots."""
    runs = RollUpRun.objects.done().filter(partnership=OuterRef("pk")).order_by("-done_at", "-id")
    partnerships = Partnership.objects.annotate(run=Subquery(runs.values("pk")[:1])).exclude(run=None)
    # Only spares looking at the same twice: losing it costs a look, which keeps nothing twice.
    looked_at = {f"board-looked-at-{one.pk}": one for one in partnerships}
    known = cache.get_many(looked_at)
    count = 0
    for key, partnership in looked_at.items():
        if known.get(key) != partnership.run:
            taken = take(partnership=partnership, clock=clock)
            if taken is not None:
                cache.set(key, partnership.run, timeout=None)
                count += len(taken)
    return count


@transaction.atomic
def take(*, partnership: Partnership, clock: Clock) -> list[BoardSnapshot] | None:
    """Keeps each year whose figures differ from those kept last. None while figures are still moving."""
    with connection.cursor() as cursor:
        # One at a time: what is kept later is never older.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK, partnership.pk))
    run = _settled(partnership, clock())
    if run is None:
        return None
    found = [(one.year, record.to_json(one)) for one in figures.records(partnership)]
    if _settled(partnership, clock()) != run:
        # A run ended while its figures were being read: some may be of before and some of after it.
        return None
    newest = BoardSnapshot.objects.of(partnership).newest_of_each_year().values_list("year", "digest")
    kept = dict(newest)
    fresh = [
        BoardSnapshot(
            partnership=partnership, year=year, run=run, taken_at=clock(), content=content, digest=digest
        )
        for year, content in found
        if kept.get(year) != (digest := digest_of(content))
    ]
    return BoardSnapshot.objects.bulk_create(fresh, ignore_conflicts=True)


def _settled(partnership: Partnership, at: datetime) -> RollUpRun | None:
    """The run that the figures stand at; None while a change waits, or while everything is recomputed."""
    runs = RollUpRun.objects.filter(partnership=partnership)
    recomputing = runs.filter(
        kind=RunKind.RECOMPUTE, done_at__isnull=True, started_at__gt=at - backlog.RECOMPUTE_DEAD_AFTER
    )
    # A rebuild deletes its marks together with writing its figures: while one runs, they are still seen.
    if RollUpMark.objects.filter(organisation__partnership=partnership).exists() or recomputing.exists():
        return None
    return runs.done().order_by("-done_at", "-id").first()


def due() -> list[ReturnRound]:
    """Closed rounds that have no pack yet, in the order of their closing."""
    rounds = ReturnRound.objects.filter(closed_at__isnull=False, pack__isnull=True)
    return list(rounds.select_related("partnership").order_by("closed_at", "pk"))


def note_failure(*, opened: ReturnRound, problem: Exception, at: datetime) -> None:
    """For the page of the jobs. Losing it costs nothing: the next failure notes it again."""
    key = backlog.pack_failure_key(opened)
    times = (cache.get(key) or (0,))[0] + 1
    cache.set(key, (times, at, f"{type(problem).__name__}: {problem}"[:LONGEST_PROBLEM]), timeout=None)


def forget_failure(*, opened: ReturnRound) -> None:
    """The pack is made."""
    cache.delete(backlog.pack_failure_key(opened))


def freeze(
    *, opened: ReturnRound, snapshot: BoardSnapshot, pdf: bytes, workbook: bytes, at: datetime
) -> BoardPack:
    """The pack of the round, made once: the one that stands already is given back, and nothing is kept."""
    if standing := BoardPack.objects.filter(round=opened).first():
        return standing
    # The files first: a row is never without its files, and a file without a row is swept away.
    written = [files.keep([pdf], extension="pdf"), files.keep([workbook], extension="xlsx")]
    paper, book = written
    try:
        with transaction.atomic():
            return BoardPack.objects.create(
                round=opened,
                snapshot=snapshot,
                frozen_at=at,
                pdf_as=paper.stored_as,
                pdf_digest=paper.digest,
                workbook_as=book.stored_as,
                workbook_digest=book.digest,
            )
    except IntegrityError:
        for one in written:
            files.remove(one.stored_as)
        # Another worker was first.
        if standing := BoardPack.objects.filter(round=opened).first():
            return standing
        raise
