"""What a marked-up workbook looks like. Data, for both ways of writing one; no Django here."""

AUTHOR = "VRU portal"
REMARKS = "Remarks"
TITLE = "What to correct or confirm in this workbook"
LEVELS = {"error": "Correct this", "warning": "Check this"}
# Light enough for black text: 13 to 1 and 16 to 1.
COLOURS = {"error": "#F8B4B0", "warning": "#FFE08A"}
HEADINGS = ("What", "Sheet", "Cell", "You wrote", "Why")
WIDTHS = (14, 22, 10, 30, 100)
