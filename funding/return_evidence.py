"""The evidence of one return, as its pages show it: by budget line, and of the whole. Read-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from funding.models import EvidenceFile, EvidenceState, QuarterlyReturn, ReturnVersion
from funding.return_reading import Row, read

FACTS = ("id", "name", "size", "state", "verdict")


@dataclass(frozen=True)
class Shown:
    """One file, who added it when, and the number of the first version that it was sent with."""

    file: EvidenceFile
    added_by: str
    added_at: datetime
    sent_with: int | None

    @property
    def is_fixed(self) -> bool:
        """Whether it stays for good, because somebody may have signed for it."""
        return self.sent_with is not None


@dataclass(frozen=True)
class Group:
    """The files of one budget line, or of the whole return."""

    label: str
    files: list[Shown]


@dataclass(frozen=True)
class Evidence:
    """All files of a return, those that were refused apart."""

    groups: list[Group]
    refused: list[EvidenceFile]

    @property
    def count(self) -> int:
        return sum(len(group.files) for group in self.groups)

    @property
    def size(self) -> int:
        """In bytes, of those that count."""
        return sum(one.file.size for group in self.groups for one in group.files)


def load(quarterly_return: QuarterlyReturn) -> Evidence:
    """One query."""
    return evidence(read(quarterly_return, evidence_lists(quarterly_return)))


def evidence_lists(quarterly_return: QuarterlyReturn) -> Mapping[str, QuerySet[Any, Any]]:
    """What `evidence` is made from: the whole return first, then its lines."""
    files = EvidenceFile.objects.filter(quarterly_return=quarterly_return)
    versions = ReturnVersion.objects.filter(quarterly_return=quarterly_return)
    line = "budget_line__"
    return {
        "evidence": files.exclude(state=EvidenceState.REMOVED)
        .order_by(F("budget_line").asc(nulls_first=True), "id")
        .values(
            *FACTS,
            "digest",
            "added_at",
            who=F("added_by__name"),
            intervention=F(f"{line}intervention__name"),
            heading=F(f"{line}cost_heading__name"),
            description=F(f"{line}description"),
        ),
        "evidence_sent": versions.order_by("number").values("number", lines=F("content__evidence")),
    }


def evidence(rows: Mapping[str, Sequence[Row]]) -> Evidence:
    """From the rows of `evidence_lists`."""
    sent: dict[str, int] = {}
    for version in rows["evidence_sent"]:
        for line in version["lines"] or ():
            sent.setdefault(line["key"], version["number"])
    groups: dict[str, list[Shown]] = {}
    refused = []
    for row in rows["evidence"]:
        file = EvidenceFile(**{fact: row[fact] for fact in FACTS})
        if not file.is_live:
            refused.append(file)
            continue
        added_at = datetime.fromisoformat(row["added_at"])
        shown = Shown(file, row["who"], added_at, sent.get(row["digest"]))
        groups.setdefault(_label(row), []).append(shown)
    return Evidence([Group(label, files) for label, files in groups.items()], refused)


def _label(row: Row) -> str:
    if row["intervention"] is None:
        return "The whole return"
    return f"{row['intervention']}: {row['description'] or row['heading']}"
