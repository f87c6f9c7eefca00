"""The search through bytes and the reading of XML find the same formulas and errors in the same sheet."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from funding.workbook import sheet_scan
from funding.workbook.book import letters
from funding.workbook.limits import LIMITS
from funding.workbook.marks import Marks, column_number, corners

CONTENTS = {
    "blank": "",
    "number": "<v>12.5</v>",
    "formula": "<f>A1+1</f><v>999</v>",
    "bare formula": "<f>A1+1</f>",
    "shared formula": '<f t="shared" si="0"/><v>3</v>',
    "array formula": '<f t="array" ref="{0}:{0}">1</f><v>3</v>',
    "error": "<v>#DIV/0!</v>",
    "error of a formula": "<f>1/0</f><v>#REF!</v>",
    "text": '<is><t>t="e" &lt;f&gt;</t></is>',
}
PLACES = st.tuples(st.integers(1, 40), st.integers(1, 60))
SHEETS = st.dictionaries(PLACES, st.sampled_from(sorted(CONTENTS)), max_size=30)


def written(sheet: dict[tuple[int, int], str], cell: str) -> bytes:
    """The sheet with its cells in order, each written as `cell` says."""
    rows: dict[int, str] = {}
    for (row, column), what in sorted(sheet.items()):
        address = f"{letters(column)}{row}"
        kind = ' t="e"' if what.startswith("error") else ' t="inlineStr"' if what == "text" else ""
        body = CONTENTS[what].format(address)
        filled = cell.format(address=address, kind=kind, body=body)
        rows[row] = rows.get(row, "") + filled
    content = "".join(f'<row r="{row}">{filled}</row>' for row, filled in rows.items())
    return f"<worksheet><cols><col/></cols><sheetData>{content}</sheetData><c/></worksheet>".encode()


def found(marks: Marks) -> tuple[object, object]:
    return marks.formulas, marks.errors


@given(SHEETS)
def test_the_two_ways_agree(sheet: dict[tuple[int, int], str]) -> None:
    as_excel = written(sheet, '<c r="{address}" s="3"{kind}>{body}</c>')
    otherwise = written(sheet, '<c s="3"{kind} r="{address}">{body}</c>')
    assert found(sheet_scan.scan(as_excel, "S", LIMITS)) == found(sheet_scan.scan(otherwise, "S", LIMITS))


@given(SHEETS)
def test_every_formula_and_error_is_found(sheet: dict[tuple[int, int], str]) -> None:
    marks = sheet_scan.scan(written(sheet, '<c r="{address}"{kind}>{body}</c>'), "S", LIMITS)
    assert marks.formulas == {place for place, what in sheet.items() if "formula" in what}
    assert marks.errors.keys() == {place for place, what in sheet.items() if what.startswith("error")}


@given(st.integers(1, 16_384), st.integers(1, 1_048_576))
def test_addresses_there_and_back(column: int, row: int) -> None:
    assert column_number(letters(column)) == column
    assert corners(f"${letters(column)}${row}") == ((row, column), (row, column))
