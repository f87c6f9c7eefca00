"""The sheet that says how to fill the workbook in."""

from __future__ import annotations

from typing import Any

from funding.workbook.form import Form

TITLE = "Read me"
LINES = (
    ("How to use this workbook", True),
    ("Fill in the white cells. Grey cells are from your plan, or work themselves out.", False),
    ("A cell that you leave empty changes nothing in the portal.", False),
    ("Forecasts start from your last return, or from your plan. Change those that will be different.", False),
    (
        "Enter 0 where nothing was spent or done. Earlier quarters are corrected on a page of the portal.",
        False,
    ),
    ("Do not name people or give dates of birth anywhere in this workbook.", False),
    ("When you have finished", True),
    ("Save the file, open the return in the portal, choose “Use a workbook” and upload it.", False),
    (
        "The portal shows what would change before it saves anything, and marks cells that it cannot take.",
        False,
    ),
    (
        "You may move columns, leave rows empty, or save as .xls or .ods. Keep the headings.",
        False,
    ),
    (
        "Type figures in the white cells, and no formulas: the portal does not take their results.",
        False,
    ),
    ("Help", True),
    (
        "Rest the pointer on a heading to read what belongs in the column. For anything else, ask your OPCC.",
        False,
    ),
)


def write(sheet: Any, form: Form, formats: Any) -> None:
    """Fills the sheet in. Nothing on it is read back."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 110)
    plain = formats.get(text_wrap=True, valign="top")
    bold = formats.get(bold=True, font_size=12, font_color="#12436D")
    big = formats.get(bold=True, font_size=16, font_color="#12436D")
    sheet.write_string(0, 0, f"Quarterly return of {form.organisation}", big)
    sheet.write_string(1, 0, form.quarter_words, bold)
    for number, (text, is_heading) in enumerate(LINES, start=3):
        sheet.write_string(number, 0, text, bold if is_heading else plain)
    sheet.protect()
