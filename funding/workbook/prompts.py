"""What in a workbook is worth a second look: "confirm or correct". Pure.

None of these stops the return. Each names the figures it is about, so that another figure asks again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from funding.money import ZERO, pounds
from funding.workbook.findings import ERROR, WARNING, Remark
from funding.workbook.form import Form

if TYPE_CHECKING:
    from funding.workbook.interpret import Taken

# A quarter of more than one and a half times its plan, and a year a tenth away from what was said last.
FAR_OVER = Decimal("1.5")
FAR_FROM_LAST = Decimal("0.1")
YEAR = ("earlier", "actual")


def of_row(taken: Taken) -> list[Remark]:
    """About one line."""
    if taken.part.code == "spend":
        return list(_of_spend(taken))
    return list(_of_counts(taken)) if taken.part.code in ("activity", "patrols") else []


def _of_counts(taken: Taken) -> Iterator[Remark]:
    """A line of activity is entered whole: what is missing is never taken for 0."""
    if not taken.changes:
        return
    for column in taken.part.entries:
        unreadable = any(remark.place == taken.places.get(column.code) for remark in taken.remarks)
        if taken.after(column.code) is None and not unreadable:
            name = taken.part.label(taken.line)
            yield _error(taken, column.code, f"{name}, {column.heading}: enter a number, or 0.")


def _of_spend(taken: Taken) -> Iterator[Remark]:
    plan, name = taken.line.values["plan"], taken.part.label(taken.line)
    actual = taken.values.get("actual")
    if actual is not None and actual != taken.line.saved.get("actual"):
        if actual == 0 and plan > 0:
            yield _warning(taken, "zero", f"{name}: nothing was spent, and {pounds(plan)} was planned.")
        elif plan > 0 and actual > plan * FAR_OVER:
            yield _warning(
                taken,
                "far_over",
                f"{name}: {pounds(actual)} is more than one and a half times the plan of {pounds(plan)}.",
            )
        elif not plan and actual > 0:
            yield _warning(
                taken, "unplanned", f"{name}: {pounds(actual)} was spent, and nothing was planned."
            )
    year, budget = _year(taken), taken.line.values["budget"]
    if year is not None and year > budget and taken.changes:
        yield _warning(
            taken,
            "over_budget",
            f"{name}: the year comes to {pounds(year)}, more than the budget of {pounds(budget)}.",
        )
    yield from _of_reason(taken, name)


def _of_reason(taken: Taken, name: str) -> Iterator[Remark]:
    """A reason has a code and words, or it is none."""
    code, words = taken.after("reason"), taken.after("reason_words")
    given = {"reason", "reason_words", "recovers_on"} & set(taken.values)
    if not given:
        return
    if code and not words:
        yield _error(taken, "reason_words", f"{name}: say in words why the line spent other than planned.")
    elif not code:
        yield _error(taken, "reason", f"{name}: choose the reason for the variance from the list.")


def _year(taken: Taken) -> Decimal | None:
    """What the line comes to for the whole year, as far as it is known."""
    actual = taken.after("actual")
    if actual is None:
        return None
    ahead = (taken.after(column.code) for column in taken.part.entries if column.code.startswith("forecast"))
    return sum((one for one in ahead if one is not None), taken.line.values["earlier"] + actual)  # type: ignore[no-any-return]


def _warning(taken: Taken, code: str, sentence: str) -> Remark:
    return _remark(taken, WARNING, code, "actual", sentence)


def _error(taken: Taken, field: str, sentence: str) -> Remark:
    return _remark(taken, ERROR, f"no_{field}", field, sentence)


def _remark(taken: Taken, level: str, code: str, field: str, sentence: str) -> Remark:
    place: Any = taken.places.get(field) or next(iter(taken.places.values()))
    value = taken.values.get(field)
    return Remark(
        level, code, sentence, place, "" if value is None else str(value), taken.part.code, taken.line.key
    )


def totals(taken: Sequence[Taken], form: Form) -> dict[str, str]:
    """Pounds of all budget lines, before and after: actuals of the quarter, and the whole year."""
    rows = {one.line.key: one for one in taken if one.part.code == "spend"}
    found = {"actual_before": ZERO, "actual_after": ZERO, "year_before": ZERO, "year_after": ZERO}
    spend = next(part for part in form.parts if part.code == "spend")
    ahead = [column.code for column in spend.entries if column.code.startswith("forecast")]
    for line in spend.lines:
        row = rows.get(line.key)
        changes = {change.field for change in row.changes} if row else set()
        for field in ("actual", *ahead):
            before = line.saved.get(field) or ZERO
            after = row.values[field] if row and field in changes else before
            for name in ("actual", "year") if field == "actual" else ("year",):
                found[f"{name}_before"] += before
                found[f"{name}_after"] += after
        for side in ("before", "after"):
            found[f"year_{side}"] += line.values["earlier"]
    return {name: str(amount) for name, amount in found.items()}


def of_whole(taken: Sequence[Taken], form: Form) -> list[Remark]:
    """About the whole: a year that comes to something far from what the last return said."""
    if form.last_total is None or not any(one.changes for one in taken if one.part.code == "spend"):
        return []
    year = Decimal(totals(taken, form)["year_after"])
    apart = abs(year - form.last_total)
    if not form.last_total or apart <= form.last_total * FAR_FROM_LAST:
        return []
    sentence = (
        f"All lines together come to {pounds(year)} for the year; your last return came to "
        f"{pounds(form.last_total)}."
    )
    return [Remark(WARNING, "far_from_last", sentence, typed=str(year))]
