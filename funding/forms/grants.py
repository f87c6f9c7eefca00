"""Forms about grants and their awards."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from authorities.forms import DayField
from funding.forms.fields import AmountField, PercentField
from funding.models import Award, AwardStatus, Basis, Fund
from funding.quarters import year_label

STATUS_HINTS = {
    AwardStatus.ANNOUNCED: "The Home Office has named an amount.",
    AwardStatus.APPLIED: "The application or delivery plan is with the Home Office.",
    AwardStatus.OFFERED: "The Home Office has offered the amount; the agreement is not signed.",
    AwardStatus.AGREED: "The grant agreement is signed.",
    AwardStatus.VARIED: "A variation notice changed the agreed amount.",
}
BASIS_HINTS = {
    Basis.PUBLISHED: "It stands in a document that anybody can read.",
    Basis.DERIVED: "It was worked out from published figures.",
    Basis.ILLUSTRATIVE: "It is an example, not a real figure.",
}


class GrantForm(forms.Form):
    """A settlement of a fund, over all its years."""

    fund = forms.ModelChoiceField(
        label="Fund",
        queryset=Fund.objects.none(),
        empty_label="Choose a fund",
        error_messages={"required": "Choose a fund", "invalid_choice": "Choose a fund of this list"},
    )
    name = forms.CharField(
        label="Name of the grant",
        max_length=120,
        help_text="With its years, like Violence Reduction Unit, 2026 to 2029.",
        error_messages={
            "required": "Enter the name of the grant, like Violence Reduction Unit, 2026 to 2029",
            "max_length": "Enter a name of 120 characters or fewer",
        },
    )
    announced_amount = AmountField(
        label="Sum announced (optional)",
        required=False,
        help_text="Over all its years. Leave it empty when only the years were announced.",
    )
    announced_on = DayField(label="Announced on (optional)", required=False)
    subject_to = forms.CharField(
        label="Subject to (optional)",
        required=False,
        max_length=200,
        help_text="What the money still depends on, like an application each year.",
        error_messages={"max_length": "Enter a condition of 200 characters or fewer"},
    )
    source = forms.CharField(
        label="Source",
        max_length=300,
        help_text="The letter, decision or web page that says so.",
        error_messages={
            "required": "Enter the source, like Home Office letter, 2 June 2026",
            "max_length": "Enter a source of 300 characters or fewer",
        },
    )
    hub_percent = PercentField(
        label="Hub share of each award",
        required=False,
        help_text="What the OPCC keeps to coordinate, before the rest is shared. Leave it empty for a fund "
        "that is paid to the police: it has none.",
    )

    def __init__(self, *args: Any, funds: QuerySet[Fund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = funds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        fund, share = cleaned.get("fund"), cleaned.get("hub_percent")
        if fund is None or "hub_percent" in self.errors:
            return cleaned
        if share is None and not fund.paid_to_police:
            self.add_error("hub_percent", "Enter the share that the OPCC keeps, or 0")
        elif share and fund.paid_to_police:
            self.add_error("hub_percent", f"{fund} is paid to the police: leave this empty, or enter 0")
        else:
            cleaned["hub_percent"] = share or Decimal(0)
        return cleaned


class AwardForm(forms.Form):
    """An award's amount, how far it has come, and where the figure comes from."""

    amount = AmountField(label="Amount of the award")
    status = forms.ChoiceField(
        label="Status",
        choices=AwardStatus.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how far the award has come",
            "invalid_choice": "Choose one of the stages of this list: an award never goes back",
        },
    )
    basis = forms.ChoiceField(
        label="Where does the figure come from?",
        choices=Basis.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose where the figure comes from",
            "invalid_choice": "Choose one of the answers of this list",
        },
    )
    source = forms.CharField(
        label="Source",
        max_length=300,
        help_text="The letter, decision or web page that says so.",
        error_messages={
            "required": "Enter the source, like Home Office offer letter, 2 June 2026",
            "max_length": "Enter a source of 300 characters or fewer",
        },
    )


class NewAwardForm(AwardForm):
    """The award of a year that has none yet."""

    year = forms.TypedChoiceField(
        label="Financial year",
        coerce=int,
        error_messages={
            "required": "Choose a financial year",
            "invalid_choice": "Choose a year of this list: others have an award, or the fund does not run",
        },
    )
    field_order = ("year", "amount", "status", "basis", "source")

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[Any, str]] = [("", "Choose a year")]
        self.fields["year"].choices = choices + [(year, year_label(year)) for year in years]  # type: ignore[attr-defined]


class AwardChangeForm(AwardForm):
    """A later stage of an award; the stages behind it are not offered."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(award, name) for name in ("amount", "status", "basis", "source")}
        super().__init__(*args, **kwargs)
        reached = AwardStatus.values.index(award.status)
        self.fields["status"].choices = AwardStatus.choices[reached:]  # type: ignore[attr-defined]
