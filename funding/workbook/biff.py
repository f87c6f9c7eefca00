"""The records of an old .xls workbook: what must not be in it, and what the library does not tell. Pure.

Layout after Microsoft's open specification [MS-XLS]. Values are read by the library of cells; this looks
only for what the library does not tell.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from funding.workbook.book import RefusedWorkbook
from funding.workbook.compound import Streams
from funding.workbook.limits import Limits, check_extent, check_sheets
from funding.workbook.marks import Marks
from funding.workbook.sentences import DAMAGED, EMBEDDED, ENCRYPTED, LINKED, MACROS, POWERPOINT, WORD

_FORMULA, _ARRAY, _TABLE, _BOOL_OR_ERROR = 0x0006, 0x0221, 0x0236, 0x0205
_NUMBERS_IN_A_ROW = 0x00BD
# NUMBER, RK, LABELSST, LABEL, RSTRING: one cell that holds something.
_CELLS = frozenset((0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, _FORMULA, _BOOL_OR_ERROR))
_START, _SHEET, _PASSWORD, _SOURCE = 0x0809, 0x0085, 0x002F, 0x01AE
# A source that is the workbook itself, or an add-in of Excel's.
_OWN_SOURCES = (b"\x01\x04", b"\x01\x3a")
_WORKSHEET, _MACRO_SHEET = 0, 1
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_UNWANTED = (
    (("EncryptedPackage", "EncryptionInfo"), ENCRYPTED),
    (("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros"), MACROS),
    (("WordDocument",), WORD),
    (("PowerPoint Document",), POWERPOINT),
)


def scan(found: Streams, limits: Limits) -> list[Marks]:
    """The marks of every sheet, in the order of the workbook. Raises RefusedWorkbook."""
    for names, sentence in _UNWANTED:
        if not found.names.isdisjoint(names):
            raise RefusedWorkbook(sentence)
    if any(name.startswith("MBD") for name in found.names):
        raise RefusedWorkbook(EMBEDDED)
    if found.workbook is None:
        raise RefusedWorkbook(
            "This is not a workbook. Save the return as .xlsx, .xls, .ods or .csv and upload that."
        )
    try:
        sheets = _sheets(found.workbook)
        check_sheets(len(sheets), limits)
        return [_scan_sheet(found.workbook, start, limits) for start in sheets]
    except (struct.error, IndexError) as problem:
        raise RefusedWorkbook(DAMAGED) from problem


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record from here to the end of this part, which is a record as well."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, start)
        content = stream[start + 4 : start + 4 + length]
        if kind == 0x000A or len(content) < length:
            return
        yield kind, content
        start += 4 + length


def _sheets(stream: bytes) -> list[int]:
    """Where each sheet begins, from the workbook's own records."""
    starts = []
    for number, (kind, content) in enumerate(_records(stream, 0)):
        if number == 0 and (kind != _START or content[:2] not in (b"\x00\x05", b"\x00\x06")):
            raise RefusedWorkbook(
                "This workbook is of an Excel before 1995. Open it in Excel, save it as .xlsx and upload"
                " that."
            )
        if kind == _PASSWORD:
            raise RefusedWorkbook(ENCRYPTED)
        if kind == _SOURCE and content[2:4] not in _OWN_SOURCES:
            raise RefusedWorkbook(LINKED)
        if kind == _SHEET:
            start, _, sort = struct.unpack_from("<IBB", content)
            if sort == _MACRO_SHEET:
                raise RefusedWorkbook(MACROS)
            starts.append(start)
    return starts


def _scan_sheet(stream: bytes, start: int, limits: Limits) -> Marks:
    marks = Marks()
    for kind, content in _records(stream, start):
        if kind in _CELLS:
            row, column = struct.unpack_from("<2H", content)
            marks.reach(row + 1, column + 1)
            if kind == _FORMULA:
                marks.formula((row + 1, column + 1), (row + 1, column + 1), limits)
            elif kind == _BOOL_OR_ERROR and content[7]:
                marks.error((row + 1, column + 1), _ERRORS.get(content[6], "#VALUE!"))
        elif kind == _NUMBERS_IN_A_ROW:
            marks.reach(
                struct.unpack_from("<H", content)[0] + 1, struct.unpack_from("<H", content, -2)[0] + 1
            )
        elif kind in (_ARRAY, _TABLE):
            first, last, left, right = struct.unpack_from("<2H2B", content)
            marks.formula((first + 1, left + 1), (last + 1, right + 1), limits)
    check_extent("of this workbook", marks.last, limits)
    return marks
