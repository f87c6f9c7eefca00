"""The charts of the board page in the pack's PDF: all of them, the same values, said in words, and safe."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from shutil import which
from typing import NamedTuple

import pytest

from funding.board.charts import page
from funding.board.charts.chart import Chart
from funding.board.charts.page import Page
from funding.board.charts.spec import DARK_BLUE, DARK_GREY, LIGHT_BLUE, ORANGE, Series, horizontal
from funding.board.charts.table import Nil
from funding.board.facts import Comparison, Facts, Recipient, Share
from funding.board.pack import paper
from funding.board.pack.drawing import drawings
from funding.board.pack.imprint import Imprint
from funding.papers import Drawing, pdf
from tests.funding.board.small import NORTH, POLICE, of_vru, returned, small, spend

IMPRINT = Imprint("Test Partnership", "Quarter 2", 31, None, datetime(2026, 11, 2, tzinfo=UTC), "ab" * 32)
BELOW = "The table below holds every value."
NAUGHTY = ("#panic()", "$ x $", "*bold* _it_", "<b>A</b>&amp;", "\"'`\\", "W" * 200, "#" * 90, "漢字 😀\x07")
# A4 in points, and the margin at both sides, less what a curve of a letter may stand out.
WIDE, TALL, MARGIN = 595.3, 841.9, 50


def hidden() -> Facts:
    """Two young people supported, which is fewer than may be shown."""
    first = returned(1, "accepted", universal=300, targeted=2, sessions=20)
    return small(returns=(first, *small().returns[1:]), small_number=5)


def ahead() -> Facts:
    return small(today=date(2026, 3, 31), returns=(), opened=frozenset(), tiers=(), headings=())


def closed() -> Facts:
    every = tuple(returned(quarter, "accepted", who) for quarter in (1, 2, 3, 4) for who in (1, 2))
    spends = tuple(spend(quarter, "250.00", "240.00") for quarter in (1, 2, 3, 4))
    return small(today=date(2027, 6, 1), returns=every, spends=spends)


def naughty(more: int = 0) -> Facts:
    """Organisations, cost headings and areas whose names try to be markup, or run out of the page."""
    names = [*NAUGHTY, *(f"Council number {number}" for number in range(more))]
    others = tuple(Recipient(100 + place, name, name) for place, name in enumerate(names))
    start = small()
    return small(
        recipients=(NORTH, POLICE, *others),
        allocations=start.allocations | {(one.pk, 10): Decimal("1000.00") for one in others},
        spends=(*start.spends, *(spend(1, "900.00", "800.00", recipient=one.pk) for one in others)),
        returns=(*start.returns, *(returned(1, "accepted", one.pk) for one in others)),
        headings=of_vru(*(Share(name, Decimal(50), Decimal(30), Decimal(10)) for name in names)),
        comparisons=tuple(
            Comparison(name, "VRU", "2023/24", Decimal(1000), False, "Award") for name in names
        ),
    )


STATES = (small, hidden, ahead, closed, naughty)


def charts(built: Page) -> list[Chart]:
    return [chart for section in built.sections for chart in section.charts]


def drawn(chart: Chart) -> list[Drawing]:
    return [one for row in drawings(chart) for one in row.drawings]


def made(facts: Facts) -> bytes:
    return pdf(paper.of(page.build(facts), IMPRINT))


def figures(content: bytes) -> list[str]:
    """The alternative text of each figure in the structure tree; a figure without one counts as ""."""
    return [_alt(content[found.end() :]) for found in re.finditer(rb"/S/Figure/P \d+ 0 R", content)]


def _alt(rest: bytes) -> str:
    if found := re.match(rb"/Alt<([0-9A-F]+)>", rest):
        return bytes.fromhex(found[1].decode()).decode("utf-16")
    if not rest.startswith(b"/Alt("):
        return ""
    depth, place = 1, len(b"/Alt(")
    while depth:
        byte = rest[place : place + 1]
        depth += (byte == b"(") - (byte == b")")
        place += 2 if byte == b"\\" else 1
    return re.sub(r"\\(.)", r"\1", rest[len(b"/Alt(") : place - 1].decode("ascii"))


@pytest.mark.parametrize("state", STATES)
def test_each_chart_of_the_page_is_a_figure_that_says_what_it_shows(state: Callable[[], Facts]) -> None:
    built = page.build(state())
    panels = [(chart, panel) for chart in charts(built) for panel in chart.panels]

    found = figures(made(state()))

    assert len(found) == len(panels) >= 3
    for alt, (chart, panel) in zip(found, panels, strict=True):
        sort = "Bar chart" if panel.spec["data"][0]["orientation"] == "h" else "Column chart"
        assert alt.startswith(f"{sort}")
        assert f": {panel.caption}" in alt
        assert alt.endswith(BELOW)
        # Few values are told one by one; of many, the answer.
        is_told = len(panel.spec["data"]) == 1 and len(chart.table.rows) <= 6
        assert is_told or chart.title in alt


def test_a_full_page_has_nine_drawings() -> None:
    assert len(figures(made(small()))) == 9


@pytest.mark.parametrize("state", STATES)
def test_a_drawing_holds_the_table_to_the_penny(state: Callable[[], Facts]) -> None:
    compared = 0
    for chart in charts(page.build(state())):
        for panel, one in zip(chart.panels, drawn(chart), strict=True):
            specs = panel.spec["data"]
            assert len(one.traces) == len(specs) == len(panel.columns)
            for trace, spec, column in zip(one.traces, specs, panel.columns, strict=True):
                cells = [row[column] for row in chart.table.rows]
                amounts = spec["x" if spec.get("orientation") == "h" else "y"]
                for value, amount, cell in zip(trace.values, amounts, cells, strict=True):
                    if value is None:
                        # A word in the table, and no bar on the page: nothing, or one of no length.
                        assert not isinstance(cell, Decimal | int | Nil)
                        assert not amount
                    else:
                        assert value == str(amount)
                        assert Decimal(value) == (Decimal(0) if isinstance(cell, Nil) else cell)
                        compared += 1
    assert compared > 10


def test_the_bars_look_as_they_do_on_the_page() -> None:
    built = page.build(small())
    [authorities], [quarters], [comparison] = (
        drawn(built.charts[slug]) for slug in ("authorities", "quarters", "comparison")
    )

    assert authorities.categories == ["North", "Police"]
    assert [(one.name, one.colours[0], one.is_hatched, one.group) for one in authorities.traces] == [
        ("Plan for the year", "", False, 0),
        ("Spent, accepted", DARK_BLUE, False, 1),
        ("Spent, provisional", DARK_BLUE, True, 1),
        ("Forecast for the year", LIGHT_BLUE, False, 2),
    ]
    assert authorities.traces[0].outline == DARK_GREY
    assert authorities.traces[2].bases == ["240.00", "100.00"]
    assert [one.is_line for one in quarters.traces] == [False, False, False, True]
    assert comparison.traces[0].colours == [DARK_BLUE, ORANGE, DARK_BLUE]
    assert [mark.text for mark in comparison.marks] == ["£9k", "£1.5k", "£1k"]


@pytest.mark.parametrize("state", STATES)
def test_every_axis_begins_at_zero_and_holds_every_bar(state: Callable[[], Facts]) -> None:
    for chart in charts(page.build(state())):
        for one in drawn(chart):
            ends = [
                Decimal(base) + Decimal(value)
                for trace in one.traces
                for base, value in zip(trace.bases, trace.values, strict=True)
                if value is not None
            ]
            assert one.ticks[0].value == "0"
            assert Decimal(one.top) == max([*ends, Decimal(one.ticks[-1].value)])


def test_a_panel_may_draw_a_part_of_its_table() -> None:
    chart = page.build(small()).charts["comparison"]
    [panel] = chart.panels
    amounts = [Decimal("1500.00"), Decimal("1000.00")]
    spec = horizontal(["This partnership", "Kent"], [[Series("Amount", "actual", amounts)]])

    [one] = drawn(replace(chart, panels=(replace(panel, spec=spec, rows=(1, 2)),)))

    assert one.categories == ["This partnership", "Kent"]
    assert one.traces[0].values == ["1500.00", "1000.00"]
    assert one.alt.startswith("Bar chart: Amounts by area. This partnership: £1,500.00; Kent: £1,000.00.")


def test_what_was_not_returned_is_a_word_and_no_bar() -> None:
    facts = small(returns=(returned(1, "missing", 2), returned(2, "accepted", 2, is_nil=True)))
    built = page.build(facts)
    [authorities] = drawn(built.charts["authorities"])
    hours, _ = drawn(built.charts["hotspots"])

    assert hours.traces[0].values == [None, "0", None, None]
    assert {mark.category: mark.text for mark in hours.marks} == {
        0: "not returned",
        1: "0",
        2: "not due yet",
        3: "not due yet",
    }
    assert "Q1: nothing drawn (not returned); Q2: 0;" in hours.alt
    # North was never asked: no bar of its spending.
    assert [authorities.traces[place].values[0] for place in (1, 2)] == [None, None]
    assert authorities.traces[0].values[0] == "1000.00"


def test_a_number_that_is_too_small_is_said_to_be_and_not_drawn() -> None:
    targeted = drawn(page.build(hidden()).charts["reach"])[0]

    assert targeted.traces[0].values == [None, "10", None, None]
    assert [mark.text for mark in targeted.marks if mark.category == 0] == ["fewer than 5"]
    assert "Q1: nothing drawn (fewer than 5); Q2: 10" in targeted.alt
    assert targeted.alt in figures(made(hidden()))


def test_less_than_nothing_is_said_and_not_drawn() -> None:
    facts = small(spends=(spend(1, "250.00", "-30.10"),), returns=small().returns[:1])
    [authorities] = drawn(page.build(facts).charts["authorities"])

    assert authorities.traces[1].values[0] == "-30.10"
    assert "−£30.10" in " ".join(mark.text for mark in authorities.marks)


def test_the_same_figures_are_the_same_file_and_other_figures_another() -> None:
    content = made(small())

    assert content == made(small())
    assert content != made(
        small(headings=of_vru(Share("Staffing", Decimal(50), Decimal(30), Decimal("10.01"))))
    )


@pytest.mark.parametrize("state", STATES)
def test_the_file_claims_to_be_readable_by_everybody(state: Callable[[], Facts]) -> None:
    content = made(state())

    # Typst writes this only of what it was asked to check, and refuses a figure without its words.
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", content)
    assert content.count(b"/S/Figure/") == len(figures(content))
    assert all(figures(content))


def test_many_names_are_drawn_once_each_in_figures_that_share_an_axis() -> None:
    facts = naughty(more=40)
    chart = page.build(facts).charts["authorities"]

    parts = drawn(chart)

    assert len(parts) > 1
    assert len({(part.top, tuple(part.ticks)) for part in parts}) == 1
    assert sum(len(part.categories) for part in parts) == len(chart.table.rows)
    spent = [value for part in parts for value in part.traces[1].values]
    assert spent == [str(amount) for amount in chart.panels[0].spec["data"][1]["x"]]
    assert [part.title[-6:] for part in parts] == [f"{n} of {len(parts)}" for n in range(1, len(parts) + 1)]
    assert all(mark.category < len(part.categories) for part in parts for mark in part.marks)


class Word(NamedTuple):
    """A word of the file and where it stands."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def words(content: bytes, folder: Path) -> Iterator[list[Word]]:
    """The words of each page."""
    if which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: apt-get install poppler-utils")
    file = folder / "pack.pdf"
    file.write_bytes(content)
    out = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True).stdout
    form = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')
    for text in out.split("<page ")[1:]:
        yield [Word(one[5], *(float(one[place]) for place in range(1, 5))) for one in form.finditer(text)]


@pytest.mark.parametrize("facts", [small(), hidden(), closed(), naughty(), naughty(more=40)])
def test_no_label_overlaps_another_or_leaves_its_place(facts: Facts, tmp_path: Path) -> None:
    pages = list(words(made(facts), tmp_path))

    assert len(pages) > 3
    for found in pages:
        for one in found:
            assert one.left >= MARGIN, one
            assert one.right <= WIDE - MARGIN, one
            assert one.bottom <= TALL, one
        for one, other in combinations(found, 2):
            across = min(one.right, other.right) - max(one.left, other.left)
            down = min(one.bottom, other.bottom) - max(one.top, other.top)
            # The boxes of lines that follow each other touch.
            height = min(one.bottom - one.top, other.bottom - other.top)
            assert across < 1 or down < height / 2, (one, other)


def test_hostile_names_are_text_in_the_drawing(tmp_path: Path) -> None:
    said = "".join(one.text for found in words(made(naughty()), tmp_path) for one in found)

    for name in ("#panic()", "*bold*_it_", "&lt;b&gt;A&lt;/b&gt;&amp;amp;"):
        # In the three charts, and in the tables that are wide enough not to break it.
        assert said.count(name) >= 4, name


def test_a_chart_stands_on_the_page_of_its_table(tmp_path: Path) -> None:
    pages = [" ".join(one.text for one in found) for found in words(made(small()), tmp_path)]
    shown = [chart for chart in charts(page.build(small())) if chart.panels]

    for chart in shown:
        [here] = [text for text in pages if chart.title.split(";")[0] in text and chart.table.caption in text]
        assert str(chart.table.rows[-1][0]) in here


def test_an_answer_without_a_drawing_is_its_table() -> None:
    built = page.build(replace(small(), comparisons=()))

    assert drawings(built.charts["risks"]) == []
    assert drawings(built.charts["comparison"]) == []
    assert len(figures(pdf(paper.of(built, IMPRINT)))) == 8
