"""Forms about hotspots: where one is drawn, and when one ends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from authorities.forms import DayField
from authorities.models import Organisation
from funding.forms.returns import Tick


class HotspotForm(forms.Form):
    """A patrol area of the police within one local authority."""

    reference = forms.CharField(
        label="Reference",
        max_length=12,
        help_text="Shown where the name must not be, so it says nothing of the place. Like H035.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
        error_messages={
            "required": "Enter a reference, like H035",
            "max_length": "Enter a reference of 12 characters or fewer",
        },
    )
    name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="For the police and the OPCC only.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Enter the name of the hotspot",
            "max_length": "Enter a name of 120 characters or fewer",
        },
    )
    authority = forms.ModelChoiceField(
        label="Within which local authority",
        queryset=Organisation.objects.none(),
        empty_label="Choose a local authority",
        error_messages={
            "required": "Choose the local authority that it lies in",
            "invalid_choice": "Choose a local authority of this list",
        },
    )
    starts_on = DayField(label="First day", help_text="The day from which it is patrolled, like 1 7 2026.")

    def __init__(self, *args: Any, authorities: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].queryset = authorities  # type: ignore[attr-defined]


class HotspotEndForm(forms.Form):
    """The last day, confirmed."""

    ends_on = DayField(label="Last day", help_text="The last day on which it is patrolled, like 30 6 2026.")
    confirmed = Tick(
        label="End this hotspot. What was patrolled there stays in its returns and on the board",
        missing="Tick the box to confirm that the hotspot ends",
    )
