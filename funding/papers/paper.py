"""What a paper is made of. Every value is text already: amounts are formatted where they are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Table:
    """A table with a heading for each column; the first column names the row. `foot` is the row of totals."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    foot: list[str] = field(default_factory=list)
    # Columns from 0 that hold numbers.
    numeric: tuple[int, ...] = ()
    note: str = ""
    kind: str = "table"


@dataclass(frozen=True)
class Facts:
    """Names with a value each."""

    rows: list[tuple[str, str]]
    kind: str = "facts"


@dataclass(frozen=True)
class Prose:
    """What somebody wrote, paragraph by paragraph, under a small heading or none."""

    heading: str
    paragraphs: list[str]
    kind: str = "prose"


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    items: list[str]
    kind: str = "items"


Block = Table | Facts | Prose | Items


@dataclass(frozen=True)
class Section:
    """A part of the paper under its heading."""

    heading: str
    blocks: list[Block]


@dataclass(frozen=True)
class Paper:
    """One paper. `dated` is the moment that it is of: the same content always gives the same file."""

    title: str
    subject: str
    # Stands above everything where the paper is not final: "Draft: not certified".
    mark: str
    sections: list[Section]
    dated: datetime


def paragraphs(text: str) -> list[str]:
    """The lines that people wrote, without empty ones."""
    return [line.strip() for line in text.split("\n") if line.strip()]
