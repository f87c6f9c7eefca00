"""A waterfall as the page shows it: its sentence, its bars, the table beside it, the events of each bar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.board.charts.chart import Chart, counted
from funding.board.charts.spec import (
    DARK_GREY,
    FONT,
    GRID,
    MARKERS,
    ORANGE,
    TURQUOISE,
    Panel,
    Spec,
    escaped,
    short,
    ticks,
    wrapped,
)
from funding.board.charts.table import Cell, Column, Kind, Place, Table
from funding.board.waterfall import Bar, Cause, Waterfall
from funding.money import MINUS, ZERO, change, pounds

START = "start"
NOTES = {
    "spend": "Spend of returns that count: certified, or accepted already.",
    "forecast": "The year as it is expected to end: what was returned, else the latest forecast, else the "
    "plan. A new return moves it by how far its figures are from what was expected before.",
    "allocated": "What organisations hold by approved decisions.",
}
CAPTIONS = {
    "spend": "Spend that counts",
    "forecast": "Year-end forecast",
    "allocated": "Allocations",
}


@dataclass(frozen=True)
class Ends:
    """How the two ends are called: "2 November 2026" or "the board pack for Quarter 1"."""

    then: str
    now: str


@dataclass(frozen=True)
class ShownBar:
    """One bar with its events, below the chart; `anchor` is where its row leads."""

    anchor: str
    title: str
    bar: Bar


@dataclass(frozen=True)
class Shown:
    """One waterfall of the page."""

    chart: Chart
    bars: Sequence[ShownBar]


def shown(waterfall: Waterfall, ends: Ends, scope: str) -> Shown:
    """The chart and the events of a waterfall. `scope` says whose money and of which year."""
    caption = CAPTIONS[waterfall.slug]
    bars = [
        ShownBar(f"{waterfall.slug}-{bar.slug}", f"{caption}, {name_of(bar)}", bar) for bar in waterfall.bars
    ]
    panel = Panel(waterfall.slug, caption, _size(len(bars)), drawing(waterfall, ends))
    chart = Chart(
        waterfall.slug,
        title(waterfall),
        f"Pounds, from {ends.then} to {ends.now}. {scope}.",
        _table(waterfall, ends, bars),
        (panel,) if bars else (),
        note=NOTES[waterfall.slug],
    )
    return Shown(chart, bars)


def name_of(bar: Bar) -> str:
    return f"{bar.recipient.short_name}: {bar.cause.value}"


def title(waterfall: Waterfall) -> str:
    """The answer in one sentence, with what made it, the largest first."""
    caption, apart = CAPTIONS[waterfall.slug], waterfall.difference
    if not waterfall.bars:
        return f"{caption}: nothing has changed, {pounds(waterfall.now)}"
    causes = [(cause.value, waterfall.of(cause)) for cause in Cause]
    made = sorted((one for one in causes if one[1]), key=lambda one: -abs(one[1]))
    words = ", ".join(f"{name} {change(amount)}" for name, amount in made)
    moved = f"{pounds(abs(apart))} {'less' if apart < 0 else 'more'}" if apart else "the same sum"
    return f"{caption}: {moved}, now {pounds(waterfall.now)}" + (f" ({words})" if words else "")


def _size(bars: int) -> str:
    return next((size for size, most in (("m", 4), ("l", 8), ("xl", 12)) if bars <= most), "xxl")


def steps(waterfall: Waterfall) -> Iterator[tuple[Bar, Decimal, Decimal]]:
    """Each bar with where it begins and ends."""
    reached = waterfall.then
    for bar in waterfall.bars:
        yield bar, reached, reached + bar.amount
        reached += bar.amount


def _table(waterfall: Waterfall, ends: Ends, bars: Sequence[ShownBar]) -> Table:
    rows: list[tuple[Cell, ...]] = [(f"Then, {ends.then}", "", START, waterfall.then, "")]
    for one, (bar, _, reached) in zip(bars, steps(waterfall), strict=True):
        events = counted(len(bar.events), "event", "events") if bar.events else "no event"
        place = Place(events, f"#{one.anchor}")
        rows.append((bar.recipient.short_name, bar.cause.value, bar.amount, reached, place))
    return Table(
        CAPTIONS[waterfall.slug],
        (
            *(Column(head, Kind.TEXT) for head in ("Organisation", "Why")),
            *(Column(head) for head in ("Change", "Then reaches")),
            Column("Made of", Kind.TEXT),
        ),
        tuple(rows),
        (f"Now, {ends.now}", "", waterfall.difference, waterfall.now, ""),
    )


def drawing(waterfall: Waterfall, ends: Ends) -> Spec:
    """Bars that begin where the one before ended. What is more and what is less also differ in words."""
    walked = list(steps(waterfall))
    labels = [f"Then, {ends.then}", *(name_of(bar) for bar, _, _ in walked), f"Now, {ends.now}"]
    amounts = [bar.amount for bar, _, _ in walked]
    bases = [ZERO, *(min(begins, reached) for _, begins, reached in walked), ZERO]
    total = [waterfall.then, *(None for _ in amounts), waterfall.now]
    more = [None, *(amount if amount > 0 else None for amount in amounts), None]
    less = [None, *(-amount if amount < 0 else None for amount in amounts), None]
    data = [
        _trace(labels, bases, "Total", total, MARKERS["actual"], ""),
        _trace(labels, bases, "More", more, {"color": TURQUOISE}, "+"),
        _trace(labels, bases, "Less", less, {"color": ORANGE}, MINUS),
    ]
    highest = max(waterfall.then, waterfall.now, *(max(begins, reached) for _, begins, reached in walked))
    return {"data": data, "layout": _layout(highest)}


def _trace(  # noqa: PLR0917
    labels: Sequence[str],
    bases: Sequence[Decimal],
    name: str,
    values: Sequence[Decimal | None],
    marker: Spec,
    sign: str,
) -> Spec:
    return {
        "type": "bar",
        "name": name,
        "orientation": "h",
        "offsetgroup": "0",
        "y": [wrapped(label) for label in labels],
        "x": list(values),
        "base": list(bases),
        "marker": marker,
        "customdata": [None if value is None else f"{sign}{pounds(value)}" for value in values],
        "hovertemplate": f"%{{y}}<br>{escaped(name)}: %{{customdata}}<extra></extra>",
        "text": ["" if value is None else f"{sign}{short(value, Kind.MONEY)}" for value in values],
        "textposition": "outside",
        "cliponaxis": False,
    }


def _layout(highest: Decimal) -> Spec:
    marks = ticks(highest)
    return {
        "barmode": "group",
        "bargap": 0.25,
        "font": FONT,
        "showlegend": False,
        "margin": {"l": 8, "r": 24, "t": 8, "b": 8, "pad": 0},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "dragmode": False,
        "hoverlabel": {"bgcolor": "#FFFFFF", "font": FONT},
        "xaxis": {
            "range": [0, max(highest * 120 / 100, marks[-1])],
            "tickvals": marks,
            "ticktext": [short(mark, Kind.MONEY) for mark in marks],
            "gridcolor": GRID,
            "zerolinecolor": DARK_GREY,
            "fixedrange": True,
            "automargin": True,
        },
        "yaxis": {
            "automargin": True,
            "autorange": "reversed",
            "ticksuffix": "  ",
            "showgrid": False,
            "fixedrange": True,
        },
    }
