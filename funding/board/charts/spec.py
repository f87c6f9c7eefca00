"""Plotly specifications as plain dictionaries.

Plan is a thin outline or line, actual is solid, provisional is hatched, forecast is lighter: the same in
every chart. Text that comes from people is escaped, since Plotly reads its labels as a kind of HTML.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from funding.board.charts.table import Kind, written

Number = Decimal | int
Spec = dict[str, Any]

DARK_BLUE, TURQUOISE, ORANGE, DARK_GREY = "#12436D", "#28A197", "#F46A25", "#3D3D3D"
LIGHT_BLUE, GRID, INK = "#A9BFD3", "#D9DFE5", "#0B0C0C"
FONT = {"family": "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif", "size": 14, "color": INK}
LABEL_WIDTH = 22
TRANSPARENT = "rgba(0,0,0,0)"
# How a series of each sort is drawn.
MARKERS: dict[str, Spec] = {
    "plan": {"color": TRANSPARENT, "line": {"color": DARK_GREY, "width": 1.5}},
    "actual": {"color": DARK_BLUE},
    "provisional": {
        "color": DARK_BLUE,
        "line": {"color": DARK_BLUE, "width": 1},
        "pattern": {
            "shape": "/",
            "size": 6,
            "solidity": 0.35,
            "fillmode": "overlay",
            "bgcolor": "#FFFFFF",
            "fgcolor": DARK_BLUE,
        },
    },
    "forecast": {"color": LIGHT_BLUE, "line": {"color": DARK_BLUE, "width": 0.75}},
    "count": {"color": TURQUOISE},
}


@dataclass(frozen=True)
class Series:
    """Values in the order of the labels, drawn as their sort; None leaves a gap."""

    name: str
    sort: str
    values: Sequence[Number | None]


@dataclass(frozen=True)
class Panel:
    """One drawing: its key on the page, what it measures, how tall it is, and its specification.

    `columns` says of each of its series which column of the table holds the same values, `rows` of each of
    its labels which row; without any, it shows every row.
    """

    key: str
    caption: str
    size: str
    spec: Spec
    columns: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()


def escaped(text: str) -> str:
    """Text for a label or hover of Plotly: no tag, no entity, no formula."""
    replaced = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return replaced.replace("$", "&#36;").replace("%{", "&#37;{")


def wrapped(text: str) -> str:
    """A name in short lines, so that long ones leave room for the bars."""
    return "<br>".join(escaped(part) for part in textwrap.wrap(text, LABEL_WIDTH) or [""])


def dumps(specs: dict[str, Spec]) -> str:
    """JSON that can stand inside a script element. Amounts keep every digit: they never become floats."""
    text = orjson.dumps(specs, default=_number).decode()
    return text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")


def _number(value: object) -> orjson.Fragment:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError("A specification holds text, numbers and amounts.")
    return orjson.Fragment(f"{value:f}")


def horizontal(
    labels: Sequence[str],
    groups: Sequence[Sequence[Series]],
    *,
    kind: Kind = Kind.MONEY,
    colours: Sequence[str] = (),
) -> Spec:
    """Bars along readable names, first label on top. Series of one group stand on each other."""
    data = [trace for place, group in enumerate(groups) for trace in _group(labels, group, place, kind, "h")]
    if colours:
        data[0]["marker"] = {"color": list(colours)}
    names = {
        "automargin": True,
        "autorange": "reversed",
        "ticksuffix": "  ",
        "showgrid": False,
        "fixedrange": True,
    }
    layout = _layout(len(data)) | {"xaxis": _axis(groups, kind), "yaxis": names}
    _say_values(data, "h", kind)
    return {"data": data, "layout": layout | {"bargap": 0.25}}


def vertical(
    labels: Sequence[str],
    stack: Sequence[Series],
    *,
    line: Series | None = None,
    kind: Kind = Kind.MONEY,
    marks: Sequence[str] = (),
) -> Spec:
    """Bars by quarter, standing on each other, with the plan as a line. Marks say what is missing where."""
    data = list(_group(labels, stack, 0, kind, "v"))
    if line:
        data.append(_line(labels, line, kind))
    categories = {"type": "category", "showgrid": False, "fixedrange": True, "automargin": True}
    groups: list[Sequence[Series]] = [stack, [line]] if line else [stack]
    axis = _axis(groups, kind, headroom=140 if any(marks) else 115)
    layout = _layout(len(data)) | {"xaxis": categories, "yaxis": axis, "bargap": 0.45}
    _say_values(data, "v", kind)
    layout["annotations"] = [
        _mark(labels[place], text, max(_height([s.values[place] for s in group]) for group in groups))
        for place, text in enumerate(marks)
        if text
    ]
    return {"data": data, "layout": layout}


def _mark(label: str, text: str, height: Decimal) -> Spec:
    """Words above a bar, or in the gap where a bar is missing."""
    return {
        "x": escaped(label),
        "y": height,
        "text": "<br>".join(escaped(part) for part in text.split("\n")),
        "showarrow": False,
        "yanchor": "bottom",
        # Clear of the value that stands at a bar of a single series.
        "yshift": 26 if height else 8,
        "font": {**FONT, "size": 12},
    }


def _group(
    labels: Sequence[str], group: Sequence[Series], place: int, kind: Kind, orientation: str
) -> Iterator[Spec]:
    base: list[Number] = [0 for _ in labels]
    across, along = ("y", "x") if orientation == "h" else ("x", "y")
    for series in group:
        yield {
            "type": "bar",
            "name": escaped(series.name),
            "orientation": orientation,
            "offsetgroup": str(place),
            across: [wrapped(label) for label in labels],
            along: list(series.values),
            "base": list(base),
            "marker": MARKERS[series.sort],
            **_hover(series, kind, across),
        }
        base = [below + (value or 0) for below, value in zip(base, series.values, strict=True)]


def _line(labels: Sequence[str], series: Series, kind: Kind) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": escaped(series.name),
        "x": [escaped(label) for label in labels],
        "y": list(series.values),
        "line": {"color": DARK_GREY, "width": 2},
        "marker": {"color": "#FFFFFF", "size": 8, "line": {"color": DARK_GREY, "width": 2}},
        **_hover(series, kind, "x"),
    }


def _hover(series: Series, kind: Kind, across: str) -> Spec:
    """The words of the table, and nothing that is not in it."""
    return {
        "customdata": [None if value is None else written(value, kind) for value in series.values],
        "hovertemplate": f"%{{{across}}}<br>{escaped(series.name)}: %{{customdata}}<extra></extra>",
    }


def _say_values(data: list[Spec], orientation: str, kind: Kind) -> None:
    """One series needs no legend: its values stand at its bars."""
    if len(data) == 1:
        values = data[0]["x" if orientation == "h" else "y"]
        data[0] |= {
            "text": ["" if value is None else short(value, kind) for value in values],
            "textposition": "outside",
            "cliponaxis": False,
        }


def _layout(series: int) -> Spec:
    return {
        "barmode": "group",
        "font": FONT,
        "showlegend": series > 1,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "margin": {"l": 8, "r": 24, "t": 8, "b": 8, "pad": 0},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "dragmode": False,
        "hoverlabel": {"bgcolor": "#FFFFFF", "font": FONT},
    }


def _axis(groups: Sequence[Sequence[Series]], kind: Kind, headroom: int = 115) -> Spec:
    """From zero to above the largest bar, with a few round marks in words."""
    top = max(
        (_height(bars) for group in groups for bars in zip(*(s.values for s in group), strict=True)),
        default=Decimal(0),
    )
    marks = ticks(top)
    return {
        "range": [0, max(top * headroom / 100, marks[-1])],
        "tickvals": marks,
        "ticktext": [short(mark, kind) for mark in marks],
        "gridcolor": GRID,
        "zerolinecolor": DARK_GREY,
        "fixedrange": True,
        "automargin": True,
    }


def _height(bars: Sequence[Number | None]) -> Decimal:
    """How far bars that stand on each other reach."""
    return sum((Decimal(value) for value in bars if value is not None), Decimal(0))


def ticks(top: Number) -> list[Decimal]:
    """Up to five round marks from zero to the largest value: 0, 200000, 400000."""
    largest = Decimal(top)
    if largest <= 0:
        return [Decimal(0), Decimal(1)]
    power = Decimal(10) ** (largest.adjusted() - 1)
    step = next(power * times for times in (1, 2, 5, 10, 20, 25, 50, 100) if power * times * 4 >= largest)
    return [step * count for count in range(int(largest // step) + 1)]


def short(value: Number, kind: Kind) -> str:
    """For marks and bars: £1.23m, £85k, £7.5k, £640, 1,234."""
    number = Decimal(value)
    if kind is not Kind.MONEY:
        return f"{number.quantize(Decimal(1)):,}" if number >= 10 else f"{number.normalize():f}"
    for unit, size in (("m", Decimal(1_000_000)), ("k", Decimal(1000))):
        if number >= size * Decimal("0.9995"):
            # A mark of the axis at £7,500 is no £8k.
            places = "0.01" if unit == "m" else "1" if number >= 10_000 else "0.1"
            return f"£{(number / size).quantize(Decimal(places)).normalize():f}{unit}"
    return f"£{number.quantize(Decimal(1))}"
