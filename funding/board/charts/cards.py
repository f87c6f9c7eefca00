"""The year in one sentence and a row of key figures, in the words that fit where the year stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from funding.board.charts.chart import capital, listed
from funding.board.charts.funds import basis
from funding.board.charts.phase import Phase
from funding.board.charts.spending import holders, spent_cells
from funding.board.charts.standing import gap_sentence, gaps, why_nothing
from funding.board.charts.table import NOT_RETURNED, Nil
from funding.board.facts import AwardFact, Facts
from funding.board.outturn import Line, Sums, latest_returned, lines, total
from funding.money import ZERO, percentage, whole_pounds
from funding.quarters import year_label, year_words


@dataclass(frozen=True)
class KeyFigure:
    """One large number and what there is to know about it."""

    label: str
    value: str
    note: str = ""


def headline(facts: Facts, found: Sequence[Line], stands: Phase) -> str:
    """The year in one sentence."""
    sums, year = total(found), year_words(facts.year)
    if not facts.awards:
        return no_award(facts)
    if not sums.allocated:
        return f"Nothing has been allocated for {year} in this selection."
    allocated = whole_pounds(sums.allocated)
    if stands is not Phase.AHEAD and not sums.has_returned:
        return f"{allocated} is allocated for {year}. No return has been certified yet."
    if stands is Phase.RUNNING:
        return _running(facts, sums)
    return _ahead(sums, year) if stands is Phase.AHEAD else _over(sums, year)


def _running(facts: Facts, sums: Sums) -> str:
    allocated, year = whole_pounds(sums.allocated), year_words(facts.year)
    forecast = f"{whole_pounds(sums.outturn)} of the {allocated} allocated for {year} is forecast to be spent"
    if not sums.at_risk:
        return f"{forecast}. Nothing is at risk of being lost."
    return (
        f"{forecast}. {whole_pounds(sums.at_risk)} is at risk: money that is not spent by "
        f"31 March {facts.year + 1} is lost."
    )


def no_award(facts: Facts) -> str:
    """Why a selection is empty: the fund ended, has not begun, or nobody recorded an award."""
    fund, year = facts.fund, facts.year
    if fund is None:
        return f"No award has been recorded for {year_words(year)} in this selection."
    said = f"{fund.name} has no award in {year_label(year)}."
    if fund.ends_on and fund.starts_on and fund.ends_on < facts.ends_on:
        first, last = (f"{day.day} {day:%B %Y}" for day in (fund.starts_on, fund.ends_on))
        return f"{said} It ran from {first} to {last}."
    if fund.starts_on and fund.starts_on > facts.ends_on:
        return f"{said} It began on {fund.starts_on.day} {fund.starts_on:%B %Y}."
    return said


def _ahead(sums: Sums, year: str) -> str:
    allocated = f"{year} has not begun. {whole_pounds(sums.allocated)} is allocated"
    if not sums.unplanned:
        return f"{allocated}, and all of it is planned."
    return f"{allocated}; {whole_pounds(sums.unplanned)} of it is not planned yet."


def _over(sums: Sums, year: str) -> str:
    spent = f"{whole_pounds(sums.spent)} of the {whole_pounds(sums.allocated)} allocated for {year} was spent"
    expected = sums.outturn - sums.spent
    if expected:
        spent += f", and {whole_pounds(expected)} more is forecast for returns that do not count yet"
    return f"{spent}; {whole_pounds(sums.at_risk) if sums.at_risk else 'nothing'} was left."


def key_figures(facts: Facts, found: Sequence[Line], stands: Phase) -> tuple[KeyFigure, ...]:
    """Award, allocated, spent, forecast and at risk, each with what to know about it."""
    sums = total(found)
    first = (_award(facts), _allocated(facts, sums))
    if not found:
        return first
    planned = KeyFigure("Planned", whole_pounds(sums.plan), _planned_note(sums))
    if stands is Phase.AHEAD:
        share = percentage(sums.unplanned, sums.allocated)
        note = f"{capital(share)} of the allocation" if sums.unplanned else ""
        return (*first, planned, KeyFigure("Not planned yet", whole_pounds(sums.unplanned), note))
    spent = _spent(facts, found, sums, stands)
    outturn = planned if stands is Phase.CLOSED else _outturn(facts, found, sums, stands)
    middle = (outturn, spent) if stands is Phase.CLOSED else (spent, outturn)
    label = "Not spent" if stands.is_over else "At risk of being lost"
    return (*first, *middle, KeyFigure(label, whole_pounds(sums.at_risk), _at_risk_note(sums, stands)))


def _award(facts: Facts) -> KeyFigure:
    awarded = sum((award.amount for award in facts.awards), ZERO)
    whose = "For the whole partnership. " if facts.recipient else ""
    return KeyFigure("Award", whole_pounds(awarded), f"{whose}{basis_words(facts.awards)}")


def _allocated(facts: Facts, sums: Sums) -> KeyFigure:
    note = facts.recipient.name if facts.recipient else ""
    free = sum((award.amount for award in facts.awards), ZERO) - sums.allocated
    if not note:
        note = f"{whole_pounds(free)} is not allocated yet" if free else "All of the award"
    return KeyFigure("Allocated", whole_pounds(sums.allocated), note)


def _planned_note(sums: Sums) -> str:
    return "" if sums.unplanned else "All of the allocation"


def _spent(facts: Facts, found: Sequence[Line], sums: Sums, stands: Phase) -> KeyFigure:
    missing = gap_sentence(gaps(facts, holders(found)))
    rest = f". {capital(missing)}" if missing else ""
    if not sums.has_returned:
        return KeyFigure(stands.words.spent, why_nothing(facts, holders(found)) or NOT_RETURNED, rest[2:])
    _, provisional = spent_cells(facts, found)
    split = f"{whole_pounds(sums.accepted)} accepted"
    if isinstance(provisional, Nil):
        split += ", a nil return provisional"
    elif sums.provisional:
        split += f", {whole_pounds(sums.provisional)} provisional"
    return KeyFigure(stands.words.spent, whole_pounds(sums.spent), f"{split}{rest}")


def _outturn(facts: Facts, found: Sequence[Line], sums: Sums, stands: Phase) -> KeyFigure:
    latest = latest_returned(found)
    return KeyFigure(stands.words.outturn, whole_pounds(sums.outturn), _change_words(facts, sums, latest))


def _change_words(facts: Facts, now: Sums, latest: int | None) -> str:
    if latest is None:
        return "As planned: nothing has been returned"
    change = now.outturn - total(lines(facts, before=latest)).outturn
    since = "planned" if latest == 1 else f"after Quarter {latest - 1}"
    if not change:
        return f"As {since}"
    return f"{whole_pounds(abs(change))} {'more' if change > 0 else 'less'} than {since}"


def _at_risk_note(sums: Sums, stands: Phase) -> str:
    share = percentage(sums.at_risk, sums.allocated)
    notes = [f"{capital(share)} of the allocation." if share and sums.at_risk else "None of the allocation."]
    if sums.at_risk_unplanned:
        words = "was never planned" if stands.is_over else "is not planned yet"
        notes.append(f"{whole_pounds(sums.at_risk_unplanned)} of it {words}.")
    if sums.over:
        words = "was spent" if stands is Phase.CLOSED else "is forecast"
        notes.append(f"{whole_pounds(sums.over)} {words} above allocations.")
    return " ".join(notes)


def basis_words(awards: Sequence[AwardFact]) -> str:
    """Where the amounts come from; fund by fund where it is not the same for all."""
    by_basis: dict[str, list[str]] = {}
    for award in awards:
        by_basis.setdefault(basis(award.basis), []).append(award.fund.name)
    if len(by_basis) == 1:
        return capital(next(iter(by_basis)))
    return "; ".join(f"{listed(dict.fromkeys(names))}: {word}" for word, names in by_basis.items())
