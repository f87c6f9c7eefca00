"""What is at risk? The money that stands to be lost on 31 March, the largest amount first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlencode

from funding.board.charts.chart import Chart, counted, scope
from funding.board.charts.phase import Phase
from funding.board.charts.table import Column, Kind, Table
from funding.board.facts import Facts
from funding.board.outturn import Line
from funding.money import ZERO, whole_pounds

AT_MOST = 10
Row = tuple[str, str, Decimal, Decimal]


def ranked(lines: Sequence[Line]) -> list[Row]:
    """Organisation, fund, at risk, of which not planned: the highest first, equal ones in their order."""
    sums: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for line in lines:
        if line.at_risk:
            key = (line.recipient.short_name, line.award.fund.name)
            amount, unplanned = sums.get(key, (ZERO, ZERO))
            sums[key] = (amount + line.at_risk, unplanned + line.at_risk_unplanned)
    rows = [(*key, *amounts) for key, amounts in sums.items()]
    return sorted(rows, key=lambda row: row[2], reverse=True)


def risks(facts: Facts, lines: Sequence[Line], stands: Phase) -> Chart:
    """Who stands to lose how much of which fund, and by when it can still be given to someone else."""
    # What is not planned before the year begins is no risk yet.
    every = [] if stands is Phase.AHEAD else ranked(lines)
    rows, rest = every[:AT_MOST], every[AT_MOST:]
    last = f"{facts.ends_on.day} {facts.ends_on:%B %Y}"
    dates = () if stands.is_over else (last,)
    unplanned = "Of which never planned" if stands.is_over else "Of which not planned yet"
    name = f"These {AT_MOST}" if rest else "Total"
    table = Table(
        f"{stands.words.at_risk}, by organisation and fund",
        (
            *(Column(head, Kind.TEXT) for head in ("Organisation", "Fund")),
            *(Column(head) for head in (stands.words.at_risk, unplanned)),
            *(Column("Last date to re-commit", Kind.TEXT) for _ in dates),
        ),
        tuple((*row, *dates) for row in rows),
        (name, "", _sum(rows, 2), _sum(rows, 3), *("" for _ in dates)),
        measures=("", "", "at_risk", "", *("" for _ in dates)),
        keys=tuple(_key(row, lines) for row in rows),
        has_rows_of_foot=not rest,
    )
    note = f"No balance crosses {last}."
    if rest:
        amounts = counted(len(rest), "smaller amount is", "smaller amounts are")
        note += f" {amounts} not listed: {whole_pounds(_sum(rest, 2))} together."
    return Chart("risks", _title(every, stands), f"Pounds. {scope(facts)}. Largest first.", table, note=note)


def _key(row: Row, lines: Sequence[Line]) -> str:
    """Which rows are those of one organisation's money of one fund."""
    own = next(one for one in lines if (one.recipient.short_name, one.award.fund.name) == row[:2])
    return urlencode({"authority": own.recipient.pk, "fund": own.award.fund.code})


def _sum(rows: Sequence[Row], place: int) -> Decimal:
    return sum((Decimal(row[place]) for row in rows), ZERO)


def _title(rows: Sequence[Row], stands: Phase) -> str:
    if stands is Phase.AHEAD:
        return "Nothing is at risk before the year begins"
    if not rows:
        return "Everything was spent" if stands.is_over else "Nothing is at risk"
    words = "was not spent" if stands.is_over else "is at risk"
    name, fund, largest, _ = rows[0]
    if len(rows) == 1:
        return f"{whole_pounds(largest)} {words}, all of it {fund} money of {name}"
    whole = whole_pounds(_sum(rows, 2))
    return f"{whole} {words}; the largest amount is {whole_pounds(largest)} of {name} ({fund})"
