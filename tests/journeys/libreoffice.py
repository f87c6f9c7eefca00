"""Fills a workbook in with LibreOffice Calc and saves it in several formats, as a person there would.

Run by the system's own Python, which has LibreOffice's `uno`:

    python3 libreoffice.py SOURCE ENTRIES.json TARGET [TARGET ...]

ENTRIES is a list of [sheet, row, heading, value]: a text is typed as a text, a number as a number. The format
is by the end of a target's name: .xlsx, .ods, .xls or .csv.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import uuid

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".ods": "calc8",
    ".xls": "MS Excel 97",
    ".csv": "Text - txt - csv (StarCalc)",
}
HEAD = 3
PATIENCE = 90


def option(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def connect(pipe):
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def fill(sheet, row, heading, value):
    for column in range(60):
        if sheet.getCellByPosition(column, HEAD).getString() == heading:
            break
    else:
        raise SystemExit(f"No column is called {heading}.")
    cell = sheet.getCellByPosition(column, row - 1)
    if isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value)


def main(source, entries, targets):
    pipe = f"vru-{uuid.uuid4().hex}"
    with tempfile.TemporaryDirectory() as profile:
        office = subprocess.Popen(
            [
                *("soffice", "--headless", "--norestore", "--nologo", "--nodefault"),
                f"-env:UserInstallation={pathlib.Path(profile).as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ]
        )
        try:
            context = connect(pipe)
            desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            address = pathlib.Path(source).resolve().as_uri()
            book = desktop.loadComponentFromURL(address, "_blank", 0, (option("Hidden", True),))
            for sheet, row, heading, value in json.loads(pathlib.Path(entries).read_text()):
                fill(book.Sheets.getByName(sheet), row, heading, value)
            for target in targets:
                path = pathlib.Path(target).resolve()
                book.storeToURL(path.as_uri(), (option("FilterName", FILTERS[path.suffix]),))
            book.close(True)
        finally:
            office.terminate()
            office.wait(30)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
