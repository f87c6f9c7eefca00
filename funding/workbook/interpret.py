"""Compares a workbook with its return: what would change, what is wrong, what to confirm. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from funding.workbook import prompts
from funding.workbook.book import Book, RefusedWorkbook
from funding.workbook.findings import ERROR, WARNING, Change, Findings, Remark
from funding.workbook.form import Column, Form, Line, Part
from funding.workbook.headings import Found, find
from funding.workbook.rows import Matched, Matching, place_of, shortened
from funding.workbook.ticket import MARK, Ticket, opened
from funding.workbook.values import exact, shown, value_of


@dataclass
class Taken:
    """What one row says: the values of its cells that could be read, by column code."""

    part: Part
    line: Line
    row: int
    values: dict[str, Any]
    places: dict[str, Any]
    changes: list[Change]
    remarks: list[Remark]

    def after(self, code: str) -> Any:
        """What would stand: the workbook's value, or where the cell is empty what is saved."""
        value = self.values.get(code)
        return self.line.saved.get(code) if value is None else value


def interpret(book: Book, form: Form) -> Findings:
    """Raises RefusedWorkbook, with a sentence, for a workbook that is not one of this return at all."""
    ticket = _ticket(book)
    remarks = _about(ticket, form)
    found, others = find(book, form)
    if not found:
        raise RefusedWorkbook(
            "No sheet of this file has the headings of the return. Download the template, copy your figures "
            "into it, and upload it."
        )
    taken: list[Taken] = []
    for one in found:
        rows, more = _read(one)
        taken += rows
        remarks += more
    remarks += [_left_out(one) for one in others]
    remarks += prompts.of_whole(taken, form)
    return _findings(taken, remarks, form)


def _ticket(book: Book) -> Ticket | None:
    """The signed id from the hidden sheet, else from the properties of the document; None without one."""
    text = ""
    for sheet in book.sheets.values():
        if sheet.cell(1, 1).text.strip() == MARK:
            text = sheet.cell(2, 1).text
    text = text or book.properties.get(MARK, "")
    if not text:
        return None
    try:
        return opened(text)
    except ValueError as problem:
        raise RefusedWorkbook(str(problem)) from problem


def _about(ticket: Ticket | None, form: Form) -> list[Remark]:
    """Whether the workbook is for this return, and as old as it. Raises RefusedWorkbook for another's."""
    mine = f"{form.organisation}, {form.quarter}"
    if ticket is None:
        sentence = f"This file does not say which return it is for. Check that it is for {mine}."
        return [Remark(WARNING, "no_id", sentence)]
    if ticket.quarterly_return != form.quarterly_return:
        raise RefusedWorkbook(
            f"This workbook is for {ticket.organisation}, {ticket.quarter}, and you are on the return of "
            f"{mine}. Download the template of {mine}."
        )
    found = []
    if ticket.plan != form.plan[:12]:
        sentence = "Your plan has changed since this workbook was downloaded. Check every line against it."
        found.append(Remark(WARNING, "old_plan", sentence, typed=form.plan[:12]))
    if ticket.revision != form.revision:
        sentence = (
            "This return was saved in the portal after the workbook was downloaded. Check below that the "
            "workbook does not put older figures back."
        )
        found.append(Remark(WARNING, "old_revision", sentence, typed=str(form.revision)))
    return found


def _left_out(found: Found) -> Remark:
    sentence = (
        f"The sheet “{found.sheet.name}” also looks like {found.part.title}. It is not read. Take it out if "
        "you do not need it."
    )
    return Remark(
        WARNING, "second_sheet", sentence, place_of(found.sheet.cell(found.row, 1)), found.sheet.name
    )


def _read(found: Found) -> tuple[list[Taken], list[Remark]]:
    matching = Matching(found)
    taken = [_row(found, matched) for matched in matching.rows()]
    doubled = [
        Remark(
            ERROR,
            "two_columns",
            f"Two columns are called “{shortened(cell.text)}”. The first is read. Rename or empty the other.",
            place_of(cell),
            shortened(cell.text),
            found.part.code,
        )
        for cell in found.twice
    ]
    return taken, doubled + matching.remarks


def _row(found: Found, matched: Matched) -> Taken:
    """Every entry cell of one row. A cell that cannot be read leaves the whole line out of the clean part."""
    taken = Taken(found.part, matched.line, matched.row, {}, {}, [], [])
    for column, asked, cell in _cells(found, matched):
        taken.places[column.code] = place_of(cell)
        try:
            value = value_of(cell, asked)
        except ValueError as problem:
            said = str(problem).rstrip(".")
            sentence = f"{found.part.label(matched.line)}, {column.heading}: {said}."
            taken.remarks.append(_unreadable(taken, sentence, column.code, cell.text))
            continue
        if value is not None:
            taken.values[column.code] = value
    taken.changes = list(_changes(taken, found))
    taken.remarks += prompts.of_row(taken)
    if any(remark.level == ERROR for remark in taken.remarks):
        taken.changes = [replace(change, is_clean=False) for change in taken.changes]
    return taken


def _cells(found: Found, matched: Matched) -> Iterator[tuple[Column, Column, Any]]:
    for column in found.part.entries:
        if column.code in found.places:
            asked = matched.line.asks.get(column.code, column)
            yield column, asked, found.sheet.cell(matched.row, found.places[column.code])


def _unreadable(taken: Taken, sentence: str, field: str, typed: str) -> Remark:
    place, line = taken.places[field], taken.line
    return Remark(ERROR, "unreadable", sentence, place, shortened(typed), taken.part.code, line.key)


def _changes(taken: Taken, found: Found) -> Iterator[Change]:
    line = taken.line
    untouched = line.is_new and all(value == line.offered.get(code) for code, value in taken.values.items())
    # A line that nobody has filled in holds only what the template offered: that is no entry yet.
    if untouched:
        return
    for column in found.part.entries:
        value, saved = taken.values.get(column.code), line.saved.get(column.code)
        if value is None or value == saved or (value == "" and saved is None):
            continue
        asked = line.asks.get(column.code, column)
        yield Change(
            part=found.part.code,
            key=line.key,
            field=column.code,
            kind=str(asked.kind),
            line=found.part.label(line),
            heading=column.heading,
            before=shown(saved, asked),
            after=shown(value, asked),
            value=exact(value),
            place=taken.places[column.code],
        )


def _findings(taken: Sequence[Taken], remarks: list[Remark], form: Form) -> Findings:
    changes = [change for one in taken for change in one.changes]
    every = remarks + [remark for one in taken for remark in one.remarks]
    order = {part.code: place for place, part in enumerate(form.parts)}
    every.sort(key=lambda one: (order.get(one.part, -1), one.place.row, one.place.column))
    return Findings(changes, every, prompts.totals(taken, form), form.plan)
