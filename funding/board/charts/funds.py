"""The key figures fund by fund: streams of money are added up, but never merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from funding.board.charts import ahead
from funding.board.charts.chart import Chart, listed, scope
from funding.board.charts.phase import Phase
from funding.board.charts.spending import spent_cells
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import AwardFact, Facts, FundFact
from funding.board.outturn import Line, total
from funding.money import ZERO, whole_pounds

PUBLISHED = "published"
MEASURES = ("allocated", "accepted", "provisional", "outturn", "at_risk")
# Where an amount comes from, in words that need no glossary.
BASES = {"Published": PUBLISHED, "Derived": "worked out, not published"}


def basis(word: str) -> str:
    """published; worked out, not published; illustrative."""
    return BASES.get(word, word.lower())


def funds(facts: Facts, lines: Sequence[Line], stands: Phase) -> Chart:
    """The key figures of each fund."""
    awards: dict[FundFact, list[AwardFact]] = {}
    for award in facts.awards:
        awards.setdefault(award.fund, []).append(award)
    words = stands.words
    spent = ("Allocated", "Accepted", "Provisional", words.outturn, words.at_risk)
    heads = ("Award", *(ahead.HEADS if stands is Phase.AHEAD else spent))
    table = Table(
        "Key figures by fund",
        (Column("Fund", Kind.TEXT), *(Column(head) for head in heads)),
        tuple(
            _row(facts, _name(fund, own), own, [line for line in lines if line.award in own], stands)
            for fund, own in awards.items()
        ),
        _row(facts, "All funds", facts.awards, lines, stands),
        measures=("", "", *(ahead.MEASURES if stands is Phase.AHEAD else MEASURES)),
        keys=tuple(urlencode({"fund": fund.code}) for fund in awards),
    )
    return Chart("funds", _title(awards, lines, stands), f"Pounds. {scope(facts)}.", table)


def _title(awards: Mapping[FundFact, list[AwardFact]], lines: Sequence[Line], stands: Phase) -> str:
    """Fund by fund, what is at risk, was not spent or is not planned yet."""
    words = stands.words.at_risk.lower()
    parts = []
    for fund, own in awards.items():
        sums = total(line for line in lines if line.award in own)
        amount = sums.unplanned if stands is Phase.AHEAD else sums.at_risk
        awarded = whole_pounds(sum((award.amount for award in own), ZERO))
        parts.append(f"{fund.name}: {whole_pounds(amount)} of {awarded} {words}")
    return "; ".join(parts) or "No fund has an award"


def _name(fund: FundFact, awards: Sequence[AwardFact]) -> str:
    bases = sorted({basis(award.basis) for award in awards} - {PUBLISHED})
    return f"{fund.name} (award {listed(bases)})" if bases else fund.name


def _row(
    facts: Facts, name: str, awards: Sequence[AwardFact], lines: Sequence[Line], stands: Phase
) -> tuple[Cell, ...]:
    sums, awarded = total(lines), sum((award.amount for award in awards), ZERO)
    if stands is Phase.AHEAD:
        return (name, awarded, *ahead.planned(sums))
    return (name, awarded, sums.allocated, *spent_cells(facts, lines), sums.outturn, sums.at_risk)
