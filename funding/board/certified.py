"""One return as the readers of the board may see it: what was certified of each budget line, beside its plan.

No person is here, no word that was written, no count of people; nothing of a draft or of a queried return.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from funding.board import line as lines
from funding.models import BudgetLine, Hotspot, ProfileAmount, QuarterlyReturn, ReturnVersion
from funding.money import ZERO


@dataclass(frozen=True)
class LineSpend:
    """One budget line of the return, in pounds. `corrections` put earlier quarters right."""

    pk: int
    name: str
    heading: str
    plan: Decimal
    spent: Decimal
    corrections: Decimal

    @property
    def against_plan(self) -> Decimal:
        """As the board counts it: a correction counts in the quarter that carries it."""
        return self.spent + self.corrections - self.plan


@dataclass(frozen=True)
class CertifiedReturn:
    """How the return stands and, where it counts, its lines with their sums."""

    code: str
    stands: str
    is_nil: bool
    version: int | None
    certified_at: datetime | None
    lines: tuple[LineSpend, ...] = ()

    @property
    def plan(self) -> Decimal:
        return sum((line.plan for line in self.lines), ZERO)

    @property
    def spent(self) -> Decimal:
        return sum((line.spent for line in self.lines), ZERO)

    @property
    def corrections(self) -> Decimal:
        return sum((line.corrections for line in self.lines), ZERO)

    @property
    def against_plan(self) -> Decimal:
        return sum((line.against_plan for line in self.lines), ZERO)


def read(found: QuarterlyReturn, *, sees_names: bool) -> CertifiedReturn:
    """Four queries at most."""
    code, stands = lines.standing(found)
    if not found.is_counted:
        return CertifiedReturn(code, stands, False, None, None)
    signed = ReturnVersion.objects.filter(quarterly_return=found, certificate__isnull=False)
    version = signed.select_related("certificate").latest("number")
    return CertifiedReturn(
        code,
        stands,
        found.is_nil,
        version.number,
        version.certificate.certified_at,
        tuple(_lines(found, version, sees_names=sees_names)),
    )


def _lines(found: QuarterlyReturn, version: ReturnVersion, *, sees_names: bool) -> Iterable[LineSpend]:
    """Every budget line that was planned for the quarter or that something was spent on."""
    quarter, of = found.quarter, found.organisation
    plan = dict(
        ProfileAmount.objects.filter(
            budget_line__in=BudgetLine.objects.of(of, quarter.year), quarter=quarter.number
        ).values_list("budget_line", "amount")
    )
    spent = {int(one["key"]): Decimal(one["actual"] or 0) for one in version.content["spend"]}
    corrections: dict[int, Decimal] = {}
    for one in version.content["adjustments"]:
        pk = int(one["key"].split("/")[1])
        corrections[pk] = corrections.get(pk, ZERO) + Decimal(one["amount"])
    spots = [] if sees_names else list(Hotspot.objects.filter(organisation=of).values_list("name", flat=True))
    for line in BudgetLine.objects.of(of, quarter.year).select_related("intervention", "cost_heading"):
        amounts = (plan.get(line.pk, ZERO), spent.get(line.pk, ZERO), corrections.get(line.pk, ZERO))
        if any(amounts):
            yield LineSpend(line.pk, lines.name_of(line, spots), line.cost_heading.name, *amounts)
