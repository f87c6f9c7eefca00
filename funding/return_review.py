"""What an officer reads in a review: each line with its variance, reason and questions, and what stands
beside the money. Pure: everything comes loaded.

Reasons and corrections are read from the version that was signed, so that what is
reviewed is what was certified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from funding.models import QuarterlyReturn, ReasonCode
from funding.money import percentage
from funding.return_rows import Row
from funding.return_sheet import Group, Sheet
from funding.return_threads import Thread
from funding.snapshot import SECTIONS, Change, Content, changes


@dataclass(frozen=True)
class Reason:
    """Why a line spent other than planned. Without a day it will not recover."""

    label: str
    words: str
    recovers_on: date | None


@dataclass(frozen=True)
class Line:
    """One budget line as it is reviewed."""

    row: Row
    reason: Reason | None
    threads: list[Thread]

    @property
    def variance(self) -> Decimal | None:
        """Actual less plan of the quarter: above zero where more was spent."""
        return None if self.row.actual is None else self.row.actual - self.row.plan

    @property
    def variance_percent(self) -> str:
        return "" if self.variance is None else percentage(self.variance, self.row.plan)

    @property
    def is_explained(self) -> bool:
        """Whether nothing about it is flagged, or a reason stands beside it."""
        return not self.row.flags or self.reason is not None


@dataclass(frozen=True)
class Review:
    """The whole of it. `content` is of the signed version, as in `funding/snapshot.py`."""

    found: QuarterlyReturn
    sheet: Sheet
    threads: list[Thread]
    content: Content
    earlier: Content | None

    @property
    def changes(self) -> list[Change]:
        """What differs from the version that was signed before this one.

        Counts of people are not shown: a small one may be hidden from the reader in the table of activity.
        """
        if not self.earlier or not self.content:
            return []
        found = changes(self.earlier, self.content)
        hidden = {"before": "not shown here", "after": "changed"}
        return [replace(one, **hidden) if one.section == SECTIONS["activity"] else one for one in found]

    @cached_property
    def groups(self) -> list[tuple[Group, list[Line]]]:
        return [(group, [self._line(row) for row in group.rows]) for group in self.sheet.groups]

    @property
    def lines(self) -> list[Line]:
        return [line for _, lines in self.groups for line in lines]

    def _line(self, row: Row) -> Line:
        about = [thread for thread in self.threads if thread.budget_line == row.line.pk]
        return Line(row, self._reasons.get(str(row.line.pk)), about)

    @cached_property
    def _reasons(self) -> dict[str, Reason]:
        return {
            one["key"]: Reason(
                ReasonCode(one["code"]).label,
                one["words"],
                date.fromisoformat(one["recovers_on"]) if one["recovers_on"] else None,
            )
            for one in self.content.get("variances", [])
        }

    @property
    def corrections(self) -> list[tuple[str, Decimal, str]]:
        """Of earlier quarters: the line and quarter, the amount, why."""
        lines = self.content.get("adjustments", [])
        return [(one["name"], Decimal(one["amount"]), one["reason"]) for one in lines]


def build(found: QuarterlyReturn, sheet: Sheet, threads: list[Thread]) -> Review:
    """Of a return that was loaded with its `signed_content` and `earlier_content`."""
    content, earlier = found.signed_content, found.earlier_content  # type: ignore[attr-defined]
    return Review(found, sheet, threads, content or {}, earlier)
