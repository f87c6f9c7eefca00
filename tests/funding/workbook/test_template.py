"""The template of a return: what it lists, what is open to entry, and what never becomes a formula."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from funding.models import BudgetLine, Intervention, QuarterlyReturn
from funding.workbook import template
from funding.workbook.contents import form_of
from funding.workbook.ticket import MARK, opened, sign
from tests.world import World


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def workbook(found: QuarterlyReturn) -> dict[str, Worksheet]:
    book = load_workbook(BytesIO(template.write(form_of(found))))
    return {sheet.title: sheet for sheet in book.worksheets}


def headings(sheet: Worksheet) -> dict[str, int]:
    """Column numbers by the words of the heading."""
    return {str(cell.value): cell.column for cell in sheet[4] if cell.value}


def test_every_budget_line_is_listed_with_its_plan(found: QuarterlyReturn) -> None:
    sheet = workbook(found)["Spend and forecast"]
    place = headings(sheet)
    listed = {
        (
            sheet.cell(row, place["Intervention"]).value,
            sheet.cell(row, place["Budget line"]).value,
        ): sheet.cell(row, place["Plan, Q2"]).value
        for row in (5, 6)
    }
    assert listed == {("Mentoring", "Staffing"): 10000, ("Knife crime sessions", "Interventions"): 5000}
    assert sheet.cell(7, 1).value == "Total"


def test_forecasts_start_from_the_plan_and_saved_figures_are_there(
    world: World, found: QuarterlyReturn
) -> None:
    place = headings(sheet := workbook(found)["Spend and forecast"])
    assert sheet.cell(6, place["Forecast, Q4"]).value == 5000.01
    assert sheet.cell(5, place["Actual, Q2"]).value is None

    world.fill(found, by=world.lead, actual="1234.56")
    sheet = workbook(world.return_of(world.north))["Spend and forecast"]
    assert sheet.cell(5, place["Actual, Q2"]).value == 1234.56
    assert sheet.cell(5, place["Forecast, Q3"]).value == 1100


def test_only_entry_cells_are_open_and_totals_are_formulas(found: QuarterlyReturn) -> None:
    sheets = workbook(found)
    sheet = sheets["Spend and forecast"]
    place = headings(sheet)
    assert all(one.protection.sheet for one in sheets.values())
    for name in ("Actual, Q2", "Committed", "Forecast, Q3", "Reason for a variance"):
        assert not sheet.cell(5, place[name]).protection.locked
    for name in ("Intervention", "Plan, Q2", "Full year", "Key"):
        assert sheet.cell(5, place[name]).protection.locked
    assert str(sheet.cell(5, place["Full year"]).value).startswith("=SUM(")
    assert str(sheet.cell(7, place["Actual, Q2"]).value).startswith("=SUM(")
    assert sheet.column_dimensions[sheet.cell(4, place["Key"]).column_letter].hidden
    assert sheet.freeze_panes == "C5"
    assert sheet.cell(4, place["Actual, Q2"]).comment.text.startswith("What was spent")


def test_drop_downs_offer_reasons_and_ratings(found: QuarterlyReturn) -> None:
    sheets = workbook(found)
    spend = [
        one for one in sheets["Spend and forecast"].data_validations.dataValidation if one.type == "list"
    ]
    ratings = [one for one in sheets["Progress"].data_validations.dataValidation if one.type == "list"]
    hidden = sheets["Portal"]
    offered = {cell.value for column in hidden.iter_cols(min_col=2) for cell in column if cell.value}
    assert len(spend) == 2
    assert len(ratings) == 2
    assert {"A post was vacant", "Amber/Red"} <= offered
    assert hidden.sheet_state == "veryHidden"


def test_the_id_is_of_this_return_and_cannot_be_made_by_hand(found: QuarterlyReturn) -> None:
    token = workbook(found)["Portal"]["A2"].value
    ticket = opened(token)
    assert (ticket.quarterly_return, ticket.organisation, ticket.quarter) == (
        found.pk,
        "North Council",
        "Q2 2026/27",
    )
    assert workbook(found)["Portal"]["A1"].value == MARK
    for broken in (token[:-1], token.replace(":", ".", 1), "x", "", sign(form_of(found))[1:]):
        with pytest.raises(ValueError, match="hidden id"):
            opened(broken)


@pytest.mark.parametrize(
    "name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "{=1}", "http://x.example"]
)
def test_no_text_of_a_person_becomes_a_formula(world: World, found: QuarterlyReturn, name: str) -> None:
    Intervention.objects.filter(name="Mentoring").update(name=name)
    BudgetLine.objects.filter(intervention__name=name).update(description=name)
    QuarterlyReturn.objects.filter(pk=found.pk).update(progress=name)
    sheets = workbook(world.return_of(world.north))
    cells = [sheets["Spend and forecast"]["A5"], sheets["Spend and forecast"]["B5"], sheets["Activity"]["A5"]]
    for cell in [*cells, sheets["Progress"]["B5"]]:
        assert cell.value == name
        assert cell.data_type == "s"
        assert cell.hyperlink is None


def test_the_police_list_their_hotspots_by_reference_and_name(world: World) -> None:
    world.open()
    sheets = workbook(world.return_of(world.police))
    assert [cell.value for cell in sheets["Patrols"][5]][:2] == ["H01", "Secret Street"]
    assert "Activity" not in sheets


def test_the_fingerprint_follows_the_plan(world: World, found: QuarterlyReturn) -> None:
    before = form_of(found).plan
    assert form_of(found).plan == before
    world.plan(world.north, world.award, "Another", ["0.00"] * 4, by=world.lead)
    assert form_of(found).plan != before


def test_the_template_holds_the_largest_amounts_to_the_penny(world: World, found: QuarterlyReturn) -> None:
    world.fill(found, by=world.lead, actual="9999999999.99", forecast="0.01")
    sheet = workbook(world.return_of(world.north))["Spend and forecast"]
    place = headings(sheet)
    assert Decimal(str(sheet.cell(5, place["Actual, Q2"]).value)) == Decimal("9999999999.99")
    assert Decimal(str(sheet.cell(5, place["Forecast, Q3"]).value)) == Decimal("0.01")
