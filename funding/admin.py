"""Administration of reference data. Money can be looked at here and changed nowhere but on its own pages."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from authorities.admin import ByRole, ReadOnly
from funding.models import (
    Award,
    Claim,
    ClaimHeading,
    ClaimMapping,
    CostHeading,
    Decision,
    DecisionLine,
    Fund,
    Grant,
    PublishedAllocation,
    QuarterlyReturn,
    ReturnEvent,
    ReturnRound,
    RollUpRun,
    ShareInput,
    Theme,
)


@admin.register(Fund)
class FundAdmin(ByRole):
    list_display = ("name", "code", "paid_to_police", "starts_on", "ends_on")


@admin.register(CostHeading)
class CostHeadingAdmin(ByRole):
    list_display = ("name", "position", "is_labour")


@admin.register(ClaimHeading)
class ClaimHeadingAdmin(ByRole):
    list_display = ("label", "fund", "code", "position")
    list_select_related = ("fund",)
    list_filter = ("fund",)

    def get_readonly_fields(self, request: HttpRequest, obj: ClaimHeading | None = None) -> tuple[str, ...]:
        return ("fund",) if obj else ()


@admin.register(ClaimMapping)
class ClaimMappingAdmin(ByRole):
    list_display = ("cost_heading", "claim_heading", "fund")
    list_select_related = ("cost_heading", "claim_heading__fund", "fund")
    list_filter = ("fund",)


@admin.register(Theme)
class ThemeAdmin(ByRole):
    list_display = ("name", "position")


@admin.register(PublishedAllocation)
class PublishedAllocationAdmin(ByRole):
    list_display = ("area", "fund", "period", "amount", "is_rounded")
    list_filter = ("fund", "period")


@admin.register(ShareInput)
class ShareInputAdmin(ByRole):
    list_display = ("organisation", "population", "violence_index", "basis")
    list_select_related = ("organisation",)
    partnership_path = "organisation__partnership"


@admin.register(Grant)
class GrantAdmin(ReadOnly):
    list_display = ("name", "fund", "announced_amount")
    list_select_related = ("fund",)
    partnership_path = "partnership"


@admin.register(Award)
class AwardAdmin(ReadOnly):
    list_display = ("grant", "year", "amount", "status", "basis")
    list_select_related = ("grant",)
    partnership_path = "grant__partnership"


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    list_display = ("award", "part", "total", "to_date", "frozen_at")
    list_select_related = ("award__grant",)
    partnership_path = "award__grant__partnership"


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    list_display = ("reference", "grant", "status", "proposed_at", "decided_at")
    list_select_related = ("grant",)
    partnership_path = "grant__partnership"


@admin.register(DecisionLine)
class DecisionLineAdmin(ReadOnly):
    list_display = ("decision", "award", "organisation", "amount")
    list_select_related = ("decision", "award__grant", "organisation")
    partnership_path = "award__grant__partnership"


@admin.register(ReturnRound)
class ReturnRoundAdmin(ReadOnly):
    list_display = ("__str__", "due_on", "opened_at")
    partnership_path = "partnership"


@admin.register(QuarterlyReturn)
class QuarterlyReturnAdmin(ReadOnly):
    list_display = ("__str__", "status", "prepared_at", "certified_at", "accepted_at")
    list_select_related = ("round", "organisation")
    list_filter = ("status",)
    partnership_path = "round__partnership"


@admin.register(ReturnEvent)
class ReturnEventAdmin(ReadOnly):
    list_display = ("quarterly_return", "verb", "from_status", "to_status", "at")
    list_select_related = ("quarterly_return__round", "quarterly_return__organisation")
    partnership_path = "quarterly_return__round__partnership"


@admin.register(RollUpRun)
class RollUpRunAdmin(ReadOnly):
    list_display = ("id", "kind", "organisation", "year", "quarter_number", "started_at", "done_at")
    list_select_related = ("organisation",)
    list_filter = ("kind",)
    partnership_path = "partnership"
