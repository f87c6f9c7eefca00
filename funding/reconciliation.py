"""Each total of the board beside its recompute from the source tables. Read-only.

The recompute is written apart from the roll-up's own SQL, so that a mistake in one shows against the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from authorities.models import Partnership
from funding.models import (
    COUNTED_STATES,
    ActivityLine,
    Adjustment,
    AllocationFigure,
    DecisionLine,
    Figure,
    ForecastLine,
    PatrolLine,
    ProfileAmount,
    ReturnFigure,
    SpendLine,
)
from funding.money import ZERO

# (year, fund, organisation) -> total; delivery is not told apart by fund.
Totals = dict[tuple[int, str, str], Decimal]


@dataclass(frozen=True)
class Check:
    """One total: what the board says, and what the source tables say."""

    year: int
    fund: str
    organisation: str
    measure: str
    figure: Decimal
    recompute: Decimal

    @property
    def difference(self) -> Decimal:
        return self.figure - self.recompute


def reconcile(partnership: Partnership) -> list[Check]:
    """Every total of the partnership by year, fund and organisation, in pounds, hours or counts."""
    return [
        Check(*key, measure, figures.get(key, ZERO), sources.get(key, ZERO))
        for measure, figures, sources in [*_money(partnership), *_delivery(partnership)]
        for key in sorted(figures.keys() | sources.keys())
    ]


def _money(partnership: Partnership) -> list[tuple[str, Totals, Totals]]:
    figures = Figure.objects.filter(organisation__partnership=partnership)
    held = AllocationFigure.objects.filter(organisation__partnership=partnership)
    decided = DecisionLine.objects.approved().filter(organisation__partnership=partnership)
    counted = {
        "quarterly_return__status__in": COUNTED_STATES,
        "quarterly_return__organisation__partnership": partnership,
    }
    planned = ProfileAmount.objects.filter(budget_line__intervention__organisation__partnership=partnership)
    spent, expected = SpendLine.objects.filter(**counted), ForecastLine.objects.filter(**counted)
    line = "budget_line__intervention__"
    later = (
        Coalesce(F("forecast_2"), ZERO) + Coalesce(F("forecast_3"), ZERO) + Coalesce(F("forecast_4"), ZERO)
    )
    return [
        ("Allocated", _by_fund(held, "", "amount"), _by_fund(decided, "", "amount")),
        ("Planned", _by_fund(figures, "", "plan"), _by_fund(planned, line, "amount")),
        (
            "Actual",
            _by_fund(figures, "", "actual"),
            _sum(
                _by_fund(spent, line, "actual"),
                _by_fund(Adjustment.objects.filter(**counted), line, "amount"),
            ),
        ),
        ("Committed", _by_fund(figures, "", "committed"), _by_fund(spent, line, "committed")),
        (
            "Forecast",
            _by_fund(figures.annotate(later=later), "", "later"),
            _by_fund(expected, line, "amount"),
        ),
    ]


def _sum(some: Totals, more: Totals) -> Totals:
    sums = {key: some.get(key, ZERO) + more.get(key, ZERO) for key in some.keys() | more.keys()}
    return {key: total for key, total in sums.items() if total}


def _by_fund(rows: QuerySet, path: str, amount: str) -> Totals:  # type: ignore[type-arg]
    keys = (f"{path}award__year", f"{path}award__grant__fund__name", f"{path}organisation__name")
    sums = rows.order_by().values_list(*keys).annotate(total=Sum(amount))
    return {(year, fund, name): total for year, fund, name, total in sums if total}


def _delivery(partnership: Partnership) -> list[tuple[str, Totals, Totals]]:
    figures = ReturnFigure.objects.filter(organisation__partnership=partnership)
    counted = {
        "quarterly_return__status__in": COUNTED_STATES,
        "quarterly_return__organisation__partnership": partnership,
    }
    patrols, activity = PatrolLine.objects.filter(**counted), ActivityLine.objects.filter(**counted)
    measures = [
        *((name, patrols) for name in ("hours", "visits", "arrests", "searches", "asb_powers")),
        *((name, activity) for name in ("universal_reached", "targeted_reached", "sessions")),
    ]
    path = "quarterly_return__"
    return [
        (
            name.replace("_", " ").capitalize(),
            _by_year(figures, "year", "", name),
            _by_year(source, f"{path}round__year", path, name),
        )
        for name, source in measures
    ]


def _by_year(rows: QuerySet, year: str, path: str, measure: str) -> Totals:  # type: ignore[type-arg]
    sums = rows.order_by().values_list(year, f"{path}organisation__name").annotate(total=Sum(measure))
    return {(found, "", name): Decimal(total) for found, name, total in sums if total}
