"""How the bars and points of each drawing follow from the table below it: one rule a drawing."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

Amount = Decimal | None
Points = list[tuple[str, Amount]]


@dataclass(frozen=True)
class Drawing:
    """One drawing and its table, both as the browser shows them."""

    key: str
    wrong: list[str]
    bars: int
    points: int
    traces: list[dict[str, Any]]
    heads: list[str]
    rows: list[list[str]]
    foot: list[str]

    def column(self, head: str) -> list[str]:
        place = self.heads.index(head)
        return [row[place] for row in self.rows]


Rule = Callable[[Drawing], dict[str, Points]]


def amount_of(text: str) -> Amount:
    """What a cell says to the penny; None for words such as "not returned"."""
    try:
        return Decimal(text.removesuffix(" (nil)").replace("£", "").replace(",", "").replace("−", "-"))
    except InvalidOperation:
        return None


def exactly(number: float | None) -> Amount:
    return None if number is None else Decimal(str(number))


def columns(heads: Mapping[str, str], label: Callable[[str], str] = str) -> Rule:
    """Each series by its name is a column by its head, point by point, under the names of the rows."""

    def rule(drawing: Drawing) -> dict[str, Points]:
        names = [label(row[0]) for row in drawing.rows]
        return {
            name: list(zip(names, map(amount_of, drawing.column(head)), strict=True))
            for name, head in heads.items()
            if head in drawing.heads
        }

    return rule


def quarter(name: str) -> str:
    """Q1, April to June 2026 -> Q1"""
    return name.split(",", 1)[0]


def walk(drawing: Drawing) -> dict[str, Points]:
    """A waterfall: where it begins, each change as a bar of its own kind, and where it ends."""
    changes, reached = (list(map(amount_of, drawing.column(head))) for head in ("Change", "Then reaches"))
    steps = zip(reached, changes[1:], reached[1:], strict=False)
    assert all((before or 0) + (change or 0) == after for before, change, after in steps), drawing.key
    assert reached[-1] == amount_of(drawing.foot[3]), drawing.key
    names = [drawing.rows[0][0], *(f"{row[0]}: {row[1]}" for row in drawing.rows[1:]), drawing.foot[0]]
    ends: list[Amount] = [reached[0], *(None for _ in changes[1:]), reached[-1]]
    more = [None, *(one if one and one > 0 else None for one in changes[1:]), None]
    less = [None, *(-one if one and one < 0 else None for one in changes[1:]), None]
    return {
        name: list(zip(names, values, strict=True))
        for name, values in (("Total", ends), ("More", more), ("Less", less))
    }


def years(drawing: Drawing) -> dict[str, Points]:
    """The sums of the grants of each year; of the forecast what is not spent yet, and never less than nothing."""
    shown = list(dict.fromkeys(row[0].split(":", 1)[0] for row in drawing.rows))
    sums = {head: [_of_year(drawing, year, head) for year in shown] for head in drawing.heads[2:]}
    forecast, spent = sums["Forecast for the year"], sums["Spent"]
    rest = [
        None if whole is None else max(whole - (part or 0), Decimal(0))
        for whole, part in zip(forecast, spent, strict=True)
    ]
    return {
        name: list(zip(shown, values, strict=True))
        for name, values in (("Spent", spent), ("Forecast, not spent yet", rest), ("Award", sums["Award"]))
    }


def _of_year(drawing: Drawing, year: str, head: str) -> Amount:
    cells = dict(zip((row[0] for row in drawing.rows), drawing.column(head), strict=True))
    own = {name: amount_of(cell) for name, cell in cells.items() if name.startswith(f"{year}:")}
    whole = own.pop(f"{year}: all grants", None)
    known = [amount for amount in own.values() if amount is not None]
    total = sum(known, Decimal(0)) if known else None
    assert len(own) == 1 or whole == total, (year, head)
    return total


SPENT = {"Spent, accepted": "Accepted", "Spent, provisional": "Provisional"}
YEAR_END = {"Forecast for the year": "Year-end forecast", "Outturn": "Outturn"}
SHARES = {"Plan to date": "Plan to date", "Plan": "Plan", **SPENT}


def shares(drawing: Drawing) -> dict[str, Points]:
    """Of one fund, which the key of the drawing ends with: its rows and no other's."""
    code = drawing.key.split("-", 1)[1]
    own = [row for row in drawing.rows if row[drawing.heads.index("Fund")].lower() == code]
    assert own, drawing.key
    return columns(SHARES)(replace(drawing, rows=own))


# A new drawing needs a rule here: without one the test of its page fails.
RULES: dict[str, Rule] = {
    "authorities": columns({"Plan for the year": "Plan", "Allocated": "Allocated", **SPENT, **YEAR_END}),
    "quarters": columns(
        {"Plan": "Plan", "Plan by quarter": "Plan", **SPENT, "Forecast": "Forecast"}, quarter
    ),
    "tiers": shares,
    "headings": shares,
    "hotspot-hours": columns({"Patrol hours by quarter": "Patrol hours"}, quarter),
    "hotspot-spend": columns({"Hotspot spend by quarter, pounds": "Hotspot spend"}, quarter),
    "reach-universal": columns({"Reached by universal work, people": "Reached by universal work"}, quarter),
    "reach-targeted": columns({"Given targeted support, people": "Given targeted support"}, quarter),
    "comparison": columns({"Amount": "Amount"}),
    "spend": walk,
    "forecast": walk,
    "allocated": walk,
    "years": years,
    "organisations": columns({"Live now": "Live now", "Scenario": "Scenario"}),
}


def name_of(key: str) -> str:
    """Whose rule a drawing follows: "tiers" for the drawing "tiers-vru" of one fund."""
    return key if key in RULES else key.split("-", 1)[0]


def faults(drawing: Drawing) -> Iterator[str]:
    """Where a drawing is not what the page's specification and its table say."""
    yield from drawing.wrong
    expected = RULES[name_of(drawing.key)](drawing)
    drawn = {html.unescape(trace["name"]): _points(trace) for trace in drawing.traces}
    for name, points in drawn.items():
        if points != expected.get(name):
            yield f"{name}: drawn {points}, in the table {expected.get(name)}"
    yield from _hovers(drawing)
    if drawing.key not in {"spend", "forecast", "allocated"}:
        yield from _stacks(drawing.traces)
    elif [exactly(base) for base in drawing.traces[0]["base"]] != _steps(drawing):
        yield "a bar does not begin where the one before it ended"
    bars = sum(
        value is not None for trace in drawing.traces if trace["type"] == "bar" for value in trace["values"]
    )
    if drawing.bars != bars:
        yield f"{drawing.bars} bars are drawn of {bars}"
    points = sum(
        value is not None
        for trace in drawing.traces
        if trace["type"] == "scatter"
        for value in trace["values"]
    )
    if drawing.points != points:
        yield f"{drawing.points} points are drawn of {points}"


def _points(trace: Mapping[str, Any]) -> Points:
    labels = [html.unescape(label.replace("<br>", " ")) for label in trace["labels"]]
    return list(zip(labels, map(exactly, trace["values"]), strict=True))


def _hovers(drawing: Drawing) -> Iterator[str]:
    """What a pointer is told is what is drawn, in the words of the table."""
    for trace in drawing.traces:
        said = [None if words is None else amount_of(words.lstrip("+−")) for words in trace["said"]]
        if said != [exactly(value) for value in trace["values"]]:
            yield f"{trace['name']}: says {said}"


def _stacks(traces: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Bars of one group stand on each other."""
    reached: dict[str, list[Decimal]] = {}
    for trace in traces:
        if trace["type"] == "bar":
            values = [exactly(value) or Decimal(0) for value in trace["values"]]
            below = reached.get(trace["offsetgroup"], [Decimal(0)] * len(values))
            if [exactly(base) for base in trace["base"]] != below:
                yield f"{trace['name']} does not stand on {below}"
            reached[trace["offsetgroup"]] = [one + other for one, other in zip(below, values, strict=True)]


def _steps(drawing: Drawing) -> list[Amount]:
    reached = [amount_of(cell) or Decimal(0) for cell in drawing.column("Then reaches")]
    return [Decimal(0), *map(min, reached, reached[1:]), Decimal(0)]
