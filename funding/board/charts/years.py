"""The grants year by year as a chart with its table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from funding.board.charts.chart import Chart, known
from funding.board.charts.spec import Panel, Series, vertical
from funding.board.charts.standing import NOT_DUE
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.years import GrantYear, SetAside
from funding.money import ZERO, percentage, pounds
from funding.quarters import year_label

NO_PLAN, NOTHING = "nothing planned", "nothing returned"


def years(rows: Sequence[GrantYear], shown: Sequence[int], this_year: int) -> Chart:
    """Award, allocated, spent and forecast of the years that are shown."""
    chosen = [row for row in rows if row.year in shown]
    heads = ("Award", "Allocated", "Spent", "Forecast for the year")
    table = Table(
        "Grants by financial year",
        (
            Column("Year and grant", Kind.TEXT),
            Column("Award is", Kind.TEXT),
            *(Column(head) for head in heads),
        ),
        tuple(
            row
            for year in shown
            for row in _of_year(year, [one for one in chosen if one.year == year], this_year)
        ),
    )
    spent = [known(row.spent for row in chosen if row.year == year) for year in shown]
    forecast = [known(row.forecast for row in chosen if row.year == year) for year in shown]
    stack = [
        Series("Spent", "actual", spent),
        Series(
            "Forecast, not spent yet",
            "forecast",
            [_rest(*pair) for pair in zip(forecast, spent, strict=True)],
        ),
    ]
    awarded = [known(row.amount for row in chosen if row.year == year) for year in shown]
    drawing = vertical([year_label(year) for year in shown], stack, line=Series("Award", "plan", awarded))
    panels = (Panel("years", table.caption, "m", drawing),) if chosen else ()
    subtitle = "Pounds, all funds. Spent: certified returns. Forecast: spent, and expected until 31 March."
    return Chart("years", _title(rows, this_year), subtitle, table, panels)


def set_asides(rows: Sequence[SetAside]) -> Table:
    """What evaluation and data sharing take of the plan and of the spending of each year."""
    heads = ("Planned", "Share of the plan", "Spent", "Share of the spending")
    kinds = (Kind.MONEY, Kind.SHARE, Kind.MONEY, Kind.SHARE)
    return Table(
        "Set aside for evaluation and data sharing, all funds but those of hotspots",
        (Column("Year and cost heading", Kind.TEXT), *map(Column, heads, kinds)),
        tuple(
            (
                f"{year_label(row.year)}: {row.heading}",
                row.planned,
                percentage(row.planned, row.of_planned) or "none",
                row.spent,
                NOTHING if row.spent is None else percentage(row.spent, row.of_spent or ZERO) or "none",
            )
            for row in rows
        ),
    )


def _of_year(year: int, rows: Sequence[GrantYear], this_year: int) -> list[tuple[Cell, ...]]:
    """The grants of a year, and their sum where there are several."""
    label = year_label(year)
    if not rows:
        return [(f"{label}: no award", "", "none", "none", "none", "none")]
    found: list[tuple[Cell, ...]] = [
        (
            f"{label}: {row.grant}",
            row.basis,
            row.amount,
            row.allocated,
            _spent(row.spent, year, this_year),
            _or_none(row.forecast),
        )
        for row in rows
    ]
    if len(rows) > 1:
        sums = (sum((row.amount for row in rows), ZERO), sum((row.allocated for row in rows), ZERO))
        spent, forecast = known(row.spent for row in rows), known(row.forecast for row in rows)
        shown = _spent(spent, year, this_year)
        found.append((f"{label}: all grants", "", *sums, shown, _or_none(forecast)))
    return found


def _spent(spent: Decimal | None, year: int, this_year: int) -> Cell:
    """Nothing is due before the year begins."""
    return NOT_DUE if spent is None and year > this_year else spent


def _or_none(forecast: Decimal | None) -> Decimal | str:
    return NO_PLAN if forecast is None else forecast


def _rest(forecast: Decimal | None, spent: Decimal | None) -> Decimal | None:
    """Returns that took more than the forecast leave nothing to expect."""
    return None if forecast is None else max(forecast - (spent or ZERO), ZERO)


def _title(rows: Sequence[GrantYear], year: int) -> str:
    now, then = (known(row.amount for row in rows if row.year == one) for one in (year, year + 1))
    this, following = year_label(year), year_label(year + 1)
    if then is None:
        return f"No award is recorded for {following} yet"
    if now is None:
        return f"{pounds(then)} is awarded for {following}"
    if then == now:
        return f"As much is awarded for {following} as for {this}: {pounds(then)}"
    word = "more" if then > now else "less"
    return f"{pounds(then)} is awarded for {following}, {pounds(abs(then - now))} {word} than for {this}"
