"""What a person is told about a file that is not read, where more than one place may have to say it."""

OUT_OF_MEMORY = 3  # the exit code of the child when Python itself ran out

EMPTY = "This file is empty. Check that you saved it, and upload it again."
TOO_SLOW = (
    "This workbook took too long to read, so reading was stopped. Copy its figures into the template with"
    " “Paste"
    " values” and upload that."
)
TOO_MUCH_MEMORY = (
    "This workbook needs too much memory to read. Delete what lies beyond your figures, or copy them into the"
    " template, and upload that."
)
BROKEN = "This workbook is damaged. Open it in Excel, save it as a new .xlsx file and upload that."
DAMAGED = (
    "This workbook is damaged or was cut short on its way. Open it in Excel, save it as a new file and"
    " upload that."
)
ENCRYPTED = (
    "This workbook is encrypted with a password. Take the password off in Excel (File, Info, Protect"
    " Workbook), save"
    " it and upload it again."
)
MACROS = "This workbook holds macros. Save it as an .xlsx workbook without macros and upload that."
EMBEDDED = (
    "This workbook holds another file inside it. Delete the embedded file and upload the workbook again."
)
WORD = "This is a Word document and not a workbook. Fill in the template and upload that."
POWERPOINT = "This is a PowerPoint presentation and not a workbook. Fill in the template and upload that."
LINKED = (
    "This workbook is linked to another workbook. Break the links (Data, Edit Links) and upload it again."
)
