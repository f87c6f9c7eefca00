"""All that one return says, as plain values: what is hashed, kept at each version, compared and restored.

Read-only. Amounts are texts with two decimals, so that the same return always gives the same bytes. A hotspot
goes by its reference, never by its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from funding.models import QuarterlyReturn

Content = dict[str, Any]
# The parts of the content that are lists of lines, each line with a `key` and a `name`.
SECTIONS: Mapping[str, str] = {
    "spend": "Spend and forecast",
    "variances": "Reasons for variances",
    "adjustments": "Corrections of earlier quarters",
    "activity": "Activity",
    "patrols": "Patrols",
    "risks": "Risks",
    "match": "Match funding",
    "evidence": "Evidence",
}
WORDS: Mapping[str, str] = {
    "progress": "What went well",
    "problems": "What got in the way",
    "next_steps": "What comes next quarter",
    "spend_rag": "Spend rating",
    "spend_rag_reason": "Reason for the spend rating",
    "delivery_rag": "Delivery rating",
    "delivery_rag_reason": "Reason for the delivery rating",
}


def content_of(quarterly_return: QuarterlyReturn) -> Content:
    """The return as it stands. Nine queries."""
    found = quarterly_return
    return {
        "format": 1,
        "organisation": found.organisation.name,
        "quarter": found.quarter.label,
        "is_nil": found.is_nil,
        "words": {name: getattr(found, name) for name in WORDS},
        "spend": _spend(found),
        "variances": _variances(found),
        "adjustments": _adjustments(found),
        "activity": [
            {**_line(one.intervention_id, one.intervention.name), **_counts(one, ACTIVITY)}
            for one in found.activity_lines.select_related("intervention")
        ],
        "patrols": [
            {**_line(one.hotspot_id, one.hotspot.reference), "hours": str(one.hours), **_counts(one, PATROLS)}
            for one in found.patrol_lines.select_related("hotspot")
        ],
        "risks": [{**_line(one.title, one.title), **_counts(one, RISKS)} for one in found.risks.all()],
        "match": _match(found),
        "evidence": [
            {**_line(one.digest, one.name), "budget_line": one.budget_line_id, "size": one.size}
            for one in found.evidence.exclude(state__in=("removed", "refused"))
        ],
    }


_TO_LINE = ("budget_line__intervention", "budget_line__cost_heading")
ACTIVITY = ("universal_reached", "targeted_reached", "sessions")
PATROLS = ("visits", "arrests", "searches", "asb_powers")
RISKS = ("likelihood_before", "impact_before", "mitigation", "likelihood_after", "impact_after", "owner")


def _line(key: object, name: str) -> Content:
    return {"key": str(key), "name": name}


def _counts(row: Any, names: tuple[str, ...]) -> Content:
    return {name: getattr(row, name) for name in names}


def _spend(found: QuarterlyReturn) -> list[Content]:
    forecasts: dict[int, dict[str, str]] = {}
    for one in found.forecast_lines.all():
        forecasts.setdefault(one.budget_line_id, {})[str(one.quarter_number)] = str(one.amount)
    return [
        {
            **_line(one.budget_line_id, str(one.budget_line)),
            "actual": "" if one.actual is None else str(one.actual),
            "committed": str(one.committed),
            "forecasts": forecasts.get(one.budget_line_id, {}),
        }
        for one in found.spend_lines.select_related(*_TO_LINE)
    ]


def _variances(found: QuarterlyReturn) -> list[Content]:
    return [
        {
            **_line(reason.budget_line_id, str(reason.budget_line)),
            "code": reason.code,
            "words": reason.words,
            "recovers_on": reason.recovers_on.isoformat() if reason.recovers_on else "",
        }
        for reason in found.variance_reasons.select_related(*_TO_LINE)
    ]


def _adjustments(found: QuarterlyReturn) -> list[Content]:
    return [
        {
            **_line(f"{one.corrects_id}/{one.budget_line_id}", f"{one.budget_line}, {one.corrects.round}"),
            "amount": str(one.amount),
            "reason": one.reason,
        }
        for one in found.adjustments.select_related(*_TO_LINE, "corrects__round")
    ]


def _match(found: QuarterlyReturn) -> list[Content]:
    return [
        {
            **_line(f"{one.source}/{one.kind}", one.source),
            "kind": one.get_kind_display(),
            "secured": one.is_secured,
            "amount": str(one.amount),
        }
        for one in found.match_lines.all()
    ]


def canonical(content: Content) -> bytes:
    """The bytes that are hashed: JSON with sorted keys, no spaces, in UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(content: Content) -> str:
    """SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(content)).hexdigest()


@dataclass(frozen=True)
class Change:
    """One value that differs between two versions. None stands for a line that is not there."""

    section: str
    name: str
    field: str
    before: Any
    after: Any


def changes(before: Content, after: Content) -> list[Change]:
    """Every value that differs, in the order of the return."""
    found: list[Change] = []
    if before.get("is_nil") != after.get("is_nil"):
        found.append(Change("The return", "Nil return", "", before.get("is_nil"), after.get("is_nil")))
    for name, label in WORDS.items():
        old, new = before["words"].get(name, ""), after["words"].get(name, "")
        if old != new:
            found.append(Change("In words and ratings", label, "", old, new))
    for code, label in SECTIONS.items():
        old_lines = {line["key"]: line for line in before.get(code, [])}
        new_lines = {line["key"]: line for line in after.get(code, [])}
        for key in dict.fromkeys([*old_lines, *new_lines]):
            found += _changes_of_line(label, old_lines.get(key), new_lines.get(key))
    return found


def _changes_of_line(section: str, before: Content | None, after: Content | None) -> Iterator[Change]:
    old, new = _flat(before), _flat(after)
    name = (after or before or {})["name"]
    for field in dict.fromkeys([*old, *new]):
        if old.get(field) != new.get(field):
            yield Change(section, name, field, old.get(field), new.get(field))


def _flat(line: Content | None) -> Content:
    """The values of a line, with each forecast as a value of its own."""
    values = {name: value for name, value in (line or {}).items() if name not in ("key", "name", "forecasts")}
    values |= {
        f"forecast for quarter {number}": text for number, text in (line or {}).get("forecasts", {}).items()
    }
    return values
