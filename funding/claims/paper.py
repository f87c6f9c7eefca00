"""One claim as plain values, whether it is a draft or frozen, and what is hashed of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from funding.models import Award, Claim, ClaimLineKind, ClaimPart, FigureBasis, MatchKind
from funding.money import ZERO, plain
from funding.quarters import Quarter
from funding.snapshot import Content, digest_of

COUNTED = (FigureBasis.ACCEPTED, FigureBasis.PROVISIONAL)


@dataclass(frozen=True)
class Key:
    """What an amount is about. `corrects` is the quarter that a correction is of."""

    organisation: int
    quarter: int
    corrects: int | None
    heading: int | None
    match_kind: str
    is_secured: bool | None


@dataclass(frozen=True)
class Returned:
    """One organisation's return of one quarter, as the claim finds it."""

    organisation: int
    organisation_name: str
    quarter: int
    basis: str
    return_pk: int | None
    version: int | None
    version_digest: str
    certified_at: datetime | None
    held: Decimal = field(default=ZERO, compare=False)

    @property
    def is_counted(self) -> bool:
        return self.basis in COUNTED

    @property
    def basis_label(self) -> str:
        return FigureBasis(self.basis).label


@dataclass(frozen=True)
class Line:
    """One amount of the claim, in pounds."""

    kind: str
    key: Key
    organisation_name: str
    heading_label: str
    amount: Decimal
    explanation: str = ""

    @property
    def is_match(self) -> bool:
        return bool(self.key.match_kind)

    @property
    def is_adjustment(self) -> bool:
        """Of an earlier period than the claim's own quarter."""
        return self.kind != ClaimLineKind.QUARTER

    @property
    def of_quarter(self) -> int:
        """The quarter that the amount belongs to."""
        return self.key.corrects or self.key.quarter

    def quarter_label(self, year: int) -> str:
        return Quarter(year, self.of_quarter).label

    @property
    def kind_label(self) -> str:
        return ClaimLineKind(self.kind).label

    @property
    def match_label(self) -> str:
        if not self.is_match:
            return ""
        secured = "secured" if self.key.is_secured else "not secured"
        return f"{MatchKind(self.key.match_kind).label}, {secured}"


def total(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


@dataclass(frozen=True)
class Paper:
    """One claim. `before` are the lines of the frozen claims before it, in the same award."""

    award: Award
    part: ClaimPart
    every_line: tuple[Line, ...]
    returns: tuple[Returned, ...]
    before: tuple[Line, ...]
    claim: Claim | None = None

    @property
    def is_statement(self) -> bool:
        return self.part is ClaimPart.STATEMENT

    @property
    def lines(self) -> list[Line]:
        """What is claimed: without match."""
        return [line for line in self.every_line if not line.is_match]

    @property
    def match(self) -> list[Line]:
        return [line for line in self.every_line if line.is_match]

    @property
    def total(self) -> Decimal:
        return total(self.lines)

    @property
    def adjusted(self) -> Decimal:
        return total(line for line in self.lines if line.is_adjustment)

    @property
    def of_quarter(self) -> Decimal:
        return total(line for line in self.lines if not line.is_adjustment)

    @property
    def claimed_before(self) -> Decimal:
        return total(line for line in self.before if not line.is_match)

    @property
    def to_date(self) -> Decimal:
        return self.claimed_before + self.total

    @property
    def unmapped(self) -> list[Line]:
        """Amounts that no claim heading takes."""
        return [line for line in self.lines if line.key.heading is None]

    @property
    def missing(self) -> list[Returned]:
        return [one for one in self.returns if not one.is_counted]

    def on_basis(self, basis: str) -> Decimal:
        """Of the year to date, what stands on returns that are accepted, or provisional."""
        counted = {(one.organisation, one.quarter) for one in self.returns if one.basis == basis}
        return total(
            line
            for line in (*self.before, *self.every_line)
            if not line.is_match and (line.key.organisation, line.key.quarter) in counted
        )

    @property
    def accepted(self) -> Decimal:
        return self.on_basis(FigureBasis.ACCEPTED)

    @property
    def provisional(self) -> Decimal:
        return self.on_basis(FigureBasis.PROVISIONAL)

    @property
    def digest(self) -> str:
        return digest_of(content_of(self))


def content_of(paper: Paper) -> Content:
    """All that is frozen of a claim; amounts as texts with two decimals."""
    return {
        "format": 1,
        "award": paper.award.pk,
        "year": paper.award.year,
        "part": paper.part.value,
        "lines": [
            {
                "kind": str(line.kind),
                "organisation": line.key.organisation,
                "organisation_name": line.organisation_name,
                "quarter": line.key.quarter,
                "corrects": line.key.corrects,
                "heading": line.key.heading,
                "heading_label": line.heading_label,
                "match": line.key.match_kind,
                "secured": line.key.is_secured,
                "amount": plain(line.amount),
                "explanation": line.explanation,
            }
            for line in paper.every_line
        ],
        "returns": [
            {
                "organisation": one.organisation,
                "organisation_name": one.organisation_name,
                "quarter": one.quarter,
                "basis": str(one.basis),
                "version": one.version,
                "digest": one.version_digest,
            }
            for one in paper.returns
        ],
    }


@dataclass(frozen=True)
class Sums:
    """One row of a claim's tables, in pounds."""

    name: str
    of_quarter: Decimal
    adjusted: Decimal
    before: Decimal

    @property
    def claimed(self) -> Decimal:
        return self.of_quarter + self.adjusted

    @property
    def to_date(self) -> Decimal:
        return self.before + self.claimed


def sums(paper: Paper, key: Callable[[Line], object], names: dict[object, str]) -> dict[object, Sums]:
    """The claim by some key, in the order of `names`."""
    found: dict[object, list[Decimal]] = {one: [ZERO, ZERO, ZERO] for one in names}
    for line in paper.lines:
        found.setdefault(key(line), [ZERO, ZERO, ZERO])[1 if line.is_adjustment else 0] += line.amount
    for line in paper.before:
        if not line.is_match:
            found.setdefault(key(line), [ZERO, ZERO, ZERO])[2] += line.amount
    return {one: Sums(names.get(one, ""), *amounts) for one, amounts in found.items()}
