"""A paper as a file: tagged, titled, in English, always the same bytes, and never run as markup."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from funding.papers import Facts, Items, Paper, Prose, Section, Table, pdf

HASH = "ab" * 32


def paper(text: str = "What went well.") -> Paper:
    return Paper(
        title="Certification receipt",
        subject="North Council, Quarter 2",
        mark="",
        sections=[
            Section("Facts", [Facts([("Reference", "R1"), ("SHA-256", HASH)]), Items(["one", "two"])]),
            Section("Money", [Table("By line", ["Line", "Actual"], [["Mentoring", "£1.00"]], ["Total", "£1.00"], (1,))]),
            Section("Words", [Prose("What went well", [text]), Table("Nothing", ["A"], [])]),
        ],
        dated=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    )  # fmt: skip


def read(made: bytes, tool: str, tmp_path: Path) -> str:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed: apt-get install poppler-utils")
    file = tmp_path / "paper.pdf"
    file.write_bytes(made)
    out = ["-"] if tool == "pdftotext" else []
    return subprocess.run([tool, str(file), *out], capture_output=True, text=True, check=True).stdout


def test_the_file_is_tagged_with_a_title_and_a_language() -> None:
    made = pdf(paper())
    assert made.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in made
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", made)
    assert re.search(rb"/Lang\s*\(en-GB\)", made)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"/DisplayDocTitle true" in made


def test_a_reader_sees_the_title_the_day_and_the_words(tmp_path: Path) -> None:
    facts = read(pdf(paper()), "pdfinfo", tmp_path)
    assert re.search(r"Title: +Certification receipt, North Council, Quarter 2", facts)
    assert re.search(r"Tagged: +yes", facts)
    text = read(pdf(paper()), "pdftotext", tmp_path)
    assert HASH in text
    assert "£1.00" in text


def test_the_same_paper_is_the_same_file() -> None:
    assert pdf(paper()) == pdf(paper())
    assert pdf(paper()) != pdf(replace(paper(), mark="Draft: not certified"))


@pytest.mark.parametrize(
    "text", ["#panic()", "#read(\"/etc/passwd\")", "$ x $", "*bold* _it_ `raw`", "= Heading", "\\", "// gone", "#set page(width: 1pt)"]
)  # fmt: skip
def test_what_people_wrote_is_never_run(text: str, tmp_path: Path) -> None:
    shown = read(pdf(paper(text)), "pdftotext", tmp_path)
    # Spaces between single signs are the reading tool's own guess.
    assert text.replace(" ", "") in shown.replace(" ", "")


@pytest.mark.parametrize("text", ["Well done 😀", "漢字 and 😀🎉", "bell\x07", "\x00\x01", "\U000f0000", "e\u0301\u20dd", "👩‍👩‍👧", "\u202eevil", "A" * 3000])  # fmt: skip
def test_no_character_stops_the_paper(text: str) -> None:
    assert pdf(paper(text)).startswith(b"%PDF-")


def test_the_paper_says_that_a_character_was_replaced(tmp_path: Path) -> None:
    text = read(pdf(paper("Well done 😀")), "pdftotext", tmp_path)
    assert "Well done □" in text
    assert "Characters that this paper cannot show" in text
    assert "cannot show" not in read(pdf(paper()), "pdftotext", tmp_path)
