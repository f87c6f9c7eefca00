"""Which line of the plan a row of a sheet is about: by its key, else by its names. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from funding.workbook.book import Cell
from funding.workbook.findings import ERROR, WARNING, Place, Remark
from funding.workbook.form import KEY, Line
from funding.workbook.headings import Found, plain

# Rows that nobody means as a line.
TOTALS = ("total", "totals", "grand total", "sum", "subtotal")
# More remarks than these tell nobody anything.
MOST_UNKNOWN = 200
MOST_NAMED = 5


def place_of(cell: Cell) -> Place:
    return Place(cell.sheet, cell.row, cell.column, cell.address)


@dataclass(frozen=True)
class Matched:
    """A row of the sheet and the line that it is about."""

    row: int
    line: Line


class Matching:
    """Takes the rows under the headings one by one, and remarks on those that fit no line or one too many."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._by_key = {f"{KEY}:{found.part.code}:{line.key}": line for line in found.part.lines}
        self._by_name: dict[tuple[str, ...], list[Line]] = defaultdict(list)
        self._codes = [column.code for column in found.part.names if column.code in found.places]
        for line in found.part.lines:
            self._by_name[tuple(plain(str(line.values[code])) for code in self._codes)].append(line)
        self.remarks: list[Remark] = []

    def rows(self) -> Iterator[Matched]:
        """Each line once: of two rows about the same line neither is taken."""
        taken: dict[str, list[Matched]] = defaultdict(list)
        for row in range(self._found.row + 1, self._found.sheet.height + 1):
            line = self._line(row)
            if line:
                taken[line.key].append(Matched(row, line))
        missing = []
        for line in self._found.part.lines:
            matched = taken[line.key]
            if len(matched) == 1:
                yield matched[0]
            elif matched:
                self._twice(matched)
            elif not any(remark.key == line.key for remark in self.remarks):
                missing.append(self._found.part.label(line))
        if missing:
            self._missing(missing)

    def _line(self, row: int) -> Line | None:
        names = [self._cell(row, self._found.places[code]) for code in self._codes]
        key = self._cell(row, self._found.key) if self._found.key else None
        said = tuple(plain(cell.text) for cell in names)
        if key and key.text.strip() in self._by_key:
            return self._checked(self._by_key[key.text.strip()], said, names)
        if not any(said):
            return self._nameless(row)
        lines = self._by_name.get(said, [])
        if len(lines) == 1:
            return lines[0]
        if not lines and any(one in TOTALS for one in said):
            return None
        self._unknown(names, several=bool(lines))
        return None

    def _checked(self, line: Line, said: tuple[str, ...], names: list[Cell]) -> Line | None:
        """A row that was moved apart from its hidden key is about nobody knows what."""
        other = self._by_name.get(said, [])
        if other and line not in other and all(said):
            sentence = (
                f"Row {names[0].row} names {self._found.part.label(other[0])}, but its hidden key is that of "
                f"{self._found.part.label(line)}. Copy the row again from the template."
            )
            self._remark(ERROR, "moved", sentence, names[0], key=line.key)
            return None
        return line

    def _nameless(self, row: int) -> Line | None:
        """A figure beside no name is a mistake; a row without any is only blank."""
        entered = (self._found.places.get(column.code, 0) for column in self._found.part.entries)
        cells = [self._cell(row, place) for place in entered if place]
        filled = next((cell for cell in cells if cell.text.strip()), None)
        if filled:
            sentence = (
                f"Row {row} has a figure but no name, so it is not taken. Name the line, or empty the cell."
            )
            self._remark(ERROR, "nameless", sentence, filled)
        return None

    def _unknown(self, names: list[Cell], *, several: bool) -> None:
        if len(self.remarks) >= MOST_UNKNOWN:
            return
        typed = ", ".join(cell.text.strip() for cell in names if cell.text.strip())
        row = names[0].row
        if several:
            sentence = f"Row {row}: several lines of your plan have this name. The template tells them apart."
        else:
            sentence = (
                f"Row {row}: “{shortened(typed)}” is not in your plan for this return. Correct the name, or "
                "take the row out."
            )
        self._remark(ERROR, "unknown", sentence, names[0], typed=typed)

    def _twice(self, matched: list[Matched]) -> None:
        rows = " and ".join(str(one.row) for one in matched[:5])
        label = self._found.part.label(matched[0].line)
        sentence = f"Rows {rows} are both about {label}, so neither is taken. Keep one of them."
        for one in matched[:5]:
            column = next(iter(self._found.places.values()))
            self._remark(ERROR, "twice", sentence, self._cell(one.row, column), key=one.line.key)

    def _missing(self, labels: list[str]) -> None:
        name, more = self._found.sheet.name, len(labels) - MOST_NAMED
        named = "; ".join(labels[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
        sentence = f"Not on the sheet “{name}”, so it stays as it is in the return: {named}."
        self.remarks.append(Remark(WARNING, "missing", sentence, Place(name), part=self._found.part.code))

    def _remark(
        self, level: str, code: str, sentence: str, cell: Cell, *, key: str = "", typed: str = ""
    ) -> None:
        part = self._found.part.code
        self.remarks.append(
            Remark(level, code, sentence, place_of(cell), shortened(typed or cell.text), part, key)
        )

    def _cell(self, row: int, column: int) -> Cell:
        return self._found.sheet.cell(row, column)


def shortened(text: str, most: int = 120) -> str:
    """The person's own text, as far as a sentence can hold it."""
    one = " ".join(text.split())
    return one if len(one) <= most else f"{one[: most - 1]}…"
