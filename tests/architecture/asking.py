"""Requests whose writes are taken back, and what their answers say."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|.*\bFOR (UPDATE|SHARE|NO KEY))", re.IGNORECASE)


def is_write(sql: str) -> bool:
    """The cache holds the counters of the sign-in page, and nothing else."""
    return bool(WRITES.match(sql)) and "shared_cache" not in sql


@contextmanager
def reading_only() -> Iterator[None]:
    """Fails where a row is written or locked meanwhile."""
    wrote: list[str] = []

    def note(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        wrote.extend([str(sql)[:80]] * is_write(str(sql)))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield
    assert wrote == []


def ask(client: Client, address: str, method: str, body: dict[str, Any]) -> HttpResponse:
    """One request. What a post writes is taken back; what is only looked at must write nothing."""
    client.cookies.pop("messages", None)  # of what was done before, and taken back
    verb = method.split(maxsplit=1)[0].lower()
    if verb in ("get", "head"):
        with reading_only():
            return getattr(client, verb)(address)  # type: ignore[no-any-return]
    with transaction.atomic():
        try:
            return getattr(client, verb)(address, body if method == "POST" else {})  # type: ignore[no-any-return]
        finally:
            transaction.set_rollback(True)


def main_of(answer: HttpResponse) -> str:
    """What a person reads, without the form token."""
    text = text_of(answer)
    found = re.search(r"<main.*</main>", text, re.DOTALL)
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", found[0] if found else text)


def text_of(answer: HttpResponse) -> str:
    """All that the answer says, with what lies packed in a workbook or, where a reader is installed, a PDF."""
    content = answer.getvalue()
    if answer.get("Content-Type", "") == "application/pdf":
        return pdf_text(content)
    if "spreadsheet" not in answer.get("Content-Type", ""):
        return content.decode()
    packed = BytesIO(content)
    if not zipfile.is_zipfile(packed):
        return content.decode()
    with zipfile.ZipFile(packed) as book:
        return "".join(book.read(name).decode(errors="replace") for name in book.namelist())


def pdf_text(content: bytes) -> str:
    """The words of a PDF by pdftotext; without it, whatever can be read of the bytes."""
    if not content or shutil.which("pdftotext") is None:  # a HEAD has no content
        return content.decode(errors="replace")
    # A file of a test need not be a PDF, whatever it is called.
    read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=False)
    return content.decode(errors="replace") if read.returncode else read.stdout.decode()
