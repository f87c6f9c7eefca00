"""The versions of a return and what changed between them, in words. Read-only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from authorities.models import User
from funding.models import (
    Certificate,
    QuarterlyReturn,
    Rag,
    ReasonCode,
    ReturnEvent,
    ReturnVersion,
)
from funding.money import change, pounds
from funding.return_content import amount, day, total
from funding.snapshot import SECTIONS, Change, Content, changes
from funding.suppression import NOT_SHOWN

FIELDS = {
    "actual": "Actual",
    "committed": "Committed",
    "amount": "Amount",
    "reason": "Reason",
    "code": "Reason",
    "words": "Explanation",
    "recovers_on": "Recovers by",
    "universal_reached": "Reached, universal",
    "targeted_reached": "Supported, targeted",
    "sessions": "Sessions",
    "hours": "Hours",
    "visits": "Visits",
    "arrests": "Arrests",
    "searches": "Stop and searches",
    "asb_powers": "ASB powers used",
    "likelihood_before": "Likelihood before mitigation",
    "impact_before": "Impact before mitigation",
    "mitigation": "Mitigation",
    "likelihood_after": "Likelihood after mitigation",
    "impact_after": "Impact after mitigation",
    "owner": "Owner",
    "kind": "Kind",
    "secured": "Secured",
}
MONEY = ("actual", "committed", "amount")
PEOPLE = ("universal_reached", "targeted_reached")
FORECAST = "forecast for quarter "
ABSENT = "not there"


@dataclass(frozen=True)
class Told:
    """One change for reading: where, of what, from what, to what."""

    section: str
    name: str
    what: str
    before: str
    after: str
    # Of an amount: the difference with its sign.
    difference: str = ""


def told(before: Content, after: Content, *, small: int = 0) -> list[Told]:
    """Every change, in the order of the return. With `small`, for outside readers, no count of people is
    shown: another page has the others and their total, and a larger one beside a small one gives it away."""
    found = changes(before, after)
    lines = {
        (section, line["name"])
        for code, section in SECTIONS.items()
        for line in _only_once(before.get(code, []), after.get(code, []))
    }
    rows: list[Told] = []
    for one in found:
        if one.section == SECTIONS["evidence"] and (one.section, one.name) in lines:
            file = Told(one.section, one.name, "File", *_came_or_went(one))
            rows += [] if file in rows else [file]
        elif one.field not in ("size", "budget_line"):
            rows.append(_tell(one, small))
    return rows


def _only_once(before: Sequence[Content], after: Sequence[Content]) -> Iterable[Content]:
    """The lines that are in one of the two only."""
    keys = {line["key"] for line in before} ^ {line["key"] for line in after}
    return (line for line in (*before, *after) if line["key"] in keys)


def _came_or_went(one: Change) -> tuple[str, str]:
    return (ABSENT, "added") if one.before is None else ("there", "taken out")


def _tell(one: Change, small: int) -> Told:
    if one.field.startswith(FORECAST):
        what = f"Forecast, Q{one.field.removeprefix(FORECAST)}"
    else:
        what = FIELDS.get(one.field, "")
    before, after = (_value(one, value, small) for value in (one.before, one.after))
    return Told(one.section, one.name, what, before, after, _difference(one))


def _difference(one: Change) -> str:
    if not (one.field in MONEY or one.field.startswith(FORECAST)) or not one.before or not one.after:
        return ""
    return change(Decimal(one.after) - Decimal(one.before))


def _value(one: Change, value: Any, small: int) -> str:
    if value is None:
        return ABSENT
    if one.field in MONEY or one.field.startswith(FORECAST):
        return amount(value)
    if one.field in PEOPLE and small:
        return NOT_SHOWN
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value:,}" if isinstance(value, int) else _text(one, value)


def _text(one: Change, value: str) -> str:
    if one.field == "code":
        return str(ReasonCode(value).label)
    if one.field == "recovers_on":
        return day(value)
    if not one.field and one.name.endswith(" rating") and value in Rag.values:
        return str(Rag(value).label)
    return value or "nothing"


def headline(before: Content, after: Content, rows: Sequence[Told]) -> str:
    """What changed in one sentence."""
    if not rows:
        return "Nothing changed."
    count = "1 value changed" if len(rows) == 1 else f"{len(rows):,} values changed"
    old, new = total(before["spend"], "actual"), total(after["spend"], "actual")
    if old is None or new is None:
        return f"{count}."
    if old == new:
        return f"{count}. Actual spend stays at {pounds(new)}."
    return f"{count}. Actual spend goes from {pounds(old)} to {pounds(new)}, {change(new - old)}."


@dataclass(frozen=True)
class Kept:
    """One version as the page lists it, with what changed from the one before."""

    version: ReturnVersion
    certificate: Certificate | None
    accepted: ReturnEvent | None
    came_back: ReturnEvent | None
    told: list[Told]
    headline: str

    @property
    def number(self) -> int:
        return self.version.number


def versions_of(found: QuarterlyReturn) -> list[ReturnVersion]:
    """All of them with their signatures, the oldest first. One query."""
    kept = ReturnVersion.objects.filter(quarterly_return=found).order_by("number")
    return list(kept.select_related("sent_by", "certificate__certified_by"))


def certificate_of(version: ReturnVersion) -> Certificate | None:
    found: Certificate | None = getattr(version, "certificate", None)
    return found


def last_certified(versions: Sequence[ReturnVersion]) -> ReturnVersion | None:
    """The version whose signature stands, or stood last."""
    return next((version for version in reversed(versions) if certificate_of(version)), None)


def last_signed_by(versions: Sequence[ReturnVersion], person: User) -> ReturnVersion | None:
    """The version that this person certified last."""
    for version in reversed(versions):
        certificate = certificate_of(version)
        if certificate and certificate.certified_by_id == person.pk:
            return version
    return None


def history(
    versions: Sequence[ReturnVersion], events: Sequence[ReturnEvent], *, small: int = 0
) -> list[Kept]:
    """The versions for reading, the newest first; events oldest first."""
    kept = []
    for place, version in enumerate(versions):
        before = versions[place - 1].content if place else None
        rows = told(before, version.content, small=small) if before else []
        kept.append(
            Kept(
                version,
                certificate_of(version),
                _accepted(version, versions, events),
                _came_back(version, versions[place + 1 :], events),
                rows,
                headline(before, version.content, rows) if before else "The first version.",
            )
        )
    return kept[::-1]


def _accepted(
    version: ReturnVersion, versions: Sequence[ReturnVersion], events: Sequence[ReturnEvent]
) -> ReturnEvent | None:
    """The acceptance of this version: the signature that stood at that moment was under it."""
    accepted = None
    for event in events:
        if event.verb == "accept":
            signed = [one for one in versions if (c := certificate_of(one)) and c.certified_at <= event.at]
            if signed and signed[-1].pk == version.pk:
                accepted = event
    return accepted


def _came_back(
    version: ReturnVersion, later: Sequence[ReturnVersion], events: Sequence[ReturnEvent]
) -> ReturnEvent | None:
    """What sent the version back, before the next one was sent."""
    until = later[0].sent_at if later else None
    back = [
        event
        for event in events
        if event.verb in ("decline", "query", "reopen")
        and event.at >= version.sent_at
        and (until is None or event.at <= until)
    ]
    return back[-1] if back else None
