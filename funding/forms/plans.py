"""Forms of a plan: what an organisation will do with its allocation, and what that costs by quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField

from funding.actions.plans import CHANGED_MEANWHILE, held_sentence
from funding.forms.allocations import SeenField
from funding.forms.fields import AmountField
from funding.models import Award, CostHeading, Theme, Tier
from funding.money import ZERO, plain
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


def _amount(quarter: Quarter) -> AmountField:
    return AmountField(
        label=quarter.label,
        help_text=quarter.months,
        error_messages={"required": f"Enter an amount for quarter {quarter.number}, or 0"},
    )


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
            self.fields[f"quarter_{number}"] = _amount(Quarter(year, number))

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


@dataclass(frozen=True)
class ProfileRow:
    """One quarter of the page: what is planned now, and its box, or what holds it where it is."""

    quarter: Quarter
    planned: Decimal
    held: str
    field: BoundField | None


class ProfileForm(forms.Form):
    """Other amounts for the quarters of a budget line that are not held by their returns.

    `planned` are the four amounts in force, `held` says by quarter what holds it.
    """

    def __init__(
        self, *args: Any, year: int, planned: Sequence[Decimal], held: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._year, self._planned, self._held = year, dict(zip(QUARTERS, planned, strict=True)), held
        for number, amount in self._planned.items():
            self.fields[f"seen_{number}"] = SeenField(required=False)
            if number not in held:
                self.fields[f"quarter_{number}"] = _amount(Quarter(year, number))
                self.initial[f"quarter_{number}"] = amount

    def rows(self) -> list[ProfileRow]:
        """The page's rows, quarter by quarter."""
        return [
            ProfileRow(
                Quarter(self._year, number),
                amount,
                self._held.get(number, ""),
                None if number in self._held else self[f"quarter_{number}"],
            )
            for number, amount in self._planned.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in self._held:
            # The box was there when the page was opened: what was typed into it is told, not dropped.
            typed = self.data.get(f"quarter_{number}", "").strip()
            if typed and typed != plain(self._planned[number]):
                why = held_sentence(Quarter(self._year, number), self._held[number])
                self.add_error(None, f"{why} You typed {typed[:20]} there. Save again to change the others.")
        if [cleaned[f"seen_{number}"] for number in QUARTERS] != list(self._planned.values()):
            self.add_error(None, CHANGED_MEANWHILE)
        return cleaned

    def profile(self) -> list[Decimal]:
        """The four amounts of a valid form: what is held stays."""
        return [self.cleaned_data.get(f"quarter_{number}", self._planned[number]) for number in QUARTERS]

    def seen(self) -> list[Decimal]:
        """The four amounts that the person has read."""
        return [self.cleaned_data[f"seen_{number}"] for number in QUARTERS]
