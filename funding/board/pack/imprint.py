"""What a pack says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from authorities.filters import time_words


@dataclass(frozen=True)
class Imprint:
    """Whose pack it is, of which quarter, and from which figures it was made."""

    partnership: str
    quarter: str
    run: int
    run_at: datetime | None
    frozen_at: datetime
    digest: str

    @property
    def subject(self) -> str:
        return f"{self.partnership}, {self.quarter}"

    @property
    def rows(self) -> list[tuple[str, str]]:
        stood = f"Roll-up {self.run}" + (f", {time_words(self.run_at)}" if self.run_at else "")
        return [
            ("Board pack of", self.subject),
            ("Figures as at", stood),
            ("Frozen", time_words(self.frozen_at)),
            ("SHA-256 of the figures", self.digest),
        ]
