"""What if: a copy of one year's live plan, in which money is moved without moving anything.

The database works out what a scenario wants: each amount is what it began with and the moves that stand. So
no move changes the total, whoever writes, and no amount falls below what was spent.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least

from authorities.models import Organisation, Partnership
from funding.models.decision import Decision
from funding.models.fields import MoneyField, SumField, money_check, paired
from funding.models.grant import Award
from funding.models.history import append_only, frozen, never_truncated, refuse
from funding.models.plan import CostHeading
from funding.money import MAXIMUM

# Checked when the transaction ends: a copy is whole, and nothing is added to it afterwards.
TOTAL_HOLDS = f"""
    IF EXISTS (
        SELECT 1 FROM funding_scenario scenario WHERE scenario.id = {{scenario}} AND scenario.total <> (
            SELECT COALESCE(SUM(wanted), 0) FROM funding_scenarioamount WHERE scenario_id = scenario.id
        )
    ) THEN
        {refuse("The amounts of a scenario keep the total that it began with.", "scenario_total_holds")}
    END IF;
    RETURN NULL;
"""


def _total_holds(scenario: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="total_holds",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func=TOTAL_HOLDS.format(scenario=scenario),
    )


class Scenario(models.Model):
    """One copy of a financial year. `total` is what was allocated when it was made. Append-only."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="scenarios")
    year = models.PositiveSmallIntegerField(help_text="The calendar year in which it begins.")
    name = models.CharField(max_length=80)
    total = SumField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("partnership", "name"), name="scenario_name_once"),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2099), name="scenario_year_is_a_year"
            ),
        )
        triggers = (_total_holds("NEW.id"), *append_only())

    def __str__(self) -> str:
        return self.name


OF_ITS_YEAR = f"""
    IF NOT EXISTS (
        SELECT 1 FROM funding_scenario scenario
        JOIN funding_award award ON award.id = NEW.award_id AND award.year = scenario.year
        JOIN funding_grant g ON g.id = award.grant_id AND g.partnership_id = scenario.partnership_id
        JOIN authorities_organisation organisation
            ON organisation.id = NEW.organisation_id AND organisation.partnership_id = scenario.partnership_id
        WHERE scenario.id = NEW.scenario_id
    ) THEN
        {refuse("An amount is of an award and organisation of the scenario.", "scenario_amount_of_its_year")}
    END IF;
    RETURN NEW;
"""
WORKED_OUT = """
    NEW.wanted := NEW.base + COALESCE((
        SELECT SUM(CASE WHEN moved.target_id = NEW.id THEN moved.amount ELSE -moved.amount END)
        FROM funding_scenariomove moved
        WHERE moved.taken_back_at IS NULL AND NEW.id IN (moved.source_id, moved.target_id)
    ), 0);
    RETURN NEW;
"""


class ScenarioAmount(models.Model):
    """Pounds of an award that an organisation plans under a heading for a quarter.

    Without heading and quarter: what it holds and has not planned, below zero where it plans more than it
    holds. `base` is what stood when the scenario was made, `spent` what the certified return of the quarter
    said then. `wanted` is worked out by the database, and whatever else is written there is lost.
    """

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="amounts")
    award = models.ForeignKey(Award, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    cost_heading = models.ForeignKey(CostHeading, models.PROTECT, null=True, related_name="+")
    quarter = models.PositiveSmallIntegerField(null=True)
    base = SumField()
    spent = SumField(default=0)
    wanted = SumField(default=0)

    class Meta:
        ordering = ("scenario", "award", "organisation__position", "cost_heading__position", "quarter")
        constraints = (
            models.UniqueConstraint(
                fields=("scenario", "award", "organisation", "cost_heading", "quarter"),
                name="scenario_amount_once",
                nulls_distinct=False,
            ),
            paired("cost_heading", "quarter", name="scenario_amount_heading_and_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__isnull=True) | Q(quarter__gte=1, quarter__lte=4),
                name="scenario_amount_quarter_is_a_quarter",
            ),
            money_check("base", name="scenario_amount_base_is_money", minimum=-MAXIMUM),
            money_check("spent", name="scenario_amount_spent_is_money"),
            models.CheckConstraint(
                condition=Q(base__gte=0) | Q(quarter__isnull=True),
                name="scenario_amount_planned_not_negative",
            ),
            # Less than nothing, or less than what was spent, only as far as it began so.
            models.CheckConstraint(
                condition=Q(wanted__gte=Least(F("base"), F("spent"))), name="scenario_amount_not_below_spent"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="of_its_year", when=pgtrigger.Before, operation=pgtrigger.Insert, func=OF_ITS_YEAR
            ),
            pgtrigger.Trigger(
                name="worked_out",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=WORKED_OUT,
            ),
            frozen(
                *("scenario_id", "award_id", "organisation_id", "cost_heading_id", "quarter"), "base", "spent"
            ),
            _total_holds("NEW.scenario_id"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.organisation}: {self.wanted}"


WITHIN_AN_AWARD = f"""
    IF NOT EXISTS (
        SELECT 1 FROM funding_scenarioamount source
        JOIN funding_scenarioamount target
            ON target.scenario_id = source.scenario_id AND target.award_id = source.award_id
        WHERE source.id = NEW.source_id AND target.id = NEW.target_id AND source.scenario_id = NEW.scenario_id
            AND source.id <> target.id
    ) THEN
        {refuse("A move is between two amounts of one award of its scenario.", "scenario_move_within_award")}
    END IF;
    RETURN NEW;
"""
TAKEN_BACK_ONCE = f"""
    IF OLD.taken_back_at IS NOT NULL THEN
        {refuse("A move is taken back once, for good.", "scenario_move_taken_back_once")}
    END IF;
    RETURN NEW;
"""
MOVES = """
    UPDATE funding_scenarioamount SET wanted = wanted WHERE id IN (NEW.source_id, NEW.target_id);
    RETURN NULL;
"""


class ScenarioMove(models.Model):
    """Pounds moved from one amount of a scenario to another. It stands until it is taken back."""

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="moves")
    source = models.ForeignKey(ScenarioAmount, models.PROTECT, related_name="moves_out")
    target = models.ForeignKey(ScenarioAmount, models.PROTECT, related_name="moves_in")
    amount = MoneyField()
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("scenario", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MAXIMUM), name="scenario_move_moves_money"
            ),
            paired("taken_back_by", "taken_back_at", name="scenario_move_taken_back_by_and_at"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="within_an_award",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=WITHIN_AN_AWARD,
            ),
            pgtrigger.Trigger(
                name="taken_back_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=TAKEN_BACK_ONCE,
            ),
            frozen("scenario_id", "source_id", "target_id", "amount", "moved_by_id", "moved_at"),
            pgtrigger.Trigger(
                name="moves",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=MOVES,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"{self.amount} in {self.scenario}"


class ScenarioDecision(models.Model):
    """Which decision was proposed from which scenario. Append-only."""

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="promotions")
    award = models.ForeignKey(Award, models.PROTECT, related_name="+")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="scenario")

    class Meta:
        ordering = ("scenario", "id")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.scenario}: {self.decision}"
