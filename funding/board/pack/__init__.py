"""Making the pack of a closed round: the board page as a tagged PDF and as a workbook."""

from __future__ import annotations

from funding.board.pack.making import make_due

__all__ = ["make_due"]
