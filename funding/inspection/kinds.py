"""Which files are taken as evidence, and what each of them is. The content decides, never the name alone."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zipfile import is_zipfile

import puremagic

from funding.inspection.archives import ZIP, kind_of_archive
from funding.inspection.documents import PDF, check_pdf
from funding.inspection.names import plain, shown
from funding.inspection.pictures import JPEG, PNG, check_jpeg, check_png
from funding.inspection.refusal import TAKEN, Refused
from funding.inspection.texts import check_text

OLD_OFFICE = b"\xd0\xcf\x11\xe0"
LARGEST = 10 * 1024 * 1024
CONTENT_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "csv": "text/csv",
    "txt": "text/plain",
}


@dataclass(frozen=True)
class Kind:
    """A file that is taken: the name to show, its extension and its content type."""

    name: str
    extension: str

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.extension]


def inspect(name: str, content: bytes) -> Kind:
    """What the file is. Raises Refused, with the whole sentence, for what is not taken."""
    try:
        extension = _extension(name, content)
    except Refused as refusal:
        raise Refused(f"“{plain(name)}” {refusal}") from refusal
    return Kind(shown(name, extension), extension)


def _extension(name: str, content: bytes) -> str:
    if not content:
        raise Refused("is empty. Choose the file again.")
    if len(content) > LARGEST:
        raise Refused(TOO_LARGE)
    if content.startswith(ZIP):
        return kind_of_archive(content)
    if content.startswith(OLD_OFFICE):
        raise Refused(
            "is an old Office file, an e-mail or protected with a password. Save it as XLSX, DOCX or PDF."
        )
    check: Callable[[bytes], None]
    for begins, check, extension in (
        (bool(PDF.match(content)), check_pdf, "pdf"),
        (content.startswith(PNG), check_png, "png"),
        (content.startswith(JPEG), check_jpeg, "jpg"),
    ):
        if begins:
            _check_no_archive(content)
            check(content)
            return extension
    _check_no_archive(content)
    try:
        return check_text(name, content)
    except Refused as refusal:
        raise Refused(_named(content) or str(refusal)) from refusal


TOO_LARGE = f"is larger than {LARGEST // 1024 // 1024} MB. Send a smaller file, or split it."


def _check_no_archive(content: bytes) -> None:
    if is_zipfile(io.BytesIO(content)):
        raise Refused("is two files in one: an archive is hidden in it. Save it again.")


def _named(content: bytes) -> str:
    """What a binary file seems to be, in words, for the sentence."""
    if b"\0" not in content[:1000]:
        return ""
    try:
        guesses = puremagic.magic_string(content[:4096] + content[-4096:])
    except (puremagic.PureError, ValueError):
        return ""
    sure = [guess for guess in guesses if guess.name and len(guess.byte_match) >= 4]
    return f"seems to be “{sure[0].name}”, which is not taken. Send {TAKEN}." if sure else ""
