"""What stands beside the money of a return: targets, risks and match funding."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from funding.models.fields import MoneyField, money_check
from funding.models.history import frozen, never_truncated, tracked
from funding.models.lines import locked_with_return
from funding.models.plan import Intervention
from funding.models.quarterly_return import QuarterlyReturn


@tracked()
class ActivityTarget(models.Model):
    """What an intervention is to reach in one quarter. Universal and targeted are never added up."""

    intervention = models.ForeignKey(Intervention, models.PROTECT, related_name="targets")
    quarter = models.PositiveSmallIntegerField()
    universal_reached = models.PositiveIntegerField("young people reached, universal", default=0)
    targeted_reached = models.PositiveIntegerField("young people supported, targeted", default=0)
    sessions = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("intervention", "quarter")
        constraints = (
            models.UniqueConstraint(fields=("intervention", "quarter"), name="target_once_a_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="target_quarter_is_a_quarter"
            ),
        )
        triggers = (frozen("intervention_id", "quarter"), never_truncated())

    def __str__(self) -> str:
        return f"{self.intervention}, Q{self.quarter}"


def _score(name: str, **fields: str) -> models.CheckConstraint:
    bounds = Q()
    for field in fields.values():
        bounds &= Q(**{f"{field}__gte": 1, f"{field}__lte": 5})
    return models.CheckConstraint(condition=bounds, name=name)


@tracked()
class ReturnRisk(models.Model):
    """One risk as the return sees it: likelihood times impact, 1 to 5 each, before and after mitigation."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="risks")
    title = models.CharField(max_length=160)
    likelihood_before = models.PositiveSmallIntegerField()
    impact_before = models.PositiveSmallIntegerField()
    mitigation = models.TextField()
    likelihood_after = models.PositiveSmallIntegerField()
    impact_after = models.PositiveSmallIntegerField()
    owner = models.CharField("role of the owner", max_length=80)

    class Meta:
        ordering = ("quarterly_return", "id")
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "title"), name="risk_once"),
            _score(
                "risk_scores_are_one_to_five",
                a="likelihood_before",
                b="impact_before",
                c="likelihood_after",
                d="impact_after",
            ),
        )
        triggers = locked_with_return()

    def __str__(self) -> str:
        return self.title

    @property
    def score_before(self) -> int:
        return self.likelihood_before * self.impact_before

    @property
    def score_after(self) -> int:
        return self.likelihood_after * self.impact_after


class MatchKind(models.TextChoices):
    CASH = "cash", "Cash"
    IN_KIND = "in_kind", "In kind"


@tracked()
class MatchLine(models.Model):
    """Money or help beside the grant in the quarter. In kind is shown apart: it is no eligible grant cost."""

    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, related_name="match_lines")
    source = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=MatchKind)
    is_secured = models.BooleanField()
    amount = MoneyField()

    class Meta:
        ordering = ("quarterly_return", "kind", "source")
        constraints = (
            models.UniqueConstraint(fields=("quarterly_return", "source", "kind"), name="match_line_once"),
            models.CheckConstraint(condition=Q(kind__in=MatchKind.values), name="match_kind_known"),
            money_check("amount", name="match_line_is_money"),
        )
        triggers = locked_with_return()

    def __str__(self) -> str:
        return f"{self.source}: {self.amount}"
