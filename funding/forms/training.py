"""Making the training copy, or starting again."""

from __future__ import annotations

from django import forms

from funding.forms.returns import Tick


class TrainingForm(forms.Form):
    """One tick: what is practised in now is put away."""

    confirmed = Tick(
        label="Yes: everybody with a role in the partnership gets the same role in a fresh copy",
        missing="Tick the box to make the training copy.",
    )
