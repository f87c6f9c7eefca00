"""How an organisation judges its quarter: two ratings with reasons and its risks; and its match funding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from funding.actions.match import MatchEntry
from funding.actions.ratings import Rating, RiskEntry
from funding.forms.fields import AmountField
from funding.forms.rows import Data, RowsForm
from funding.models import MatchKind, MatchLine, QuarterlyReturn, Rag, ReturnRisk

MOST_WORDS = 100
LONGEST_REASON = 1500
LIKELIHOODS = ("Very unlikely", "Unlikely", "Possible", "Likely", "Very likely")
IMPACTS = ("Very low", "Low", "Medium", "High", "Very high")


class FewWords(forms.CharField):
    """A reason of so many words at most; the page counts them too."""

    def __init__(self, *, label: str, missing: str, rows: int = 3) -> None:
        attrs = {"rows": rows, "data-maxwords": MOST_WORDS}
        super().__init__(
            label=label, widget=forms.Textarea(attrs=attrs), error_messages={"required": missing}
        )

    def validate(self, value: str) -> None:
        super().validate(value)
        count = len(value.split())
        if count > MOST_WORDS:
            raise ValidationError(f"Shorten this to {MOST_WORDS} words or fewer. It has {count}.")
        if len(value) > LONGEST_REASON:
            raise ValidationError(f"Shorten this to {LONGEST_REASON:,} characters or fewer.")


def _rag(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=Rag.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a rating", "invalid_choice": "Choose a rating of this list"},
    )


RAG_HINTS = {
    Rag.GREEN: "On track. Nothing stands in the way.",
    Rag.AMBER_GREEN: "Likely to be on track, if what is watched stays in hand.",
    Rag.AMBER: "In doubt. It can be put right, and that needs attention now.",
    Rag.AMBER_RED: "In serious doubt. It needs help or a change of plan.",
    Rag.RED: "Off track, and not expected to recover as planned.",
}


def _scores(label: str, names: tuple[str, ...]) -> forms.TypedChoiceField:
    choices = [("", "Choose"), *((place, f"{place}: {name}") for place, name in enumerate(names, start=1))]
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"data-score": True}),
        error_messages={"invalid_choice": "Choose a number from 1 to 5"},
    )


def _text(label: str, longest: int, help_text: str = "", rows: int = 0) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput,
        error_messages={"max_length": f"Shorten this to {longest:,} characters or fewer"},
    )


class RatingsForm(RowsForm):
    """Spend and delivery are rated apart: money can be on track while the work is not."""

    spend_rag = _rag("How is spend against the plan?")
    spend_rag_reason = FewWords(
        label="Why this rating for spend?", missing="Give a reason for the spend rating"
    )
    delivery_rag = _rag("How is delivery against the plan?")
    delivery_rag_reason = FewWords(
        label="Why this rating for delivery?", missing="Give a reason for the delivery rating"
    )
    columns = {
        "title": partial(_text, "What could go wrong?", 160),
        "likelihood_before": partial(_scores, "Likelihood before", LIKELIHOODS),
        "impact_before": partial(_scores, "Impact before", IMPACTS),
        "mitigation": partial(_text, "What do you do about it?", 1000, "", 3),
        "likelihood_after": partial(_scores, "Likelihood after", LIKELIHOODS),
        "impact_after": partial(_scores, "Impact after", IMPACTS),
        "owner": partial(
            _text, "Who owns it, by role?", 80, "A role, like Authority lead. Do not enter a name."
        ),
    }
    key = ("title",)
    missing = {
        "title": "Say what could go wrong",
        "likelihood_before": "Choose how likely it is before you act",
        "impact_before": "Choose how bad it would be before you act",
        "mitigation": "Say what you do about it",
        "likelihood_after": "Choose how likely it is after you act",
        "impact_after": "Choose how bad it would be after you act",
        "owner": "Enter the role that owns this risk",
    }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        titles = Counter(cleaned.get(f"title-{number}") for number in self.numbers)
        for number in self.numbers:
            title = cleaned.get(f"title-{number}")
            if title and titles[title] > 1:
                self.add_error(f"title-{number}", "Another risk has this title. Say how the two differ")
        return cleaned

    def content(self, standing: Sequence[Data]) -> dict[str, Any]:
        """What `ratings.save_ratings` takes; `standing` are the risks that are saved."""
        return {
            "spend": self._rating("spend_rag"),
            "delivery": self._rating("delivery_rag"),
            "risks": [RiskEntry(**row) for row in self.filled(standing)],
        }

    def _rating(self, name: str) -> Rating:
        said = self.said(name)
        return Rating(Rag(said) if said else None, self.said(f"{name}_reason"))


RATINGS = ("spend_rag", "spend_rag_reason", "delivery_rag", "delivery_rag_reason")


def saved_ratings(found: QuarterlyReturn) -> dict[str, str]:
    """The ratings that stand saved, by the names of the form's fields."""
    return {name: getattr(found, name) for name in RATINGS}


def risk_rows(risks: Sequence[ReturnRisk]) -> list[dict[str, Any]]:
    """Risks as rows of the form, and as it reads them."""
    return [{name: getattr(risk, name) for name in RatingsForm.columns} for risk in risks]


class MatchForm(RowsForm):
    """Money or help beside the grant. An empty form says that there was none."""

    columns = {
        "source": partial(_text, "Where does it come from?", 120, "Like Public health budget. No names."),
        "kind": lambda: forms.ChoiceField(
            label="Cash or in kind?",
            choices=[("", "Choose"), *MatchKind.choices],
            error_messages={"invalid_choice": "Choose cash or in kind"},
        ),
        "is_secured": lambda: forms.TypedChoiceField(
            label="Is it secured?",
            choices=[("", "Choose"), ("yes", "Yes, agreed in writing"), ("no", "Not yet")],
            coerce=lambda value: value == "yes",
            empty_value=None,
            error_messages={"invalid_choice": "Choose whether it is secured"},
        ),
        "amount": lambda: AmountField(label="Worth in this quarter", help_text=""),
    }
    key = ("source", "kind")
    missing = {
        "source": "Enter where it comes from",
        "kind": "Choose cash or in kind",
        "is_secured": "Choose whether it is secured",
        "amount": "Enter an amount",
    }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        pairs = Counter((cleaned.get(f"source-{n}"), cleaned.get(f"kind-{n}")) for n in self.numbers)
        for number in self.numbers:
            pair = (cleaned.get(f"source-{number}"), cleaned.get(f"kind-{number}"))
            if all(pair) and pairs[pair] > 1:
                self.add_error(f"source-{number}", "This source is there already. Put it in one row")
            if cleaned.get(f"amount-{number}") == Decimal(0):
                self.add_error(f"amount-{number}", "Enter an amount above £0, or remove the row")
        return cleaned

    def content(self, standing: Sequence[MatchLine]) -> dict[str, Any]:
        """What `match.save_match` takes; `standing` is what is saved."""
        rows = self.filled([{name: getattr(line, name) for name in self.columns} for line in standing])
        return {"entries": [MatchEntry(**row | {"kind": MatchKind(row["kind"])}) for row in rows]}


def match_rows(lines: Sequence[MatchLine]) -> list[dict[str, Any]]:
    """Match funding as rows of the form."""
    return [
        {
            "source": one.source,
            "kind": one.kind,
            "is_secured": ("no", "yes")[one.is_secured],
            "amount": one.amount,
        }
        for one in lines
    ]
