"""The rows that "confirm or correct" is judged by, for one return or for several in one query. Read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from funding.models import (
    ActivityLine,
    Adjustment,
    ConfirmedPrompt,
    ForecastLine,
    PatrolLine,
    ProfileAmount,
    QuarterlyReturn,
    ReturnRound,
    SpendLine,
    VarianceReason,
)
from funding.return_reading import Row

# How many years back a history goes.
YEARS_BACK = 3
_BY_RETURN: Mapping[str, Any] = {
    "of": F("quarterly_return"),
    "body": F("quarterly_return__organisation"),
    "status": F("quarterly_return__status"),
    "year": F("quarterly_return__round__year"),
    "number": F("quarterly_return__round__quarter_number"),
}
_OF_PLAN: Mapping[str, Any] = {
    "name": F("budget_line__intervention__name"),
    "heading": F("budget_line__cost_heading__name"),
    "description": F("budget_line__description"),
    "fund": F("budget_line__intervention__award__grant__fund"),
}


def prompt_lists(*returns: QuarterlyReturn) -> Mapping[str, QuerySet[Any, Any]]:
    """What `prompts_of` is made from, for one return or for several of one partnership."""
    bodies = {one.organisation_id for one in returns}
    years = {one.quarter.year for one in returns}
    own = Q(quarterly_return__organisation__in=bodies)
    lists = {**_money_lists(own, bodies, years), **_other_lists(own, returns)}
    return {name: rows if name == "p_profile" else rows.order_by("pk") for name, rows in lists.items()}


def _money_lists(own: Q, bodies: set[int], years: set[int]) -> dict[str, QuerySet[Any, Any]]:
    since = own & Q(quarterly_return__round__year__gte=min(years) - YEARS_BACK)
    of_years = own & Q(quarterly_return__round__year__in=years)
    profile = ProfileAmount.objects.filter(
        budget_line__intervention__organisation__in=bodies,
        budget_line__intervention__award__year__in=years,
    )
    return {
        "p_profile": profile.order_by("budget_line_id", "quarter").values(
            "quarter",
            "amount",
            line=F("budget_line"),
            body=F("budget_line__intervention__organisation"),
            year=F("budget_line__intervention__award__year"),
            **_OF_PLAN,
        ),
        "p_spend": SpendLine.objects.filter(since).values(
            "actual", line=F("budget_line"), **_OF_PLAN, **_BY_RETURN
        ),
        "p_forecast": ForecastLine.objects.filter(of_years).values(
            "amount", line=F("budget_line"), **_BY_RETURN
        ),
        "p_adjusted": Adjustment.objects.filter(of_years).values(
            actual=F("amount"), line=F("budget_line"), **_BY_RETURN
        ),
        "p_patrols": PatrolLine.objects.filter(since).values(
            "hotspot", "hours", reference=F("hotspot__reference"), **_BY_RETURN
        ),
    }


def _other_lists(own: Q, returns: Sequence[QuarterlyReturn]) -> dict[str, QuerySet[Any, Any]]:
    of_returns = Q(quarterly_return__in=returns)
    activity = ActivityLine.objects.filter(own, quarterly_return__round__in=_rounds(returns))
    last = QuarterlyReturn.objects.filter(
        organisation__in={one.organisation_id for one in returns}, round__in=_rounds(returns)
    )
    return {
        "p_activity": activity.values(
            "intervention",
            "targeted_reached",
            name=F("intervention__name"),
            fund=F("intervention__award__grant__fund"),
            **_BY_RETURN,
        ),
        "p_reasons": VarianceReason.objects.filter(of_returns).values(
            "budget_line", of=F("quarterly_return")
        ),
        "p_words": last.values(
            "progress", body=F("organisation"), year=F("round__year"), number=F("round__quarter_number")
        ),
        "p_confirmed": ConfirmedPrompt.objects.filter(of_returns).values(
            "code", "subject", "fingerprint", "words", of=F("quarterly_return"), who=F("by__name")
        ),
    }


def _rounds(returns: Sequence[QuarterlyReturn]) -> QuerySet[Any, Any]:
    """The rounds of the returns and those before, of their partnership."""
    times = Q()
    for one in {quarter for found in returns for quarter in (found.quarter, found.quarter.previous)}:
        times |= Q(year=one.year, quarter_number=one.number)
    rounds = ReturnRound.objects.filter(times, partnership=returns[0].round.partnership_id)
    return rounds.order_by().values("pk")


def own_rows(found: QuarterlyReturn, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """Of rows that were read for several returns, those that one of them is judged by."""
    body, year = found.organisation_id, found.quarter.year
    near = {(one.year, one.number) for one in (found.quarter, found.quarter.previous)}
    before = near - {(found.quarter.year, found.quarter.number)}
    keep: dict[str, Callable[[Row], bool]] = {
        "p_reasons": lambda row: bool(row["of"] == found.pk),
        "p_confirmed": lambda row: bool(row["of"] == found.pk),
        "p_spend": lambda row: row["body"] == body and row["year"] >= year - YEARS_BACK,
        "p_patrols": lambda row: row["body"] == body and row["year"] >= year - YEARS_BACK,
        "p_activity": lambda row: row["body"] == body and (row["year"], row["number"]) in near,
        "p_words": lambda row: row["body"] == body and (row["year"], row["number"]) in before,
    }
    for name in ("p_profile", "p_forecast", "p_adjusted"):
        keep[name] = lambda row: row["body"] == body and row["year"] == year
    return {name: [row for row in rows[name] if wanted(row)] for name, wanted in keep.items()}
