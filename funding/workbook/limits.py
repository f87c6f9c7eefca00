"""How large and how deep an uploaded workbook may be: one place, so that a test can move each of them."""

from __future__ import annotations

from dataclasses import dataclass

from funding.workbook.book import Place, RefusedWorkbook, letters

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Sizes are bytes, times are seconds. A return of 20,000 rows stays well within all of them."""

    size: int = 10 * MEGABYTE  # the file as it was uploaded
    unpacked: int = 64 * MEGABYTE  # all its parts together, as they really unpack
    ratio: int = 250  # unpacked against packed, for a part of more than a megabyte
    parts: int = 1_000
    depth: int = 8  # folders within folders
    sheets: int = 50
    rows: int = 50_000
    columns: int = 256
    area: int = 5_000_000  # rows times columns of one sheet, blank cells among them
    cells: int = 500_000  # up to the last of each row that holds something, in all sheets
    cell_text: int = 32_767  # characters; Excel's own limit
    text: int = 12_000_000  # bytes of all cells together, as they leave the child
    formulas: int = 200_000
    memory: int = 768 * MEGABYTE  # of the child
    seconds: int = 8  # by the clock on the wall, and of the processor


LIMITS = Limits()
_SHORTER = "Delete what lies beyond your figures, save the workbook and upload it again."


def check_extent(sheet: str, last: Place, limits: Limits) -> None:
    """Refuses a sheet whose last row and column are too far out to belong to a return."""
    rows, columns = last
    if rows > limits.rows:
        raise RefusedWorkbook(
            f"Sheet “{sheet[:31]}” reaches down to row {rows:,}. At most {limits.rows:,} rows are read."
            f" {_SHORTER}"
        )
    if columns > limits.columns:
        raise RefusedWorkbook(
            f"Sheet “{sheet[:31]}” reaches out to column {letters(columns)}. At most {limits.columns}"
            " columns are"
            f" read. {_SHORTER}"
        )
    if rows * columns > limits.area:
        raise RefusedWorkbook(
            f"Sheet “{sheet[:31]}” reaches out to {letters(columns)}{rows}, which is too many cells."
            f" {_SHORTER}"
        )


def check_sheets(count: int, limits: Limits) -> None:
    """Refuses a workbook with more sheets than anybody fills in, or with none."""
    if not count:
        raise RefusedWorkbook(
            "This workbook has no sheets to read. Fill in the template and upload it again."
        )
    if count > limits.sheets:
        raise RefusedWorkbook(
            f"This workbook has {count:,} sheets. At most {limits.sheets} are read. Delete the sheets that"
            " do not"
            " belong to the return and upload it again."
        )
