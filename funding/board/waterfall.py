"""From the board as it once stood to the board as it stands: each difference with its event. Pure.

The two ends are kept records of the board. What lies between them comes from somewhere else: the returns as
they were certified, and the lines of approved decisions. What the events do not account for stands apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum

from funding.board import record_sums
from funding.board.facts import ACCEPTED, QUARTERS, Recipient, Spend
from funding.board.outturn import expected
from funding.board.record import Record
from funding.money import ZERO, pounds
from funding.quarters import Quarter


class Cause(Enum):
    """Why a figure of the board is another. In this order on the page."""

    RETURNED = "new returns"
    CHANGED = "changed returns"
    CORRECTED = "corrections"
    PLANNED = "changed plan"
    DECIDED = "decisions"
    UNEXPLAINED = "not explained"

    @property
    def slug(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Certified:
    """One return as it was certified: pounds by award. `corrections` goes by what is corrected."""

    pk: int
    recipient: int
    quarter: int
    version: int
    certified_at: datetime
    actuals: Mapping[int, Decimal]
    forecasts: Mapping[int, Mapping[int, Decimal]]  # award -> later quarter -> pounds
    corrections: Mapping[str, tuple[str, int, Decimal]] = field(default_factory=dict)  # name, award, pounds


@dataclass(frozen=True)
class Moved:
    """One approved line of a decision."""

    decision: int
    reference: str
    recipient: int
    amount: Decimal
    at: datetime


@dataclass(frozen=True)
class Side:
    """The board at one end, and the returns that it counted then, by recipient and quarter."""

    record: Record
    returns: Mapping[tuple[int, int], Certified]


@dataclass(frozen=True)
class Event:
    """One thing that happened, and what it did to the figure of one recipient."""

    recipient: int
    cause: Cause
    words: str
    amount: Decimal
    at: datetime | None = None
    return_pk: int | None = None
    decision_pk: int | None = None


@dataclass(frozen=True)
class Bar:
    """The events of one recipient and cause. Their sum is the bar."""

    recipient: Recipient
    cause: Cause
    amount: Decimal
    events: Sequence[Event]

    @property
    def slug(self) -> str:
        return f"{self.recipient.pk}-{self.cause.slug}"


@dataclass(frozen=True)
class Waterfall:
    """From `then` to `now`, in bars that make up the whole difference."""

    slug: str
    then: Decimal
    now: Decimal
    bars: Sequence[Bar]

    @property
    def difference(self) -> Decimal:
        return self.now - self.then

    def of(self, cause: Cause) -> Decimal:
        return sum((bar.amount for bar in self.bars if bar.cause is cause), ZERO)


@dataclass(frozen=True)
class _Year:
    """One recipient's year, as far as a step has brought it."""

    plans: Mapping[tuple[int, int], Decimal]  # (award, quarter) -> pounds
    held: Mapping[int, Certified]  # by quarter

    @property
    def spent(self) -> Decimal:
        return sum((amount for one in self.held.values() for amount in _actuals(one).values()), ZERO)

    @property
    def outturn(self) -> Decimal:
        """By the arithmetic of the board page."""
        awards = {award for award, _ in self.plans}
        bases = dict.fromkeys(self.held, ACCEPTED)
        return sum(
            (quarter.expected for award in awards for quarter in expected(self._spends(award), bases)), ZERO
        )

    def _spends(self, award: int) -> dict[int, Spend]:
        found = {}
        for number in QUARTERS:
            one = self.held.get(number)
            actual = _actuals(one).get(award) if one else None
            forecasts = dict(one.forecasts.get(award, {})) if one else {}
            plan = self.plans.get((award, number), ZERO)
            found[number] = Spend(0, award, number, plan, actual, forecasts)
        return found


def _actuals(one: Certified) -> dict[int, Decimal]:
    """What the board counts in the quarter: what was spent, with the corrections that the return carries."""
    found = dict(one.actuals)
    for _, award, amount in one.corrections.values():
        found[award] = found.get(award, ZERO) + amount
    return found


def waterfalls(then: Side, now: Side, decisions: Iterable[Moved]) -> tuple[Waterfall, Waterfall, Waterfall]:
    """Spend that counts, the year as it is expected to end, and what is allocated."""
    bodies = {one.pk: one for side in (then, now) for one in side.record.recipients}
    spent: list[Event] = []
    outturn: list[Event] = []
    for pk in bodies:
        for before, after, event in _steps(pk, then, now):
            spent.append(replace(event, amount=after.spent - before.spent))
            outturn.append(replace(event, amount=after.outturn - before.outturn))
    moved = [
        Event(
            one.recipient, Cause.DECIDED, f"Decision {one.reference}", one.amount, one.at,
            decision_pk=one.decision,
        )
        for one in decisions
    ]  # fmt: skip
    return (
        _waterfall("spend", bodies, record_sums.spent(then.record), record_sums.spent(now.record), spent),
        _waterfall(
            "forecast", bodies, record_sums.outturn(then.record), record_sums.outturn(now.record), outturn
        ),
        _waterfall(
            "allocated", bodies, record_sums.allocated(then.record), record_sums.allocated(now.record), moved
        ),
    )


def _waterfall(
    slug: str,
    bodies: Mapping[int, Recipient],
    then: Mapping[int, Decimal],
    now: Mapping[int, Decimal],
    events: Iterable[Event],
) -> Waterfall:
    telling = [event for event in events if event.amount]
    bars = []
    for pk, body in bodies.items():
        known = [event for event in telling if event.recipient == pk]
        for cause in Cause:
            some = [event for event in known if event.cause is cause]
            if some:
                bars.append(Bar(body, cause, sum((event.amount for event in some), ZERO), some))
        rest = now.get(pk, ZERO) - then.get(pk, ZERO) - sum((event.amount for event in known), ZERO)
        if rest:
            bars.append(Bar(body, Cause.UNEXPLAINED, rest, ()))
    return Waterfall(slug, _sum(then, bodies), _sum(now, bodies), bars)


def _sum(amounts: Mapping[int, Decimal], bodies: Mapping[int, Recipient]) -> Decimal:
    return sum((amounts.get(pk, ZERO) for pk in bodies), ZERO)


def _steps(pk: int, then: Side, now: Side) -> Iterator[tuple[_Year, _Year, Event]]:
    """One recipient's year, event by event: the plan, then the returns in the order of their quarters."""
    year = _Year(_plans(pk, then.record), _held(pk, then))
    plans, held = _plans(pk, now.record), _held(pk, now)
    for number in QUARTERS:
        changed = {key: amount for key, amount in plans.items() if key[1] == number}
        after = replace(year, plans={**_without(year.plans, number), **changed})
        before = sum((amount for key, amount in year.plans.items() if key[1] == number), ZERO)
        total = sum(changed.values(), ZERO)
        words = f"Plan of Q{number}: {pounds(before)}, now {pounds(total)}"
        yield year, after, Event(pk, Cause.PLANNED, words, ZERO)
        year = after
    label = Quarter(now.record.year, 1).label.split(" ", 1)[1]
    for number in QUARTERS:
        for step, event in _of_quarter(year.held.get(number), held.get(number), f"Q{number} {label}"):
            after = replace(year, held=_with(year.held, number, step))
            yield year, after, replace(event, recipient=pk)
            year = after


def _of_quarter(
    before: Certified | None, after: Certified | None, label: str
) -> Iterator[tuple[Certified | None, Event]]:
    """How one quarter's return came to be another, correction by correction."""
    known = after or before
    if known is None or before == after:
        return
    about = Event(known.recipient, Cause.CHANGED, "", ZERO, return_pk=known.pk)
    if after is None:
        words = f"Return of {label}: back with the organisation, and not counted until it is certified again"
        yield None, replace(about, words=words)
        return
    about = replace(about, at=after.certified_at)
    carried = before.corrections if before else {}
    cause, said = (Cause.CHANGED, "certified again") if before else (Cause.RETURNED, "certified")
    step = replace(after, corrections=carried)
    yield step, replace(about, cause=cause, words=f"Return of {label}: {said} as version {after.version}")
    for key in dict.fromkeys([*carried, *after.corrections]):
        name = (after.corrections.get(key) or carried[key])[0]
        step = replace(step, corrections=_put(step.corrections, key, after.corrections.get(key)))
        words = f"Return of {label} carries a correction: {name}"
        if key not in after.corrections:
            words = f"Return of {label} no longer carries a correction: {name}"
        yield step, replace(about, cause=Cause.CORRECTED, words=words)


def _put(
    held: Mapping[str, tuple[str, int, Decimal]], key: str, value: tuple[str, int, Decimal] | None
) -> dict[str, tuple[str, int, Decimal]]:
    found = {name: one for name, one in held.items() if name != key}
    return found if value is None else {**found, key: value}


def _with(held: Mapping[int, Certified], number: int, one: Certified | None) -> dict[int, Certified]:
    found = {quarter: other for quarter, other in held.items() if quarter != number}
    return found if one is None else {**found, number: one}


def _without(plans: Mapping[tuple[int, int], Decimal], number: int) -> dict[tuple[int, int], Decimal]:
    return {key: amount for key, amount in plans.items() if key[1] != number}


def _held(pk: int, side: Side) -> dict[int, Certified]:
    return {quarter: one for (recipient, quarter), one in side.returns.items() if recipient == pk}


def _plans(pk: int, record: Record) -> dict[tuple[int, int], Decimal]:
    return {(one.award, one.quarter): one.plan for one in record.spends if one.recipient == pk}
