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


@dataclass(frozen=True)
class Trace:
    """One series of a drawing: bars or columns, or points with a line through them.

    Values and bases are plain numbers in the order of the categories, like "18000.20"; None draws nothing.
    Colours are one for each category, "" for none; traces of one group stand on each other.
    """

    name: str
    values: list[str | None]
    bases: list[str]
    colours: list[str]
    outline: str = ""
    thickness: str = "0"
    is_hatched: bool = False
    is_line: bool = False
    group: int = 0


@dataclass(frozen=True)
class Tick:
    """A mark of the axis, and what is written at it."""

    value: str
    label: str


@dataclass(frozen=True)
class Mark:
    """Words at the end of a bar: its value, or why there is none (`is_absent`)."""

    category: int
    group: int
    text: str
    is_absent: bool = False


@dataclass(frozen=True)
class Drawing:
    """A chart as plain data. `alt` says it to whoever does not see it; the axis goes from zero to `top`."""

    title: str
    alt: str
    is_horizontal: bool
    categories: list[str]
    traces: list[Trace]
    ticks: list[Tick]
    top: str
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True)
class Drawings:
    """One drawing over the whole width, or two beside each other."""

    drawings: list[Drawing]
    kind: str = "drawings"


@dataclass(frozen=True)
class Together:
    """Blocks that stand on one page where they fit; where not, only the last one is broken."""

    blocks: list[Block]
    kind: str = "together"


Block = Table | Facts | Prose | Items | Drawings | Together


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
