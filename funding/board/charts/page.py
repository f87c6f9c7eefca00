"""The whole board page: headline, key figures, and every chart in the order of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from funding.board.charts import delivery, spending, status
from funding.board.charts.chart import Chart, listed, scope
from funding.board.charts.spec import dumps
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import AwardFact, Facts, FundFact
from funding.board.outturn import Line, Sums, latest_returned, lines, total
from funding.money import ZERO, percentage, whole_pounds
from funding.quarters import year_words


@dataclass(frozen=True)
class KeyFigure:
    """One large number and what there is to know about it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Page:
    """What the template shows."""

    headline: str
    key_figures: tuple[KeyFigure, ...]
    charts: dict[str, Chart]
    has_money: bool

    @property
    def specs(self) -> str:
        """Every drawing's specification, as one safe block of JSON."""
        panels = [panel for chart in self.charts.values() for panel in chart.panels]
        return dumps({panel.key: panel.spec for panel in panels})


# The tables that can be downloaded; addresses name them.
TABLES = (
    "funds",
    "authorities",
    "quarters",
    "tiers",
    "headings",
    "hotspots",
    "reach",
    "returns",
    "comparison",
)


def build(facts: Facts) -> Page:
    """Everything that the board page says."""
    found = lines(facts)
    charts = (
        funds(facts, found),
        spending.authorities(facts, found),
        spending.quarters(facts, found),
        spending.tiers(facts),
        spending.headings(facts),
        delivery.hotspots(facts, found),
        delivery.reach(facts),
        status.returns(facts),
        status.comparison(facts),
    )
    return Page(
        headline(facts, found),
        key_figures(facts, found),
        {chart.slug: chart for chart in charts},
        has_money=bool(found),
    )


def headline(facts: Facts, found: Sequence[Line]) -> str:
    """The year in one sentence."""
    sums, year = total(found), year_words(facts.year)
    if not facts.awards:
        return f"No award has been recorded for {year} in this selection."
    if not sums.allocated:
        return f"Nothing has been allocated for {year} in this selection."
    allocated = whole_pounds(sums.allocated)
    if not sums.has_returned:
        return f"{allocated} is allocated for {year}. No return has been certified yet."
    if is_over(found):
        rest = f"{whole_pounds(sums.at_risk)} was left" if sums.at_risk else "nothing was left"
        return f"{whole_pounds(sums.spent)} of the {allocated} allocated for {year} was spent; {rest}."
    forecast = f"{whole_pounds(sums.outturn)} of the {allocated} allocated for {year} is forecast to be spent"
    if not sums.at_risk:
        return f"{forecast}. Nothing is at risk of being lost."
    return (
        f"{forecast}. {whole_pounds(sums.at_risk)} is at risk of being lost: "
        f"no money crosses 31 March {facts.year + 1}."
    )


def key_figures(facts: Facts, found: Sequence[Line]) -> tuple[KeyFigure, ...]:
    """Award, allocated, spent, forecast and at risk, each with what to know about it."""
    sums = total(found)
    latest = latest_returned(found)
    awarded = sum((award.amount for award in facts.awards), ZERO)
    held_here = sum(facts.allocations.values(), ZERO)
    whose = "For the whole partnership. " if facts.recipient else ""
    free = awarded - held_here
    allocated_note = f"{whole_pounds(free)} is not allocated yet" if free else "All of the award"
    if facts.recipient:
        allocated_note = facts.recipient.name
    at_risk = percentage(sums.at_risk, sums.allocated) or "None"
    split = f"{whole_pounds(sums.accepted)} accepted, {whole_pounds(sums.provisional)} provisional"
    over = f" {whole_pounds(sums.over)} is forecast above allocations." if sums.over else ""
    return (
        KeyFigure("Award", whole_pounds(awarded), f"{whose}{basis_words(facts.awards)}"),
        KeyFigure("Allocated", whole_pounds(sums.allocated), allocated_note),
        KeyFigure(
            "Spent to date",
            whole_pounds(sums.spent) if sums.has_returned else "not returned",
            split if sums.has_returned else "",
        ),
        KeyFigure("Year-end forecast", whole_pounds(sums.outturn), _change_words(facts, sums, latest)),
        KeyFigure(
            "Left at year end" if is_over(found) else "At risk of being lost",
            whole_pounds(sums.at_risk),
            f"{at_risk} of the allocation.{over}",
        ),
    )


def is_over(found: Sequence[Line]) -> bool:
    """Whether every quarter has been returned: there is nothing left to forecast."""
    return bool(found) and all(cell.is_counted for line in found for cell in line.quarters)


def _change_words(facts: Facts, now: Sums, latest: int | None) -> str:
    if latest is None:
        return "As planned: nothing has been returned"
    change = now.outturn - total(lines(facts, before=latest)).outturn
    since = "planned" if latest == 1 else f"after Quarter {latest - 1}"
    if not change:
        return f"As {since}"
    return f"{whole_pounds(abs(change))} {'more' if change > 0 else 'less'} than {since}"


def basis_words(awards: Sequence[AwardFact]) -> str:
    """Where the amounts come from, wherever it is not a published figure."""
    by_basis: dict[str, list[str]] = {}
    for award in awards:
        if award.basis != "Published":
            by_basis.setdefault(award.basis, []).append(award.fund.name)
    return "; ".join(f"{basis}: {listed(names)}" for basis, names in by_basis.items()) or "As published"


def funds(facts: Facts, found: Sequence[Line]) -> Chart:
    """The key figures fund by fund: streams of money are added up, but never merged."""
    awards: dict[FundFact, list[AwardFact]] = {}
    for award in facts.awards:
        awards.setdefault(award.fund, []).append(award)
    rows = [
        _fund_row(fund, own, [line for line in found if line.award in own]) for fund, own in awards.items()
    ]
    heads = ("Award", "Allocated", "Accepted", "Provisional", "Year-end forecast", "At risk")
    whole = total(found)
    table = Table(
        "Key figures by fund",
        (Column("Fund", Kind.TEXT), *(Column(head) for head in heads)),
        tuple(rows),
        _sums_row("All funds", sum((award.amount for award in facts.awards), ZERO), whole),
    )
    return Chart("funds", "Each fund has its own rules and is kept apart", f"Pounds. {scope(facts)}.", table)


def _fund_row(fund: FundFact, awards: Sequence[AwardFact], found: Sequence[Line]) -> tuple[Cell, ...]:
    bases = sorted({award.basis.lower() for award in awards} - {"published"})
    name = f"{fund.name} ({listed(bases)} award)" if bases else fund.name
    return _sums_row(name, sum((award.amount for award in awards), ZERO), total(found))


def _sums_row(name: str, awarded: Cell, sums: Sums) -> tuple[Cell, ...]:
    spent = (sums.accepted, sums.provisional) if sums.has_returned else (None, None)
    return (name, awarded, sums.allocated, *spent, sums.outturn, sums.at_risk)
