"""Office documents, which are zip archives: the right parts, no macros, no programs, no bombs.

Nothing is unpacked but the few small parts that say what the file is.
"""

from __future__ import annotations

import io
import re
import zlib
from zipfile import BadZipFile, ZipFile, ZipInfo

from funding.inspection.names import ending
from funding.inspection.refusal import Refused

ZIP = b"PK\x03\x04"
MOST_ENTRIES = 5_000
MOST_UNPACKED = 200_000_000
MOST_READ = 2_000_000
PROGRAMS = frozenset(
    [
        "exe",
        "dll",
        "com",
        "scr",
        "bat",
        "cmd",
        "ps1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "hta",
        "jar",
        "msi",
        "lnk",
        "cpl",
        "pif",
        "sh",
        "py",
        "php",
        "html",
        "htm",
        "mht",
        "swf",
    ]
)
MAIN_PARTS = {
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"wordprocessingml.document.main+xml": "docx",
}
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.text": "odt",
}
LOADS_FROM_OUTSIDE = re.compile(
    rb"<Relationship\b[^>]*(attachedTemplate|oleObject|/frame|subDocument|externalLinkPath)[^>]*External",
    re.I,
)
DAMAGED = "is damaged and cannot be opened. Save it again."
MACROS = "has macros inside. Save it without macros, as XLSX or DOCX."
INSIDE = "has another file or a program inside. Take it out, and save it again."
ARCHIVE = "is an archive. Send the files in it one by one."


def kind_of_archive(content: bytes) -> str:
    """The extension that fits: xlsx, docx, ods or odt. Raises Refused."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(archive, entries)
            return _kind(archive, {entry.filename for entry in entries})
    except (
        BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
        zlib.error,
    ) as problem:
        if isinstance(problem, Refused):
            raise
        raise Refused(DAMAGED) from problem


def _check_entries(archive: ZipFile, entries: list[ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if not entries or min(entry.header_offset for entry in entries) != 0 or archive.comment:
        raise Refused(DAMAGED)
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused("unpacks to more than can be opened safely. Send a smaller file.")
    if len(set(names)) < len(names) or any(_leads_away(name) for name in names):
        raise Refused(DAMAGED)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("is protected with a password, so nobody can check it. Save it without one.")
    lowered = [name.lower() for name in names]
    if any("vbaproject" in name or "macrosheets/" in name or "activex/" in name for name in lowered):
        raise Refused(MACROS)
    if any(name.startswith(("basic/", "scripts/")) for name in lowered):
        raise Refused(MACROS)
    if any(_is_foreign(name) for name in lowered):
        raise Refused(INSIDE)


def _leads_away(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or "\0" in name


def _is_foreign(name: str) -> bool:
    embedded = "/embeddings/" in name and ending(name) not in ("xlsx", "docx")
    return embedded or ending(name) in PROGRAMS


def _kind(archive: ZipFile, names: set[str]) -> str:
    if "mimetype" in names and "META-INF/manifest.xml" in names:
        return _kind_of_open_document(archive)
    if "[Content_Types].xml" not in names:
        raise Refused(ARCHIVE)
    for name in sorted(names):
        if name.endswith((".xml", ".rels")):
            _check_part(name, _read(archive, name, MOST_READ if name.endswith(".rels") else 4096))
    types = _read(archive, "[Content_Types].xml", MOST_READ)
    if b"macroenabled" in types.lower():
        raise Refused(MACROS)
    found = {extension for part, extension in MAIN_PARTS.items() if part in types}
    if len(found) != 1:
        raise Refused("is an Office file of a kind that is not taken. Save it as PDF, XLSX or DOCX.")
    return found.pop()


def _check_part(name: str, text: bytes) -> None:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Refused(DAMAGED)
    if name.endswith(".rels") and b"externalLink" not in name.encode() and LOADS_FROM_OUTSIDE.search(text):
        raise Refused("would load something from another place when it is opened. Save it without links.")


def _kind_of_open_document(archive: ZipFile) -> str:
    declared = OPEN_DOCUMENTS.get(_read(archive, "mimetype", 200))
    manifest = _read(archive, "META-INF/manifest.xml", MOST_READ)
    if declared is None:
        raise Refused("is an OpenDocument file of a kind that is not taken. Save it as PDF, ODS or ODT.")
    if b"encryption-data" in manifest:
        raise Refused("is protected with a password, so nobody can check it. Save it without one.")
    if b"oleobject" in manifest.lower():
        raise Refused(INSIDE)
    for name in ("content.xml", "META-INF/manifest.xml"):
        _check_part(name, _read(archive, name, 4096))
    return declared


def _read(archive: ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(most)
    except KeyError as problem:
        raise Refused(DAMAGED) from problem
