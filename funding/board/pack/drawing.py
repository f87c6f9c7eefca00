"""The charts of the board page for paper: from a panel's specification to plain data. Pure.

Every panel of the page can be drawn on paper, so none is left to its table: bars beside names, and columns by
quarter with or without the plan as a line. What the page itself shows as a table alone (fund by fund, at
risk, who is late) is a table here too.

A value that was not returned, or is too small to be shown, is drawn as nothing, and the word of the table
stands in its place.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from funding.board.charts.chart import Chart, listed
from funding.board.charts.spec import TRANSPARENT, Panel, Spec
from funding.board.charts.table import Cell, Nil, Table, shown
from funding.board.facts import QUERIED
from funding.papers import Drawing, Drawings, Mark, Tick, Trace

BELOW = "The table below holds every value."
# Up to so many values are told one by one.
TOLD = 6
# A name is cut here; the table has the whole of it.
LONGEST = 60
# In points: how tall the bars of one figure may become, the lines of a name, and what is between two rows.
TALLEST, LINE, GAP = 600, 10, 5
# The fewest letters that a line of a name holds.
NARROWEST = 16
# Where the next reason begins among the lines of one mark: "2 not", "returned", "1 queried".
_REASON = re.compile(rf"<br>(?=\d|{QUERIED})")


@dataclass(frozen=True)
class Value:
    """One value of a series: `drawn` as a plain number, or None; `said` as the table says it."""

    drawn: str | None
    said: str

    @property
    def is_off_the_axis(self) -> bool:
        """Nothing to draw: missing or hidden, or less than nothing by corrections."""
        return self.drawn is None or self.drawn.startswith("-")


def drawings(chart: Chart) -> list[Drawings]:
    """All that the page draws of an answer: columns by quarter beside each other, bars below each other."""
    is_titled = len(chart.panels) > 1
    found = [part for panel in chart.panels for part in _parts(_drawing(chart, panel, is_titled), panel)]
    if len(found) == 2 and not any(one.is_horizontal for one in found):
        return [Drawings(found)]
    return [Drawings([one]) for one in found]


def _drawing(chart: Chart, panel: Panel, is_titled: bool) -> Drawing:
    data, layout = panel.spec["data"], panel.spec["layout"]
    is_horizontal = data[0].get("orientation") == "h"
    table = _shown(chart.table, panel)
    values = [_values(trace, table, column) for trace, column in zip(data, panel.columns, strict=True)]
    traces = [_trace(trace, found) for trace, found in zip(data, values, strict=True)]
    marks = [*_annotated(layout, data[0]), *_direct(data)]
    marks += _absent(traces, values, {mark.category for mark in marks}, is_horizontal)
    axis = layout["xaxis" if is_horizontal else "yaxis"]
    drawn = Drawing(
        title=panel.caption if is_titled else "",
        alt="",
        is_horizontal=is_horizontal,
        categories=[_cut(name) for name in _names(table, data[0], is_horizontal)],
        traces=traces,
        ticks=[Tick(_plain(at), label) for at, label in zip(axis["tickvals"], axis["ticktext"], strict=True)],
        top=_plain(max(*axis["tickvals"], *_ends(data))),
        marks=marks,
    )
    return replace(drawn, alt=_alt(drawn, values, panel.caption, chart.title))


def _shown(table: Table, panel: Panel) -> Table:
    """The part of the table that a panel draws."""
    return replace(table, rows=tuple(table.rows[place] for place in panel.rows)) if panel.rows else table


def _names(table: Table, trace: Spec, is_horizontal: bool) -> list[str]:
    """What bars stand beside: the rows of the table, whose labels in the specification are cut into lines."""
    return [str(row[0]) for row in table.rows] if is_horizontal else [_text(name) for name in trace["x"]]


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _text(label: str) -> str:
    """A label of Plotly as the text that it was."""
    return html.unescape(label.replace("<br>", " "))


def _plain(value: Decimal | int) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _amounts(trace: Spec) -> list[Decimal | int | None]:
    found: list[Decimal | int | None] = trace["x" if trace.get("orientation") == "h" else "y"]
    return found


def _bases(trace: Spec) -> list[Decimal | int]:
    found: list[Decimal | int] = trace.get("base", [0] * len(_amounts(trace)))
    return found


def _ends(data: Sequence[Spec]) -> Iterator[Decimal | int]:
    """Where each bar and point ends. Words need no room on the axis: the plot makes way for them."""
    for trace in data:
        for base, amount in zip(_bases(trace), _amounts(trace), strict=True):
            if amount is not None:
                yield base + amount


def _values(trace: Spec, table: Table, column: int) -> list[Value]:
    """Of each row; where the table has a word for a number, nothing is drawn, not a bar without length."""
    found = []
    for amount, row in zip(_amounts(trace), table.rows, strict=True):
        cell: Cell = row[column]
        is_known = amount is not None and isinstance(cell, Decimal | int | Nil)
        drawn = _plain(amount) if amount is not None and is_known else None
        found.append(Value(drawn, shown(cell, table.columns[column].kind).text))
    return found


def _trace(trace: Spec, values: Sequence[Value]) -> Trace:
    marker, is_line = trace["marker"], trace["type"] == "scatter"
    colours = marker["color"] if isinstance(marker["color"], list) else [marker["color"]] * len(values)
    line = trace["line"] if is_line else marker.get("line", {})
    return Trace(
        name=_text(trace["name"]),
        values=[value.drawn for value in values],
        bases=[_plain(base) for base in _bases(trace)],
        colours=["" if colour == TRANSPARENT else colour for colour in colours],
        outline=line.get("color", ""),
        thickness=str(line.get("width", 0)),
        is_hatched="pattern" in marker,
        is_line=is_line,
        group=int(trace.get("offsetgroup", 0)),
    )


def _annotated(layout: Spec, trace: Spec) -> Iterator[Mark]:
    """What the page says above a column, or in the gap where one is missing."""
    for one in layout.get("annotations", ()):
        reasons = _REASON.split(one["text"])
        yield Mark(trace["x"].index(one["x"]), 0, "\n".join(map(_text, reasons)), is_absent=True)


def _direct(data: Sequence[Spec]) -> Iterator[Mark]:
    for trace in data:
        for category, text in enumerate(trace.get("text", ())):
            if text:
                yield Mark(category, int(trace["offsetgroup"]), text)


def _absent(
    traces: Sequence[Trace], values: Sequence[Sequence[Value]], said: set[int], is_horizontal: bool
) -> list[Mark]:
    """The words that stand where nothing is drawn, unless the page says them already."""
    found: dict[tuple[int, int, str], list[str]] = {}
    for trace, own in zip(traces, values, strict=True):
        for category, value in enumerate(own):
            if value.is_off_the_axis and category not in said:
                found.setdefault((category, trace.group, value.said), []).append(trace.name)
    marks = []
    for (category, group, word), names in found.items():
        # A row of bars of which only some are missing says which.
        is_part = is_horizontal and len(names) < sum(trace.group == group for trace in traces)
        marks.append(
            Mark(category, group, f"{'; '.join(names)}: {word}" if is_part else word, is_absent=True)
        )
    return marks


def _alt(drawn: Drawing, values: Sequence[Sequence[Value]], caption: str, sentence: str) -> str:
    """What sort of chart it is, of what, and its values; of many, what they come to."""
    sort = "Bar chart" if drawn.is_horizontal else "Column chart"
    if any(trace.is_line for trace in drawn.traces):
        sort += " with a line"
    if len(drawn.traces) == 1 and len(drawn.categories) <= TOLD:
        told = "; ".join(
            f"{name}: {_told(drawn, place, values[0])}" for place, name in enumerate(drawn.categories)
        )
        return f"{sort}: {caption}. {told}. {BELOW}"
    names = [trace.name for trace in drawn.traces]
    series = f"{'; '.join(names)}. " if len(names) > 1 else ""
    return f"{sort}: {caption}, for {_span(drawn.categories)}. {series}{sentence}. {_undrawn(drawn)}{BELOW}"


def _told(drawn: Drawing, place: int, values: Sequence[Value]) -> str:
    value = values[place]
    words = [_line(mark) for mark in drawn.marks if mark.category == place and mark.is_absent]
    said = "nothing drawn" if value.drawn is None else value.said
    return f"{said} ({', '.join(words)})" if words else said


def _line(mark: Mark) -> str:
    return mark.text.replace("\n", ", ")


def _span(names: Sequence[str]) -> str:
    if len(names) > 2 * TOLD:
        return f"{len(names)} rows of the table, from {names[0]} to {names[-1]}"
    return listed(names)


def _undrawn(drawn: Drawing) -> str:
    words = [f"{drawn.categories[one.category]}: {_line(one)}" for one in drawn.marks if one.is_absent]
    return f"Said in the chart: {'; '.join(words)}. " if words else ""


def _parts(drawn: Drawing, panel: Panel) -> list[Drawing]:
    """As many figures as it takes for each to fit on a page, all with the same axis."""
    cuts = _cuts(drawn) if drawn.is_horizontal else [range(len(drawn.categories))]
    if len(cuts) == 1:
        return [drawn]
    return [
        _part(drawn, cut, f"{panel.caption}, {number} of {len(cuts)}")
        for number, cut in enumerate(cuts, start=1)
    ]


def _cuts(drawn: Drawing) -> list[range]:
    groups = 1 + max(trace.group for trace in drawn.traces)
    starts, reached = [0], 0
    for place, name in enumerate(drawn.categories):
        height = max(groups, -(-len(name) // NARROWEST)) * LINE + GAP
        if reached and reached + height > TALLEST:
            starts.append(place)
            reached = 0
        reached += height
    return [range(*pair) for pair in pairwise((*starts, len(drawn.categories)))]


def _part(drawn: Drawing, cut: range, title: str) -> Drawing:
    here = slice(cut.start, cut.stop)
    return replace(
        drawn,
        title=title,
        alt=f"{title}. {drawn.alt}",
        categories=drawn.categories[here],
        traces=[
            replace(one, values=one.values[here], bases=one.bases[here], colours=one.colours[here])
            for one in drawn.traces
        ],
        marks=[replace(one, category=one.category - cut.start) for one in drawn.marks if one.category in cut],
    )
