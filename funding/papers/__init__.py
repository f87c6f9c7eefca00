"""Papers for people to keep: a receipt, a council report. Pure: no database, no clock, no network.

A paper is data: sections of tables, facts and words. Pages show it as HTML, `pdf` sets it as a tagged PDF.
"""

from __future__ import annotations

from funding.papers.paper import Block, Facts, Items, Paper, Prose, Section, Table
from funding.papers.pdf import pdf

__all__ = ["Block", "Facts", "Items", "Paper", "Prose", "Section", "Table", "pdf"]
