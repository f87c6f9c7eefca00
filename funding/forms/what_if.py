"""Scenarios: starting one, moving money in it, choosing two to compare, and proposing a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from funding.actions.scenarios import checked
from funding.forms.fields import AmountField
from funding.models import Award, Scenario
from funding.quarters import year_label
from funding.what_if.places import QUARTERS, Place
from funding.what_if.sheet import NOT_PLANNED, Sheet, quarter_label

NONE = "none"
SIDES = ("from", "to")


class StartForm(forms.Form):
    """A name, and the year whose live plan is copied."""

    title = forms.CharField(
        label="Name of the scenario",
        max_length=80,
        help_text="Like: Move the underspend to Somerset.",
        error_messages={
            "required": "Enter a name for the scenario",
            "max_length": "Enter a name of 80 characters or fewer",
        },
    )
    copied_year = forms.TypedChoiceField(
        label="Financial year",
        coerce=int,
        error_messages={"required": "Choose a year", "invalid_choice": "Choose a year of this list"},
    )

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copied_year"].choices = [(year, year_label(year)) for year in years]  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Move an amount from one place to another."""

    move_amount = AmountField(label="Amount to move")

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headings = [("", "Choose"), (NONE, NOT_PLANNED)]
        headings += [(str(pk), one.name) for pk, one in sheet.headings.items()]
        quarters = [("", "No quarter")] + [(str(number), quarter_label(sheet, number)) for number in QUARTERS]
        for side in SIDES:
            self.fields[f"{side}_holder"] = _choice("Organisation", _holders(sheet), "an organisation")
            self.fields[f"{side}_heading"] = _choice("Cost heading", headings, "a cost heading")
            self.fields[f"{side}_quarter"] = _choice("Quarter", quarters, "a quarter", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for side in SIDES:
            heading, quarter = cleaned.get(f"{side}_heading"), cleaned.get(f"{side}_quarter")
            if heading and heading != NONE and not quarter and f"{side}_quarter" not in self.errors:
                self.add_error(f"{side}_quarter", f"Choose the quarter that the money moves {side}")
        return cleaned

    @property
    def chosen(self) -> dict[str, Any]:
        """What `scenarios.move` takes."""
        return {
            "amount": self.cleaned_data["move_amount"],
            "source": self._place("from"),
            "target": self._place("to"),
        }

    def _place(self, side: str) -> Place:
        award, organisation = map(int, self.cleaned_data[f"{side}_holder"].split("-"))
        heading = self.cleaned_data[f"{side}_heading"]
        if heading == NONE:
            return Place(award, organisation)
        return Place(award, organisation, int(heading), int(self.cleaned_data[f"{side}_quarter"]))


def _choice(
    label: str, choices: list[tuple[str, str]], what: str, *, required: bool = True
) -> forms.ChoiceField:
    sentence = f"Choose {what}"
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        error_messages={"required": sentence, "invalid_choice": f"{sentence} of this list"},
    )


def _holders(sheet: Sheet) -> list[tuple[str, str]]:
    """Every organisation with each award that it may hold."""
    several = len(sheet.awards) > 1
    return [
        ("", "Choose"),
        *(
            (
                f"{award.pk}-{pk}",
                f"{one.short_name} ({award.grant.name})" if several else one.short_name,
            )
            for award in sheet.awards.values()
            for pk, one in sheet.organisations.items()
            if sheet.can_hold(award, one)
        ),
    ]


class CompareForm(forms.Form):
    """Two scenarios, as the address names them."""

    def __init__(self, *args: Any, scenarios: Sequence[Scenario], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = {str(one.pk): one for one in scenarios}
        choices = [("", "Choose")]
        choices += [(pk, f"{one.name} ({year_label(one.year)})") for pk, one in self._known.items()]
        for name, which in (("a", "first"), ("b", "second")):
            self.fields[name] = _choice(f"{which.capitalize()} scenario", choices, f"the {which} scenario")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = (self._known.get(cleaned.get(name, "")) for name in ("a", "b"))
        if first and second and first == second:
            self.add_error("b", "Choose another scenario than the first")
        elif first and second and first.year != second.year:
            years = f"{year_label(first.year)} and {year_label(second.year)}"
            self.add_error("b", f"Choose two scenarios of the same year: these are of {years}")
        return cleaned

    @property
    def chosen(self) -> list[Scenario]:
        return [self._known[self.cleaned_data[name]] for name in ("a", "b")]


class PromoteForm(forms.Form):
    """The reference and reason of the decision; which amounts were checked comes back with them."""

    reference = forms.CharField(
        label="Reference of the decision",
        max_length=40,
        help_text="The number of the decision notice, like 2026-014.",
        error_messages={
            "required": "Enter the reference of the decision, like 2026-014",
            "max_length": "Enter a reference of 40 characters or fewer",
        },
    )
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        help_text="Whoever approves reads this. Say who asked for it and why.",
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={
            "required": "Enter the reason for this decision",
            "max_length": "Enter a reason of 2,000 characters or fewer",
        },
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, sheet: Sheet, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reason"] = f"From the scenario {sheet.scenario.name}."
        self.now = checked(sheet, award)
