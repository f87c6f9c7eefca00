"""A sheet inside the child, before it is sent: rows made one at a time, and what the scan found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from funding.workbook.book import BookKind
from funding.workbook.marks import Marks


@dataclass(frozen=True)
class Grid:
    """`rows` start with the first row and column of the sheet; what is blank is an empty text."""

    name: str
    hidden: bool
    rows: Iterable[list[Any]]
    marks: Marks


@dataclass(frozen=True)
class Opened:
    """A file that passed every check and is ready to be sent."""

    kind: BookKind
    grids: Iterable[Grid]
    properties: Mapping[str, str] = field(default_factory=dict)
