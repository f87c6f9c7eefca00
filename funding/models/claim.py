"""What is claimed from the Home Office: headings as data, and claims that never change once frozen."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from authorities.models import Organisation
from funding.models.delivery import MatchKind
from funding.models.fields import SumField
from funding.models.grant import Award, Fund
from funding.models.history import append_only, frozen, refuse, tracked
from funding.models.plan import CostHeading
from funding.models.quarterly_return import QuarterlyReturn
from funding.models.rollup import FigureBasis
from funding.quarters import Quarter


@tracked()
class ClaimHeading(models.Model):
    """A heading of the claim of one fund. Data: the Home Office's own layout is not public."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="claim_headings")
    code = models.SlugField(max_length=30)
    label = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("fund", "position")
        constraints = (
            models.UniqueConstraint(fields=("fund", "code"), name="claim_heading_code_once"),
            models.UniqueConstraint(fields=("fund", "position"), name="claim_heading_position_once"),
        )
        triggers = (frozen("fund_id"),)

    def __str__(self) -> str:
        return f"{self.fund}: {self.label}"


OF_ITS_FUND = f"""
    IF NOT EXISTS (
        SELECT 1 FROM funding_claimheading heading
        WHERE heading.id = NEW.claim_heading_id AND heading.fund_id = NEW.fund_id
    ) THEN
        {refuse("A cost heading is claimed under a heading of the same fund.", "claim_mapping_of_its_fund")}
    END IF;
    RETURN NEW;
"""


@tracked()
class ClaimMapping(models.Model):
    """Under which heading of a fund's claim the costs of one cost heading stand."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", editable=False)
    cost_heading = models.ForeignKey(CostHeading, models.PROTECT, related_name="claim_mappings")
    claim_heading = models.ForeignKey(ClaimHeading, models.PROTECT, related_name="mappings")

    class Meta:
        ordering = ("claim_heading", "cost_heading")
        constraints = (
            models.UniqueConstraint(fields=("fund", "cost_heading"), name="claim_mapping_once_a_fund"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="of_its_fund",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=OF_ITS_FUND,
            ),
        )

    def __str__(self) -> str:
        return f"{self.cost_heading}: {self.claim_heading}"

    def clean(self) -> None:
        """The fund is that of the claim heading; a cost heading stands once in it."""
        if not (self.claim_heading_id and self.cost_heading_id):
            return
        self.fund_id = self.claim_heading.fund_id
        others = ClaimMapping.objects.filter(fund=self.fund_id, cost_heading=self.cost_heading_id)
        if others.exclude(pk=self.pk).exists():
            raise ValidationError(
                "This cost heading has a claim heading of this fund already. Change that one."
            )


class ClaimPart(models.IntegerChoices):
    """What is claimed: one quarter, or what the year's statement puts right after the four claims."""

    Q1 = 1, "Quarter 1"
    Q2 = 2, "Quarter 2"
    Q3 = 3, "Quarter 3"
    Q4 = 4, "Quarter 4"
    STATEMENT = 5, "Statement of grant usage"

    @property
    def slug(self) -> str:
        """As the address says it."""
        return "statement" if self is ClaimPart.STATEMENT else f"q{self.value}"

    @property
    def name_in_text(self) -> str:
        """As a sentence says it."""
        return (
            "the statement of grant usage" if self is ClaimPart.STATEMENT else f"the claim for Q{self.value}"
        )

    @property
    def last_quarter(self) -> int:
        return min(self.value, 4)

    def quarter(self, year: int) -> Quarter:
        """The last quarter that it covers."""
        return Quarter(year, self.last_quarter)


# Each claim carries what those before it said wrongly, so they are frozen one after the other.
CLAIMS_IN_ORDER = f"""
    IF NEW.part > 1 AND NOT EXISTS (
        SELECT 1 FROM funding_claim earlier
        WHERE earlier.award_id = NEW.award_id AND earlier.part = NEW.part - 1
    ) THEN
        {refuse("The claims of an award are frozen one after the other.", "claims_in_order")}
    END IF;
    RETURN NEW;
"""
# Checked when the transaction ends: a line that is added to a frozen claim, or is missing, is refused then.
CLAIM_IS_WHOLE = f"""
    IF EXISTS (
        SELECT 1 FROM funding_claim claim
        WHERE claim.id = {{claim}} AND (
            claim.line_count <> (SELECT COUNT(*) FROM funding_claimline WHERE claim_id = claim.id)
            OR claim.return_count <> (SELECT COUNT(*) FROM funding_claimreturn WHERE claim_id = claim.id)
            OR claim.total <> (
                SELECT COALESCE(SUM(amount), 0) FROM funding_claimline
                WHERE claim_id = claim.id AND match_kind = ''
            )
        )
    ) THEN
        {refuse("A frozen claim keeps the lines that it was frozen with.", "claim_is_whole")}
    END IF;
    RETURN NULL;
"""


def _whole(claim: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="claim_is_whole",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=CLAIM_IS_WHOLE.format(claim=claim),
    )


class Claim(models.Model):
    """A claim as it was frozen. `total` is what it claims, `to_date` the year with all claims before it.

    `digest` is the SHA-256 of its canonical content. Append-only: what changes later is carried in the next.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="claims")
    part = models.PositiveSmallIntegerField(choices=ClaimPart)
    total = SumField()
    to_date = SumField()
    digest = models.CharField(max_length=64)
    line_count = models.PositiveIntegerField()
    return_count = models.PositiveIntegerField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ("award", "part")
        constraints = (
            models.UniqueConstraint(fields=("award", "part"), name="claim_once"),
            models.CheckConstraint(condition=Q(part__in=ClaimPart.values), name="claim_part_known"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="claims_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=CLAIMS_IN_ORDER,
            ),
            _whole("NEW.id"),
            *append_only(),
        )

    def __str__(self) -> str:
        return f"{self.award}, {self.get_part_display()}"


class ClaimLineKind(models.TextChoices):
    """Why an amount stands in a claim."""

    QUARTER = "quarter", "Spent in the quarter"
    CORRECTION = "correction", "Correction of an earlier quarter, carried in this quarter's return"
    CHANGE = "change", "Changed since an earlier claim was frozen"


class ClaimLine(models.Model):
    """One amount of a frozen claim, with the words of the day. Append-only.

    `quarter_number` is the quarter whose return says it, `corrects_quarter` the one that a correction is of.
    Match stands beside the claim, without a heading, and is in no total.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=ClaimLineKind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_name = models.CharField(max_length=160)
    quarter_number = models.PositiveSmallIntegerField()
    corrects_quarter = models.PositiveSmallIntegerField(null=True)
    claim_heading = models.ForeignKey(ClaimHeading, models.PROTECT, null=True, related_name="+")
    heading_label = models.CharField(max_length=80, blank=True)
    match_kind = models.CharField(max_length=8, choices=MatchKind, blank=True)
    is_secured = models.BooleanField(null=True)
    amount = SumField()
    explanation = models.TextField(blank=True)

    class Meta:
        ordering = ("claim", "position")
        constraints = (
            models.UniqueConstraint(fields=("claim", "position"), name="claim_line_once"),
            models.CheckConstraint(condition=Q(kind__in=ClaimLineKind.values), name="claim_line_kind_known"),
            models.CheckConstraint(
                condition=Q(match_kind="", claim_heading__isnull=False, is_secured__isnull=True)
                | Q(match_kind__in=MatchKind.values, claim_heading__isnull=True, is_secured__isnull=False),
                name="claim_line_is_grant_or_match",
            ),
        )
        triggers = (_whole("NEW.claim_id"), *append_only())

    def __str__(self) -> str:
        return (
            f"{self.organisation_name}, {self.heading_label or self.get_match_kind_display()}: {self.amount}"
        )


class ClaimReturn(models.Model):
    """Which version of which return a frozen claim was built from, or that there was none. Append-only."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="returns")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_name = models.CharField(max_length=160)
    quarter_number = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=12, choices=FigureBasis)
    quarterly_return = models.ForeignKey(QuarterlyReturn, models.PROTECT, null=True, related_name="+")
    version_number = models.PositiveSmallIntegerField(null=True)
    version_digest = models.CharField(max_length=64, blank=True)
    certified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("claim", "organisation__position", "quarter_number")
        constraints = (
            models.UniqueConstraint(
                fields=("claim", "organisation", "quarter_number"), name="claim_return_once"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=FigureBasis.values), name="claim_return_basis_known"
            ),
        )
        triggers = (_whole("NEW.claim_id"), *append_only())

    def __str__(self) -> str:
        return f"{self.organisation_name}, Q{self.quarter_number}: {self.basis}"
