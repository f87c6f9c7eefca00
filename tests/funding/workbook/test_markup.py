"""The person's own workbook back: remarks in the cells, everything else as it was, and it can be uploaded again."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from funding.models import QuarterlyReturn
from funding.workbook import markup
from funding.workbook.findings import ERROR, WARNING, Place, Remark
from funding.workbook.looks import COLOURS
from tests.funding.workbook.sheets import SPEND, content, enter, findings, read_book, spent
from tests.world import World

HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x.example")')


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def marked(folder: Path, data: bytes, remarks: list[Remark], name: str = "return.xlsx") -> Workbook:
    book = read_book(folder, data, name)
    return load_workbook(BytesIO(markup.mark(folder / name, book, remarks)))


def test_each_remark_is_a_colour_and_a_comment_in_its_cell(tmp_path: Path, found: QuarterlyReturn) -> None:
    data = content(spent(found, "about 5", 0))
    result = findings(tmp_path, data, found)
    book = marked(tmp_path, data, result.remarks)
    wrong, doubtful = book[SPEND]["G5"], book[SPEND]["G6"]
    assert wrong.comment.text.startswith("Correct this: Mentoring, Staffing, Actual, Q2: Enter an amount")
    assert wrong.fill.fgColor.rgb.endswith(COLOURS["error"][1:])
    assert doubtful.comment.text.startswith("Check this: Knife crime sessions")
    assert doubtful.fill.fgColor.rgb.endswith(COLOURS["warning"][1:])
    assert wrong.value == "about 5"
    # What the template has stays: totals, drop-downs, protection, notes, the id.
    assert book[SPEND]["K5"].value.startswith("=SUM(")
    assert book[SPEND].protection.sheet
    assert book[SPEND]["G4"].comment.text.startswith("What was spent")
    assert book[SPEND].data_validations.dataValidation
    assert book["Portal"].sheet_state == "veryHidden"


def test_the_remarks_are_listed_first(tmp_path: Path, found: QuarterlyReturn) -> None:
    data = content(spent(found, "about 5", 4800))
    book = marked(tmp_path, data, findings(tmp_path, data, found).remarks)
    sheet = book.worksheets[0]
    assert (sheet.title, book.active.title) == ("Remarks", "Remarks")
    assert [cell.value for cell in sheet[4]][:4] == ["Correct this", SPEND, "G5", "about 5"]


def test_corrected_and_uploaded_again_nothing_of_the_marks_is_left(
    tmp_path: Path, found: QuarterlyReturn
) -> None:
    data = content(spent(found, "about 5", 4800))
    book = marked(tmp_path, data, findings(tmp_path, data, found).remarks)
    enter(book, SPEND, {(5, "Actual, Q2"): 9500})
    result = findings(tmp_path, book, found)
    assert result.remarks == []
    assert str(result.total("actual")) == "14300.00"

    twice = marked(tmp_path, content(book), [Remark(WARNING, "x", "Look.", Place(SPEND, 6, 7, "G6"))])
    assert [sheet.title for sheet in twice.worksheets].count("Remarks") == 1
    assert twice[SPEND]["G5"].comment is None
    assert twice[SPEND]["G5"].fill.fgColor.rgb == "FFFFFFFF"
    assert twice[SPEND]["G6"].comment.text == "Check this: Look."


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_texts_stay_texts_whatever_they_begin_with(tmp_path: Path, kind: str) -> None:
    if kind == "csv":
        data = "\r\n".join('"' + text.replace('"', '""') + '",note' for text in HOSTILE).encode()
    else:
        book = Workbook()
        for row, text in enumerate(HOSTILE, start=1):
            cell = book.active.cell(row, 1)
            cell.value = text
            cell.data_type = "s"
        data = content(book)
    name = f"return.{kind}"
    sheet = next(iter(read_book(tmp_path, data, name).sheets))
    remarks = [
        Remark(ERROR, "x", text, Place(sheet, row, 1, f"A{row}"), text) for row, text in enumerate(HOSTILE, 1)
    ]
    result = marked(tmp_path, data, remarks, name)
    cells = [cell for page in result.worksheets for row in page.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    assert [result[sheet].cell(row, 1).value.strip() for row in range(1, 7)] == [
        text.strip() for text in HOSTILE
    ]


def test_formulas_of_the_person_stay_formulas(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "=SUM(B1:B2)"
    book.active["B1"] = 2
    result = marked(tmp_path, content(book), [Remark(ERROR, "x", "No formula.", Place("Sheet", 1, 1, "A1"))])
    assert result["Sheet"]["A1"].value == "=SUM(B1:B2)"
    assert result["Sheet"]["A1"].data_type == "f"


def test_a_formula_of_another_format_comes_back_as_text(tmp_path: Path, found: QuarterlyReturn) -> None:
    data = b"Intervention,Budget line,Actual\r\nMentoring,Staffing,=1+1\r\n"
    result = findings(tmp_path, data, found, "return.csv")
    assert [one.place.address for one in result.errors] == ["C2"]
    book = marked(tmp_path, data, result.remarks, "return.csv")
    cell = book[book.sheetnames[1]]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert cell.comment.text.startswith("Correct this")
