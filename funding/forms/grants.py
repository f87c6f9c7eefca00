"""Forms about the awards of a grant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from funding.forms.fields import AmountField
from funding.models import Award, AwardStatus, Basis
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

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(award, name) for name in ("amount", "status", "basis", "source")}
        super().__init__(*args, **kwargs)
        reached = AwardStatus.values.index(award.status)
        self.fields["status"].choices = AwardStatus.choices[reached:]  # type: ignore[attr-defined]
