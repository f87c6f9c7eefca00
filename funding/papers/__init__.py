"""Papers for people to keep: a receipt, a council report. Pure: no database, no clock, no network.

A paper is data: sections of tables, drawings, facts and words. Pages show it as HTML, `pdf` sets it as a
tagged PDF.
"""

from __future__ import annotations

from funding.papers.paper import (
    Block,
    Drawing,
    Drawings,
    Facts,
    Items,
    Mark,
    Paper,
    Prose,
    Section,
    Table,
    Tick,
    Together,
    Trace,
)
from funding.papers.pdf import pdf

__all__ = [
    "Block",
    "Drawing",
    "Drawings",
    "Facts",
    "Items",
    "Mark",
    "Paper",
    "Prose",
    "Section",
    "Table",
    "Tick",
    "Together",
    "Trace",
    "pdf",
]
