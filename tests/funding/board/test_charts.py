"""Charts are pure: facts in; a sentence, a Plotly specification and an exact table out."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import plotly.io
import pytest

from funding.board.charts import cards, delivery, page, patrols, shares, spending, status
from funding.board.charts.phase import RUNNING, Phase, phase
from funding.board.charts.spec import Series, dumps, escaped, horizontal, short, ticks, vertical
from funding.board.charts.table import Kind, Source, Status, shown
from funding.board.facts import Facts, Recipient, Share
from funding.board.outturn import lines
from funding.board.record import PartShare, _by_fund
from tests.funding.board.small import HOTSPOT, NORTH, POLICE, VRU, VRU_AWARD, returned, small, spend

plotly.io.templates.default = None
NASTY = "<b>A</b> & $x$ %{y}"
EMPTY = small(
    allocations={}, spends=(), tiers=(), headings=(), returns=(), opened=frozenset(), comparisons=()
)


@pytest.mark.parametrize(
    "facts", [small(), EMPTY, small(returns=()), small(recipients=(replace(NORTH, short_name=NASTY),))]
)
def test_plotly_accepts_every_specification(facts: Facts) -> None:
    specs = json.loads(page.build(facts).specs)

    for spec in specs.values():
        assert go.Figure(spec).to_dict()["data"]


def test_plotly_refuses_a_seeded_fault() -> None:
    spec = vertical(["Q1"], [Series("Plan", "plan", [1])])
    spec["data"][0]["orientatoin"] = "h"

    with pytest.raises(ValueError, match="orientatoin"):
        go.Figure(json.loads(dumps({"a": spec}))["a"])


def test_every_bar_and_point_stands_in_the_table() -> None:
    for chart in page.build(small()).charts.values():
        in_table = {cell for row in chart.table.rows for cell in row if isinstance(cell, Decimal | int)}
        for panel in chart.panels:
            for trace in panel.spec["data"]:
                values = trace["x" if trace.get("orientation") == "h" else "y"]
                assert {value for value in values if value} <= in_table, panel.key


def test_totals_are_the_sums_of_their_columns() -> None:
    for chart in page.build(small()).charts.values():
        for place, total in enumerate(chart.table.foot):
            if isinstance(total, Decimal | int):
                column = [row[place] for row in chart.table.rows]
                assert total == sum(cell for cell in column if isinstance(cell, Decimal | int)), chart.slug


def test_a_legend_and_four_series_at_most() -> None:
    for chart in page.build(small()).charts.values():
        for panel in chart.panels:
            assert len(panel.spec["data"]) <= 4
            assert panel.spec["layout"]["showlegend"] == (len(panel.spec["data"]) > 1)


def test_amounts_keep_every_digit() -> None:
    spec = horizontal(["A"], [[Series("Plan", "plan", [Decimal("9999999999.99")])]])

    assert "9999999999.99" in dumps({"a": spec})


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), object()])
def test_what_is_no_number_is_no_specification(value: object) -> None:
    with pytest.raises(TypeError):
        dumps({"a": {"value": value}})


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "a & b"])
def test_a_specification_cannot_leave_its_script_element(text: str) -> None:
    block = dumps({"a": {"name": text}})

    assert not set("<>&") & set(block)
    assert json.loads(block)["a"]["name"] == text


def test_people_cannot_write_into_a_label() -> None:
    label = escaped(NASTY)

    assert not re.search(r"<|\$|%\{", label)


@pytest.mark.parametrize("drawn", [horizontal, vertical])
def test_no_name_reaches_plotly_as_markup(drawn: Callable[..., dict[str, Any]]) -> None:
    series = Series(NASTY, "actual", [Decimal("1.00")])
    groups = [[series], [series]] if drawn is horizontal else [series, series]

    trace = json.loads(dumps({"a": drawn([NASTY], groups)}))["a"]["data"][0]

    for label in (
        trace["name"],
        trace["hovertemplate"].split("<br>")[1].split(": %{customdata}")[0],
        *trace.get("y", []),
    ):
        assert not isinstance(label, str) or not re.search(r"<(?!br>)|\$|%\{", label), label


def test_a_missing_value_leaves_a_gap_and_a_zero_does_not() -> None:
    facts = small(
        returns=(
            returned(1, "missing", 2),
            returned(2, "accepted", 2, is_nil=True),
            returned(3, "accepted", 2, hours=Decimal(0)),
        ),
        opened=frozenset({1, 2, 3}),
    )

    chart = patrols.hotspots(facts, lines(facts))

    assert [row[1] for row in chart.table.rows] == [None, 0, 0, "not due yet"]
    assert chart.panels[0].spec["data"][0]["y"] == [None, 0, 0, None]


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (None, Kind.MONEY, "not returned"),
        (Decimal("0.00"), Kind.MONEY, "£0.00"),
        (Decimal("-1234.5"), Kind.MONEY, "−£1,234.50"),
        (Decimal("1234.50"), Kind.COUNT, "1,234.50"),
        (Decimal("1997.00"), Kind.COUNT, "1,997"),
        (12345, Kind.COUNT, "12,345"),
        ("27.1%", Kind.SHARE, "27.1%"),
    ],
)
def test_how_a_cell_reads(cell: Decimal | int | str | None, kind: Kind, text: str) -> None:
    assert shown(cell, kind).text == text


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("https://example.org/a (table)", "https://example.org/a"),
        ("see http://example.org.", "http://example.org"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("Derived", ""),
    ],
)
def test_only_web_addresses_become_links(text: str, href: str) -> None:
    assert Source(text).href == href


@pytest.mark.parametrize(
    ("top", "last"),
    [
        ("0", "1"),
        ("0.01", "0.01"),
        ("7", "6"),
        ("99", "75"),
        ("820912.90", "750000"),
        ("9999999999.99", "7500000000"),
    ],
)
def test_marks_are_round_few_and_within_reach(top: str, last: str) -> None:
    marks = ticks(Decimal(top))

    assert (marks[0], marks[-1]) == (0, Decimal(last))
    assert 2 <= len(marks) <= 5


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "£0"),
        ("640", "£640"),
        ("85400", "£85k"),
        ("7500", "£7.5k"),
        ("9000", "£9k"),
        ("9999", "£10k"),
        ("999999", "£1m"),
        ("1230000", "£1.23m"),
        ("1500000", "£1.5m"),
        ("20000000", "£20m"),
    ],
)
def test_short_amounts(amount: str, text: str) -> None:
    assert short(Decimal(amount), Kind.MONEY) == text


# --- sentences ------------------------------------------------------------------------------


def test_the_headline_says_what_is_at_risk() -> None:
    assert cards.headline(small(), lines(small()), Phase.RUNNING) == (
        "£1,290 of the £1,400 allocated for 2026 to 2027 is forecast to be spent. "
        "£110 is at risk: money that is not spent by 31 March 2027 is lost."
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (small(awards=()), "No award has been recorded"),
        (small(allocations={}), "Nothing has been allocated"),
        (small(returns=()), "No return has been certified yet"),
        (
            small(returns=tuple(returned(q, "accepted", r) for q in (1, 2, 3, 4) for r in (1, 2))),
            "£540 of the £1,400",
        ),
    ],
)
def test_the_headline_fits_the_state_of_the_year(facts: Facts, words: str) -> None:
    assert words in page.build(facts).headline


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        (
            {},
            "Spending to date is £60 (10.0%) below plan; North explains all of it, and is forecast to underspend by £110",
        ),
        (
            {"allocations": {(1, 10): Decimal("800.00"), (2, 20): Decimal("400.00")}},
            "Spending to date is £60 (10.0%) below plan; North explains all of it, and is forecast to spend £90 more than it holds",
        ),
        (
            {"recipients": (NORTH,)},
            "Spending to date is £60 (12.0%) below plan. North is forecast to underspend by £110",
        ),
        (
            {"recipients": (POLICE,)},
            "Spending to date is on plan. Police is forecast to spend exactly what it holds",
        ),
        ({"returns": ()}, "No return has been certified yet, so every forecast is the plan"),
        ({"allocations": {}, "spends": ()}, "No money has been allocated"),
    ],
)
def test_the_title_leads_with_the_whole_and_names_the_largest_gap(
    changes: dict[str, object], title: str
) -> None:
    facts = small(**changes)

    assert spending.authorities(facts, lines(facts), Phase.RUNNING).title == title


def test_quarters_are_compared_with_the_plan_of_those_that_returned() -> None:
    chart = spending.quarters(small(), lines(small()), Phase.RUNNING)

    assert chart.title == (
        "Spending in Quarter 2 was £50 below the plan of those that returned; "
        "in Quarter 2, Police has not returned"
    )
    assert chart.table.rows[1][5] == Decimal("-50.00")
    assert chart.table.rows[2][2:4] == ("not due yet", "not due yet")


def test_shares_of_nothing_have_no_row_of_zeros() -> None:
    nothing = PartShare(1, 10, Share("Staffing", Decimal("0.00"), Decimal("0.00"), Decimal("0.00")))

    chart = shares.headings(small(headings=_by_fund((nothing,), {1}, (VRU_AWARD,))), RUNNING)

    assert (chart.table.rows, chart.panels) == ((), ())


def test_the_cost_of_an_hour_needs_both_hours_and_pounds() -> None:
    facts = small()
    without = replace(
        facts, spends=tuple(s for s in facts.spends if s.recipient == 1), allocations={(1, 10): Decimal(1)}
    )

    assert (
        patrols.hotspots(facts, lines(facts)).title
        == "In Quarter 1, patrols spent 50 hours in hotspots, 3.8 a week, at £2.00 an hour; Quarter 2 is not returned"
    )
    title = patrols.hotspots(without, lines(without)).title
    assert title == "In Quarter 1, patrols spent 50 hours in hotspots, 3.8 a week; Quarter 2 is not returned"


def test_universal_and_targeted_are_never_added_up() -> None:
    chart = delivery.reach(small())

    numbers = {cell for row in chart.table.rows for cell in row if isinstance(cell, int)}
    assert numbers == {300, 12, 20, 200, 10}
    assert not chart.table.foot
    assert (
        "10 young people had targeted support, at £12.55 each, and universal work reached 200" in chart.title
    )


def test_a_fund_shows_only_what_it_pays_for() -> None:
    assert patrols.hotspots(small(fund=VRU), lines(small())).table.rows == ()
    assert delivery.reach(small(fund=HOTSPOT)).table.rows == ()
    assert delivery.reach(small(recipients=(POLICE,))).table.rows == ()


@pytest.mark.parametrize(
    ("basis", "today", "nil", "expected"),
    [
        ("accepted", date(2026, 11, 2), False, Status("accepted", "Accepted")),
        ("accepted", date(2026, 11, 2), True, Status("accepted", "Accepted (nil)")),
        ("provisional", date(2026, 11, 2), False, Status("provisional", "Provisional")),
        ("queried", date(2026, 11, 2), False, Status("queried", "Queried")),
        ("missing", date(2026, 10, 31), False, Status("none", "Not due yet")),
        ("missing", date(2026, 11, 1), False, Status("late", "Not returned, 1 day late")),
        ("missing", date(2026, 11, 30), False, Status("late", "Not returned, 30 days late")),
    ],
)
def test_how_a_return_stands(basis: str, today: date, nil: bool, expected: Status) -> None:
    assert status.status(small(today=today), returned(2, basis, is_nil=nil), 2) == expected


def test_how_a_quarter_without_a_return_stands() -> None:
    facts = small(opened=frozenset({1}), today=date(2026, 11, 3))

    assert status.status(facts, None, 1).text == "Not asked for"
    assert status.status(facts, None, 2).text == "Not opened"
    assert status.status(facts, None, 3).text == "Not due yet"


def test_who_is_late_is_named_with_days() -> None:
    assert status.returns(small()).title == "Late: Police, by 2 days"
    assert status.returns(small(today=date(2026, 10, 1))).title == "No return is late"
    assert status.returns(EMPTY).title == "No quarter of this year has been opened for returns"


def test_our_area_stands_out_and_derived_and_rounded_are_said() -> None:
    chart = status.comparison(small())

    assert (
        chart.title == "In 2023/24 we were given £1,500 (worked out, not published), number 2 of the 3 areas "
        "whose amount was found"
    )
    assert chart.panels[0].spec["data"][0]["marker"]["color"] == ["#12436D", "#F46A25", "#12436D"]
    assert [row[2] for row in chart.table.rows] == [
        "Published",
        "Worked out, not published",
        "Published, rounded in the source",
    ]


def test_awards_that_are_not_published_are_labelled() -> None:
    built = page.build(small())

    assert built.key_figures[0].note == "VRU: published; Hotspot: illustrative"
    assert [row[0] for row in built.charts["funds"].table.rows] == ["VRU", "Hotspot (award illustrative)"]


def test_the_forecast_says_how_it_moved() -> None:
    assert page.build(small()).key_figures[3].note == "£110 less than after Quarter 1"


def test_organisations_keep_their_order_in_every_chart() -> None:
    order = (Recipient(2, "Z", "Z"), Recipient(1, "A", "A"))

    built = page.build(small(recipients=order))

    assert [row[0] for row in built.charts["authorities"].table.rows] == ["Z", "A"]
    assert [row[0] for row in built.charts["returns"].table.rows] == ["Z", "A"]


def test_a_quarter_that_was_never_opened_is_not_called_missing() -> None:
    facts = small(returns=(), opened=frozenset(), spends=(spend(1, "5.00"),))

    table = spending.quarters(facts, lines(facts), phase(facts, lines(facts))).table

    assert [row[2] for row in table.rows] == ["not opened", "not due yet", "not due yet", "not due yet"]
    assert table.rows[0][1] == Decimal("5.00")
