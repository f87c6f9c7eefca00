"""Freezing a claim, which cannot be undone."""

from __future__ import annotations

from django import forms

from funding.forms.returns import Tick


class FreezeForm(forms.Form):
    """The tick under the figures that were checked; which figures those were comes back with it."""

    confirmed = Tick(
        label="I have checked these figures, and I understand that a frozen claim never changes",
        missing="Tick the box to freeze the claim.",
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)
