"""The board as it once stood: at the end of a day, or as the pack of a round holds it. One query each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from authorities.models import Partnership
from funding.board import record
from funding.board.agenda import Agenda
from funding.board.facts import Facts, Stamp
from funding.board.filters import Filters
from funding.models import BoardPack, BoardSnapshot
from funding.quarters import london_day


@dataclass(frozen=True)
class Moment:
    """What a page shows: the filters, the facts, and what they were taken from. None of it: today's.

    Only today's has an agenda: what is asked of the board is not kept with the figures of a day.
    """

    filters: Filters
    facts: Facts
    day: date | None = None
    pack: BoardPack | None = None
    agenda: Agenda | None = None


def at_the_end_of(day: date, partnership: Partnership, asked: Mapping[str, str]) -> Moment | None:
    """The newest record of that day. None where nothing as old was kept."""
    snapshots = BoardSnapshot.objects.of(partnership).by_the_end_of(day).select_related("run")
    of_years = {one.year: one for one in snapshots.newest_of_each_year()}
    if not of_years:
        return None
    # What there was to choose from that day, as the record that was taken last says.
    last = record.from_json(max(of_years.values(), key=lambda one: (one.taken_at, one.pk)).content)
    filters = record.offered(
        asked, recipients=last.recipients, awards=last.awards, latest=last.latest, today=day
    )
    if filters.year not in of_years:
        return None
    filters = replace(filters, moment=("as_at", day.isoformat()))
    return Moment(filters, facts_of(of_years[filters.year], filters, day), day)


def of_pack(pack: BoardPack, asked: Mapping[str, str]) -> Moment:
    """The page as it was presented, with the filters of its one year."""
    day, snapshot = london_day(pack.frozen_at), pack.snapshot
    found = record.from_json(snapshot.content)
    filters = record.offered(
        {**asked, "year": str(snapshot.year)},
        recipients=found.recipients,
        awards=found.awards,
        latest=found.latest,
        today=day,
    )
    only = tuple(option for option in filters.years if option.is_chosen)
    filters = replace(filters, years=only, moment=("pack", str(pack.pk)))
    return Moment(filters, facts_of(snapshot, filters, day), day, pack)


def whole(snapshot: BoardSnapshot, day: date) -> Facts:
    """All that a snapshot holds, without a filter, as a page of that day says it."""
    found = record.from_json(snapshot.content)
    filters = record.offered(
        {"year": str(snapshot.year)},
        recipients=found.recipients,
        awards=found.awards,
        latest=found.latest,
        today=day,
    )
    return facts_of(snapshot, filters, day)


def facts_of(snapshot: BoardSnapshot, filters: Filters, day: date) -> Facts:
    """The facts of a snapshot, which stands at its run."""
    stamp = Stamp(snapshot.run_id, snapshot.run.done_at, 0)
    return record.narrowed(record.from_json(snapshot.content), filters, today=day, stamp=stamp)
