"""Putting the content of a version back into the tables, line by line. Only for a return that is open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model

from funding.models import (
    ActivityLine,
    Adjustment,
    EvidenceFile,
    EvidenceState,
    ForecastLine,
    MatchKind,
    MatchLine,
    PatrolLine,
    QuarterlyReturn,
    ReturnRisk,
    SpendLine,
    VarianceReason,
)
from funding.snapshot import ACTIVITY, PATROLS, RISKS, Content

LINES: tuple[type[Model], ...] = (
    SpendLine,
    ForecastLine,
    VarianceReason,
    Adjustment,
    ActivityLine,
    PatrolLine,
    ReturnRisk,
    MatchLine,
)


@transaction.atomic
def restore(*, quarterly_return: QuarterlyReturn, content: Content) -> None:
    """Replaces every line by those of the content. Evidence that came later is taken out."""
    for model in LINES:
        model._default_manager.filter(quarterly_return=quarterly_return).delete()
    rows = [*_money(content), *_reasons(content), *_delivery(content)]
    for row in rows:
        row.quarterly_return = quarterly_return
        row.save()
    kept = [line["key"] for line in content["evidence"]]
    later = EvidenceFile.objects.filter(quarterly_return=quarterly_return).exclude(digest__in=kept)
    later.exclude(state=EvidenceState.REFUSED).update(state=EvidenceState.REMOVED)


def _money(content: Content) -> list[Any]:
    rows: list[Any] = []
    for line in content["spend"]:
        key, actual = int(line["key"]), line["actual"]
        rows.append(
            SpendLine(
                budget_line_id=key,
                actual=Decimal(actual) if actual else None,
                committed=Decimal(line["committed"]),
            )
        )
        rows += [
            ForecastLine(budget_line_id=key, quarter_number=int(number), amount=Decimal(amount))
            for number, amount in line["forecasts"].items()
        ]
    rows += [
        MatchLine(
            source=line["name"],
            kind=next(kind for kind in MatchKind if kind.label == line["kind"]),
            is_secured=line["secured"],
            amount=Decimal(line["amount"]),
        )
        for line in content["match"]
    ]
    return rows


def _reasons(content: Content) -> list[Any]:
    rows: list[Any] = [
        VarianceReason(
            budget_line_id=int(line["key"]),
            code=line["code"],
            words=line["words"],
            recovers_on=date.fromisoformat(line["recovers_on"]) if line["recovers_on"] else None,
        )
        for line in content["variances"]
    ]
    for line in content["adjustments"]:
        corrects, key = line["key"].split("/")
        rows.append(
            Adjustment(
                corrects_id=int(corrects),
                budget_line_id=int(key),
                amount=Decimal(line["amount"]),
                reason=line["reason"],
            )
        )
    return rows


def _delivery(content: Content) -> list[Any]:
    return [
        *(
            ActivityLine(intervention_id=int(line["key"]), **{name: line[name] for name in ACTIVITY})
            for line in content["activity"]
        ),
        *(
            PatrolLine(
                hotspot_id=int(line["key"]),
                hours=Decimal(line["hours"]),
                **{name: line[name] for name in PATROLS},
            )
            for line in content["patrols"]
        ),
        *(
            ReturnRisk(title=line["name"], **{name: line[name] for name in RISKS})
            for line in content["risks"]
        ),
    ]
