"""The content decides what a file is. Every harmless kind is taken, every hostile one is refused in words."""

from __future__ import annotations

import time

import pytest

from funding.inspection.kinds import CONTENT_TYPES, inspect
from funding.inspection.refusal import Refused
from tests.funding.evidence_samples import PDF, good, jpeg, png
from tests.funding.hostile_evidence import every

GOOD, HOSTILE = good(), list(every())


@pytest.mark.parametrize("name", GOOD)
def test_a_harmless_file_is_taken_as_what_it_is(name: str) -> None:
    kind = inspect(name, GOOD[name])
    assert kind.extension == {"jpeg": "jpg"}.get(name.rsplit(".", 1)[1], name.rsplit(".", 1)[1])
    assert kind.content_type == CONTENT_TYPES[kind.extension]


@pytest.mark.parametrize(("name", "content", "words"), HOSTILE, ids=[ascii(one[0]) for one in HOSTILE])
def test_a_hostile_file_is_refused_with_its_cause(name: str, content: bytes, words: str) -> None:
    started = time.monotonic()
    with pytest.raises(Refused) as refusal:
        inspect(name, content)
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("“")
    assert "\u202e" not in str(refusal.value)
    assert time.monotonic() - started < 5


def test_there_are_enough_kinds() -> None:
    assert len({content for _, content, _ in HOSTILE}) >= 60


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Refused, match="is empty"):
        inspect("a.pdf", b"")


@pytest.mark.parametrize(
    ("typed", "content", "shown"),
    [
        ("invoice.pdf.exe", PDF, "invoice.pdf"),
        ("invoice.exe.pdf", PDF, "invoice.pdf"),
        ("annex\u202efdp.exe", PDF, "annexfdp.pdf"),
        ("C:\\Users\\ada\\invoice.pdf", PDF, "invoice.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("picture.png", jpeg(), "picture.jpg"),
        ("photo.html", png(), "photo.png"),
        (".htaccess", PDF, "htaccess.pdf"),
        ("CON.pdf", PDF, "file-CON.pdf"),
        ("a" * 300 + ".pdf", PDF, "a" * 116 + ".pdf"),
        ("Rechnung Café £.pdf", PDF, "Rechnung Café £.pdf"),
        ('a"b<c>.pdf', PDF, "a-b-c-.pdf"),
        ("version 1.2.pdf", PDF, "version 1.2.pdf"),
        ("\u200b\x00\n", PDF, "file.pdf"),
    ],
)
def test_the_name_misleads_nobody(typed: str, content: bytes, shown: str) -> None:
    assert inspect(typed, content).name == shown
