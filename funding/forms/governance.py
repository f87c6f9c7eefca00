"""What officers enter for the board: meetings, decisions asked for and their outcomes, actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from authorities.filters import date_words
from authorities.forms import DayField
from authorities.models import Organisation
from funding.forms.fields import AmountField
from funding.forms.returns import LONGEST_REASON, Words
from funding.models import Decision, Meeting, Outcome
from funding.quarters import Quarter


class Line(forms.CharField):
    """A few words on one line."""

    def __init__(self, *, missing: str, longest: int, **options: Any) -> None:
        options["error_messages"] = {
            "required": missing,
            "max_length": f"Shorten this to {longest} characters or fewer.",
        }
        super().__init__(max_length=longest, **options)


class QuarterField(forms.ChoiceField):
    """One of some quarters, as text like 2026-2."""

    def __init__(self, **options: Any) -> None:
        said = "Choose a quarter of this list."
        super().__init__(error_messages={"required": said, "invalid_choice": said}, **options)

    def offer(self, quarters: Sequence[Quarter]) -> None:
        self.choices = [(self.key(quarter), str(quarter)) for quarter in quarters]

    @staticmethod
    def key(quarter: Quarter) -> str:
        return f"{quarter.year}-{quarter.number}"

    def clean(self, value: Any) -> Quarter:
        year, number = str(super().clean(value)).split("-")
        return Quarter(int(year), int(number))


class MeetingChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the meetings that are to come."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Meeting.objects.none(),
            empty_label="Choose a meeting",
            error_messages={
                "required": "Choose a meeting that is to come.",
                "invalid_choice": "Choose a meeting of this list.",
            },
            **options,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{date_words(obj.held_on)}, {obj.place}"


class MeetingForm(forms.Form):
    """When and where the board meets, and the quarter that it looks at."""

    held_on = DayField(label="Day of the meeting")
    place = Line(
        label="Where the board meets",
        longest=120,
        missing="Say where the board meets: an address, or online.",
        help_text="An address, or online.",
    )
    quarter = QuarterField(
        label="Quarter that it looks at",
        help_text="Its board pack, once frozen, is the paper of the meeting.",
    )

    def __init__(self, *args: Any, quarters: Sequence[Quarter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quarter"].offer(quarters)  # type: ignore[attr-defined]


class CancelForm(forms.Form):
    """Why a meeting does not take place."""

    reason = Words(
        label="Why is the meeting cancelled?",
        longest=LONGEST_REASON,
        missing="Say why the meeting is cancelled, so that everybody invited knows.",
    )


class DecisionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the decisions about money that wait for approval."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.reference}: {obj.grant.name}"


class QuestionForm(forms.Form):
    """A decision that is asked of the board. The meeting is chosen where the question is there already."""

    meeting = MeetingChoice(label="Meeting")
    title = Line(
        label="Title",
        longest=160,
        missing="Enter a title, like Move £84,000 from Bristol to Somerset.",
        help_text="What the board page lists.",
    )
    asked = Words(
        label="What is the board asked to decide?", missing="Say what the board is asked to decide."
    )
    recommendation = Words(label="What do you recommend?", rows=4, missing="Say what you recommend, and why.")
    amount = AmountField(
        label="Amount (optional)",
        required=False,
        help_text="The pounds that it is about, where there are any.",
    )
    decision = DecisionChoice(
        label="Proposed allocation that waits for it (optional)",
        queryset=Decision.objects.none(),
        empty_label="None",
        required=False,
        error_messages={"invalid_choice": "Choose a decision of this list."},
    )

    def __init__(
        self,
        *args: Any,
        decisions: QuerySet[Decision],
        meetings: QuerySet[Meeting] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].queryset = decisions  # type: ignore[attr-defined]
        if meetings is None:
            del self.fields["meeting"]
        else:
            self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]


class AgainForm(forms.Form):
    """To which meeting a deferred decision goes."""

    meeting = MeetingChoice(label="Which meeting is asked instead?")


class OutcomeForm(forms.Form):
    """What became of it; where a record is put right, what was wrong with that."""

    reason = Words(
        label="What is wrong with the record?",
        longest=LONGEST_REASON,
        missing="Say what was wrong. It stays beside both records.",
        help_text="The record stays. The new one takes its place and says why.",
    )
    outcome = forms.ChoiceField(
        label="What is the outcome?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the outcome.",
            "invalid_choice": "Choose an outcome of this list.",
        },
    )
    words = Words(
        label="In words",
        longest=LONGEST_REASON,
        missing="Give the outcome in words, as the minutes will say it.",
        help_text="As the minutes will say it, with any condition.",
    )
    on = DayField(label="Day of the outcome")

    def __init__(self, *args: Any, offered: Sequence[Outcome], puts_right: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]
        if not puts_right:
            del self.fields["reason"]

    @property
    def chosen(self) -> dict[str, Any]:
        """Of a valid form, as the action takes it."""
        return {**self.cleaned_data, "outcome": Outcome(self.cleaned_data["outcome"])}


class ActionForm(forms.Form):
    """What is to be done, by whom, by when."""

    what = Line(
        label="What is to be done?",
        longest=250,
        missing="Say what is to be done.",
    )
    owner = Line(
        label="Whose action is it?",
        longest=120,
        missing="Say whose action it is, like Head of Commissioning.",
        help_text="A role, like Head of Commissioning. No names of people.",
    )
    organisation = forms.ModelChoiceField(
        label="Organisation (optional)",
        queryset=Organisation.objects.none(),
        empty_label="None in particular",
        required=False,
        error_messages={"invalid_choice": "Choose an organisation of this list."},
    )
    due_on = DayField(label="By when?")

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class DoneForm(forms.Form):
    """That an action was done, and what came of it."""

    on = DayField(label="When was it done?")
    words = Words(
        label="What was done?",
        longest=LONGEST_REASON,
        missing="Say what was done.",
        help_text="The board reads this. What is recorded never changes.",
    )
