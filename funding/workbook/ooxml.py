"""The package of an .xlsx workbook: what must not be in it, and which part is which sheet. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from funding.workbook import sheet_scan
from funding.workbook.book import RefusedWorkbook
from funding.workbook.limits import Limits, check_extent, check_sheets
from funding.workbook.marks import Marks
from funding.workbook.package import Element, Parts, elements
from funding.workbook.sentences import DAMAGED, EMBEDDED, LINKED, MACROS, POWERPOINT, WORD

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_PROPERTIES = "docProps/custom.xml"

# Beginnings of names, in small letters, of parts that a return has no use for, and what to say of them.
_UNWANTED = (
    ("xl/vbaproject", MACROS),
    ("xl/macrosheets", MACROS),
    ("xl/activex", "This workbook holds ActiveX controls. Delete them, save it as .xlsx and upload that."),
    ("xl/externallinks", LINKED),
    (
        "xl/connections",
        "This workbook draws in data from elsewhere. Delete its data connections and upload it again.",
    ),
    ("xl/embeddings", EMBEDDED),
    ("xl/workbook.bin", "This is a binary workbook (.xlsb). Save it as an .xlsx workbook and upload that."),
    ("word/", WORD),
    ("ppt/", POWERPOINT),
    ("index/", "This is an Apple Numbers document. Export it to Excel and upload the .xlsx workbook."),
)


def scan(parts: Parts, limits: Limits) -> dict[str, Marks]:
    """The marks of every worksheet by its name. Raises RefusedWorkbook."""
    _check_parts(parts)
    targets = {
        relation.attributes.get("Id", ""): _path(relation.attributes.get("Target", ""))
        for relation in elements(parts, _RELATIONS)
    }
    sheets = [element for element in elements(parts, _WORKBOOK) if element.name == "sheet"]
    check_sheets(len(sheets), limits)
    found: dict[str, Marks] = {}
    for sheet in sheets:
        name, part = sheet.attributes.get("name", ""), targets.get(_relation(sheet), "")
        if part not in parts or name in found:
            raise RefusedWorkbook(DAMAGED)
        if part.startswith(("xl/worksheets/", "xl/sheet")):
            found[name] = sheet_scan.scan(parts[part], name, limits)
            check_extent(name, found[name].last, limits)
    return found


def needed(parts: Parts) -> Parts:
    """The parts that cells are read from."""
    kept = (
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        _WORKBOOK,
        _RELATIONS,
    )
    return {name: part for name, part in parts.items() if name in kept or name.startswith("xl/worksheets/")}


def properties(parts: Parts) -> Mapping[str, str]:
    """The document's own custom properties."""
    if _PROPERTIES not in parts:
        return {}
    found, name = {}, ""
    for element in elements(parts, _PROPERTIES):
        if element.name == "property":
            name = element.attributes.get("name", "")
        elif name:
            found[name] = element.text.strip()
    return found


def _path(target: str) -> str:
    """The part that a relation of the workbook leads to."""
    return posixpath.normpath(posixpath.join("/xl", target))[1:]


def _check_parts(parts: Parts) -> None:
    names = [name.lower() for name in parts]
    for beginning, sentence in _UNWANTED:
        if any(name.startswith(beginning) for name in names):
            raise RefusedWorkbook(sentence)
    if _WORKBOOK not in parts:
        raise RefusedWorkbook(
            "This is a package of files (zip) and not a workbook. Upload the workbook itself as .xlsx,"
            " .xls, .ods or"
            " .csv."
        )


def _relation(sheet: Element) -> str:
    """The r:id of a sheet, whatever the workbook calls that namespace."""
    return next((value for key, value in sheet.attributes.items() if key.endswith(":id")), "")
