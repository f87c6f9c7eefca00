"""Which notices a person wants by e-mail too."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from funding.models import NoticeKind

K = NoticeKind
# The groups of the page, in order; every kind is in one of them.
GROUPS: tuple[tuple[str, str, tuple[NoticeKind, ...]], ...] = (
    ("deadlines", "Deadlines", (K.OPENED, K.DUE_10, K.DUE_3, K.DUE_TODAY, K.OVERDUE, K.NUDGED, K.EXTENDED)),
    (
        "returns",
        "What happens to a return",
        (K.TO_CERTIFY, K.DECLINED, K.CERTIFIED, K.QUERIED, K.ANSWERED, K.ACCEPTED, K.REOPENED),
    ),
    ("care", "What needs looking after", (K.NO_CERTIFIER, K.WAIVER, K.INFECTED, K.STUCK)),
)


class PreferencesForm(forms.Form):
    """A tick for each kind that goes out by e-mail."""

    def __init__(self, *args: Any, silent: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, kinds in GROUPS:
            self.fields[name] = forms.MultipleChoiceField(
                label=label,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[(kind.value, kind.label) for kind in kinds],
                initial=[kind.value for kind in kinds if kind.value not in silent],
            )

    @property
    def by_email(self) -> set[str]:
        """Of a valid form: the kinds that were ticked."""
        return {kind for name, _, _ in GROUPS for kind in self.cleaned_data[name]}
