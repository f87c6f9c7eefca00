"""What the board says before a year, in it, and after it; and where a return or an award is missing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from funding.board.charts import cards, delivery, page, risk, spending, status
from funding.board.charts.page import Page
from funding.board.charts.phase import Phase, phase
from funding.board.charts.table import Nil, Told, shown
from funding.board.exports import csv_text
from funding.board.facts import AwardFact, Facts, FundFact, Recipient, Share
from funding.board.outturn import lines, total
from tests.funding.board.small import (
    HOTSPOT,
    HOTSPOT_AWARD,
    NORTH,
    POLICE,
    VRU,
    VRU_AWARD,
    of_vru,
    returned,
    small,
    spend,
)

ALL_RETURNED = tuple(returned(q, "accepted", r) for q in (1, 2, 3, 4) for r in (1, 2))


def ahead() -> Facts:
    """North holds £1,000.00 and has planned £40.00 of it; the police hold £400.00."""
    return small(
        today=date(2026, 3, 31),
        returns=(),
        opened=frozenset(),
        tiers=(),
        headings=(),
        spends=(spend(1, "40.00"),),
    )


def slugs(built: Page) -> list[str]:
    return [section.slug for section in built.sections]


def everything(built: Page) -> str:
    words = [built.headline, *(f"{each.label} {each.value} {each.note}" for each in built.key_figures)]
    for chart in [built.charts["funds"], *(chart for section in built.sections for chart in section.charts)]:
        words += [chart.title, chart.subtitle, chart.note, csv_text(chart)]
    return "\n".join(words)


def cards_of(facts: Facts) -> dict[str, tuple[str, str]]:
    return {each.label: (each.value, each.note) for each in page.build(facts).key_figures}


# --- a year that has not begun ---------------------------------------------------------------


def test_a_year_that_has_not_begun_raises_no_alarm() -> None:
    built = page.build(ahead())

    assert built.headline == (
        "2026 to 2027 has not begun. £1,400 is allocated; £1,360 of it is not planned yet."
    )
    found = {each.label: each.value for each in built.key_figures}
    assert found == {"Award": "£1,400", "Allocated": "£1,400", "Planned": "£40", "Not planned yet": "£1,360"}
    assert slugs(built) == ["on-plan", "late", "compare"]
    for word in ("at risk", "At risk", "lost", "not returned", "Not returned", "not opened"):
        assert word not in everything(built), word


def test_quarters_of_a_year_that_has_not_begun_are_not_due_yet() -> None:
    charts = page.build(ahead()).charts

    assert [row[2] for row in charts["quarters"].table.rows] == ["not due yet"] * 4
    assert {str(cell) for row in charts["returns"].table.rows for cell in row[1:]} == {"Not due yet"}
    assert charts["returns"].title == "2026 to 2027 has not begun: no return is due"
    assert charts["authorities"].table.rows[0] == ("North", Decimal(1000), Decimal(40), Decimal(960))
    assert charts["risks"].table.rows == ()


def test_a_year_ahead_that_is_wholly_planned_says_so() -> None:
    facts = replace(ahead(), allocations={(1, 10): Decimal("40.00")})

    assert (
        page.build(facts).headline
        == "2026 to 2027 has not begun. £40 is allocated, and all of it is planned."
    )


@pytest.mark.parametrize(
    ("today", "changes", "expected"),
    [
        (date(2026, 3, 31), {"returns": (), "opened": frozenset()}, Phase.AHEAD),
        (date(2026, 3, 31), {}, Phase.RUNNING),  # a quarter was opened: it has begun
        (date(2026, 4, 1), {"returns": (), "opened": frozenset()}, Phase.RUNNING),
        (date(2027, 3, 31), {}, Phase.RUNNING),
        (date(2027, 4, 1), {}, Phase.ENDED),
        (date(2027, 4, 1), {"returns": ALL_RETURNED}, Phase.CLOSED),
        (date(2026, 11, 2), {"returns": ALL_RETURNED}, Phase.CLOSED),
    ],
)
def test_where_a_year_stands(today: date, changes: dict[str, object], expected: Phase) -> None:
    facts = small(today=today, **changes)

    assert phase(facts, lines(facts)) is expected


def test_what_is_not_planned_is_told_apart_from_underspending() -> None:
    facts = small(allocations={(1, 10): Decimal("1300.00"), (2, 20): Decimal("400.00")})

    value, note = cards_of(facts)["At risk of being lost"]

    assert value == "£410"
    assert note == "24.1% of the allocation. £300 of it is not planned yet."
    assert cards_of(small())["At risk of being lost"] == ("£110", "7.9% of the allocation.")


def test_a_plan_above_the_allocation_leaves_nothing_unplanned() -> None:
    sums = total(lines(small(allocations={(1, 10): Decimal("900.00"), (2, 20): Decimal("500.00")})))

    assert (sums.unplanned, sums.at_risk, sums.at_risk_unplanned) == (100, Decimal("110.00"), 100)


# --- missing is not zero -----------------------------------------------------------------------


def authority(facts: Facts, name: str) -> dict[str, object]:
    table = spending.authorities(facts, lines(facts), Phase.RUNNING).table
    row = next(row for row in table.rows if row[0] == name)
    return {column.head: cell for column, cell in zip(table.columns, row, strict=True)}


@pytest.mark.parametrize(
    ("basis", "nil", "missing", "provisional"),
    [
        ("missing", False, "Q2", "not returned"),
        ("queried", False, "Q2 queried", "queried"),
        ("provisional", True, "none", "£0.00 (nil)"),
        ("accepted", False, "none", "£0.00"),
    ],
)
def test_a_missing_quarter_does_not_look_like_zero(
    basis: str, nil: bool, missing: str, provisional: str
) -> None:
    facts = small(returns=(returned(1, "accepted", 2), returned(2, basis, 2, is_nil=nil)))

    row = authority(facts, "Police")

    assert row["Missing"] == missing
    assert shown(row["Provisional"], spending.Column("x").kind).text == provisional
    assert row["Accepted"] == Decimal("100.00")


def test_a_nil_return_is_a_plain_zero_in_the_file() -> None:
    facts = small(
        returns=(returned(1, "provisional", 2, is_nil=True),), spends=(spend(1, "5.00", None, 2, 20),)
    )

    assert authority(facts, "Police")["Provisional"] == Nil()
    assert "Police,none,400.00,5.00,0.00,0.00,-5.00" in csv_text(
        spending.authorities(facts, lines(facts), Phase.RUNNING)
    )


def test_a_return_that_is_not_due_yet_is_not_missing() -> None:
    facts = small(returns=(returned(1, "missing", 2, due_on=date(2026, 11, 2)),))

    row = authority(facts, "Police")

    assert (row["Missing"], row["Accepted"], row["Provisional"]) == ("none", "not due yet", "not due yet")
    assert (
        spending.quarters_title(facts, lines(facts))
        == "Nothing has been returned yet: the bars show the plan"
    )


def test_one_organisation_with_a_missing_quarter_says_which() -> None:
    facts = small(recipients=(POLICE,), recipient=POLICE)

    title = spending.quarters_title(facts, lines(facts))

    assert title == "Spending in Quarter 1 was on plan; Quarter 2 is not returned"


def test_a_nil_return_is_said_in_the_title() -> None:
    facts = small(
        recipients=(NORTH,), returns=(returned(1, "provisional", is_nil=True),), spends=(spend(1, "5.00"),)
    )

    assert spending.quarters_title(facts, lines(facts)) == "Spending in Quarter 1 was nil, £5 below plan"


def annotations(panels: Iterable[object]) -> list[list[tuple[str, str]]]:
    return [[(each["x"], each["text"]) for each in panel.spec["layout"]["annotations"]] for panel in panels]  # type: ignore[attr-defined]


def test_drawings_are_marked_where_a_due_quarter_is_missing() -> None:
    facts = small(
        returns=(
            *small().returns[:3],
            returned(2, "queried", 2),
            returned(3, "missing"),
            returned(3, "missing", 2),
        )
    )

    charts = page.build(facts).charts

    gap = [("Q2", "queried"), ("Q3", "not<br>returned")]
    assert annotations(charts["hotspots"].panels) == [gap, gap]
    assert annotations(charts["quarters"].panels) == [[("Q2", "1 queried"), ("Q3", "2 not<br>returned")]]
    assert annotations(charts["reach"].panels) == [[("Q3", "not<br>returned")]] * 2


def test_nothing_is_marked_where_nothing_is_missing() -> None:
    facts = small(today=date(2026, 10, 31))

    charts = page.build(facts).charts

    assert annotations(charts["quarters"].panels) == [[]]
    assert annotations(charts["hotspots"].panels) == [[], []]


def test_one_vocabulary_counts_the_same_everywhere() -> None:
    facts = small(
        returns=(
            returned(1, "accepted"),
            returned(1, "accepted", 2),
            returned(2, "queried"),
            returned(2, "missing", 2),
        )
    )

    built = page.build(facts)

    assert built.charts["quarters"].title.endswith(
        "; in Quarter 2, Police has not returned, North is queried"
    )
    assert built.charts["returns"].title == "Late: Police, by 2 days. North has a query to answer"
    assert built.key_figures[2].note == "£340 accepted. Police has not returned, North is queried"
    assert built.charts["quarters"].table.foot[-1] == "not returned: Police; queried: North"
    assert built.charts["authorities"].table.foot[1] == "not returned: Police; queried: North"
    assert "missing" not in everything(built).replace("Missing", "").lower()


# --- years that are over -----------------------------------------------------------------------


def closed() -> Facts:
    return small(today=date(2027, 6, 1), returns=ALL_RETURNED, opened=frozenset({1, 2, 3, 4}))


def test_a_closed_year_speaks_of_what_was() -> None:
    built = page.build(closed())

    assert built.headline == "£540 of the £1,400 allocated for 2026 to 2027 was spent; £860 was left."
    assert [each.label for each in built.key_figures] == [
        "Award", "Allocated", "Planned", "Spent in the year", "Not spent",
    ]  # fmt: skip
    questions = [section.question for section in built.sections]
    assert "Did we keep to plan?" in questions
    assert "What was not spent?" in questions
    for word in ("at risk", "At risk", "forecast to", "Year-end forecast", "to date", "re-commit"):
        assert word not in everything(built), word
    names = [trace["name"] for trace in built.charts["authorities"].panels[0].spec["data"]]
    assert names == ["Plan for the year", "Spent, accepted", "Spent, provisional"]


def test_a_closed_year_says_an_underspend_once() -> None:
    facts = replace(closed(), allocations={(1, 10): Decimal("1000.00"), (2, 20): Decimal("420.00")})

    title = spending.authorities(facts, lines(facts), Phase.CLOSED).title

    assert title == "Spending in the year was £860 (61.4%) below plan; North explains most of it"


def test_a_year_that_is_over_with_a_return_outstanding_says_what_is_forecast() -> None:
    facts = small(today=date(2027, 4, 20))

    built = page.build(facts)

    assert built.headline == (
        "£540 of the £1,400 allocated for 2026 to 2027 was spent, and £750 more is forecast for returns "
        "that do not count yet; £110 was left."
    )
    assert [each.label for each in built.key_figures][2:] == ["Spent in the year", "Outturn", "Not spent"]
    assert "Outturn" in csv_text(built.charts["funds"])


def test_the_award_says_the_basis_of_each_fund_when_they_differ() -> None:
    derived = replace(VRU_AWARD, basis="Derived")
    published = replace(HOTSPOT_AWARD, basis="Published")

    assert cards.basis_words([derived, published]) == "VRU: worked out, not published; Hotspot: published"
    assert cards.basis_words([derived, derived]) == "Worked out, not published"
    assert cards.basis_words([published]) == "Published"


# --- who explains it, what is at risk, empty selections ------------------------------------------


@pytest.mark.parametrize(
    ("gaps", "words"),
    [
        (("-60", "-40"), "Spending to date is £100 (50.0%) below plan; A explains most of it"),
        (("-60", "20"), "Spending to date is £40 (20.0%) below plan; A alone is £60 below"),
        (("50", "50"), "Spending to date is £100 (50.0%) above plan; A is furthest above, by £50"),
        (("30", "-30"), "Spending to date is on plan"),
        (("-99.99", "-99.99"), "Spending to date is £200 (over 99.9%) below plan"),
    ],
)
def test_who_explains_the_distance_from_plan(gaps: tuple[str, str], words: str) -> None:
    recipients = (Recipient(1, "A", "A"), Recipient(2, "B", "B"))
    facts = small(
        recipients=recipients,
        allocations={(1, 10): Decimal(100), (2, 10): Decimal(100)},
        spends=tuple(
            spend(1, "100.00", str(100 + Decimal(gap)), each.pk)
            for each, gap in zip(recipients, gaps, strict=True)
        ),
        returns=(returned(1, "accepted"), returned(1, "accepted", 2)),
    )

    assert spending.authorities(facts, lines(facts), Phase.RUNNING).title.startswith(words)


def many(count: int) -> Facts:
    recipients = tuple(Recipient(n, f"R{n}", f"R{n}") for n in range(1, count + 1))
    return small(
        recipients=recipients,
        allocations={(each.pk, 10): Decimal(each.pk) for each in recipients},
        spends=(spend(1, "3.00", recipient=5),),
        returns=(),
    )


def test_what_is_at_risk_is_ranked_with_the_last_day() -> None:
    facts = small(allocations={(1, 10): Decimal("1000.00"), (2, 20): Decimal("900.00")})

    chart = risk.risks(facts, lines(facts), Phase.RUNNING)

    assert chart.table.rows == (
        (
            "Police",
            "Hotspot",
            Decimal("500.00"),
            Told(
                "Not planned: £500; Quarter 4: £10 less forecast than planned; "
                "less £10 made up in other quarters"
            ),
        ),
        (
            "North",
            "VRU",
            Decimal("110.00"),
            Told("Quarter 2: £50 below plan; Quarter 4: £50 less forecast than planned; others £10"),
        ),
    )
    assert chart.title == "£610 is at risk; the largest amount is £500 of Police (Hotspot)"
    assert chart.table.foot[2] == total(lines(facts)).at_risk


def test_at_most_ten_amounts_are_listed_and_the_rest_is_said() -> None:
    facts = many(12)

    chart = risk.risks(facts, lines(facts), Phase.RUNNING)

    assert [row[0] for row in chart.table.rows] == [f"R{n}" for n in (12, 11, 10, 9, 8, 7, 6, 4, 3, 2)]
    assert chart.table.foot[:3] == ("These 10", "", Decimal(72))
    assert chart.note.startswith("Money that is not spent by 31 March 2027 is lost")
    assert chart.note.endswith("2 smaller amounts are not listed: £3 together.")
    assert total(lines(facts)).at_risk == 75


def test_two_awards_of_a_fund_make_one_row_at_risk() -> None:
    facts = small(
        awards=(VRU_AWARD, AwardFact(11, VRU, 2026, Decimal("50.00"))),
        allocations={(1, 10): Decimal("1000.00"), (1, 11): Decimal("50.00")},
    )

    assert [row[2:4] for row in risk.risks(facts, lines(facts), Phase.RUNNING).table.rows] == [
        (
            Decimal("160.00"),
            Told("Not planned: £50; Quarter 2: £50 below plan; others £60"),
        )
    ]


GRIP = FundFact(3, "grip", "Grip", True, date(2021, 4, 1), date(2024, 3, 31))


@pytest.mark.parametrize(
    ("fund", "words"),
    [
        (GRIP, "Grip has no award in 2026/27. It ran from 1 April 2021 to 31 March 2024."),
        (replace(GRIP, starts_on=date(2027, 4, 1), ends_on=None), "Grip has no award in 2026/27. It began on 1 April 2027."),
        (replace(GRIP, ends_on=None), "Grip has no award in 2026/27."),
    ],
)  # fmt: skip
def test_a_fund_without_an_award_has_one_clear_empty_state(fund: FundFact, words: str) -> None:
    built = page.build(small(fund=fund, awards=(), allocations={}, spends=()))

    assert (built.headline, built.key_figures, built.sections) == (words, (), ())
    assert built.specs == "{}"


def test_only_those_who_hold_the_fund_can_be_late_for_it() -> None:
    facts = small(fund=HOTSPOT, awards=(HOTSPOT_AWARD,), allocations={(2, 20): Decimal("400.00")}, spends=())

    assert [row[0] for row in status.returns(facts).table.rows] == ["Police"]


def test_spend_by_tier_and_heading_tells_accepted_from_provisional() -> None:
    facts = small(tiers=of_vru(Share("Primary: universal", Decimal(50), Decimal("30.10"), Decimal("9.90"))))

    chart = page.build(facts).charts["tiers"]

    assert chart.table.rows[0][2:6] == (Decimal(50), Decimal("30.10"), Decimal("9.90"), Decimal("40.00"))
    drawn = {trace["name"]: trace["x"] for trace in chart.panels[0].spec["data"]}
    assert drawn["Spent, accepted"] == [Decimal("30.10")]
    assert drawn["Spent, provisional"] == [Decimal("9.90")]


def test_what_counts_different_things_is_not_to_be_added() -> None:
    assert "They count different things: do not add them." in delivery.NEVER_ADDED
