"""Decisions move money. An allocation is the sum of approved decision lines and is never typed.

The database holds what must never be false, whoever writes: lines are append-only and are added only to
a proposal; the approver is not the proposer; the lines of an award never exceed it; no allocation is
negative; the lines of a reallocation sum to zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce

from authorities.models import Organisation, Partnership
from funding.models.fields import MoneyField, money_check, paired
from funding.models.grant import Award, Grant
from funding.models.history import append_only
from funding.money import MAXIMUM, ZERO

# (award id, organisation id) -> pounds
Allocations = Mapping[tuple[int, int], Decimal]


class DecisionStatus(models.TextChoices):
    PROPOSED = "proposed", "Waiting for approval"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


class DecisionKind(models.TextChoices):
    ALLOCATION = "allocation", "Allocation"
    REALLOCATION = "reallocation", "Reallocation"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def of(self, partnership: Partnership) -> DecisionQuerySet:
        return self.filter(grant__partnership=partnership)

    def proposed(self) -> DecisionQuerySet:
        return self.filter(status=DecisionStatus.PROPOSED)

    def with_added(self) -> DecisionQuerySet:
        """Adds `added`: the pounds that each decision adds to allocations, whatever it takes elsewhere."""
        added = Sum("lines__amount", filter=Q(lines__amount__gt=0))
        return self.annotate(added=Coalesce(added, ZERO, output_field=MoneyField()))

    def proposals_first(self) -> DecisionQuerySet:
        """What waits for an answer, then the newest."""
        waiting = Case(When(status=DecisionStatus.PROPOSED, then=0), default=1)
        return self.order_by(waiting, "-proposed_at", "-pk")


BEGINS_AS_PROPOSAL = """
    IF NEW.status <> 'proposed' THEN
        RAISE EXCEPTION 'A decision begins as a proposal.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_begins_as_proposal';
    END IF;
    RETURN NEW;
"""

# Holds rules 5 and 6 of the ledger at the one moment when money moves. The awards are locked first, so
# that two approvals at once see each other's lines.
DECIDED_ONCE = """
    IF OLD.status <> 'proposed' THEN
        RAISE EXCEPTION 'A decision that was approved or rejected never changes.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_decided_once';
    END IF;
    IF (NEW.grant_id, NEW.reference, NEW.kind, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.grant_id, OLD.reference, OLD.kind, OLD.reason, OLD.proposed_by_id, OLD.proposed_at) THEN
        RAISE EXCEPTION 'What was proposed never changes.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_proposal_stands';
    END IF;
    IF NEW.status <> 'approved' THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM funding_award
        WHERE id IN (SELECT award_id FROM funding_decisionline WHERE decision_id = NEW.id)
        ORDER BY id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT 1 FROM funding_decisionline WHERE decision_id = NEW.id) THEN
        RAISE EXCEPTION 'The decision has no lines.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_has_lines';
    END IF;
    IF EXISTS (
        SELECT 1 FROM funding_award award
        JOIN funding_decisionline line ON line.award_id = award.id
        JOIN funding_decision decision ON decision.id = line.decision_id
        WHERE (decision.status = 'approved' OR decision.id = NEW.id)
          AND award.id IN (SELECT award_id FROM funding_decisionline WHERE decision_id = NEW.id)
        GROUP BY award.id, award.amount HAVING SUM(line.amount) > award.amount
    ) THEN
        RAISE EXCEPTION 'The lines of the award would exceed it.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'award_not_exceeded';
    END IF;
    IF EXISTS (
        SELECT 1 FROM funding_decisionline line
        JOIN funding_decision decision ON decision.id = line.decision_id
        WHERE (decision.status = 'approved' OR decision.id = NEW.id)
          AND line.award_id IN (SELECT award_id FROM funding_decisionline WHERE decision_id = NEW.id)
        GROUP BY line.award_id, line.organisation_id HAVING SUM(line.amount) < 0
    ) THEN
        RAISE EXCEPTION 'An allocation would fall below zero.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_not_negative';
    END IF;
    IF NEW.kind = 'reallocation' AND EXISTS (
        SELECT 1 FROM funding_decisionline WHERE decision_id = NEW.id
        GROUP BY award_id HAVING SUM(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'The lines of a reallocation must sum to zero.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reallocation_sums_to_zero';
    END IF;
    RETURN NEW;
"""


class Decision(models.Model):
    """A numbered decision that moves money: proposed by one person, approved by another."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="decisions")
    reference = models.CharField(max_length=40, help_text="The decision notice's number, like 2026-014.")
    kind = models.CharField(max_length=14, choices=DecisionKind)
    reason = models.TextField()
    status = models.CharField(max_length=10, choices=DecisionStatus, default=DecisionStatus.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions_proposed"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decisions_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField("reason for the answer", blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("grant", "reference"), name="decision_reference_once"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="decision_four_eyes",
            ),
            paired("decided_by", "decided_at", name="decision_decided_by_and_at"),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by__isnull=True)
                | Q(status__in=("approved", "rejected"), decided_by__isnull=False),
                name="decision_status_and_decider",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="begins_as_proposal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=BEGINS_AS_PROPOSAL,
            ),
            pgtrigger.Trigger(
                name="decided_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=DECIDED_ONCE
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"Decision {self.reference}"

    @property
    def is_proposed(self) -> bool:
        return self.status == DecisionStatus.PROPOSED


class DecisionLineQuerySet(models.QuerySet["DecisionLine"]):
    def approved(self) -> DecisionLineQuerySet:
        return self.filter(decision__status=DecisionStatus.APPROVED)

    def before(self, decision: Decision) -> DecisionLineQuerySet:
        """What stood when the decision was taken; for a proposal, what stands now."""
        lines = self.approved().filter(award__grant=decision.grant_id).exclude(decision=decision)
        return lines.filter(decision__decided_at__lt=decision.decided_at) if decision.decided_at else lines

    def allocations(self) -> Allocations:
        """Pounds by award and organisation: zero for a pair that has no line."""
        rows = self.order_by().values_list("award_id", "organisation_id").annotate(total=Sum("amount"))
        return defaultdict(
            lambda: ZERO, {(award, organisation): total for award, organisation, total in rows}
        )


ADDED_TO_PROPOSAL = """
    PERFORM 1 FROM funding_decision decision
        JOIN funding_award award ON award.id = NEW.award_id AND award.grant_id = decision.grant_id
        JOIN funding_grant g ON g.id = decision.grant_id
        JOIN authorities_organisation organisation
            ON organisation.id = NEW.organisation_id AND organisation.partnership_id = g.partnership_id
        WHERE decision.id = NEW.decision_id AND decision.status = 'proposed'
        FOR SHARE OF decision;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Lines are added only to a proposal, for awards and organisations of its grant.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_line_added_to_proposal';
    END IF;
    RETURN NEW;
"""


class DecisionLine(models.Model):
    """One movement of a decision: pounds added to (+) or taken from (-) an organisation's allocation."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="lines")
    award = models.ForeignKey(Award, models.PROTECT, related_name="lines")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="decision_lines")
    amount = MoneyField()
    stood = MoneyField(db_default=0, help_text="What the organisation held when this was proposed.")

    objects = DecisionLineQuerySet.as_manager()

    class Meta:
        ordering = ("award__year", "organisation__position")
        constraints = (
            models.UniqueConstraint(fields=("decision", "award", "organisation"), name="decision_line_once"),
            money_check("amount", name="decision_line_is_money", minimum=-MAXIMUM),
            money_check("stood", name="decision_line_stood_is_money"),
            models.CheckConstraint(condition=~Q(amount=0), name="decision_line_moves_money"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="added_to_proposal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ADDED_TO_PROPOSAL,
            ),
            *append_only(),
        )

    def __str__(self) -> str:
        return f"{self.decision}: {self.organisation} {self.amount}"

    def has_moved(self, held: Allocations) -> bool:
        """Whether another decision has changed what it starts from; `held` is what stands now."""
        return bool(held[self.award_id, self.organisation_id] != self.stood)
