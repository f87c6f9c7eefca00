"""What there is to do in a return, part by part, and whether it is done. Read-only, one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Abs, Coalesce

from funding.models import (
    ProfileAmount,
    QuarterlyReturn,
    ReturnRules,
    SpendLine,
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


# Counts of what is planned and of what is missing. Plain SQL: this runs at each save, and composing the same
# by the ORM takes ten times as long. What asks for a reason is the rule of `needing_reason`.
FACTS = """
WITH planned AS (
    SELECT line.id, line.intervention_id
    FROM funding_budgetline line
    JOIN funding_intervention intervention ON intervention.id = line.intervention_id
    JOIN funding_award award ON award.id = intervention.award_id AND award.year = %(year)s
    WHERE intervention.organisation_id = %(organisation)s
), spent AS (
    SELECT budget_line_id, actual FROM funding_spendline
    WHERE quarterly_return_id = %(pk)s AND actual IS NOT NULL
)
SELECT
    (SELECT COUNT(*) FROM planned) AS planned,
    (SELECT COUNT(*) FROM planned WHERE id NOT IN (SELECT budget_line_id FROM spent)) AS unspent,
    (SELECT COUNT(*) FROM funding_forecastline
     WHERE quarterly_return_id = %(pk)s AND budget_line_id IN (SELECT id FROM planned)) AS forecasts,
    (SELECT COUNT(*) FROM (
        SELECT spent.budget_line_id, ABS(spent.actual - COALESCE(profile.amount, 0)) AS apart,
            COALESCE(profile.amount, 0) AS plan
        FROM spent
        LEFT JOIN funding_profileamount profile
            ON profile.budget_line_id = spent.budget_line_id AND profile.quarter = %(quarter)s
     ) line
     WHERE apart >= %(pounds)s AND apart > plan * %(percent)s / 100 AND budget_line_id NOT IN (
        SELECT budget_line_id FROM funding_variancereason WHERE quarterly_return_id = %(pk)s
     )) AS unexplained,
    CASE WHEN %(is_police)s THEN (
        SELECT COUNT(*) FROM funding_hotspot
        WHERE organisation_id = %(organisation)s AND starts_on <= %(last_day)s
          AND (ends_on IS NULL OR ends_on >= %(first_day)s)
          AND id NOT IN (SELECT hotspot_id FROM funding_patrolline WHERE quarterly_return_id = %(pk)s)
    ) ELSE (
        SELECT COUNT(DISTINCT intervention_id) FROM planned
        WHERE intervention_id NOT IN (
            SELECT intervention_id FROM funding_activityline WHERE quarterly_return_id = %(pk)s
        )
    ) END AS undelivered,
    ARRAY(
        SELECT rule FROM funding_waiver
        WHERE organisation_id = %(organisation)s AND is_approved
          AND starts_on <= %(last_day)s AND ends_on >= %(last_day)s
    ) AS waived
"""


def _facts(quarterly_return: QuarterlyReturn) -> dict[str, Any]:
    organisation, quarter = quarterly_return.organisation, quarterly_return.quarter
    rules = ReturnRules.of(organisation.partnership)
    parameters = {
        "pk": quarterly_return.pk,
        "organisation": organisation.pk,
        "is_police": organisation.is_police,
        "year": quarter.year,
        "quarter": quarter.number,
        "first_day": quarter.starts_on,
        "last_day": quarter.ends_on,
        "pounds": rules.variance_pounds,
        "percent": rules.variance_percent,
    }
    with connection.cursor() as cursor:
        cursor.execute(FACTS, parameters)
        return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))


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


def _parts(quarterly_return: QuarterlyReturn, facts: dict[str, Any]) -> list[Part]:
    nil = quarterly_return.is_nil
    later = len(quarterly_return.quarter.remaining)
    missing = facts["unspent"] + facts["planned"] * later - facts["forecasts"]
    # Without a single budget line there is nothing to fill in: the return is nil, or the plan is missing.
    spent = nil or (facts["planned"] > 0 and not missing)
    unexplained = 0 if nil or WaivedRule.VARIANCES in facts["waived"] else facts["unexplained"]
    delivered = nil or not facts["undelivered"] or WaivedRule.ACTIVITY in facts["waived"]
    rated = bool(quarterly_return.spend_rag and quarterly_return.delivery_rag)
    is_rated = rated or nil or WaivedRule.RATINGS in facts["waived"]
    is_told = bool(quarterly_return.progress.strip() or WaivedRule.NARRATIVE in facts["waived"])
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
