"""Forms about people and organisations, and the fields that forms of every kind share."""

from __future__ import annotations

from typing import Any

from django import forms

from authorities.models import Membership, User

DAY_FORMATS = ["%d %m %Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d"]


class DayField(forms.DateField):
    """A day as one text box: people type or paste dates in many ways, and one box takes them all."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("input_formats", DAY_FORMATS)
        options.setdefault("help_text", "For example, 31 3 2026.")
        options.setdefault(
            "widget", forms.DateInput(format="%d %m %Y", attrs={"class": "govuk-input--width-10"})
        )
        options["error_messages"] = {
            "invalid": "Enter a real date, like 31 3 2026.",
            "required": "Enter a date, like 31 3 2026.",
            **options.get("error_messages", {}),
        }
        super().__init__(**options)


def _prefix(membership: Membership) -> str:
    return "Training: " if membership.is_training else ""


class SwitchForm(forms.Form):
    """Which of the person's memberships to act under."""

    membership = forms.TypedChoiceField(
        label="Who do you want to act for?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose who you want to act for.",
            "invalid_choice": "Choose one of the organisations of this list.",
        },
    )

    def __init__(self, *args: Any, memberships: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].choices = [  # type: ignore[attr-defined]
            (m.pk, f"{_prefix(m)}{m.organisation.name}, as {m.label[0].lower()}{m.label[1:]}")
            for m in memberships
        ]


class DeputyForm(forms.Form):
    """Who stands in, and from when until when."""

    person = forms.TypedChoiceField(
        label="Who stands in for you?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose who stands in for you.",
            "invalid_choice": "Choose one of the people of this list.",
        },
    )
    starts_on = DayField(label="First day")
    ends_on = DayField(
        label="Last day", help_text="The cover ends by itself after this day. At most 366 days in all."
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(one.pk, one.name) for one in people]  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """What a token is for, and until when it holds."""

    name = forms.CharField(
        label="What is the token for?",
        max_length=80,
        help_text="For example, the finance dashboard in Power BI.",
        error_messages={
            "required": "Say what the token is for.",
            "max_length": "Use at most 80 characters.",
        },
    )
    expires_on = DayField(label="Last day", help_text="At most 366 days from today. After this day it stops.")
