""" "Confirm or correct": what a return says that may be a slip, and what was confirmed of it. Read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from funding.models import COUNTED_STATES, QuarterlyReturn, ReturnRules
from funding.money import ZERO
from funding.prompt_rows import own_rows, prompt_lists
from funding.prompt_rules import MOST, Facts, Limits, Line, Patrol, Prompt, Supported, ask
from funding.return_reading import Row, read


def prompts(quarterly_return: QuarterlyReturn) -> list[Prompt]:
    """What the return has to confirm or correct, with the words of what is confirmed. One query."""
    if quarterly_return.is_nil:
        return []
    return prompts_of(quarterly_return, read(quarterly_return, prompt_lists(quarterly_return)))


def unconfirmed(found: Iterable[Prompt]) -> list[Prompt]:
    """Those that keep the return from being sent."""
    return [prompt for prompt in found if not prompt.words]


def prompts_of(
    quarterly_return: QuarterlyReturn, rows: Mapping[str, Sequence[Row]], most: int | None = MOST
) -> list[Prompt]:
    """From the rows of `prompt_lists`. A nil return is asked nothing: its explanation says it all."""
    if quarterly_return.is_nil:
        return []
    own = own_rows(quarterly_return, rows)
    said = {(one["code"], one["subject"], one["fingerprint"]): one for one in own["p_confirmed"]}
    found = []
    for prompt in ask(facts_of(quarterly_return, own), most):
        answer = said.get((prompt.code, prompt.subject, prompt.fingerprint))
        found.append(replace(prompt, words=answer["words"], who=answer["who"]) if answer else prompt)
    return found


def limits_of(quarterly_return: QuarterlyReturn) -> Limits:
    """What its partnership has set."""
    rules = ReturnRules.of(quarterly_return.organisation.partnership)
    return Limits(
        green_underspend_percent=rules.green_underspend_percent,
        quarters=rules.outlier_quarters,
        times_usual_distance=rules.outlier_times,
        percent_of_usual=rules.outlier_percent,
        pounds=Decimal(rules.outlier_pounds),
        hours=rules.outlier_hours,
    )


def facts_of(quarterly_return: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> Facts:
    """What the rules look at, from the rows of `own_rows`."""
    found = quarterly_return
    lines = _lines(found, rows)
    return Facts(
        spend_rag=found.spend_rag,
        progress=found.progress,
        last_progress=next((one["progress"] for one in rows["p_words"]), ""),
        has_later=bool(found.quarter.remaining),
        expected=_expected(found, rows),
        lines=lines,
        supported=_supported(found, rows["p_activity"]),
        patrols=_patrols(found, rows["p_patrols"]),
        limits=limits_of(found),
    )


def _is_before(found: QuarterlyReturn, row: Row) -> bool:
    """Whether the row is of an earlier quarter that counts."""
    return (row["year"], row["number"]) < (found.quarter.year, found.quarter.number) and row[
        "status"
    ] in COUNTED_STATES


def _lines(found: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> list[Line]:
    actual = {one["line"]: one["actual"] for one in rows["p_spend"] if one["of"] == found.pk}
    history, before = _history(found, rows["p_spend"]), _before(found, rows)
    forecast: dict[int, Decimal] = defaultdict(Decimal)
    for one in rows["p_forecast"]:
        if one["of"] == found.pk:
            forecast[one["line"]] += one["amount"]
    forecasted = set(forecast)
    explained = {one["budget_line"] for one in rows["p_reasons"]}
    profile: dict[int, dict[int, Decimal]] = defaultdict(dict)
    named: dict[int, Row] = {}
    for one in rows["p_profile"]:
        profile[one["line"]][one["quarter"]] = one["amount"]
        named[one["line"]] = one
    return [
        Line(
            key=key,
            name=f"{named[key]['name']}: {named[key]['description'] or named[key]['heading']}",
            plan=amounts.get(found.quarter.number, ZERO),
            budget=sum(amounts.values(), ZERO),
            actual=actual.get(key),
            before=before[key],
            forecast=forecast[key] if key in forecasted else None,
            history=[amount for *_, amount in sorted(history[_known(named[key])])],
            is_explained=key in explained,
        )
        for key, amounts in profile.items()
    ]


def _history(found: QuarterlyReturn, rows: Sequence[Row]) -> dict[Any, list[tuple[int, int, Decimal]]]:
    """What earlier quarters spent, by what a budget line is known by."""
    history: dict[Any, list[tuple[int, int, Decimal]]] = defaultdict(list)
    for one in rows:
        if one["actual"] is not None and _is_before(found, one):
            history[_known(one)].append((one["year"], one["number"], Decimal(one["actual"])))
    return history


def _counting(found: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> list[Row]:
    """What the year's earlier quarters spent and corrected, so far as it counts."""
    return [
        one
        for one in (*rows["p_spend"], *rows["p_adjusted"])
        if one["year"] == found.quarter.year and one["actual"] is not None and _is_before(found, one)
    ]


def _before(found: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> dict[int, Decimal]:
    """What each budget line spent in the year's earlier quarters, as corrected since, also by this return."""
    before: dict[int, Decimal] = defaultdict(Decimal)
    own = [one for one in rows["p_adjusted"] if one["of"] == found.pk]
    for one in (*_counting(found, rows), *own):
        before[one["line"]] += one["actual"]
    return before


def _known(row: Row) -> tuple[Any, ...]:
    """A budget line is of one year: over the years it goes on under the same names."""
    return row["fund"], row["name"], row["heading"], row["description"]


def _expected(found: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> Decimal | None:
    """The whole year as the newest earlier return of it forecast: spent until then, and expected after."""
    counted = [one for one in rows["p_forecast"] if _is_before(found, one)]
    if not counted:
        return None
    newest = max(one["number"] for one in counted)
    forecast = sum((one["amount"] for one in counted if one["number"] == newest), ZERO)
    spent = sum((one["actual"] for one in _counting(found, rows) if one["number"] <= newest), ZERO)
    return forecast + spent


def _supported(found: QuarterlyReturn, rows: Sequence[Row]) -> list[Supported]:
    last = {(one["name"], one["fund"]): one["targeted_reached"] for one in rows if one["of"] != found.pk}
    return [
        Supported(
            one["intervention"],
            one["name"],
            one["targeted_reached"],
            last.get((one["name"], one["fund"]), 0),
        )
        for one in rows
        if one["of"] == found.pk
    ]


def _patrols(found: QuarterlyReturn, rows: Sequence[Row]) -> list[Patrol]:
    history: dict[int, list[tuple[int, int, Decimal]]] = defaultdict(list)
    for one in rows:
        if _is_before(found, one):
            history[one["hotspot"]].append((one["year"], one["number"], Decimal(one["hours"])))
    return [
        Patrol(
            one["hotspot"],
            one["reference"],
            Decimal(one["hours"]),
            [hours for *_, hours in sorted(history[one["hotspot"]])],
        )
        for one in rows
        if one["of"] == found.pk
    ]
