"""Which certified returns can be accepted together, because nothing about them asks for a second look; and
what does about the others. Read-only: one query for all, and three for each return.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from authorities.models import User
from funding import return_sheet
from funding.models import (
    REVIEWED_STATES,
    ConfirmedPrompt,
    QuarterlyReturn,
    ReturnEvent,
    ReturnQuery,
    VarianceReason,
)
from funding.models.quarterly_return import ReturnQuerySet
from funding.return_parts import unfinished


@dataclass(frozen=True)
class Judged:
    """One certified return, and what stands in the way of accepting it unread."""

    quarterly_return: QuarterlyReturn
    sheet: return_sheet.Sheet
    why_not: list[str]

    @property
    def is_clean(self) -> bool:
        return not self.why_not


def judge(returns: ReturnQuerySet, *, reader: User) -> list[Judged]:
    """Those of the returns that wait for the OPCC, oldest quarter first."""
    own = ReturnEvent.objects.filter(
        quarterly_return=OuterRef("pk"), by=reader, verb__in=("save", "send", "revert")
    )
    asked = ReturnQuery.objects.unsettled().filter(quarterly_return=OuterRef("pk"))
    reasons = VarianceReason.objects.filter(quarterly_return=OuterRef("pk")).values("budget_line")
    waiting = (
        returns.filter(status__in=REVIEWED_STATES)
        .annotate(
            is_own=Exists(own),
            is_asked=Exists(asked),
            is_unusual=Exists(ConfirmedPrompt.objects.filter(quarterly_return=OuterRef("pk"))),
            explained=ArraySubquery(reasons),
        )
        .order_by("round__year", "round__quarter_number", "organisation__position")
    )
    return [_judge(found, reader) for found in waiting]


def _judge(found: QuarterlyReturn, reader: User) -> Judged:
    sheet = return_sheet.load(found)
    return Judged(found, sheet, list(_obstacles(found, sheet, reader)))


def _obstacles(found: QuarterlyReturn, sheet: return_sheet.Sheet, reader: User) -> Iterable[str]:
    if found.is_own or reader.pk in (found.prepared_by_id, found.certified_by_id):  # type: ignore[attr-defined]
        yield "You prepared or certified it, so somebody else must accept it."
    if found.is_asked:  # type: ignore[attr-defined]
        yield "A query of it is not settled."
    if found.is_unusual:  # type: ignore[attr-defined]
        yield "Something unusual was confirmed in words. Read it first."
    left = unfinished(found)
    if left:
        yield f"The plan has changed since: {', '.join(part.label for part in left)} is no longer complete."
    for row in sheet.rows:
        if row.flags and row.line.pk not in found.explained:  # type: ignore[attr-defined]
            yield f"{row.line.intervention.name}, {row.label}: {' '.join(row.flags)}"
