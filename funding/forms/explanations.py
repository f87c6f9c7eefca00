"""Why figures are as they are: reasons for variances, and corrections of earlier quarters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from authorities.filters import date_words
from authorities.forms import DayField
from funding.actions.variances import ReasonEntry
from funding.forms.fields import SignedAmountField
from funding.forms.grids import RevisionForm
from funding.forms.returns import LONGEST_REASON, Words
from funding.models import Adjustment, BudgetLine, QuarterlyReturn, ReasonCode, VarianceReason
from funding.money import change, percentage
from funding.quarters import Quarter

NO_REASON = [("", "Choose a reason")]
FACTS = ("code", "words", "recovers_on", "never")


@dataclass(frozen=True)
class VarianceRow:
    """A line that is asked for a reason, in pounds, and the reason that is saved."""

    line: BudgetLine
    plan: Decimal
    actual: Decimal
    reason: VarianceReason | None

    @property
    def name(self) -> str:
        return f"{self.line.intervention.name}, {self.line.description or self.line.cost_heading.name}"

    @property
    def apart(self) -> Decimal:
        return self.actual - self.plan

    @property
    def difference(self) -> str:
        """With its sign, and as a share of the plan where there is one."""
        share = percentage(abs(self.apart), self.plan)
        return f"{change(self.apart)} ({share} of the plan)" if share else change(self.apart)


class VariancesForm(RevisionForm):
    """For each line a reason, words, and a day of recovery or a tick that there will be none.

    A line with nothing typed is not saved yet; one that is half filled says what it lacks.
    """

    def __init__(self, *args: Any, rows: Sequence[VarianceRow], quarter: Quarter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.quarter = rows, quarter
        self.last_day = Quarter(quarter.year, 4).ends_on
        for row in rows:
            self._add(row)

    def _add(self, row: VarianceRow) -> None:
        key, saved = row.line.pk, row.reason
        self.fields[f"code-{key}"] = forms.ChoiceField(
            label="Reason", choices=[*NO_REASON, *ReasonCode.choices], required=False,
            initial=saved.code if saved else "",
            error_messages={"invalid_choice": "Choose one of the reasons of the list."},
        )  # fmt: skip
        self.fields[f"words-{key}"] = Words(
            label="In words", rows=3, longest=LONGEST_REASON, required=False,
            initial=saved.words if saved else "",
            help_text="What happened, and what you do about it. Do not enter names of people.",
        )  # fmt: skip
        self.fields[f"recovers_on-{key}"] = DayField(
            label="By when will the line be back on plan?", required=False,
            initial=saved.recovers_on if saved else None,
            help_text=f"A day up to {date_words(self.last_day)}, like 31 12 {self.quarter.year}.",
        )  # fmt: skip
        self.fields[f"never-{key}"] = forms.BooleanField(
            label="It will not be back on plan this year", required=False,
            initial=bool(saved and not saved.recovers_on),
        )  # fmt: skip

    def fields_of(self, row: VarianceRow) -> list[Any]:
        """The bound fields of a line, for the page."""
        return [self[f"{fact}-{row.line.pk}"] for fact in FACTS]

    def clean(self) -> dict[str, Any]:
        for row in self.rows:
            if not self._is_empty(row):
                for fact, missing in self._missing(row).items():
                    if f"{fact}-{row.line.pk}" not in self.errors:
                        self.add_error(f"{fact}-{row.line.pk}", missing)
        return self.cleaned_data

    def _is_empty(self, row: VarianceRow) -> bool:
        return not any(self._is_typed(f"{fact}-{row.line.pk}") for fact in FACTS)

    def _missing(self, row: VarianceRow) -> dict[str, str]:
        code, words, day, never = (self.cleaned_data.get(f"{fact}-{row.line.pk}") for fact in FACTS)
        found = {}
        if not code:
            found["code"] = f"Choose a reason for {row.name}"
        if not words:
            found["words"] = f"Say in words why {row.name} is not on plan"
        if not day and not never:
            found["recovers_on"] = (
                f"Enter the day by which {row.name} is back on plan, or tick that it will not be"
            )
        elif day and never:
            found["recovers_on"] = "Enter a day or tick the box, not both"
        elif day and not self.quarter.starts_on <= day <= self.last_day:
            first, last = date_words(self.quarter.starts_on), date_words(self.last_day)
            found["recovers_on"] = f"Enter a day from {first} to {last}. No money is carried to another year"
        return found

    def _is_ready(self, row: VarianceRow) -> bool:
        names = {f"{fact}-{row.line.pk}" for fact in FACTS}
        return not self._is_empty(row) and not names & self.errors.keys()

    def entries(self) -> list[ReasonEntry]:
        """The lines whose reason is complete."""
        return [self._entry(row.line) for row in self.rows if self._is_ready(row)]

    def _entry(self, line: BudgetLine) -> ReasonEntry:
        code, words, day, _ = (self.cleaned_data[f"{fact}-{line.pk}"] for fact in FACTS)
        return ReasonEntry(line, ReasonCode(code), words, day)

    def emptied(self) -> list[BudgetLine]:
        """The lines whose reason was saved and is taken out again."""
        return [row.line for row in self.rows if row.reason and self._is_empty(row)]

    def waiting(self) -> list[str]:
        names = [
            f"{fact}-{row.line.pk}"
            for row in self.rows
            if not self._is_empty(row) and not self._is_ready(row)
            for fact in FACTS
        ]
        return [name for name in names if name not in self.refused()]


def saved_variances(rows: Sequence[VarianceRow]) -> Mapping[str, Any]:
    """What stands saved, by the names of the form's fields."""
    saved: dict[str, Any] = {}
    for row in rows:
        if row.reason:
            key, day = row.line.pk, row.reason.recovers_on
            values = (row.reason.code, row.reason.words, day, day is None)
            saved |= {f"{fact}-{key}": value for fact, value in zip(FACTS, values, strict=True)}
    return saved


class CorrectionChangeForm(RevisionForm):
    """The amount and the reason of one correction."""

    amount = SignedAmountField(
        label="Difference to the actual",
        help_text="Like 250.00 where more was spent than was returned, or -250.00 where less was.",
    )
    reason = Words(
        label="Why is it corrected?",
        rows=3,
        longest=LONGEST_REASON,
        missing="Say why the earlier quarter is corrected.",
        help_text="The certifier and the OPCC read this. Do not enter names of people.",
    )

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("Enter an amount above or below £0.00, like 250.00 or -250.00")
        return amount


class CorrectionForm(CorrectionChangeForm):
    """Which line of which earlier quarter is corrected, by how much and why."""

    corrects = forms.TypedChoiceField(
        label="Which quarter do you correct?",
        coerce=int,
        error_messages={
            "required": "Choose the quarter that you correct.",
            "invalid_choice": "Choose one of the quarters of the list.",
        },
    )
    budget_line = forms.TypedChoiceField(
        label="Which budget line?",
        coerce=int,
        error_messages={
            "required": "Choose the budget line that you correct.",
            "invalid_choice": "Choose one of the budget lines of the list.",
        },
    )
    field_order = ("revision", "corrects", "budget_line", "amount", "reason")

    def __init__(
        self, *args: Any, earlier: Sequence[QuarterlyReturn], lines: Sequence[BudgetLine], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._earlier = {one.pk: one for one in earlier}
        self._lines = {line.pk: line for line in lines}
        fields: Any = self.fields
        fields["corrects"].choices = [
            ("", "Choose a quarter"),
            *((pk, str(one.quarter)) for pk, one in self._earlier.items()),
        ]
        fields["budget_line"].choices = [
            ("", "Choose a line"),
            *((pk, str(line)) for pk, line in self._lines.items()),
        ]

    def content(self) -> dict[str, Any]:
        """What the action takes."""
        said = self.cleaned_data
        return {
            "corrects": self._earlier[said["corrects"]],
            "budget_line": self._lines[said["budget_line"]],
            "amount": said["amount"],
            "reason": said["reason"],
        }


def initial_of(adjustment: Adjustment) -> dict[str, Any]:
    """What the form of a correction starts from."""
    return {"amount": adjustment.amount, "reason": adjustment.reason}
