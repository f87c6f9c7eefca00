"""What a comparison of a workbook with its return finds: changes, and remarks about cells. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Place:
    """Where in the person's file: sheet, row and column from 1, and the cell's name."""

    sheet: str = ""
    row: int = 0
    column: int = 0
    address: str = ""


@dataclass(frozen=True)
class Remark:
    """One sentence about a cell, or about the whole file where it has no place.

    `key` is the line it is about. A warning asks to be confirmed; its fingerprint is of what it says of which
    figures, so that the same one is never asked twice and another figure asks again.
    """

    level: str
    code: str
    sentence: str
    place: Place = Place()
    typed: str = ""
    part: str = ""
    key: str = ""
    is_confirmed: bool = False

    @property
    def subject(self) -> str:
        return f"{self.part} {self.key}".strip()

    @property
    def fingerprint(self) -> str:
        facts = "\n".join((self.code, self.subject, self.typed, self.sentence))
        return hashlib.sha256(facts.encode()).hexdigest()


@dataclass(frozen=True)
class Change:
    """One cell that differs from the return. `value` is exact, for the portal; the texts are for people."""

    part: str
    key: str
    field: str
    kind: str
    line: str
    heading: str
    before: str
    after: str
    value: str
    place: Place = Place()
    is_clean: bool = True


@dataclass(frozen=True)
class Findings:
    """All of it. `amounts` are the totals of actuals and of the year, before and after, in pounds."""

    changes: list[Change] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    totals: Mapping[str, str] = field(default_factory=dict)
    plan: str = ""

    @property
    def errors(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.level == ERROR]

    @property
    def warnings(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.level == WARNING]

    @property
    def clean(self) -> list[Change]:
        """Those of lines without an error."""
        return [change for change in self.changes if change.is_clean]

    def to_confirm(self, *, clean_only: bool) -> list[Remark]:
        """Warnings that nobody has confirmed yet; of what is to be saved alone."""
        left = [remark for remark in self.warnings if not remark.is_confirmed]
        if not clean_only:
            return left
        broken = {(remark.part, remark.key) for remark in self.errors if remark.key}
        return [remark for remark in left if (remark.part, remark.key) not in broken]

    def total(self, name: str) -> Decimal:
        """How much a total changes, in pounds."""
        if f"{name}_after" not in self.totals:
            return Decimal(0)
        return Decimal(self.totals[f"{name}_after"]) - Decimal(self.totals[f"{name}_before"])

    def as_json(self) -> dict[str, Any]:
        return {
            "changes": [asdict(change) for change in self.changes],
            "remarks": [asdict(remark) for remark in self.remarks],
            "totals": dict(self.totals),
            "plan": self.plan,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Findings:
        """What `as_json` gave. Of nothing, nothing."""
        return cls(
            changes=[Change(**_placed(one)) for one in content.get("changes", ())],
            remarks=[Remark(**_placed(one)) for one in content.get("remarks", ())],
            totals=content.get("totals", {}),
            plan=content.get("plan", ""),
        )

    def confirmed(self, known: Iterable[str]) -> Findings:
        """The same with a tick at each warning whose fingerprint was confirmed before."""
        before = set(known)
        remarks = [
            Remark(**{**asdict(one), "place": one.place, "is_confirmed": one.fingerprint in before})
            for one in self.remarks
        ]
        return Findings(self.changes, remarks, self.totals, self.plan)


def _placed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "place": Place(**values["place"])}
