"""Putting the content of a version back into the tables, line by line. Only for a return that is open.

A line that says the same already is left alone: it keeps its history, and no trigger has to judge it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model

from funding.actions.errors import UnableToMoveReturn, refusals
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

# The columns that say which line of a return a row is.
KEYS: dict[type[Model], tuple[str, ...]] = {
    SpendLine: ("budget_line_id",),
    ForecastLine: ("budget_line_id", "quarter_number"),
    VarianceReason: ("budget_line_id",),
    Adjustment: ("corrects_id", "budget_line_id"),
    ActivityLine: ("intervention_id",),
    PatrolLine: ("hotspot_id",),
    ReturnRisk: ("title",),
    MatchLine: ("source", "kind"),
}


@transaction.atomic
def restore(*, quarterly_return: QuarterlyReturn, content: Content) -> None:
    """Makes every line what the content says; evidence that came later is taken out.

    Raises UnableToMoveReturn where the database refuses a line: the quarter that a correction is of may be
    open again.
    """
    wanted = [*_money(content), *_reasons(content), *_delivery(content)]
    with refusals(UnableToMoveReturn), transaction.atomic():
        for model in KEYS:
            _put_back(quarterly_return, model, [row for row in wanted if type(row) is model])
    _put_evidence_back(quarterly_return, Counter(line["key"] for line in content["evidence"]))


def _put_back(quarterly_return: QuarterlyReturn, model: type[Model], wanted: Sequence[Any]) -> None:
    standing = list(model._default_manager.filter(quarterly_return=quarterly_return).order_by("pk"))
    if model is ReturnRisk and [_values(row) for row in standing] != [_values(row) for row in wanted]:
        # Risks stand in the order in which they were entered, so that they are entered once more.
        for row in standing:
            row.delete()
        standing = []
    by_key = {_key(row): row for row in standing}
    for key in by_key.keys() - {_key(row) for row in wanted}:
        by_key[key].delete()
    for row in wanted:
        now = by_key.get(_key(row))
        if now is None or _values(now) != _values(row):
            row.pk, row.quarterly_return = now.pk if now else None, quarterly_return
            row.save(force_update=now is not None, force_insert=now is None)


def _key(row: Model) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in KEYS[type(row)])


def _values(row: Model) -> dict[str, Any]:
    columns = (field.attname for field in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in columns if name not in ("id", "quarterly_return_id")}


def _put_evidence_back(quarterly_return: QuarterlyReturn, kept: Counter[str]) -> None:
    """Takes out what is not of the version. The same file twice is two lines: the earlier ones are kept."""
    out = (EvidenceState.REMOVED, EvidenceState.REFUSED)
    for one in EvidenceFile.objects.filter(quarterly_return=quarterly_return).exclude(state__in=out):
        kept[one.digest] -= 1
        if kept[one.digest] < 0:
            one.state = EvidenceState.REMOVED
            one.save(update_fields=["state"])


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
            kind=next(kind.value for kind in MatchKind if kind.label == line["kind"]),
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
