""" "Confirm or correct": what a return says that may be a slip, and what was confirmed of it. Read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from funding.models import (
    COUNTED_STATES,
    ActivityLine,
    Adjustment,
    ConfirmedPrompt,
    ForecastLine,
    PatrolLine,
    ProfileAmount,
    QuarterlyReturn,
    SpendLine,
    VarianceReason,
)
from funding.money import ZERO
from funding.prompt_rules import Facts, Line, Patrol, Prompt, Supported, ask
from funding.return_reading import Row, read

# How many years back a history goes.
YEARS_BACK = 3
_BY_RETURN: Mapping[str, Any] = {
    "of": F("quarterly_return"),
    "status": F("quarterly_return__status"),
    "year": F("quarterly_return__round__year"),
    "number": F("quarterly_return__round__quarter_number"),
}


def prompts(quarterly_return: QuarterlyReturn) -> list[Prompt]:
    """What the return has to confirm or correct, with the words of what is confirmed. One query."""
    if quarterly_return.is_nil:
        return []
    return prompts_of(quarterly_return, read(quarterly_return, prompt_lists(quarterly_return)))


def unconfirmed(found: Iterable[Prompt]) -> list[Prompt]:
    """Those that keep the return from being sent."""
    return [prompt for prompt in found if not prompt.words]


_OF_PLAN: Mapping[str, Any] = {
    "name": F("budget_line__intervention__name"),
    "heading": F("budget_line__cost_heading__name"),
    "description": F("budget_line__description"),
    "fund": F("budget_line__intervention__award__grant__fund"),
}


def prompt_lists(quarterly_return: QuarterlyReturn) -> Mapping[str, QuerySet[Any, Any]]:
    """What `prompts_of` is made from."""
    lists = {**_money_lists(quarterly_return), **_other_lists(quarterly_return)}
    return {name: rows if name == "p_profile" else rows.order_by("pk") for name, rows in lists.items()}


def _money_lists(found: QuarterlyReturn) -> dict[str, QuerySet[Any, Any]]:
    own, year = Q(quarterly_return__organisation=found.organisation), found.quarter.year
    since = own & Q(quarterly_return__round__year__gte=year - YEARS_BACK)
    of_year = own & Q(quarterly_return__round__year=year)
    profile = ProfileAmount.objects.filter(
        budget_line__intervention__organisation=found.organisation,
        budget_line__intervention__award__year=year,
    )
    return {
        "p_profile": profile.order_by("budget_line_id", "quarter").values(
            "quarter", "amount", line=F("budget_line"), **_OF_PLAN
        ),
        "p_spend": SpendLine.objects.filter(since).values(
            "actual", line=F("budget_line"), **_OF_PLAN, **_BY_RETURN
        ),
        "p_forecast": ForecastLine.objects.filter(of_year).values(
            "amount", line=F("budget_line"), **_BY_RETURN
        ),
        "p_adjusted": Adjustment.objects.filter(of_year).values(
            actual=F("amount"), line=F("budget_line"), **_BY_RETURN
        ),
        "p_patrols": PatrolLine.objects.filter(since).values(
            "hotspot", "hours", reference=F("hotspot__reference"), **_BY_RETURN
        ),
    }


def _other_lists(found: QuarterlyReturn) -> dict[str, QuerySet[Any, Any]]:
    before = found.quarter.previous
    last = QuarterlyReturn.objects.filter(
        organisation=found.organisation, round__year=before.year, round__quarter_number=before.number
    )
    activity = ActivityLine.objects.filter(
        quarterly_return__organisation=found.organisation, quarterly_return__round__in=_rounds(found)
    )
    confirmed = ConfirmedPrompt.objects.filter(quarterly_return=found)
    return {
        "p_activity": activity.values(
            "intervention",
            "targeted_reached",
            name=F("intervention__name"),
            fund=F("intervention__award__grant__fund"),
            **_BY_RETURN,
        ),
        "p_reasons": VarianceReason.objects.filter(quarterly_return=found).values("budget_line"),
        "p_words": last.values("progress"),
        "p_confirmed": confirmed.values("code", "subject", "fingerprint", "words", who=F("by__name")),
    }


def _rounds(found: QuarterlyReturn) -> QuerySet[Any, Any]:
    """The return's round and the one before, of its partnership."""
    times = Q()
    for one in (found.quarter, found.quarter.previous):
        times |= Q(year=one.year, quarter_number=one.number)
    rounds = type(found.round).objects.filter(times, partnership=found.round.partnership_id)
    return rounds.order_by().values("pk")


def prompts_of(quarterly_return: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> list[Prompt]:
    """From the rows of `prompt_lists`. A nil return is asked nothing: its explanation says it all."""
    if quarterly_return.is_nil:
        return []
    said = {(one["code"], one["subject"], one["fingerprint"]): one for one in rows["p_confirmed"]}
    found = []
    for prompt in ask(facts_of(quarterly_return, rows)):
        answer = said.get((prompt.code, prompt.subject, prompt.fingerprint))
        found.append(replace(prompt, words=answer["words"], who=answer["who"]) if answer else prompt)
    return found


def facts_of(quarterly_return: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> Facts:
    """What the rules look at, from the rows as they were read."""
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
