"""Reads one return into the form of its workbook. Read-only, eight queries at most."""

from __future__ import annotations

from typing import Any

from funding import return_delivery, return_sheet
from funding.models import ProfileAmount, QuarterlyReturn
from funding.money import ZERO
from funding.return_rows import Row
from funding.return_sheet import Sheet
from funding.workbook import columns
from funding.workbook.form import Form, Line, Part

REASONS = ("reason", "reason_words", "recovers_on")


def form_of(quarterly_return: QuarterlyReturn) -> Form:
    """What the workbook of the return asks, and what stands saved."""
    found, quarter = quarterly_return, quarterly_return.quarter
    sheet = return_sheet.load(found)
    delivery = _patrols(found) if found.organisation.is_police else _activity(found, sheet)
    return Form(
        quarterly_return=found.pk,
        organisation=found.organisation.name,
        quarter=quarter.label,
        quarter_words=str(quarter),
        revision=found.revision,
        plan=ProfileAmount.objects.fingerprint(found.organisation, found.round.year),
        parts=(_spend(found, sheet), delivery, _progress(found)),
        last_total=_last_total(sheet),
    )


def _spend(found: QuarterlyReturn, sheet: Sheet) -> Part:
    reasons = {
        reason.budget_line_id: (reason.code, reason.words, reason.recovers_on)
        for reason in found.variance_reasons.all()
    }
    lines = tuple(
        _spend_line(row, dict(zip(REASONS, reasons.get(row.line.pk, (None,) * 3), strict=True)))
        for row in sheet.rows
    )
    return Part("spend", "Spend and forecast", columns.spend(sheet.quarter), lines)


def _spend_line(row: Row, reason: dict[str, Any]) -> Line:
    later = [quarter.number for quarter in row.quarter.remaining]
    return Line(
        key=str(row.line.pk),
        values={
            "intervention": row.line.intervention.name,
            "line": row.label,
            "budget": row.budget,
            "plan": row.plan,
            "last": row.last_forecast(row.quarter.number),
            "earlier": row.earlier + row.corrected,
        },
        saved={
            "actual": row.actual,
            "committed": row.committed,
            **{f"forecast{number}": row.forecast(number) for number in later},
            **reason,
        },
        offered={"committed": ZERO, **{f"forecast{number}": row.expected(number) for number in later}},
    )


def _last_total(sheet: Sheet) -> Any:
    """What the organisation's last return of the year came to for the whole year; None without one."""
    said = [row.previous[max(row.previous)] for row in sheet.rows if row.previous]
    if not said:
        return None
    newest = max(max(row.previous) for row in sheet.rows if row.previous)
    spent = sum((entry.actual or ZERO for row in sheet.rows for entry in row.previous.values()), ZERO)
    ahead = sum(
        (sum(row.previous[newest].forecasts.values(), ZERO) for row in sheet.rows if newest in row.previous),
        ZERO,
    )
    return spent + ahead


def _activity(found: QuarterlyReturn, sheet: Sheet) -> Part:
    part = columns.activity()
    rows = return_delivery.activity(found, [group.intervention for group in sheet.groups])
    codes = [column.code for column in part if column.is_entry]
    lines = tuple(
        Line(
            key=str(row.intervention.pk),
            values={"intervention": row.intervention.name},
            saved={code: getattr(row.line, code, None) for code in codes},
        )
        for row in rows
    )
    return Part("activity", "Activity", part, lines)


def _patrols(found: QuarterlyReturn) -> Part:
    lines = tuple(
        Line(
            key=str(row.hotspot.pk),
            values={"reference": row.hotspot.reference, "name": row.hotspot.name},
            saved={name: getattr(row, name) for name in return_delivery.PATROL_FACTS},
        )
        for row in return_delivery.patrols(found, with_names=True)
    )
    return Part("patrols", "Patrols", columns.patrols(), lines)


def _progress(found: QuarterlyReturn) -> Part:
    lines = tuple(
        Line(
            key=name, values={"question": text}, saved={"answer": getattr(found, name)}, asks={"answer": asks}
        )
        for name, text, asks in columns.QUESTIONS
    )
    return Part("progress", "Progress", columns.progress(), lines)
