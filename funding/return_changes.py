"""Every change of one return, field by field, from the events that triggers write. Read-only, one query.

A hotspot goes by its reference, never by its name: everybody who may read the return reads this.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from authorities.filters import date_words
from funding.models import MatchKind, QuarterlyReturn, Rag, ReasonCode, ReturnStatus
from funding.money import pounds
from funding.suppression import NOT_SHOWN

A_PAGE = 25


@dataclass(frozen=True)
class Source:
    """One table of events: `fields` are columns with names in words, `subject` is SQL that names a row."""

    part: str
    table: str
    subject: str
    fields: Mapping[str, str]
    joins: str = ""
    key: str = "quarterly_return_id"


_LINE = "intervention.name || ', ' || COALESCE(NULLIF(line.description, ''), heading.name)"
_TO_LINE = """
    JOIN funding_budgetline line ON line.id = event.budget_line_id
    JOIN funding_intervention intervention ON intervention.id = line.intervention_id
    JOIN funding_costheading heading ON heading.id = line.cost_heading_id"""
_QUARTER = "', quarter ' || {}::text"

PARTS: Mapping[str, str] = {
    "spend": "Spend and forecast",
    "variances": "Reasons for variances",
    "corrections": "Corrections of earlier quarters",
    "activity": "Activity",
    "patrols": "Patrols",
    "words": "Words and ratings",
    "risks": "Risks",
    "match": "Match funding",
    "state": "State of the return",
}
SOURCES = (
    Source(
        "spend", "funding_spendlineevent", _LINE, {"actual": "actual", "committed": "committed"}, _TO_LINE
    ),
    Source(
        "spend",
        "funding_forecastlineevent",
        f"{_LINE} || {_QUARTER.format('event.quarter_number')}",
        {"amount": "forecast"},
        _TO_LINE,
    ),
    Source(
        "variances",
        "funding_variancereasonevent",
        _LINE,
        {"code": "reason", "words": "words", "recovers_on": "day of recovery"},
        _TO_LINE,
    ),
    Source(
        "corrections",
        "funding_adjustmentevent",
        f"{_LINE} || {_QUARTER.format('corrected.quarter_number')}",
        {"amount": "correction", "reason": "reason of the correction"},
        f"""{_TO_LINE}
    JOIN funding_quarterlyreturn earlier ON earlier.id = event.corrects_id
    JOIN funding_returnround corrected ON corrected.id = earlier.round_id""",
    ),
    Source(
        "activity",
        "funding_activitylineevent",
        "intervention.name",
        {
            "universal_reached": "reached, universal",
            "targeted_reached": "supported, targeted",
            "sessions": "sessions",
        },
        "JOIN funding_intervention intervention ON intervention.id = event.intervention_id",
    ),
    Source(
        "patrols",
        "funding_patrollineevent",
        "'hotspot ' || spot.reference",
        {
            "hours": "hours",
            "visits": "visits",
            "arrests": "arrests",
            "searches": "stop and searches",
            "asb_powers": "ASB powers used",
        },
        "JOIN funding_hotspot spot ON spot.id = event.hotspot_id",
    ),
    Source(
        "words",
        "funding_quarterlyreturnevent",
        "''",
        {
            "progress": "what went well",
            "problems": "what got in the way",
            "next_steps": "what comes next quarter",
            "spend_rag": "spend rating",
            "spend_rag_reason": "reason for the spend rating",
            "delivery_rag": "delivery rating",
            "delivery_rag_reason": "reason for the delivery rating",
        },
        key="pgh_obj_id",
    ),
    Source(
        "state",
        "funding_quarterlyreturnevent",
        "''",
        {"status": "status", "is_nil": "nil return", "extended_to": "due day"},
        key="pgh_obj_id",
    ),
    Source(
        "risks",
        "funding_returnriskevent",
        "'risk ' || event.title",
        {
            "title": "title",
            "likelihood_before": "likelihood before mitigation",
            "impact_before": "impact before mitigation",
            "mitigation": "mitigation",
            "likelihood_after": "likelihood after mitigation",
            "impact_after": "impact after mitigation",
            "owner": "owner",
        },
    ),
    Source(
        "match",
        "funding_matchlineevent",
        "event.source",
        {"source": "source", "kind": "kind", "is_secured": "secured", "amount": "amount"},
    ),
)


def _select(number: int, source: Source) -> str:
    pairs = ", ".join(f"'{name}', event.{name}::text" for name in source.fields)
    return f"""
    SELECT {number} AS source, '{source.part}' AS part, {source.subject} AS subject, event.pgh_id AS id,
        event.pgh_created_at AS at, event.pgh_label AS label, event.pgh_context_id AS context,
        jsonb_build_object({pairs}) AS after,
        LAG(jsonb_build_object({pairs})) OVER (PARTITION BY event.pgh_obj_id ORDER BY event.pgh_id) AS before
    FROM {source.table} event {source.joins}
    WHERE event.{source.key} = %(pk)s"""


CHANGES = f"""
WITH told AS ({" UNION ALL ".join(_select(*one) for one in enumerate(SOURCES))})
SELECT told.source, told.subject, told.at, told.label, told.before::text, told.after::text, person.name,
    COUNT(*) OVER ()
FROM told
LEFT JOIN pghistory_context context ON context.id = told.context
LEFT JOIN authorities_user person ON person.id::text = context.metadata ->> 'user'
WHERE (told.label = 'delete' OR told.before IS DISTINCT FROM told.after)
    -- A return begins without words: that it began is told by its state.
    AND NOT (told.part = 'words' AND told.before IS NULL)
    AND (%(part)s = '' OR told.part = %(part)s)
ORDER BY told.at DESC, told.source, told.id DESC
LIMIT %(many)s OFFSET %(skip)s
"""


@dataclass(frozen=True)
class FieldChange:
    """One value of one row: empty before it was entered, or after it was taken out."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """What one save did to one row, who did it and when. Without a name it was the portal itself."""

    part: str
    subject: str
    at: datetime
    who: str
    verb: str
    fields: list[FieldChange]


def changes(
    quarterly_return: QuarterlyReturn, *, part: str = "", page: int = 1
) -> tuple[list[RowChange], int]:
    """One page of the changes, newest first, and how many there are in all."""
    values: dict[str, Any] = {
        "pk": quarterly_return.pk,
        "part": part,
        "many": A_PAGE,
        "skip": (page - 1) * A_PAGE,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, values)
        rows = cursor.fetchall()
    return [_row(row) for row in rows], rows[0][-1] if rows else 0


PEOPLE = ("reached, universal", "supported, targeted")


def without_people(rows: list[RowChange]) -> list[RowChange]:
    """For readers outside the organisation: that a count of people changed, and never from what to what.

    A page of single changes cannot hide one small number without another giving it away.
    """
    return [
        replace(
            row,
            fields=[
                replace(one, before=one.before and NOT_SHOWN, after=one.after and NOT_SHOWN)
                if one.field in PEOPLE
                else one
                for one in row.fields
            ],
        )
        if row.part == PARTS["activity"]
        else row
        for row in rows
    ]


def _row(row: tuple[Any, ...]) -> RowChange:
    number, subject, at, label, before, after, who, _ = row
    source = SOURCES[number]
    old, new = json.loads(before or "{}"), json.loads(after)
    verb = "changed"
    if label == "delete":
        old, new, verb = new, {}, "took out"
    elif not old:
        verb = "entered"
    return RowChange(
        PARTS[source.part], subject, at, who or "The portal", verb, list(_fields(source, old, new))
    )


def _fields(source: Source, old: dict[str, Any], new: dict[str, Any]) -> Iterator[FieldChange]:
    for name, words in source.fields.items():
        before, after = _value(source, name, old.get(name)), _value(source, name, new.get(name))
        if before != after:
            yield FieldChange(words, before, after)


_MONEY = {"actual", "committed", "amount"}
_CHOICES: Mapping[str, Any] = {
    "status": ReturnStatus,
    "code": ReasonCode,
    "kind": MatchKind,
    "spend_rag": Rag,
    "delivery_rag": Rag,
}


def _value(source: Source, name: str, text: str | None) -> str:
    """As a person reads it. What the database wrote as text comes back exact."""
    if not text:
        return ""
    if name in _MONEY:
        return pounds(Decimal(text))
    if name in _CHOICES:
        return str(_CHOICES[name](text).label)
    if name in ("recovers_on", "extended_to"):
        return date_words(date.fromisoformat(text))
    if name in ("is_nil", "is_secured"):
        return {"true": "yes", "false": "no"}[text]
    return text
