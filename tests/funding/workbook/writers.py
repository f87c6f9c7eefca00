"""The same table as each kind of workbook: written by libraries other than the one that reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

Table_ = Sequence[Sequence[Any]]


def xlsx(rows: Table_, *, fill: Callable[[Any, Any], None] = lambda book, sheet: None) -> bytes:
    """`fill` may add what a table does not say: formulas, more sheets."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Spend")
    as_date = book.add_format({"num_format": "dd/mm/yyyy"})
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, bool):
                sheet.write_boolean(row, column, value)
            elif isinstance(value, date):
                sheet.write_datetime(row, column, value, as_date)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(row, column, value)
            elif value:
                sheet.write_string(row, column, value)
    fill(book, sheet)
    book.close()
    return target.getvalue()


def xls(rows: Table_, *, fill: Callable[[Any, Any], None] = lambda book, sheet: None) -> bytes:
    target = io.BytesIO()
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Spend")
    as_date = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if value is not None:
                sheet.write(row, column, value, *([as_date] if isinstance(value, date) else []))
    fill(book, sheet)
    book.save(target)
    return target.getvalue()


def ods(rows: Table_) -> bytes:
    target = io.BytesIO()
    document = OpenDocumentSpreadsheet()
    table = Table(name="Spend")
    for values in rows:
        row = TableRow()
        for value in values:
            row.addElement(_ods_cell(value))
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.write(target)
    return target.getvalue()


def _ods_cell(value: object) -> TableCell:
    if value is None:
        return TableCell()
    if isinstance(value, bool):
        cell = TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    elif isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, int | float | Decimal):
        cell = TableCell(valuetype="currency", currency="GBP", value=str(value))
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def comma_separated(rows: Table_, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter)
    for values in rows:
        writer.writerow(["" if value is None else value for value in values])
    return target.getvalue().encode(encoding)
