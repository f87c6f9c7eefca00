"""Why lines of a return are far from their plan, in the words of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from authorities.models import User
from funding.actions.entries import UnableToSave, saving, upsert
from funding.actions.errors import refusals
from funding.models import BudgetLine, QuarterlyReturn, ReasonCode, VarianceReason


@dataclass(frozen=True)
class ReasonEntry:
    """One line's reason. Without a day the line does not recover in this year."""

    budget_line: BudgetLine
    code: ReasonCode
    words: str
    recovers_on: date | None


def save_variances(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    entries: Sequence[ReasonEntry],
    emptied: Sequence[BudgetLine] = (),
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """The reasons of these lines. A line that is among neither keeps its reason: it may need it again.

    Raises UnableToSave for a line of another plan, and when somebody else saved meanwhile.
    """
    with refusals(UnableToSave), saving(quarterly_return, revision, by, at) as saved:
        saved.variance_reasons.filter(budget_line__in=emptied).delete()
        upsert(
            [
                VarianceReason(
                    quarterly_return=saved,
                    budget_line=entry.budget_line,
                    code=entry.code,
                    words=entry.words.strip(),
                    recovers_on=entry.recovers_on,
                )
                for entry in entries
            ],
            key=("quarterly_return", "budget_line"),
            values=("code", "words", "recovers_on"),
        )
    return saved
