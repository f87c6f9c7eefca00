"""What there is to do in a return, part by part, and whether it is done. Read-only, one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Abs, Coalesce

from funding.models import (
    ActivityLine,
    BudgetLine,
    ForecastLine,
    Hotspot,
    Intervention,
    PatrolLine,
    ProfileAmount,
    QuarterlyReturn,
    ReturnRules,
    SpendLine,
    VarianceReason,
    WaivedRule,
    Waiver,
)
from funding.money import ZERO


@dataclass(frozen=True)
class Part:
    """One row of the return's task list. An optional part is never unfinished."""

    code: str
    label: str
    is_done: bool
    is_optional: bool = False
    left: str = ""


# Parts that have a page. A part is asked for from the commit on that brings its page: add its code here.
PAGED = {"spend", "variances", "activity", "patrols", "narrative", "ratings", "match", "evidence"}


def parts(quarterly_return: QuarterlyReturn) -> list[Part]:
    """The task list of the return, in order."""
    every = _parts(quarterly_return, _facts(quarterly_return))
    return [part for part in every if part.code in PAGED]


def unfinished(quarterly_return: QuarterlyReturn) -> list[Part]:
    """What keeps the return from being sent."""
    return [part for part in parts(quarterly_return) if not part.is_done]


def needing_reason(quarterly_return: QuarterlyReturn) -> QuerySet[SpendLine]:
    """Its lines that spent so far from their plan that a reason is asked for.

    Both thresholds of the partnership's rules have to be passed: the percentage of the quarter's plan, and
    the amount in pounds.
    """
    rules = ReturnRules.of(quarterly_return.organisation.partnership)
    plan = ProfileAmount.objects.filter(
        budget_line=OuterRef("budget_line"), quarter=quarterly_return.round.quarter_number
    )
    lines = SpendLine.objects.filter(quarterly_return=quarterly_return, actual__isnull=False)
    return lines.annotate(
        plan=Coalesce(Subquery(plan.values("amount")[:1]), ZERO), apart=Abs(F("actual") - F("plan"))
    ).filter(apart__gte=rules.variance_pounds, apart__gt=F("plan") * rules.variance_percent / 100)


def _facts(quarterly_return: QuarterlyReturn) -> dict[str, int]:
    """Counts of what is planned and of what is missing, in one query."""
    planned = BudgetLine.objects.of(quarterly_return.organisation, quarterly_return.round.year).order_by()
    spent = SpendLine.objects.filter(
        quarterly_return=quarterly_return, budget_line=OuterRef("pk"), actual__isnull=False
    )
    explained = VarianceReason.objects.filter(
        quarterly_return=quarterly_return, budget_line=OuterRef("budget_line")
    )
    counts = {
        "planned": _count(planned),
        "unspent": _count(planned.exclude(Exists(spent))),
        "undelivered": _count(_undelivered(quarterly_return)),
        "unexplained": _count(needing_reason(quarterly_return).exclude(Exists(explained))),
        "forecasts": _count(
            ForecastLine.objects.filter(quarterly_return=quarterly_return, budget_line__in=planned)
        ),
    }
    rules = {
        f"waived_{rule}": Exists(waivers(quarterly_return).filter(rule=rule)) for rule in WaivedRule.values
    }
    found: Any = QuarterlyReturn.objects.filter(pk=quarterly_return.pk).values(**counts, **rules)
    return dict(found.get())


def _count(rows: QuerySet) -> Coalesce:  # type: ignore[type-arg]
    grouped = rows.order_by().annotate(one=F("pk") - F("pk")).values("one").annotate(n=Count("pk"))
    return Coalesce(Subquery(grouped.values("n")), 0)


def _undelivered(quarterly_return: QuarterlyReturn) -> QuerySet:  # type: ignore[type-arg]
    """Hotspots without patrols, or planned interventions without activity."""
    if quarterly_return.organisation.is_police:
        lines = PatrolLine.objects.filter(quarterly_return=quarterly_return, hotspot=OuterRef("pk"))
        live = Hotspot.objects.patrolled(quarterly_return.organisation, quarterly_return.quarter)
        return live.exclude(Exists(lines))
    acted = ActivityLine.objects.filter(quarterly_return=quarterly_return, intervention=OuterRef("pk"))
    lines_of = BudgetLine.objects.filter(intervention=OuterRef("pk"))
    planned = Intervention.objects.filter(
        Exists(lines_of), organisation=quarterly_return.organisation, award__year=quarterly_return.round.year
    )
    return planned.exclude(Exists(acted))


def is_waived(quarterly_return: QuarterlyReturn, rule: WaivedRule) -> bool:
    """Whether the OPCC has approved that this organisation need not keep the rule in this quarter."""
    return waivers(quarterly_return).filter(rule=rule).exists()


def waivers(quarterly_return: QuarterlyReturn) -> QuerySet[Waiver]:
    """Approved ones that hold on the last day of the quarter."""
    day = quarterly_return.quarter.ends_on
    return Waiver.objects.filter(
        organisation=quarterly_return.organisation,
        is_approved=True,
        starts_on__lte=day,
        ends_on__gte=day,
    )


def _parts(quarterly_return: QuarterlyReturn, facts: dict[str, int]) -> list[Part]:
    nil = quarterly_return.is_nil
    later = len(quarterly_return.quarter.remaining)
    missing = facts["unspent"] + facts["planned"] * later - facts["forecasts"]
    # Without a single budget line there is nothing to fill in: the return is nil, or the plan is missing.
    spent = nil or (facts["planned"] > 0 and not missing)
    unexplained = 0 if nil or facts["waived_variances"] else facts["unexplained"]
    delivered = nil or not facts["undelivered"] or bool(facts["waived_activity"])
    rated = bool(quarterly_return.spend_rag and quarterly_return.delivery_rag)
    is_rated = rated or nil or bool(facts["waived_ratings"])
    is_told = bool(quarterly_return.progress.strip() or facts["waived_narrative"])
    is_police = quarterly_return.organisation.is_police
    delivery, noun = (
        (("patrols", "Patrols"), "hotspot") if is_police else (("activity", "Activity"), "intervention")
    )
    undelivered = 0 if delivered else facts["undelivered"]
    ratings = 2 - bool(quarterly_return.spend_rag) - bool(quarterly_return.delivery_rag)
    return [
        Part("spend", "Spend and forecast", spent, left=_left(missing, "amount", nil)),
        Part("variances", "Reasons for variances", not unexplained, left=_left(unexplained, "reason", nil)),
        Part(*delivery, delivered, left=_left(undelivered, noun, nil)),
        Part(
            "narrative",
            "Progress in words",
            is_told,
            left="" if is_told else "What went well is to be described",
        ),
        Part(
            "ratings", "Ratings and risks", is_rated, left="" if is_rated else _left(ratings, "rating", nil)
        ),
        Part("match", "Match funding", is_done=True, is_optional=True),
        Part("evidence", "Evidence", is_done=True, is_optional=True),
    ]


def _left(count: int, noun: str, nil: bool) -> str:
    if nil or count <= 0:
        return ""
    return f"{count} {noun if count == 1 else noun + 's'} to enter"
