"""The board page as a paper: headline, key figures, and each question with sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Sequence

from funding.board.agenda import QUESTION
from funding.board.charts.chart import Chart
from funding.board.charts.page import Page
from funding.board.charts.table import Cell, Column, Kind, shown
from funding.board.pack.asking import Ask
from funding.board.pack.drawing import drawings
from funding.board.pack.imprint import Imprint
from funding.money import pounds
from funding.papers import Block, Facts, Paper, Prose, Section, Table, Together
from funding.papers.paper import paragraphs


def of(page: Page, imprint: Imprint, asked: Sequence[Ask] = ()) -> Paper:
    """All that the page says and draws, in its order, and what the board is asked to decide."""
    sections = [Section("In one sentence", [Prose("", [page.headline])])]
    if page.key_figures:
        rows = [
            (one.label, f"{one.value}. {one.note}" if one.note else one.value) for one in page.key_figures
        ]
        sections.append(Section("Key figures", [Facts(rows)]))
    if page.has_award:
        sections.append(Section("Fund by fund", _answer(page.charts["funds"])))
    if page.answers:
        sections.insert(1, Section("The questions of the board", [Facts(_in_short(page, asked))]))
    for one in page.sections:
        blocks = [block for chart in one.charts for block in _answer(chart)]
        sections.append(Section(one.question, blocks))
    if asked:
        sections.append(Section(QUESTION, [block for one in asked for block in _asked(one)]))
    sections.append(Section("About this pack", [Together([Facts(imprint.rows)])]))
    return Paper("Board pack", imprint.subject, "", sections, imprint.frozen_at)


def _in_short(page: Page, asked: Sequence[Ask]) -> list[tuple[str, str]]:
    """Each question with its answer in a sentence."""
    decide = [(QUESTION, "; ".join(one.title for one in asked))] if asked else []
    return [*((one.question, one.words) for one in page.answers), *decide]


def _asked(one: Ask) -> list[Block]:
    amount = [("Amount", pounds(one.amount))] if one.amount is not None else []
    return [
        Prose(one.title, paragraphs(one.asked)),
        Facts([("Meeting", one.meeting), *amount, ("Outcome", one.outcome)]),
        Prose("Recommendation", paragraphs(one.recommendation)),
    ]


def _answer(chart: Chart) -> list[Block]:
    table = chart.table
    columns = table.columns
    written = Table(
        table.caption,
        [column.head for column in columns],
        [_row(row, columns) for row in table.rows],
        _row(table.foot, columns) if table.rows and table.foot else [],
        tuple(place for place, column in enumerate(columns) if column.kind is not Kind.TEXT),
        chart.note,
    )
    return [Together([Prose(chart.title, [chart.subtitle]), *drawings(chart), written])]


def _row(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> list[str]:
    # A source is written out here: nothing can be clicked on paper.
    return [
        str(cell) if cell is not None and column.kind is Kind.TEXT else shown(cell, column.kind).text
        for cell, column in zip(row, columns, strict=True)
    ]
