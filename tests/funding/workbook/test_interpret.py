"""A workbook against its return: what changes, what is wrong and where, what is asked; whatever was moved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from funding.actions import entries
from funding.models import QuarterlyReturn
from funding.workbook.book import RefusedWorkbook
from funding.workbook.contents import form_of
from funding.workbook.findings import Findings
from tests.funding.workbook.sheets import (
    ACTIVITY,
    KNIFE,
    MENTORING,
    PATROLS,
    PROGRESS,
    SPEND,
    column,
    enter,
    findings,
    spent,
    template_of,
)
from tests.world import NOW, Q1, World


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def told(result: Findings) -> list[tuple[str, str, str]]:
    return [(one.level, one.place.address, one.code) for one in result.remarks]


def after(result: Findings) -> dict[tuple[str, str], str]:
    return {(one.line, one.heading): one.after for one in result.changes}


def test_a_filled_template_changes_what_was_filled_in(tmp_path: Path, found: QuarterlyReturn) -> None:
    result = findings(tmp_path, spent(found, 9500, 4800.01), found)
    changed = after(result)
    assert changed["Mentoring, Staffing", "Actual, Q2"] == "£9,500.00"
    assert changed["Knife crime sessions, Interventions", "Actual, Q2"] == "£4,800.01"
    assert changed["Knife crime sessions, Interventions", "Forecast, Q4"] == "£5,000.01"
    assert result.remarks == []
    assert str(result.total("actual")) == "14300.01"
    first = result.changes[0]
    assert (first.place.sheet, first.place.address, first.before) == (SPEND, "G5", "")


def test_an_untouched_template_changes_nothing(tmp_path: Path, world: World, found: QuarterlyReturn) -> None:
    assert findings(tmp_path, template_of(found), found).changes == []
    filled = world.fill(found, by=world.lead)
    assert findings(tmp_path, template_of(filled), filled).changes == []


def test_a_refused_cell_is_named_with_what_was_typed(tmp_path: Path, found: QuarterlyReturn) -> None:
    result = findings(tmp_path, spent(found, "about 5", 4800), found)
    (error,) = result.errors
    assert (error.place.sheet, error.place.address, error.typed) == (SPEND, "G5", "about 5")
    assert (
        error.sentence == "Mentoring, Staffing, Actual, Q2: Enter an amount in figures only, like 1,250.00."
    )
    # The whole line stays out of the clean part; the other line is in it.
    assert {one.line for one in result.clean} == {"Knife crime sessions, Interventions"}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("£9,500.00", "£9,500.00"), (" 9500 ", "£9,500.00"), (9500.1, "£9,500.10"), ("9,500.5", "£9,500.50")],
)
def test_amounts_as_people_write_them(tmp_path: Path, found: QuarterlyReturn, typed: Any, shown: str) -> None:
    result = findings(tmp_path, spent(found, typed, 4800), found)
    assert after(result)["Mentoring, Staffing", "Actual, Q2"] == shown
    assert not result.errors


@pytest.mark.parametrize(
    "typed", ["(500.00)", "-500", -500, "=1+1", True, "1e3", "12.345", "31/10/2026", "#N/A"]
)
def test_no_doubtful_amount_is_taken(tmp_path: Path, found: QuarterlyReturn, typed: Any) -> None:
    result = findings(tmp_path, spent(found, typed, 4800), found)
    assert [one.place.address for one in result.errors] == ["G5"]
    assert ("Mentoring, Staffing", "Actual, Q2") not in after(result)


def test_moved_columns_blank_rows_and_extra_columns_do_no_harm(
    tmp_path: Path, found: QuarterlyReturn
) -> None:
    book = spent(found, 9500, 4800)
    sheet = book[SPEND]
    sheet.protection.sheet = False
    sheet.insert_cols(1, 2)
    sheet["A4"] = "My notes"
    sheet["A6"] = "ask Jo"
    sheet.insert_rows(2, 3)
    sheet.insert_rows(9)
    result = findings(tmp_path, book, found)
    assert {one.place.address for one in result.changes if one.field == "actual"} == {"I8", "I10"}
    assert result.remarks == []


def test_a_workbook_of_ones_own_is_matched_by_names(tmp_path: Path, found: QuarterlyReturn) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Our quarter"])
    sheet.append([])
    sheet.append(["Cost heading", "Actual (£)", "PROJECT", "q3 forecast"])
    sheet.append(["staffing", "9,500", "mentoring", 10000])
    sheet.append([])
    sheet.append(["Interventions", 4800, "Knife  Crime Sessions", 5000])
    sheet.append(["Total", 14300, "", 15000])
    result = findings(tmp_path, book, found)
    assert after(result)["Mentoring, Staffing", "Actual, Q2"] == "£9,500.00"
    assert after(result)["Knife crime sessions, Interventions", "Forecast, Q3"] == "£5,000.00"
    assert [one.code for one in result.remarks] == ["no_id"]


def test_a_csv_is_the_sheet_of_spending(tmp_path: Path, found: QuarterlyReturn) -> None:
    text = "Intervention,Budget line,Actual\r\nMentoring,Staffing,£9500.10\r\n"
    result = findings(tmp_path, text.encode("cp1252"), found, "return.csv")
    assert after(result) == {("Mentoring, Staffing", "Actual, Q2"): "£9,500.10"}
    assert [one.code for one in result.remarks] == ["no_id", "missing"]


def test_unknown_doubled_and_nameless_rows_have_their_true_row_numbers(
    tmp_path: Path, found: QuarterlyReturn
) -> None:
    book = spent(found, 9500, 4800)
    sheet = book[SPEND]
    sheet["A9"], sheet["B9"], sheet["G9"] = "Boxing club", "Hall", 10
    sheet["G11"] = 12
    for cell in sheet[MENTORING]:
        sheet.cell(12, cell.column).value = cell.value
    result = findings(tmp_path, book, found)
    assert told(result) == [
        ("error", "A5", "twice"),
        ("error", "A9", "unknown"),
        ("error", "G11", "nameless"),
        ("error", "A12", "twice"),
    ]
    assert "Row 9: “Boxing club, Hall” is not in your plan" in result.errors[1].sentence
    assert {one.line for one in result.clean} == {"Knife crime sessions, Interventions"}


def test_a_row_apart_from_its_key_is_refused(tmp_path: Path, found: QuarterlyReturn) -> None:
    book = spent(found, 9500, 4800)
    sheet = book[SPEND]
    for place in (1, 2):
        sheet.cell(MENTORING, place).value = sheet.cell(KNIFE, place).value
    result = findings(tmp_path, book, found)
    assert [one.code for one in result.errors] == ["moved"]
    assert "hidden key is that of Mentoring" in result.errors[0].sentence


@pytest.mark.parametrize(
    ("actual", "code"), [(0, "zero"), (15000.01, "far_over"), (9500, None), (15000, None)]
)
def test_warnings_of_a_line(tmp_path: Path, found: QuarterlyReturn, actual: Any, code: str | None) -> None:
    result = findings(tmp_path, enter(template_of(found), SPEND, {
        (MENTORING, "Actual, Q2"): actual, (MENTORING, "Forecast, Q3"): 1, (MENTORING, "Forecast, Q4"): 1,
    }), found)  # fmt: skip
    assert [one.code for one in result.warnings] == ([code] if code else [])
    assert result.errors == []


def test_a_year_far_from_the_last_return_is_asked_about(
    tmp_path: Path, world: World, found: QuarterlyReturn
) -> None:
    world.open(Q1)
    world.certify(
        world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier, actual="5000.00"
    )
    result = findings(tmp_path, spent(found, 9500, 4800), found)
    assert "far_from_last" in [one.code for one in result.warnings]


def test_a_confirmed_warning_is_not_asked_again_and_another_figure_is(
    tmp_path: Path, found: QuarterlyReturn
) -> None:
    first = findings(tmp_path, spent(found, 0, 4800), found)
    known = [one.fingerprint for one in first.warnings]
    assert first.to_confirm(clean_only=False)
    assert not first.confirmed(known).to_confirm(clean_only=False)
    other = findings(tmp_path, spent(found, 99999, 4800), found)
    assert other.confirmed(known).to_confirm(clean_only=False)


def test_findings_survive_the_database(tmp_path: Path, found: QuarterlyReturn) -> None:
    result = findings(tmp_path, spent(found, "x", 0), found)
    assert Findings.from_json(json.loads(json.dumps(result.as_json()))) == result


# --- whose workbook it is -------------------------------------------------------------------


def test_another_organisations_workbook_is_refused_by_both_names(
    tmp_path: Path, world: World, found: QuarterlyReturn
) -> None:
    with pytest.raises(
        RefusedWorkbook, match=r"is for South Council, Q2 2026/27, .* of North Council, Q2 2026/27"
    ):
        findings(tmp_path, template_of(world.return_of(world.south)), found)


def test_another_quarters_workbook_is_refused(tmp_path: Path, world: World, found: QuarterlyReturn) -> None:
    world.open(Q1)
    with pytest.raises(RefusedWorkbook, match="is for North Council, Q1 2026/27"):
        findings(tmp_path, template_of(world.return_of(world.north, Q1)), found)


def test_a_changed_id_is_refused(tmp_path: Path, found: QuarterlyReturn) -> None:
    book = spent(found)
    book["Portal"]["A2"] = str(book["Portal"]["A2"].value)[:-2] + "xx"
    with pytest.raises(RefusedWorkbook, match="hidden id of this workbook was changed"):
        findings(tmp_path, book, found)


def test_a_file_without_the_headings_is_refused(tmp_path: Path, found: QuarterlyReturn) -> None:
    with pytest.raises(RefusedWorkbook, match="No sheet of this file has the headings"):
        findings(tmp_path, Workbook(), found)


def test_an_older_plan_and_an_older_return_are_asked_about(
    tmp_path: Path, world: World, found: QuarterlyReturn
) -> None:
    book = spent(found, 9500, 4800)
    world.plan(world.north, world.award, "Another", ["0.00"] * 4, by=world.lead)
    entries.save_narrative(
        quarterly_return=found,
        revision=0,
        progress="Well.",
        problems="",
        next_steps="",
        by=world.lead,
        at=NOW,
    )
    result = findings(tmp_path, book, world.return_of(world.north))
    assert [one.code for one in result.warnings] == ["old_plan", "old_revision", "missing", "missing"]


# --- the other sheets -----------------------------------------------------------------------


def test_activity_is_whole_or_an_error(tmp_path: Path, found: QuarterlyReturn) -> None:
    universal, targeted = "Young people reached, universal", "Young people supported, targeted"
    book = enter(template_of(found), ACTIVITY, {
        (5, universal): 300, (5, targeted): 12, (5, "Sessions"): 20, (6, universal): "1,200", (6, targeted): 4.5,
    })  # fmt: skip
    result = findings(tmp_path, book, found)
    assert {one.line for one in result.clean} == {"Mentoring"}
    assert told(result) == [("error", "C6", "unreadable"), ("error", "D6", "no_sessions")]


def test_patrols_of_the_police(tmp_path: Path, world: World) -> None:
    world.open()
    found = world.return_of(world.police)
    whole = {
        (5, name): 3
        for name in ("Visits", "Arrests", "Stop and searches", "Uses of anti-social behaviour powers")
    }
    book = enter(template_of(found), PATROLS, {(5, "Hours of patrol"): 120.25, **whole})
    result = findings(tmp_path, book, found)
    assert after(result)["H01, Secret Street", "Hours of patrol"] == "120.25"
    assert result.remarks == []


def test_words_and_ratings(tmp_path: Path, found: QuarterlyReturn) -> None:
    answer = "Your answer"
    book = enter(
        template_of(found),
        PROGRESS,
        {(5, answer): "On course.", (8, answer): "Amber/Green", (10, answer): "purple"},
    )
    result = findings(tmp_path, book, found)
    assert [(one.key, one.value) for one in result.changes] == [
        ("progress", "On course."),
        ("spend_rag", "amber_green"),
    ]
    assert "Choose one of these: Green; Amber/Green" in result.errors[0].sentence


def test_a_reason_needs_its_code_and_its_words(tmp_path: Path, found: QuarterlyReturn) -> None:
    book = spent(found, 9500, 4800)
    enter(book, SPEND, {
        (MENTORING, "Reason for a variance"): "A post was vacant", (MENTORING, "Recovers by"): "31/12/2026",
        (KNIFE, "Reason in words"): "Cheaper rooms",
    })  # fmt: skip
    result = findings(tmp_path, book, found)
    letter = book[SPEND].cell(1, column(book[SPEND], "Reason in words")).column_letter
    other = book[SPEND].cell(1, column(book[SPEND], "Reason for a variance")).column_letter
    assert told(result) == [("error", f"{letter}5", "no_reason_words"), ("error", f"{other}6", "no_reason")]


def test_reading_is_the_same_twice(tmp_path: Path, found: QuarterlyReturn) -> None:
    book = spent(found, "x", 0)
    assert findings(tmp_path, book, found) == findings(tmp_path, book, found)
    assert form_of(found) == form_of(found)
