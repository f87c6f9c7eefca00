"""Forms of a plan: what an organisation will do with its allocation, and what that costs by quarter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from funding.forms.fields import AmountField
from funding.models import Award, CostHeading, Theme, Tier
from funding.money import ZERO
from funding.quarters import Quarter

TIER_LABELS = {Tier.PRIMARY: "Primary", Tier.SECONDARY: "Secondary", Tier.TERTIARY: "Tertiary"}
TIER_HINTS = {
    Tier.PRIMARY: "For everybody, before anything happens: lessons in every school of the area.",
    Tier.SECONDARY: "For people at risk, as early as it shows: mentoring, help for families.",
    Tier.TERTIARY: "For people already involved in violence: work in custody, in hospital, after prison.",
}
QUARTERS = (1, 2, 3, 4)


class InterventionForm(forms.Form):
    """Something that the organisation does or buys with one award."""

    award = forms.ModelChoiceField(
        label="Paid from",
        queryset=Award.objects.none(),
        empty_label="Choose an award",
        help_text="Awards of which you hold an allocation.",
        error_messages={
            "required": "Choose the award that pays for it",
            "invalid_choice": "Choose an award of this list",
        },
    )
    name = forms.CharField(
        label="Name of the intervention",
        max_length=120,
        error_messages={
            "required": "Enter the name of the intervention, like Mentoring in schools",
            "max_length": "Enter a name of 120 characters or fewer",
        },
    )
    tier = forms.ChoiceField(
        label="How early does it come?",
        choices=list(TIER_LABELS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a tier", "invalid_choice": "Choose a tier of this list"},
    )
    theme = forms.ModelChoiceField(
        label="Theme",
        queryset=Theme.objects.none(),
        empty_label="Choose a theme",
        error_messages={"required": "Choose a theme", "invalid_choice": "Choose a theme of this list"},
    )
    provider = forms.CharField(
        label="Provider (optional)",
        required=False,
        max_length=120,
        help_text="Leave it empty when your own staff do it.",
        error_messages={"max_length": "Enter a name of 120 characters or fewer"},
    )

    def __init__(self, *args: Any, awards: QuerySet[Award], themes: QuerySet[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["award"].queryset = awards  # type: ignore[attr-defined]
        self.fields["theme"].queryset = themes  # type: ignore[attr-defined]


class BudgetLineForm(forms.Form):
    """One cost of an intervention with its profile: what it will cost in each quarter, in pounds."""

    cost_heading = forms.ModelChoiceField(
        label="Cost heading",
        queryset=CostHeading.objects.none(),
        empty_label="Choose a cost heading",
        error_messages={
            "required": "Choose a cost heading",
            "invalid_choice": "Choose a cost heading of this list",
        },
    )
    description = forms.CharField(
        label="Description (optional)",
        required=False,
        max_length=120,
        help_text="What tells this line from others of the same heading, like Youth worker, full time.",
        error_messages={"max_length": "Enter a description of 120 characters or fewer"},
    )

    def __init__(self, *args: Any, year: int, headings: QuerySet[CostHeading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cost_heading"].queryset = headings  # type: ignore[attr-defined]
        for number in QUARTERS:
            self.fields[f"quarter_{number}"] = AmountField(
                label=Quarter(year, number).label,
                help_text=Quarter(year, number).months,
                error_messages={"required": f"Enter an amount for quarter {number}, or 0"},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        profile = [cleaned.get(f"quarter_{number}") for number in QUARTERS]
        if profile == [ZERO] * len(QUARTERS):
            self.add_error("quarter_1", "Enter an amount above £0 in at least one quarter")
        return cleaned

    def budget_line(self) -> dict[str, Any]:
        """What `plans.add_budget_line` takes."""
        profile: list[Decimal] = [self.cleaned_data[f"quarter_{number}"] for number in QUARTERS]
        return {
            "cost_heading": self.cleaned_data["cost_heading"],
            "description": self.cleaned_data["description"],
            "profile": profile,
        }
