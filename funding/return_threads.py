"""What passes between the OPCC and an organisation about a return: questions and answers, more time, waived
rules. Read-only.

Questions and extensions come with the row of the return, as JSON that the database puts together, so that
no page pays for them with further queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from authorities.filters import date_words
from funding.models import QuarterlyReturn, ReturnPart, WaivedRule
from funding.models.quarterly_return import ReturnQuerySet
from funding.return_parts import waivers

# What a question can be about, beside a part: the fields of the thread that hold the row's number.
SUBJECTS = ("budget_line", "intervention", "hotspot")


@dataclass(frozen=True)
class Message:
    """One reply. `is_ours` tells the organisation's people from the OPCC's."""

    who: str
    when: datetime
    text: str
    is_ours: bool


@dataclass(frozen=True)
class Thread:
    """One question and its replies, oldest first."""

    pk: int
    part: str
    budget_line: int | None
    intervention: int | None
    hotspot: int | None
    subject: str
    question: str
    due_on: date
    asked_by: str
    asked_at: datetime
    settled_by: str
    settled_at: datetime | None
    messages: list[Message]

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

    @property
    def is_answered(self) -> bool:
        """Whether the organisation has written the last word."""
        return bool(self.messages) and self.messages[-1].is_ours

    def days_late(self, on: date) -> str:
        """ "3 days late", or nothing where an answer is there or still has time."""
        days = (on - self.due_on).days
        if self.is_settled or self.is_answered or days <= 0:
            return ""
        return "1 day late" if days == 1 else f"{days} days late"


@dataclass(frozen=True)
class MoreTime:
    """One extension of the due day."""

    due_on: date
    reason: str
    who: str
    when: datetime


# Plain SQL: every page of a return reads these, and composing them by the ORM takes longer than asking.
THREADS = RawSQL(
    """COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
        'pk', query.id, 'part', query.part,
        'budget_line', query.budget_line_id, 'intervention', query.intervention_id,
        'hotspot', query.hotspot_id, 'line_of', line_of.name,
        'line', line.description, 'heading', heading.name,
        'intervention_name', intervention.name, 'reference', hotspot.reference,
        'question', query.question, 'due_on', query.due_on,
        'asked_by', asker.name, 'asked_at', query.asked_at,
        'settled_by', settler.name, 'settled_at', query.settled_at,
        'messages', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                'who', person.name, 'when', reply.at, 'text', reply.text,
                'is_ours', EXISTS (
                    SELECT FROM authorities_membership member
                    WHERE member.user_id = reply.by_id
                      AND member.organisation_id = funding_quarterlyreturn.organisation_id
                )
            ) ORDER BY reply.at, reply.id)
            FROM funding_queryreply reply
            JOIN authorities_user person ON person.id = reply.by_id
            WHERE reply.query_id = query.id
        ), '[]')
    ) ORDER BY query.id)
    FROM funding_returnquery query
    JOIN authorities_user asker ON asker.id = query.asked_by_id
    LEFT JOIN authorities_user settler ON settler.id = query.settled_by_id
    LEFT JOIN funding_budgetline line ON line.id = query.budget_line_id
    LEFT JOIN funding_costheading heading ON heading.id = line.cost_heading_id
    LEFT JOIN funding_intervention line_of ON line_of.id = line.intervention_id
    LEFT JOIN funding_intervention intervention ON intervention.id = query.intervention_id
    LEFT JOIN funding_hotspot hotspot ON hotspot.id = query.hotspot_id
    WHERE query.quarterly_return_id = funding_quarterlyreturn.id
), '[]')""",
    [],
    output_field=JSONField(),
)
EXTENSIONS = RawSQL(
    """COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
        'due_on', extension.due_on, 'reason', extension.reason,
        'who', person.name, 'when', extension.granted_at
    ) ORDER BY extension.granted_at, extension.id)
    FROM funding_extension extension
    JOIN authorities_user person ON person.id = extension.granted_by_id
    WHERE extension.quarterly_return_id = funding_quarterlyreturn.id
), '[]')""",
    [],
    output_field=JSONField(),
)


def with_threads(returns: ReturnQuerySet) -> ReturnQuerySet:
    """The returns, each with its questions, their replies and its extensions."""
    return returns.annotate(threads_as_json=THREADS, extensions_as_json=EXTENSIONS)


def threads(quarterly_return: QuarterlyReturn) -> list[Thread]:
    """Of a return that was loaded by `with_threads`, in the order in which they were asked."""
    return [_thread(row) for row in quarterly_return.threads_as_json]  # type: ignore[attr-defined]


def waived_words(quarterly_return: QuarterlyReturn) -> dict[str, str]:
    """Which parts are waived, until when and by whom, by the code of the part. One query."""
    is_police = quarterly_return.organisation.is_police
    words = {}
    for waiver in waivers(quarterly_return).select_related("decided_by"):
        code = "patrols" if waiver.rule == WaivedRule.ACTIVITY and is_police else waiver.rule
        by = waiver.decided_by.name if waiver.decided_by else ""
        words[code] = f"Waived until {date_words(waiver.ends_on)}, by {by}. You may leave it out."
    return words


def unsettled(found: Iterable[Thread]) -> list[Thread]:
    """Those that still want an answer, or the OPCC's word that it is satisfied."""
    return [thread for thread in found if not thread.is_settled]


def extensions(quarterly_return: QuarterlyReturn) -> list[MoreTime]:
    """Of a return that was loaded by `with_threads`, the oldest first."""
    return [
        MoreTime(
            date.fromisoformat(row["due_on"]), row["reason"], row["who"], datetime.fromisoformat(row["when"])
        )
        for row in quarterly_return.extensions_as_json  # type: ignore[attr-defined]
    ]


def _thread(row: Mapping[str, Any]) -> Thread:
    line = row["line"] or row["heading"]
    subject = (
        row["reference"]
        or (f"{row['line_of']}: {line}" if row["budget_line"] else "")
        or row["intervention_name"]
        or ReturnPart(row["part"]).label
    )
    settled_at = row["settled_at"]
    return Thread(
        **{name: row[name] for name in ("pk", "part", *SUBJECTS, "question", "asked_by")},
        subject=subject,
        due_on=date.fromisoformat(row["due_on"]),
        asked_at=datetime.fromisoformat(row["asked_at"]),
        settled_by=row["settled_by"] or "",
        settled_at=datetime.fromisoformat(settled_at) if settled_at else None,
        messages=[
            Message(one["who"], datetime.fromisoformat(one["when"]), one["text"], one["is_ours"])
            for one in row["messages"]
        ],
    )
