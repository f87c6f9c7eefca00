"""Whole, harmless files of each kind that is taken, made here so that none is kept in the repository."""

from __future__ import annotations

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
from odf.text import P

PDF = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n"
    b"<</Type/Pages/Kids[]/Count 0>>\nendobj\nxref\n0 3\n0000000000 65535 f \n0000000015 00000 n \n"
    b"0000000060 00000 n \ntrailer\n<</Size 3/Root 1 0 R>>\nstartxref\n110\n%%EOF\n"
)


def pdf_with(catalog: bytes, stream: bytes = b"") -> bytes:
    """The same PDF with more in its catalog, and with a stream."""
    found = PDF.replace(b"/Pages 2 0 R>>", b"/Pages 2 0 R " + catalog + b">>", 1)
    part = b"3 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\nxref" % (len(stream), stream)
    return found.replace(b"xref", part, 1) if stream else found


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*more: bytes, width: int = 1, height: int = 1) -> bytes:
    """A black picture, with more chunks between its head and its end."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0\0")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(more)
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def jpeg(comment: bytes = b"") -> bytes:
    """The frame of a picture: its segments, some data and its end."""
    segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return (
        b"\xff\xd8"
        + jfif
        + segment
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
        + b"\x2a" * 20
        + b"\xff\xd9"
    )


def xlsx(text: str = "Invoice") -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("Costs").write_row(0, 0, [text, 12.5])
    return target.getvalue()


DOCX_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def archive(parts: dict[str, str | bytes], *, stored: tuple[str, ...] = (), comment: bytes = b"") -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content, ZIP_STORED if name in stored else ZIP_DEFLATED)
        made.comment = comment
    return target.getvalue()


def docx(
    more: dict[str, str | bytes] | None = None, *, types: str = DOCX_TYPES, comment: bytes = b""
) -> bytes:
    rels = '<?xml version="1.0"?><Relationships xmlns="x"></Relationships>'
    parts = {"[Content_Types].xml": types, "_rels/.rels": rels, "word/document.xml": "<w:document/>"}
    return archive({**parts, **(more or {})}, comment=comment)


def ods() -> bytes:
    target = io.BytesIO()
    OpenDocumentSpreadsheet().write(target)
    return target.getvalue()


def odt() -> bytes:
    target, document = io.BytesIO(), OpenDocumentText()
    document.text.addElement(P(text="As agreed."))
    document.write(target)
    return target.getvalue()


def good() -> dict[str, bytes]:
    """A file of every kind that is taken, by its name."""
    return {
        "invoice.pdf": PDF,
        "stream.pdf": pdf_with(b"", b"BT (/JS <html is text in here) Tj ET"),
        "picture.png": png(),
        "photo.jpg": jpeg(),
        "phone.jpeg": jpeg() + jpeg(),
        "costs.xlsx": xlsx(),
        "letter.docx": docx(),
        "costs.ods": ods(),
        "letter.odt": odt(),
        "payroll.csv": "\ufeffName,Amount\nStaff,£1,234.00\nCredit,-12.50\n".encode(),
        "old.csv": "Name;Amount\r\nCaf\xe9;\xa312.00\r\n".encode("cp1252"),
        "wide.csv": "Name\tAmount\r\nStaff\t12\r\n".encode("utf-16"),
        "note.txt": b"Agreed by phone.\n======\n- one\n",
    }
