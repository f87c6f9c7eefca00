"""Who has returned: organisations by quarters of one financial year. Pure: rows come loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from authorities.models import Organisation
from funding.models import (
    ACCEPTED_STATES,
    OPEN_STATES,
    REVIEWED_STATES,
    QuarterlyReturn,
    ReturnRound,
    ReturnStatus,
)
from funding.quarters import Quarter
from funding.return_story import days_late

LATE = "late"


@dataclass(frozen=True)
class Wanted:
    """What the page is asked to show. Without a value everything is."""

    status: str = ""
    late: bool = False
    quarter: int | None = None
    kind: str = ""

    @property
    def is_anything(self) -> bool:
        return bool(self.status or self.late or self.kind or self.quarter)


@dataclass(frozen=True)
class Place:
    """One organisation's quarter: its return, or why there is none."""

    quarterly_return: QuarterlyReturn | None
    why_none: str
    late: str
    is_wanted: bool

    @property
    def can_be_reminded(self) -> bool:
        """Whether it is with its organisation or its certifier."""
        found = self.quarterly_return
        return found is not None and found.status in (*OPEN_STATES, ReturnStatus.WITH_CERTIFIER)

    @property
    def can_be_accepted(self) -> bool:
        found = self.quarterly_return
        return found is not None and found.status in REVIEWED_STATES

    @property
    def can_be_ticked(self) -> bool:
        return self.is_wanted and (self.can_be_reminded or self.can_be_accepted)


@dataclass(frozen=True)
class TrackerRow:
    """One organisation over the quarters that are shown."""

    organisation: Organisation
    places: list[Place]

    @property
    def accepted(self) -> str:
        return _accepted(self.places)


@dataclass(frozen=True)
class Column:
    """One quarter, and its round where one was opened."""

    quarter: Quarter
    opened: ReturnRound | None


@dataclass(frozen=True)
class Tracker:
    """The matrix of one year. Counts are of the whole year, totals of the rows that are shown."""

    columns: list[Column]
    rows: list[TrackerRow]
    shown: list[TrackerRow]
    counts: Counter[str]

    @property
    def totals(self) -> list[str]:
        """How many are accepted, quarter by quarter and in all."""
        return [_accepted(places) for places in self._by_column]

    @property
    def late(self) -> list[int]:
        """How many are late, quarter by quarter and in all."""
        return [sum(bool(place.late) for place in places) for places in self._by_column]

    @property
    def _by_column(self) -> list[list[Place]]:
        columns = [[row.places[index] for row in self.shown] for index in range(len(self.columns))]
        return [*columns, [place for row in self.shown for place in row.places]]

    @property
    def can_be_ticked(self) -> bool:
        return any(place.can_be_ticked for row in self.shown for place in row.places)


def _accepted(places: Iterable[Place]) -> str:
    asked = [place.quarterly_return for place in places if place.quarterly_return]
    done = sum(found.status in ACCEPTED_STATES for found in asked)
    return f"{done} of {len(asked)}" if asked else "None asked"


def build(
    year: int,
    organisations: Iterable[Organisation],
    rounds: Iterable[ReturnRound],
    returns: Iterable[QuarterlyReturn],
    *,
    wanted: Wanted,
    on: date,
) -> Tracker:
    """The year's matrix. Of what is wanted, only organisations that have such a return are shown."""
    opened = {one.quarter: one for one in rounds}
    quarters = [Quarter(year, number) for number in range(1, 5)]
    found = {(one.organisation_id, one.quarter): one for one in returns}
    rows = [
        TrackerRow(
            organisation,
            [
                _place(found.get((organisation.pk, quarter)), quarter in opened, wanted, on)
                for quarter in quarters
                if wanted.quarter in (None, quarter.number)
            ],
        )
        for organisation in organisations
    ]
    columns = [
        Column(quarter, opened.get(quarter))
        for quarter in quarters
        if wanted.quarter in (None, quarter.number)
    ]
    return Tracker(columns, rows, _shown(rows, wanted), _counts(found.values(), on))


def _shown(rows: Sequence[TrackerRow], wanted: Wanted) -> list[TrackerRow]:
    of_kind = [row for row in rows if wanted.kind in ("", row.organisation.kind)]
    if not wanted.status and not wanted.late:
        return of_kind
    return [row for row in of_kind if any(place.is_wanted for place in row.places)]


def _counts(returns: Iterable[QuarterlyReturn], on: date) -> Counter[str]:
    counts = Counter[str]()
    for one in returns:
        counts[one.status] += 1
        counts[LATE] += one.is_late(on)
    return counts


def _place(found: QuarterlyReturn | None, is_open: bool, wanted: Wanted, on: date) -> Place:
    if found is None:
        return Place(None, "No return needed" if is_open else "Not open yet", "", is_wanted=False)
    late = days_late(found, on)
    is_wanted = wanted.status in ("", found.status) and (bool(late) or not wanted.late)
    return Place(found, "", late, is_wanted)
