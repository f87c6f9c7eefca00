"""Writes malformed and hostile files, one of each kind: `python -m tests.funding.workbook.hostile FOLDER`.

Every kind says which words its answer must hold. Most are refused; those with `bad` cells can be read, and each
of these cells is refused as an amount with the words. What is `good` can be read and is no danger.
"""

from __future__ import annotations

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlwt
from xlwt.CompoundDoc import XlsDoc

from tests.funding.workbook import writers

Make = Callable[[], bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
XXE = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
ZEROS = b"0" * 1_000_000


@dataclass(frozen=True)
class Kind:
    """One kind of file. `says` are words of the refusal: of the file, or of each `bad` cell."""

    make: Make
    name: str
    says: str = ""
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {}


def add(title: str, says: str, make: Make, suffix: str = "xlsx", **cells: tuple[str, ...]) -> None:
    assert title not in KINDS
    KINDS[title] = Kind(make, f"{title}.{suffix}", says, **cells)


# ---- packages -------------------------------------------------------------------------------------------------


def package(parts: dict[str, str | bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compress) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def sheet(rows: str, *, before: str = "", head: str = HEAD) -> str:
    return f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'


def parts(
    rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', **changes: str | bytes
) -> dict[str, str | bytes]:
    """A workbook of one sheet. `changes` replace or add parts: strings=..., sheets=..., sheet=..., relations=..."""
    sheets = changes.pop("sheets", '<sheet name="Spend" sheetId="1" r:id="rId1"/>')
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}{changes.pop("doctype", "")}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets!s}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        SHEET: changes.pop("sheet", sheet(rows)),
        STRINGS: changes.pop("strings", f'{HEAD}<sst xmlns="{MAIN}"><si><t>Staff</t></si></sst>'),
        **changes,
    }


def book(rows: str, **changes: str | bytes) -> Make:
    return lambda: package(parts(rows, **changes))


def with_part(name: str, content: str | bytes = b"\0") -> Make:
    return lambda: package({**parts(), name: content})


def entry(name: str, **attributes: Any) -> Make:
    """A good workbook with one odd entry more."""

    def make() -> bytes:
        target = io.BytesIO(package(parts()))
        with zipfile.ZipFile(target, "a") as archive:
            info = zipfile.ZipInfo("x" if "\0" in name else name)
            for key, value in attributes.items():
                setattr(info, key, value)
            archive.writestr(info, b"xl/workbook.xml")
        return target.getvalue()

    return make


def patched(make: Make, *changes: tuple[bytes, bytes]) -> Make:
    def patch() -> bytes:
        data = make()
        for old, new in changes:
            assert old in data
            data = data.replace(old, new)
        return data

    return patch


def good() -> bytes:
    return package(parts())


def twice(first: str, second: str) -> Make:
    def make() -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, part in parts().items():
                archive.writestr(name, part)
            # Written under a name of equal length, and renamed in the bytes: the library warns of doubles.
            archive.writestr(second.replace("1", "7"), sheet('<row r="1"><c r="A1"><v>9</v></c></row>'))
        return target.getvalue().replace(second.replace("1", "7").encode(), second.encode())

    assert first in parts()
    return make


def wrong_checksum() -> bytes:
    data = package(parts(), compress=zipfile.ZIP_STORED)
    return data.replace(b"<v>1</v>", b"<v>2</v>")


def false_size(spaces: int) -> Make:
    """A sheet with so many spaces behind it that declares ten bytes, in both places."""

    def make() -> bytes:
        data = package({**parts(), SHEET: sheet("") + " " * spaces})
        size = struct.pack("<I", len(sheet("")) + spaces)
        assert data.count(size) == 2
        return data.replace(size, struct.pack("<I", 10))

    return make


def overlapping() -> bytes:
    """Sixty entries that share one block of compressed data."""
    block = zlib.compress(ZEROS, 9)[2:-4]
    local = struct.pack(
        "<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, zlib.crc32(ZEROS), len(block), len(ZEROS), 1, 0
    )
    body = local + b"a" + block
    central = b"".join(
        struct.pack(
            "<IHHHHHHIIIHHHHHII",
            0x02014B50,
            20,
            20,
            0,
            8,
            0,
            33,
            zlib.crc32(ZEROS),
            len(block),
            len(ZEROS),
            1,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + bytes([number])
        for number in range(48, 108)
    )
    return body + central + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 60, 60, len(central), len(body), 0)


def column_of_cells(rows: int, cell: str) -> str:
    return "".join(f'<row r="{number}">{cell.format(number)}</row>' for number in range(1, rows + 1))


# Files that are something else.
add("no bytes", "is empty", lambda: b"")
add("one byte", "no columns", lambda: b"x", "csv")
add("one zero byte", "not a workbook", lambda: b"\0")
add("png", "Portable Network Graphics", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(90))
add("jpeg", "JPEG", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(90), "xls")
add("pdf", "PDF", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
add("gzip", "GZIP", lambda: b"\x1f\x8b\x08" + bytes(90))
add("seven zip", "7-Zip", lambda: b"7z\xbc\xaf\x27\x1c\0\4" + bytes(90))
add("rar", "RAR", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(90))
add("program", "ELF", lambda: b"\x7fELF\2\1\1" + bytes(90))
add("sqlite", "SQLite", lambda: b"SQLite format 3\0" + bytes(90))
add("web page", "web page", lambda: b"\r\n<html><table><tr><td>1250</td></tr></table></html>", "xls")
add(
    "xml spreadsheet 2003",
    "XML Spreadsheet",
    lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>',
    "xls",
)
add("svg", "XML", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
add("web archive", "web archive", lambda: b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "xls")
add("rtf", "RTF", lambda: b"{\\rtf1\\ansi 1,250.00}", "xls")
add("sylk", "SYLK", lambda: b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K1250\r\nE\r\n", "csv")
add("dif", "DIF", lambda: b'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n0,2\r\n', "csv")
add(
    "dbf",
    "dBase",
    lambda: (
        b"\x03\x7a\x06\x0c"
        + struct.pack("<IHH", 2, 65, 11)
        + bytes(20)
        + b"AMOUNT\0\0\0\0\0N"
        + bytes(20)
        + b"\r"
    ),
    "xls",
)
add("excel 4", "before 1995", lambda: b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(40), "xls")
add("too large", "MB", lambda: b"a,b\n" * (3 * 1024 * 1024), "csv")

# Text.
add("zero bytes in text", "zero bytes", lambda: b"Line,Actual\nStaff,12\x0050\n" + b"Travel,1\n" * 20, "csv")
add("control characters", "not text", lambda: b"Line,Actual\nStaff,\x1b[2J1250\n", "csv")
add("utf-16 without a mark", "Unicode", lambda: "Line\tActual\nStaff\t1250\n".encode("utf-16-le"), "csv")
add("half a utf-16 letter", "letters", lambda: b"\xff\xfe" + "a,b\n".encode("utf-16-le") + b"\x00\xd8", "csv")
add("letters of no alphabet", "letters", lambda: b"Line,Actual\nCaf\x81\x8d,1\n", "csv")
add("one column", "no columns", lambda: b"Actual\n1250\n300\n", "csv")
add("open quotation mark", "quotation mark", lambda: b'Line,Actual\nStaff,"1250\nTravel,3\n', "csv")
add("stray quotation mark", "Row 2 has a quotation mark", lambda: b'Line,Actual\n"Staff"s,1250\n', "csv")
add("endless line", "32,767 characters", lambda: b"Line,Actual\nStaff," + b"1" * 9_000_000, "csv")
add("endless columns", "column", lambda: b"Line,Actual\n" + b"1," * 900_000, "csv")
add("endless rows", "rows", lambda: b"1,2\n" * 900_000, "csv")


# The package itself.
add("empty package", "empty package", lambda: b"PK\5\6" + bytes(18))
add("package cut short", "cut short", lambda: good()[:-200])
add("package cut in the middle", "cut short", lambda: good()[:300])
add("wrong checksum", "damaged", wrong_checksum)
add("bomb", "unpacks to more than", lambda: package({**parts(), SHEET: sheet("") + " " * 90_000_000}))
add(
    "bomb in a picture",
    "unpacks to more than",
    lambda: package({**parts(), "xl/media/a.png": bytes(90_000_000)}),
)
add(
    "bomb of many parts",
    "64 MB",
    lambda: package({**parts(), **{f"xl/media/{n}.png": ZEROS for n in range(80)}}),
)
add("bomb that understates its size", "unpacks to more than", false_size(70_000_000))
add("part that understates its size", "damaged", false_size(70_000))
add("overlapping parts", "overlap", overlapping)
add("package in a package", "another file inside", with_part("xl/a.zip", good()))
add("package in a package under another name", "another file inside", with_part("xl/media/a.png", good()))
add("thousand parts", "parts", lambda: package({**parts(), **{f"xl/media/{n}": b"" for n in range(1_200)}}))
add("deep folders", "folders", with_part("a/" * 200 + "a.xml", "<a/>"))
add("name that climbs out", "leads out", with_part("xl/../../../etc/cron.d/a.xml", "<a/>"))
add("absolute name", "leads out", with_part("/etc/passwd.xml", "<a/>"))
add("name of a drive", "leads out", with_part("C:/a.xml", "<a/>"))
add("backslashes", "leads out", patched(with_part("xl/..+..+a.xml", "<a/>"), (b"..+..+a", b"..\\..\\a")))
add(
    "zero byte in a name",
    "leads out",
    patched(with_part("xl/a.xml+.png", "<a/>"), (b"a.xml+.png", b"a.xml\0.png")),
)
add(
    "link to another file",
    "link to another file",
    entry("xl/theme.xml", create_system=3, external_attr=0o120777 << 16),
)
add("two parts of one name", "same name", twice(SHEET, SHEET))
add("two parts but for the case", "same name", twice(SHEET, "xl/Worksheets/Sheet1.xml"))
add(
    "encrypted part",
    "password",
    patched(good, (b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")),
)
add("rare compression", "compressed in a way", lambda: package(parts(), compress=zipfile.ZIP_LZMA))
add("web page behind", "before or after", lambda: good() + b"<html><script>1</script></html>")
add("comment of a package", "before or after", lambda: good()[:-2] + b"\x06\x00<html>")
add("pdf and workbook at once", "PDF", lambda: b"%PDF-1.4\n" + good())
add("picture and workbook at once", "Graphics", lambda: b"GIF89a\1\0\1\0\0\0\0" + good())
add("plain package", "package of files", lambda: package({"figures.txt": "1250"}))
add(
    "word document", "Word", lambda: package({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"})
)
add(
    "presentation",
    "PowerPoint",
    lambda: package({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<a/>"}),
)
add("apple numbers", "Apple Numbers", lambda: package({"Index/Document.iwa": b"\0"}))
add("binary workbook", "xlsb", lambda: package({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\0"}))

# What a workbook brings along.
add("macros", "macros", with_part("xl/vbaProject.bin"), "xlsm")
add("old macros", "macros", with_part("xl/macrosheets/sheet1.xml", "<a/>"))
add("link to another workbook", "linked to another", with_part("xl/externalLinks/externalLink1.xml", "<a/>"))
add("data connection", "data connections", with_part("xl/connections.xml", "<a/>"))
add("embedded file", "another file inside", with_part("xl/embeddings/oleObject1.bin"))
add("activex", "ActiveX", with_part("xl/activeX/activeX1.xml", "<a/>"))

# XML.
add("billion laughs", "entities", book("", sheet=sheet("", head=HEAD + LAUGHS)))
add("billion laughs in the texts", "entities", book("", strings=f'{HEAD}{LAUGHS}<sst xmlns="{MAIN}"/>'))
add("outside entity", "entities", book("", doctype=XXE))
add("document type behind a comment", "entities", book("", sheet=sheet("", head=HEAD + "<!-- x -->" + XXE)))
add("other letters", "UTF-8", book("", sheet=sheet("", head='<?xml version="1.0" encoding="UTF-7"?>')))
add("utf-16 part", "UTF-8", book("", sheet=sheet("", head=HEAD + XXE).encode("utf-16")))
add("torn xml", "damaged", book("", sheet=sheet('<row r="1"><c r="A1"><v>1').replace("</sheetData>", "")))
add("endless depth", "", book('<row r="1"><c r="A1"><v>1</v></c></row>' + "<a>" * 300_000), good=("A1",))
add(
    "endless depth, taken apart",
    "damaged",
    book('<row r="1"><c s="0" r="A1"><v>1</v></c></row>' + "<a>" * 300_000),
)
add("relations torn", "damaged", lambda: package({**parts(), "xl/_rels/workbook.xml.rels": "<Relationships"}))

# Sheets and cells.
add("far cell", "row 1,048,576", book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
add("far column", "column XFD", book('<row r="1"><c r="XFD1"><v>1</v></c></row>'))
add("far row", "row 99,999", book('<row r="99999"><c r="A99999"><v>1</v></c></row>'))
add("column that cannot be", "cannot be", book('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'))
add("row that cannot be", "cannot be", book('<row r="1"><c r="A99999999999999"><v>1</v></c></row>'))
add("negative row", "cannot be", book('<row r="-1"><c r="A-1"><v>1</v></c></row>'))
add("row nought", "damaged", book('<row r="0"><c r="A0"><v>1</v></c></row>'))
# What a sheet declares of itself is not believed: a row that is merely higher than others reaches as far.
DECLARED = sheet('<row r="1"><c r="A1"><v>1</v></c></row>', before='<dimension ref="A1:{}"/>')
add("far reach declared", "", book("", sheet=DECLARED.format("XFD1048576")), good=("A1",))
add("no reach declared", "damaged", book("", sheet=DECLARED.format("A0")))
add("negative reach declared", "damaged", book("", sheet=DECLARED.format("A-5")))
add("declared reach of noise", "damaged", book("", sheet=DECLARED.format("9" * 5_000)))
add(
    "near reach declared, far cell held",
    "row 1,048,576",
    book("", sheet=sheet('<row r="1"><c r="XFD1048576"><v>1</v></c></row>', before='<dimension ref="A1"/>')),
)
add(
    "ten thousand sheets",
    "10,000 sheets",
    book("", sheets="".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(10_000))),
)
add("no sheets", "no sheets", book("", sheets=""))
add("sheet without its part", "damaged", book("", sheets='<sheet name="A" sheetId="1" r:id="rId9"/>'))
add(
    "two sheets of one name",
    "damaged",
    book("", sheets='<sheet name="A" sheetId="1" r:id="rId1"/><sheet name="A" sheetId="2" r:id="rId1"/>'),
)
add("text that is nowhere", "damaged", book('<row r="1"><c r="A1" t="s"><v>4000000000</v></c></row>'))
add(
    "text of number minus one",
    "figures only",
    book('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'),
    bad=("A1",),
)
add(
    "giant text",
    "32,767 characters",
    book(
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        strings=f'{HEAD}<sst xmlns="{MAIN}"><si><t>{"ab" * 40_000}</t></si></sst>',
    ),
)
add(
    "endless text",
    "too much text",
    book(
        column_of_cells(500, '<c r="A{0}" t="s"><v>0</v></c>'),
        strings=f'{HEAD}<sst xmlns="{MAIN}"><si><t>{"a" * 30_000}</t></si></sst>',
    ),
)
add(
    "long text ten thousand times",
    "text",
    book(
        column_of_cells(10_000, '<c r="A{0}" t="s"><v>0</v></c>'),
        strings=f'{HEAD}<sst xmlns="{MAIN}"><si><t>{"a" * 32_000}</t></si></sst>',
    ),
)
add(
    "long text in fifty thousand cells",
    "memory",
    book(
        column_of_cells(50_000, '<c r="A{0}" t="s"><v>0</v></c>'),
        strings=f'{HEAD}<sst xmlns="{MAIN}"><si><t>{"a" * 32_000}</t></si></sst>',
    ),
)
add("too many rows", "row 60,000", book(column_of_cells(60_000, '<c r="A{0}"><v>1</v></c>')))
add(
    "two corners",
    "too many cells",
    book('<row r="1"><c r="IU1"><v>1</v></c></row><row r="19700"><c r="A19700"><v>1</v></c></row>'),
)
add(
    "wide and high",
    "memory",
    book('<row r="1"><c r="ZZ1"><v>1</v></c></row><row r="99998"><c r="A99998"><v>1</v></c></row>'),
)
add(
    "formula over everything",
    "formulas",
    book('<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c></row>'),
)
add(
    "number beyond numbers",
    "error",
    book('<row r="1"><c r="A1"><v>1e309</v></c><c r="B1"><v>-1e999</v></c></row>'),
    bad=("A1", "B1"),
)
add(
    "not a number",
    "error",
    book('<row r="1"><c r="A1"><v>NaN</v></c><c r="B1"><v>inf</v></c></row>'),
    bad=("A1", "B1"),
)
add(
    "errors",
    "holds an error",
    book('<row r="1"><c r="A1" t="e"><v>#DIV/0!</v></c><c t="e" r="B1"><v>#REF!</v></c></row>'),
    bad=("A1", "B1"),
)
add(
    "errors as Excel writes them",
    "holds an error (#N/A)",
    book('<row r="1"><c r="A1" s="1" t="e"><v>#N/A</v></c></row>'),
    bad=("A1",),
)
add(
    "forged value",
    "holds a formula",
    book(
        '<row r="1"><c r="A1"><f>1+1</f><v>999</v></c><c r="B1"><f t="array" ref="B1:C2">1</f><v>5</v></c></row><row r="2"><c r="C2"><v>5</v></c></row>'
    ),
    bad=("A1", "B1", "C2"),
)
add(
    "forged value without addresses",
    "holds a formula",
    book("<row><c><v>1</v></c><c><f>1+1</f><v>999</v></c></row>"),
    bad=("B1",),
    good=("A1",),
)
add(
    "forged value behind a prefix",
    "holds a formula",
    book(
        "",
        sheet=f'{HEAD}<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>1</x:f><x:v>9</x:v></x:c><x:c r="B1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>',
    ),
    bad=("A1",),
    good=("B1",),
)
add(
    "forged value behind a comment",
    "holds a formula",
    book('<row r="1"><c r="A1"><!-- > --><f>1</f><v>9</v></c></row>'),
    bad=("A1",),
)
add(
    "formula as text",
    "Enter an amount",
    lambda: writers.xlsx([["=1+1", "@SUM(A1)", "+1", "=HYPERLINK(1)"]]),
    bad=("A1", "B1", "C1", "D1"),
)
add("date for an amount", "holds a date", lambda: writers.xlsx([[date(2026, 10, 31)]]), bad=("A1",))
add("truth for an amount", "the word TRUE", lambda: writers.xlsx([[True]]), bad=("A1",))
add(
    "colour out to the far corner",
    "",
    book('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'),
    good=("A1",),
)


# ---- old workbooks --------------------------------------------------------------------------------------------


def stream_of(fill: Callable[[Any], None]) -> bytes:
    made = xlwt.Workbook()
    fill(made.add_sheet("Spend"))
    return bytes(made.get_biff_data())


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """The stream in a compound file, under this name."""
    target = io.BytesIO()
    XlsDoc().save(target, stream)
    data = bytearray(target.getvalue())
    at = data.find("Workbook".encode("utf-16-le"))
    data[at : at + 66] = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)
    return bytes(data)


def plain_stream() -> bytes:
    return stream_of(lambda sheet: sheet.write(0, 0, 1))


def after_start(kind: int, content: bytes) -> bytes:
    """The plain workbook with one record more behind its first. The places of the sheets move along."""
    stream = plain_stream()
    (length,) = struct.unpack_from("<H", stream, 2)
    record = struct.pack("<2H", kind, len(content)) + content
    at = stream.find(struct.pack("<H", 0x0085))
    (start,) = struct.unpack_from("<I", stream, at + 4)
    stream = stream[: at + 4] + struct.pack("<I", start + len(record)) + stream[at + 8 :]
    return compound(stream[: 4 + length] + record + stream[4 + length :])


def circle() -> bytes:
    """Every chain of sectors leads back to its own beginning."""
    data = bytearray(compound(plain_stream()))
    (table,) = struct.unpack_from("<I", data, 76)
    start = (table + 1) * 512
    data[start : start + 512] = struct.pack("<128I", *range(128))
    return bytes(data)


def with_formula(sheet: Any) -> None:
    sheet.write(0, 0, xlwt.Formula("1+1"))
    sheet.write(0, 1, 5)


add("workbook with a password", "password", lambda: compound(bytes(5_000), "EncryptedPackage"))
add("old workbook with a password", "password", lambda: after_start(0x2F, bytes(6)), "xls")
add("old workbook with macros", "macros", lambda: compound(plain_stream(), "_VBA_PROJECT"), "xls")
add(
    "old workbook with links",
    "linked to another",
    lambda: after_start(0x01AE, struct.pack("<HH", 1, 9) + b"\0\1other.xls"),
    "xls",
)
add("old word document", "Word", lambda: compound(bytes(5_000), "WordDocument"), "xls")
add("compound file of something else", "not a workbook", lambda: compound(bytes(5_000), "Contents"), "xls")
add("old workbook cut short", "damaged", lambda: compound(plain_stream())[:1_500], "xls")
add("header of an old workbook", "damaged", lambda: compound(plain_stream())[:512], "xls")
add("first bytes of an old workbook", "damaged", lambda: compound(plain_stream())[:20], "xls")
add("old workbook in circles", "damaged", circle, "xls")
add(
    "old workbook of noise", "damaged", lambda: compound(plain_stream())[:512] + bytes(range(256)) * 40, "xls"
)
add("old workbook of other records", "before 1995", lambda: compound(bytes(range(256)) * 20), "xls")
add(
    "old workbook with a far cell",
    "row 65,536",
    lambda: compound(stream_of(lambda sheet: sheet.write(65_535, 255, 1))),
    "xls",
)
add(
    "old workbook with a formula",
    "holds a formula",
    lambda: compound(stream_of(with_formula)),
    "xls",
    bad=("A1",),
    good=("B1",),
)


# ---- OpenDocument ---------------------------------------------------------------------------------------------

ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = (
    "".join(f' xmlns:{name}="{NAMES}{name}:1.0"' for name in ("office", "table", "text"))
    + f' xmlns:calcext="{NAMES}calc" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
ONE = '<table:table-cell office:value-type="float" office:value="1"{}><text:p>1</text:p></table:table-cell>'


def ods(rows: str, *, head: str = HEAD, kind: str = ODS, **changes: str | bytes) -> Make:
    content = f'{head}<office:document-content{SPACES}><office:body><office:spreadsheet><table:table table:name="Spend">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    made: dict[str, str | bytes] = {
        "mimetype": kind,
        "content.xml": content,
        "META-INF/manifest.xml": "<manifest/>",
        **changes,
    }
    return lambda: package({name: part for name, part in made.items() if part}, compress=zipfile.ZIP_STORED)


def ods_row(cell: str, more: str = "") -> str:
    return f"<table:table-row{more}>{cell}</table:table-row>"


add("repeated cells", "column", ods(ods_row(ONE.format(' table:number-columns-repeated="16384"'))), "ods")
add(
    "repeated rows",
    "row 1,048,576",
    ods(ods_row(ONE.format(""), ' table:number-rows-repeated="1048576"')),
    "ods",
)
add(
    "cell behind many blank rows",
    "row 900,001",
    ods(ods_row("<table:table-cell/>", ' table:number-rows-repeated="900000"') + ods_row(ONE.format(""))),
    "ods",
)
add(
    "two thousand million spaces",
    "memory",
    ods(
        ods_row(
            '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2000000000"/></text:p></table:table-cell>'
        )
    ),
    "ods",
)
add(
    "open document with a password",
    "password",
    ods("", **{"META-INF/manifest.xml": '<manifest><encryption-data checksum="x"/></manifest>'}),
    "ods",
)
add("open document with macros", "macros", ods("", **{"Basic/Standard/Module1.xml": "<a/>"}), "ods")
add(
    "open document with links",
    "linked to another",
    ods('<table:table-source xlink:href="file:///etc/passwd"/>'),
    "ods",
)
add("open document of text", "not a workbook", ods("", kind="application/vnd.oasis.opendocument.text"), "ods")
add("open document with entities", "entities", ods("", head=HEAD + XXE), "ods")
add("open document without content", "damaged", ods("", **{"content.xml": ""}), "ods")
add("open document torn", "damaged", ods("<table:table-row>"), "ods")
add(
    "open document without sheets",
    "no sheets",
    ods("", **{"content.xml": f"<office:document-content{SPACES}/>"}),
    "ods",
)
add(
    "forged value in an open document",
    "holds a formula",
    ods(ods_row(ONE.format(' table:formula="of:=1+1"') + ONE.format(""))),
    "ods",
    bad=("A1",),
    good=("B1",),
)
add(
    "error in an open document",
    "holds an error",
    ods(
        ods_row(
            '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
        )
    ),
    "ods",
    bad=("A1",),
)
add(
    "open document beyond numbers",
    "error",
    ods(ods_row(ONE.format("").replace('office:value="1"', 'office:value="1e309"'))),
    "ods",
    bad=("A1",),
)
add(
    "blank to the edge",
    "",
    ods(
        ods_row(ONE.format("") + '<table:table-cell table:number-columns-repeated="16383"/>')
        + ods_row(
            '<table:table-cell table:number-columns-repeated="16384"/>',
            ' table:number-rows-repeated="1048575"',
        )
    ),
    "ods",
    good=("A1",),
)


def write(folder: Path) -> None:
    """One file of each kind, numbered in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS.values():
        (folder / kind.name).write_bytes(kind.make())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
    print(f"{len(KINDS)} kinds in {sys.argv[1]}")
