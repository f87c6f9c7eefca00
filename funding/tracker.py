"""Who has returned: organisations by quarters of one financial year. Pure: rows come loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from authorities.models import Organisation
from funding.models import ACCEPTED_STATES, QuarterlyReturn, ReturnRound
from funding.quarters import Quarter
from funding.return_story import days_late

LATE = "late"


@dataclass(frozen=True)
class Place:
    """One organisation's quarter: its return, or why there is none."""

    quarterly_return: QuarterlyReturn | None
    why_none: str
    late: str

    def is_in(self, state: str) -> bool:
        """Whether its return is in the state, or is late where `state` says so."""
        if self.quarterly_return is None:
            return False
        return bool(self.late) if state == LATE else self.quarterly_return.status == state


@dataclass(frozen=True)
class TrackerRow:
    """One organisation over the year."""

    organisation: Organisation
    places: list[Place]

    @property
    def accepted(self) -> str:
        return _accepted(self.places)


@dataclass(frozen=True)
class Tracker:
    """The matrix of one year. Counts are of the whole year, whichever rows are shown."""

    quarters: list[Quarter]
    rows: list[TrackerRow]
    shown: list[TrackerRow]
    counts: Counter[str]

    @property
    def totals(self) -> list[str]:
        """How many are accepted, quarter by quarter and in all."""
        columns = [[row.places[index] for row in self.rows] for index in range(len(self.quarters))]
        every = [place for row in self.rows for place in row.places]
        return [_accepted(column) for column in (*columns, every)]


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
    state: str,
    on: date,
) -> Tracker:
    """The year's matrix; with a state, only organisations that have a return in it are shown."""
    quarters = [Quarter(year, number) for number in range(1, 5)]
    opened = {opened.quarter for opened in rounds}
    found = {(one.organisation_id, one.quarter): one for one in returns}
    rows = [
        TrackerRow(
            organisation,
            [_place(found.get((organisation.pk, quarter)), quarter in opened, on) for quarter in quarters],
        )
        for organisation in organisations
    ]
    counts = Counter[str]()
    for place in (place for row in rows for place in row.places if place.quarterly_return):
        counts[place.quarterly_return.status] += 1  # type: ignore[union-attr]
        counts[LATE] += bool(place.late)
    shown = [row for row in rows if not state or any(place.is_in(state) for place in row.places)]
    return Tracker(quarters, rows, shown, counts)


def _place(found: QuarterlyReturn | None, is_open: bool, on: date) -> Place:
    if found is None:
        return Place(None, "No return needed" if is_open else "Not open yet", "")
    return Place(found, "", days_late(found, on))
