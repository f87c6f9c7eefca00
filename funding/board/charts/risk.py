"""What is at risk? The money that stands to be lost on 31 March, the largest amount first, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from authorities.filters import date_words
from funding.board.charts.chart import Chart, counted, scope
from funding.board.charts.phase import Phase
from funding.board.charts.standing import gaps, named
from funding.board.charts.table import Column, Kind, Table, Told
from funding.board.facts import QUARTERS, Facts
from funding.board.outturn import Line
from funding.money import ZERO, whole_pounds

AT_MOST = 10


@dataclass(frozen=True)
class Part:
    """What something at risk comes from, in pounds, and the certified return that says so, if one does."""

    amount: Decimal
    words: str
    return_id: int | None = None


@dataclass(frozen=True)
class Risk:
    """What one organisation stands to lose of one fund, in pounds, and what it comes from."""

    organisation: str
    fund: str
    amount: Decimal
    why: Told
    key: str


def ranked(facts: Facts, lines: Sequence[Line]) -> list[Risk]:
    """The largest amount first, equal ones in their order."""
    grouped: dict[tuple[int, str], list[Line]] = {}
    for line in lines:
        if line.at_risk:
            grouped.setdefault((line.recipient.pk, line.award.fund.code), []).append(line)
    found = [
        Risk(
            own[0].recipient.short_name,
            own[0].award.fund.name,
            sum((line.at_risk for line in own), ZERO),
            _why(facts, own),
            urlencode({"authority": recipient, "fund": fund}),
        )
        for (recipient, fund), own in grouped.items()
    ]
    return sorted(found, key=lambda one: one.amount, reverse=True)


def _why(facts: Facts, own: Sequence[Line]) -> Told:
    """The two largest parts, the others together, and what is taken off again: it adds up."""
    parts = sorted(_parts(facts, own), key=lambda part: -part.amount)
    told, others = parts[:2], sum((part.amount for part in parts[2:]), ZERO)
    saved = sum((part.amount for part in parts), ZERO) - sum((line.at_risk for line in own), ZERO)
    words = [part.words for part in told]
    words += [f"others {whole_pounds(others)}"] if others else []
    words += [f"less {whole_pounds(saved)} made up in other quarters"] if saved else []
    return Told("; ".join(words), parts[0].return_id)


def _parts(facts: Facts, own: Sequence[Line]) -> Iterator[Part]:
    """What is allocated and not planned, and each quarter below its plan."""
    unplanned = sum((line.unplanned for line in own), ZERO)
    if unplanned:
        yield Part(unplanned, f"Not planned: {whole_pounds(unplanned)}")
    returned = {each.quarter: each for each in facts.returns if each.recipient == own[0].recipient.pk}
    for number in QUARTERS:
        cells = [line.quarters[number - 1] for line in own]
        below = sum((cell.plan - cell.expected for cell in cells), ZERO)
        if below <= 0:
            continue
        if all(cell.is_counted for cell in cells):
            note = " (nil return)" if returned[number].is_nil else ""
            words = f"Quarter {number}: {whole_pounds(below)} below plan{note}"
            yield Part(below, words, returned[number].return_id)
        else:
            yield Part(below, f"Quarter {number}: {whole_pounds(below)} less forecast than planned")


def risks(facts: Facts, lines: Sequence[Line], stands: Phase) -> Chart:
    """Who stands to lose how much of which fund."""
    # What is not planned before the year begins is no risk yet.
    every = [] if stands is Phase.AHEAD else ranked(facts, lines)
    rows, rest = every[:AT_MOST], every[AT_MOST:]
    table = Table(
        f"{stands.words.at_risk}, by organisation and fund",
        (
            *(Column(head, Kind.TEXT) for head in ("Organisation", "Fund")),
            Column(stands.words.at_risk),
            Column("Why", Kind.TEXT),
        ),
        tuple((one.organisation, one.fund, one.amount, one.why) for one in rows),
        (f"These {AT_MOST}" if rest else "Total", "", _sum(rows), ""),
        measures=("", "", "at_risk", ""),
        keys=tuple(one.key for one in rows),
        has_rows_of_foot=not rest,
    )
    subtitle = f"Pounds. {scope(facts)}. Largest first."
    note = " ".join(_notes(facts, stands, rest))
    return Chart(
        "risks", _title(every, stands), subtitle, table, note=note, answer=_answer(facts, every, stands)
    )


def _notes(facts: Facts, stands: Phase, rest: Sequence[Risk]) -> Iterator[str]:
    last = date_words(facts.ends_on)
    if stands.is_over:
        yield f"Money that was not spent by {last} is lost."
    else:
        yield f"Money that is not spent by {last} is lost: it can be given to someone else until then."
        if words := _rests_on(facts):
            yield words
        yield from _cliffs(facts)
    if rest:
        amounts = counted(len(rest), "smaller amount is", "smaller amounts are")
        yield f"{amounts} not listed: {whole_pounds(_sum(rest))} together."


def _rests_on(facts: Facts) -> str:
    """Whose part of it is no more than a forecast; empty where every return that was due counts."""
    found = gaps(facts, {one.pk for one in facts.recipients})
    names = dict.fromkeys(name for gap in found for name in (*gap.missing, *gap.queried))
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"{named(tuple(names))} {verb} counted at the latest forecast or the plan."


def _cliffs(facts: Facts) -> list[str]:
    """The funds of this year that nothing is recorded of for the next one."""
    last = date_words(facts.ends_on)
    funds = dict.fromkeys(award.fund for award in facts.awards if award.fund.code not in facts.funded_next)
    amounts = {
        fund: sum((award.amount for award in facts.awards if award.fund == fund), ZERO) for fund in funds
    }
    return [
        f"{fund.name} has no award after {last}: it is {whole_pounds(amount)} this year."
        for fund, amount in amounts.items()
    ]


def _sum(rows: Sequence[Risk]) -> Decimal:
    return sum((one.amount for one in rows), ZERO)


def _title(rows: Sequence[Risk], stands: Phase) -> str:
    if stands is Phase.AHEAD:
        return "Nothing is at risk before the year begins"
    if not rows:
        return "Everything was spent" if stands.is_over else "Nothing is at risk"
    words = "was not spent" if stands.is_over else "is at risk"
    first = rows[0]
    if len(rows) == 1:
        return f"{whole_pounds(first.amount)} {words}, all of it {first.fund} money of {first.organisation}"
    return (
        f"{whole_pounds(_sum(rows))} {words}; the largest amount is {whole_pounds(first.amount)} of "
        f"{first.organisation} ({first.fund})"
    )


def _answer(facts: Facts, found: Sequence[Risk], stands: Phase) -> str:
    """In a few sentences, for the head of the page: who stands to lose how much, and which fund ends."""
    more = [] if stands is not Phase.RUNNING else [one for one in (_rests_on(facts), *_cliffs(facts)) if one]
    return " ".join([f"{_who(found, stands)}.", *more])


def _who(found: Sequence[Risk], stands: Phase) -> str:
    by_name: dict[str, Decimal] = {}
    for one in found:
        by_name[one.organisation] = by_name.get(one.organisation, ZERO) + one.amount
    if len(by_name) < 2:
        return _title(found, stands)
    largest = sorted(by_name.items(), key=lambda pair: -pair[1])
    told, others = largest[:2], sum((amount for _, amount in largest[2:]), ZERO)
    parts = [f"{name} {whole_pounds(amount)}" for name, amount in told]
    parts += [f"others {whole_pounds(others)}"] if others else []
    return f"{whole_pounds(_sum(found))}: {', '.join(parts)}"
