"""What the OPCC asks, answers and grants: queries, replies, reopening, time, waivers, closing a round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.forms import BoundField

from authorities.filters import date_words
from authorities.forms import DayField
from authorities.models import Organisation
from funding.actions.returns import Question
from funding.forms.returns import LONGEST_REASON, Tick, Words
from funding.models import ReturnPart, WaivedRule
from funding.quarters import Quarter
from funding.return_delivery import ActivityRow, PatrolRow
from funding.return_sheet import Sheet

# A year is more time than any answer needs.
LONGEST_WAIT = timedelta(days=366)


@dataclass(frozen=True)
class Subject:
    """Something that can be asked about. `about` are the rows that the question names."""

    key: str
    group: str
    label: str
    part: ReturnPart
    about: Mapping[str, Any]

    @property
    def field(self) -> str:
        return f"ask-{self.key}"

    @property
    def open_label(self) -> str:
        """For the history and the e-mails, which more people read than may see the name of a hotspot."""
        hotspot = self.about.get("hotspot")
        return f"Hotspot {hotspot.reference}" if hotspot else self.label


OTHER_PARTS = (ReturnPart.NARRATIVE, ReturnPart.RATINGS, ReturnPart.MATCH, ReturnPart.EVIDENCE)


def subjects(
    sheet: Sheet, activity: Sequence[ActivityRow] | None, patrols: Sequence[PatrolRow] | None
) -> list[Subject]:
    """Every line and part of the return, in the order of the page."""
    found = [
        Subject(
            f"line-{row.line.pk}",
            "Spend and forecast",
            f"{row.line.intervention.name}: {row.label}",
            ReturnPart.SPEND,
            {"budget_line": row.line},
        )
        for row in sheet.rows
    ]
    for done in activity or ():
        acted = {"intervention": done.intervention}
        key, name = f"activity-{done.intervention.pk}", done.intervention.name
        found.append(Subject(key, "Activity", name, ReturnPart.ACTIVITY, acted))
    for patrol in patrols or ():
        patrolled, key = {"hotspot": patrol.hotspot}, f"hotspot-{patrol.hotspot.pk}"
        found.append(Subject(key, "Patrols", patrol.label, ReturnPart.PATROLS, patrolled))
    return found + [
        Subject(f"part-{part.value}", "Other parts", part.label, part, {}) for part in OTHER_PARTS
    ]


class QueryForm(forms.Form):
    """A question for each line or part that the officer wants to ask about, and a day to answer by."""

    due_on = DayField(
        label="Answer by",
        help_text="For example, 31 3 2026.",
    )
    reason = Words(
        label="A question about the return as a whole (optional)",
        required=False,
        longest=LONGEST_REASON,
        rows=3,
    )

    def __init__(
        self,
        *args: Any,
        asked: Sequence[Subject],
        ticked: Iterable[str],
        today: date,
        usual_days: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        usual = f"{usual_days} working days from today are usual."
        self.fields["due_on"].help_text = f"{usual} {self.fields['due_on'].help_text}"
        self._subjects, self._ticked, self._today = asked, set(ticked), today
        for subject in asked:
            self.fields[subject.field] = Words(
                label=subject.label, required=False, longest=LONGEST_REASON, rows=3
            )

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        latest = self._today + LONGEST_WAIT
        if not self._today < due_on <= latest:
            raise forms.ValidationError(f"Enter a date after today and until {date_words(latest)}.")
        return due_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.questions and not cleaned.get("reason", "").strip():
            self.add_error(None, "Ask at least one question, about a line, a part or the return as a whole.")
        return cleaned

    @property
    def questions(self) -> list[Question]:
        """Of a clean form, in the order of the page. The one about the whole return comes last."""
        texts = [(one, self.cleaned_data.get(one.field, "").strip()) for one in self._subjects]
        asked = [Question(one.part, text, **one.about) for one, text in texts if text]
        whole = self.cleaned_data.get("reason", "").strip()
        return [*asked, Question(ReturnPart.WHOLE, whole)] if whole else asked

    @property
    def summary(self) -> str:
        """Why the return goes back, in one line or in the officer's own words."""
        whole: str = self.cleaned_data.get("reason", "").strip()
        labels = [one.open_label for one in self._subjects if self.cleaned_data.get(one.field, "").strip()]
        about = f"Questions about {'; '.join(labels)}." if labels else ""
        return "\n".join(filter(None, (whole, about)))

    def _is_open(self, subject: Subject) -> bool:
        field = self[subject.field]
        return subject.key in self._ticked or bool(field.value()) or bool(field.errors)

    @property
    def chosen(self) -> list[BoundField]:
        """The boxes that stand open: those that were ticked, or that hold something."""
        return [self[subject.field] for subject in self._subjects if self._is_open(subject)]

    @property
    def others(self) -> list[tuple[str, list[BoundField]]]:
        """The boxes that are folded away, by heading."""
        folded = [subject for subject in self._subjects if not self._is_open(subject)]
        by_group = groupby(folded, key=lambda subject: subject.group)
        return [(group, [self[subject.field] for subject in found]) for group, found in by_group]


class ReplyForm(forms.Form):
    """One message of a thread: an answer of those who prepare the return, or a reply of the OPCC."""

    text = Words(rows=5)

    def __init__(self, *args: Any, is_ours: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.noun = "answer" if is_ours else "reply"
        self.fields["text"].label = f"Your {self.noun}"
        self.fields["text"].error_messages["required"] = "Write an answer." if is_ours else "Write a reply."


class ReopenForm(forms.Form):
    """Why an accepted return is opened again."""

    reason = Words(
        label="Why is the return reopened?",
        longest=LONGEST_REASON,
        help_text="Say what has to be corrected. The organisation reads this, and it stays in the history.",
        missing="Give a reason, so that the people who prepare the return know what to do.",
    )


class CloseForm(forms.Form):
    """Closing a round, which cannot be undone."""

    confirmed = Tick(
        label="I understand that a closed round is never opened again",
        missing="Tick the box to close the round.",
    )


class ExtensionForm(forms.Form):
    """More time for one organisation."""

    due_on = DayField(label="New due date")
    reason = Words(
        label="Why does the organisation get more time?",
        longest=LONGEST_REASON,
        help_text="The organisation reads this, and it stays in the history.",
        missing="Give a reason. The organisation reads it, and it stays in the history.",
    )


class WaiverForm(forms.Form):
    """A rule that shall not hold for one organisation in some quarters of one financial year."""

    organisation = forms.TypedChoiceField(
        label="For which organisation?",
        coerce=int,
        error_messages={"required": "Choose the organisation."},
    )
    rule = forms.ChoiceField(
        label="Which rule shall be waived?",
        choices=WaivedRule.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the rule."},
    )
    first = forms.ChoiceField(label="From the return for")
    last = forms.ChoiceField(label="Up to and including the return for")
    reason = Words(
        label="Why?",
        longest=LONGEST_REASON,
        help_text="The approver and the organisation read this.",
        missing="Give a reason, so that the approver can decide.",
    )

    def __init__(
        self, *args: Any, organisations: Iterable[Organisation], quarters: Sequence[Quarter], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._quarters = {f"{quarter.year}-{quarter.number}": quarter for quarter in quarters}
        choices = [(key, f"{quarter}") for key, quarter in self._quarters.items()]
        for name in ("first", "last"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self._organisations = {one.pk: one for one in organisations}
        # Nobody is chosen beforehand: a waiver for the first of the list by oversight would be a real one.
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            ("", "Choose an organisation"),
            *((one.pk, one.name) for one in self._organisations.values()),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = (self._quarters.get(cleaned.get(name, "")) for name in ("first", "last"))
        if first and last and last < first:
            self.add_error("last", "Choose the same quarter as the first one, or a later one.")
        elif first and last and last.year != first.year:
            self.add_error(
                "last",
                "Choose a quarter of the same financial year: a waiver ends on 31 March at the latest.",
            )
        return cleaned

    @property
    def chosen(self) -> dict[str, Any]:
        """Of a valid form, as the action takes it."""
        first, last = (self._quarters[self.cleaned_data[name]] for name in ("first", "last"))
        return {
            "organisation": self._organisations[self.cleaned_data["organisation"]],
            "rule": WaivedRule(self.cleaned_data["rule"]),
            "reason": self.cleaned_data["reason"],
            "starts_on": first.starts_on,
            "ends_on": last.ends_on,
        }


class WaiverAnswerForm(forms.Form):
    """The approver's answer."""

    choice = forms.ChoiceField(
        label="What do you decide?",
        choices=(("approve", "Approve"), ("reject", "Refuse")),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you approve or refuse the waiver."},
    )
    answer = Words(
        label="Your answer (needed when you refuse)",
        required=False,
        longest=LONGEST_REASON,
        rows=3,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") == "reject" and not cleaned.get("answer", "").strip():
            self.add_error("answer", "Say why you refuse, so that the officer knows.")
        return cleaned
