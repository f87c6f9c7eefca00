"""Fields for what people type in figures."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from funding import money

MAXIMUM_COUNT = 9_999_999


class MoneyInput(forms.TextInput):
    """A text box with a £ before it: never type=number, which loses what was typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "data-money": True, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return money.plain(value) if isinstance(value, Decimal) else super().format_value(value)


class _TypedField(forms.Field):
    """A field whose parser refuses with a sentence. An empty box is told apart from a wrong one."""

    empty_message = "Enter a number"

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {}).setdefault("required", self.empty_message)
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        text = str(value).strip() if value is not None else ""
        if not text:
            return None
        try:
            return self.parse(text)
        except ValueError as problem:
            raise ValidationError(str(problem), code="invalid") from problem

    def parse(self, text: str) -> Any:
        raise ValueError(self.empty_message)


class AmountField(_TypedField):
    """Pounds, £0 or more: `£1,234.50` and `1234.5` are taken, everything doubtful is refused."""

    widget = MoneyInput
    empty_message = "Enter an amount, or 0"

    def parse(self, text: str) -> Decimal:
        return money.parse(text)


class ActualField(AmountField):
    """What was spent in the quarter, £0 or more. Less than nothing is only ever a correction."""

    def parse(self, text: str) -> Decimal:
        if re.match(r"[-\N{MINUS SIGN}(]\s*£? ?[0-9]", text):
            raise ValueError(
                "Enter an actual of £0 or more. To take back spend of an earlier quarter, use a correction"
            )
        return super().parse(text)


class SignedAmountField(AmountField):
    """A difference in pounds, above or below zero: −£250.00 takes away."""

    empty_message = "Enter an amount, like 250.00 or -250.00"

    def parse(self, text: str) -> Decimal:
        return money.parse(text, negative=True)


class CountField(_TypedField):
    """A whole number of people, sessions or events."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    empty_message = "Enter a number, or 0"

    def parse(self, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+|[0-9]+", text, re.ASCII):
            raise ValueError("Enter a whole number of 0 or more, like 120")
        count = int(text.replace(",", ""))
        if count > MAXIMUM_COUNT:
            raise ValueError(f"Enter a number of {MAXIMUM_COUNT:,} or less")
        return count


class HoursField(_TypedField):
    """Hours of patrol with up to two decimal places."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    empty_message = "Enter hours, or 0"

    def parse(self, text: str) -> Decimal:
        if not re.fullmatch(
            r"[0-9]{1,3}(,[0-9]{3})*(\.[0-9]{1,2})?|[0-9]{1,6}(\.[0-9]{1,2})?", text, re.ASCII
        ):
            raise ValueError("Enter hours of 0 or more, like 37.5")
        hours = Decimal(text.replace(",", ""))
        if hours > 999_999:
            raise ValueError("Enter 999,999 hours or fewer")
        return hours


class PercentField(_TypedField):
    """A share of 0 to 100 per cent with up to two decimal places. A trailing % is taken, nothing else is."""

    widget = forms.TextInput(
        attrs={
            "inputmode": "decimal",
            "autocomplete": "off",
            "class": "govuk-input--width-4",
            "data-suffix": "%",
        }
    )
    empty_message = "Enter a percentage, or 0"

    def parse(self, text: str) -> Decimal:
        match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?%?", text, re.ASCII)
        if match is None or Decimal(match[1]) > 100:
            raise ValueError(
                "Enter a percentage from 0 to 100 with no more than 2 digits after the point, like 12.5"
            )
        return Decimal(match[1])
