"""The packs of closed rounds: which there are, and their files."""

from __future__ import annotations

import hashlib

from authorities.models import Partnership
from funding import backlog, files
from funding.downloads import PDF, XLSX
from funding.models import BoardPack, ReturnRound

CONTENT_TYPES = {
    "pdf": PDF,
    "xlsx": XLSX,
}


def of(partnership: Partnership) -> list[ReturnRound]:
    """The closed rounds with their packs, where there is one already; the latest quarter first."""
    return backlog.closed_rounds(partnership)


def content(pack: BoardPack, kind: str) -> bytes | None:
    """The file as it was frozen. None where the disk has lost it, or has something else in its place."""
    stored_as, digest = (
        (pack.pdf_as, pack.pdf_digest) if kind == "pdf" else (pack.workbook_as, pack.workbook_digest)
    )
    try:
        with files.opened(stored_as) as file:
            found = file.read()
    except FileNotFoundError:
        return None
    return found if hashlib.sha256(found).hexdigest() == digest else None


def file_name(pack: BoardPack, kind: str) -> str:
    """board-pack-2026-27-Q2.pdf."""
    quarter = pack.round.quarter
    return f"board-pack-{quarter.year}-{(quarter.year + 1) % 100:02d}-Q{quarter.number}.{kind}"
