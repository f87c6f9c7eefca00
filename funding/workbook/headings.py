"""Finds the sheets and columns of a return in a workbook by the words of their headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from funding.workbook.book import Book, Cell, Sheet
from funding.workbook.form import Column, Form, Part

# Headings stand in one of the first rows; a title and some words may come before them.
DEEPEST_HEADING = 30
KEY_HEADINGS = ("key", "portal key")


def plain(text: str) -> str:
    """Words alone, in small letters: "Actual, Q2 (£)" and "actual q2" are the same heading."""
    return " ".join(re.findall(r"[a-z0-9-]+", text.casefold()))


@dataclass(frozen=True)
class Found:
    """One part of the return in one sheet: the row of its headings, and the column of each, from 1."""

    part: Part
    sheet: Sheet
    row: int
    places: Mapping[str, int]
    key: int = 0
    twice: tuple[Cell, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether lines can be told apart and at least one thing can be entered."""
        named = self.key or any(column.code in self.places for column in self.part.names)
        return bool(named and any(column.code in self.places for column in self.part.entries))


def find(book: Book, form: Form) -> tuple[list[Found], list[Found]]:
    """The best sheet for each part in the order of the return, and others that look like one."""
    every = [found for sheet in book.sheets.values() for found in _of_sheet(sheet, form)]
    chosen: list[Found] = []
    others: list[Found] = []
    for part in form.parts:
        candidates = [found for found in every if found.part is part]
        candidates.sort(key=lambda found: (-len(found.places), plain(found.sheet.name) != plain(part.title)))
        chosen += candidates[:1]
        others += candidates[1:]
    taken = {found.sheet.name for found in chosen}
    return chosen, [found for found in others if found.sheet.name not in taken]


def _of_sheet(sheet: Sheet, form: Form) -> Iterator[Found]:
    """For the sheet the part that fits it best, at the row that fits it best."""
    found = [
        one
        for row, cells in enumerate(islice(sheet.rows(), DEEPEST_HEADING), start=1)
        for part in form.parts
        if (one := _at(sheet, part, row, cells)).is_whole
    ]
    if found:
        yield max(found, key=lambda one: (len(one.places) + bool(one.key), -one.row))


def _at(sheet: Sheet, part: Part, row: int, cells: list[Cell]) -> Found:
    words = {word: column for column in part.columns for word in _words(column)}
    places: dict[str, int] = {}
    twice: list[Cell] = []
    key = 0
    for cell in cells:
        if cell.kind != "text":
            continue
        heading = plain(cell.text)
        column = words.get(heading)
        if heading in KEY_HEADINGS:
            key = cell.column
        elif column and column.code in places:
            twice += [cell] if column.is_entry else []
        elif column:
            places[column.code] = cell.column
    return Found(part, sheet, row, places, key, tuple(twice))


def _words(column: Column) -> set[str]:
    return {plain(text) for text in (column.heading, *column.also)}
