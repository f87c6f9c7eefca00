"""A few words for each prompt that is confirmed; the others wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from funding.forms.grids import RevisionForm
from funding.prompt_rules import Prompt

LONGEST, FEWEST_WORDS = 500, 2


class PromptsForm(RevisionForm):
    """One box for each prompt. At least one is filled in."""

    def __init__(self, *args: Any, asked: Sequence[Prompt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for prompt in asked:
            self.fields[f"words-{prompt.key}"] = forms.CharField(
                label=f"{prompt.title}: why is it right?",
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"max_length": f"Shorten this to {LONGEST} characters or fewer."},
                validators=[few_words],
            )

    @property
    def boxes(self) -> list[tuple[Prompt, BoundField]]:
        return [(prompt, self[f"words-{prompt.key}"]) for prompt in self.asked]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.asked and not self.errors and not self.words():
            self.add_error(None, "Write a few words for what is right, or correct it.")
        return cleaned

    def words(self) -> dict[str, str]:
        """By the key of the prompt, what is written."""
        said = {prompt.key: self.cleaned_data.get(f"words-{prompt.key}", "") for prompt in self.asked}
        return {key: text for key, text in said.items() if text}


def few_words(text: str) -> None:
    if len(text.split()) < FEWEST_WORDS:
        raise ValidationError("Write a few words, so that your certifier and the OPCC understand.")
