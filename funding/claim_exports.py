"""A claim as CSV and XLSX: numbers as numbers, and no text that runs as a formula."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from funding.claims.paper import Line, Paper
from funding.csv_rows import csv_of, neutral
from funding.money import plain
from funding.quarters import Quarter

HEADINGS_NOTE = (
    "The Home Office's own layout is not public. These headings are the partnership's own and can be changed."
)
MATCH_NOTE = "Match is returned for the whole organisation, not by award. It is in no total of the claim."
LINE_HEAD = (
    *("Fund", "Grant", "Financial year", "Claim", "Status", "What", "Organisation", "Return of", "Quarter"),
    *("Claim heading", "Match funding", "Amount in pounds", "Explanation"),
)
RETURN_HEAD = (
    *("Organisation", "Quarter", "Status", "Version", "Certified on", "SHA-256 of the version", "In pounds"),
)
# Texts stay texts, whatever they begin with.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
Cell = str | int | Decimal | None


def line_rows(paper: Paper) -> Iterator[list[Cell]]:
    """Each amount of the claim, then the match beside it."""
    award = paper.award
    claim = [
        *(award.grant.fund.name, award.grant.name, award.year_label, paper.part.label),
        "Frozen" if paper.claim else "Draft",
    ]
    for line in paper.every_line:
        yield [
            *claim,
            f"Match, beside the claim: {line.kind_label}" if line.is_match else line.kind_label,
            *(line.organisation_name, _quarter(paper, line.key.quarter), _quarter(paper, line.of_quarter)),
            *("" if line.is_match else line.heading_label, line.match_label, line.amount, line.explanation),
        ]


def return_rows(paper: Paper) -> Iterator[list[Cell]]:
    """Which version of which return the claim is built from. What is missing has no amount."""
    claimed: dict[tuple[int, int], Decimal] = {}
    lines: Sequence[Line] = (*paper.before, *paper.lines)
    for line in lines:
        key = line.key.organisation, line.key.quarter
        if not line.is_match:
            claimed[key] = claimed.get(key, Decimal()) + line.amount
    for one in paper.returns:
        amount = claimed.get((one.organisation, one.quarter), Decimal())
        yield [
            *(one.organisation_name, _quarter(paper, one.quarter), one.basis_label, one.version),
            one.certified_at.date().isoformat() if one.certified_at else "",
            *(one.version_digest, amount if one.is_counted else "not returned"),
        ]


def _quarter(paper: Paper, number: int) -> str:
    return Quarter(paper.award.year, number).label


def file_name(paper: Paper, extension: str) -> str:
    """Which award, year and claim, and whether it is frozen: claim-vru-2026-27-q1-frozen.csv."""
    state = "frozen" if paper.claim else "draft"
    year = paper.award.year_label.replace("/", "-")
    return f"claim-{paper.award.grant.fund.code}-{year}-{paper.part.slug}-{state}.{extension}"


def csv_text(paper: Paper) -> str:
    """One row an amount, without totals, so that a pivot table counts nothing twice."""
    return csv_of([LINE_HEAD, *([_plain(cell) for cell in row] for row in line_rows(paper))])


def _plain(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return plain(cell)
    return "" if cell is None else neutral(str(cell))


def xlsx_bytes(paper: Paper) -> bytes:
    """Three sheets: about the claim, its lines, and the returns it is built from."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    looks = {"bold": book.add_format({"bold": True}), "pounds": book.add_format({"num_format": "#,##0.00"})}
    _sheet(book.add_worksheet("Claim"), ("What", "Figure"), _about(paper), looks, 60)
    _sheet(book.add_worksheet("Lines"), LINE_HEAD, line_rows(paper), looks, 24)
    _sheet(book.add_worksheet("Returns"), RETURN_HEAD, return_rows(paper), looks, 24)
    book.close()
    return target.getvalue()


def _about(paper: Paper) -> Iterator[list[Cell]]:
    yield ["Claim", f"{paper.award}, {paper.part.label}"]
    yield [
        "Status",
        f"Frozen on {paper.claim.frozen_at:%Y-%m-%d}" if paper.claim else "Draft: it can still change",
    ]
    if not paper.is_statement:
        yield ["Spent in the quarter, in pounds", paper.of_quarter]
    yield ["Prior-period adjustments, in pounds", paper.adjusted]
    yield ["This claim, in pounds", paper.total]
    yield ["Claimed before in the year, in pounds", paper.claimed_before]
    yield ["The year to date, in pounds", paper.to_date]
    yield ["Award, in pounds", paper.award.amount]
    yield ["SHA-256 of the content", paper.claim.digest if paper.claim else paper.digest]
    yield ["Headings", HEADINGS_NOTE]
    yield ["Match", MATCH_NOTE]


def _sheet(
    page: Any, head: Sequence[str], rows: Iterator[list[Cell]], looks: dict[str, Any], width: int
) -> None:
    page.set_column(0, len(head) - 1, width)
    page.freeze_panes(1, 0)
    for column, text in enumerate(head):
        page.write_string(0, column, text, looks["bold"])
    for place, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                page.write_number(place, column, cell, looks["pounds"])
            elif isinstance(cell, int):
                page.write_number(place, column, cell)
            elif cell:
                page.write_string(place, column, cell)
