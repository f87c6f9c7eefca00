"""Making grants public, and taking a publication away again."""

from __future__ import annotations

from django import forms

from funding.forms.returns import Tick, Words


class PublishForm(forms.Form):
    """The tick under the grants that were checked; which grants those were comes back with it."""

    confirmed = Tick(
        label="I have checked these grants, and I understand that everybody can copy what is published",
        missing="Tick the box to publish the grants.",
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)


class WithdrawForm(forms.Form):
    """Why, in words that everybody may read; which publication was looked at comes back with it."""

    reason = Words(
        label="Why do you withdraw it?",
        help_text="This becomes public. Name no person and no place.",
        missing="Say why you withdraw the publication.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
