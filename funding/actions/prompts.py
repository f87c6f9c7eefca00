"""Confirming what a return was asked about: a few words that stay with the figures they were written for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from authorities.models import User
from funding.actions.entries import UnableToSave, saving
from funding.models import ConfirmedPrompt, QuarterlyReturn
from funding.prompts import prompts, unconfirmed


def confirm(
    *,
    quarterly_return: QuarterlyReturn,
    revision: int,
    words: Mapping[str, str],
    by: User,
    at: datetime,
) -> QuarterlyReturn:
    """Confirms prompts by their keys, each with a few words of why the figures are right.

    Raises UnableToSave for a prompt that is not asked, or not any more since its figures changed, and when
    somebody else saved meanwhile.
    """
    with saving(quarterly_return, revision, by, at) as saved:
        asked = {prompt.key: prompt for prompt in unconfirmed(prompts(saved))}
        if not words or not set(words) <= set(asked):
            raise UnableToSave("The figures have changed since you opened this page. Read them again.")
        if not all(text.strip() for text in words.values()):
            raise UnableToSave("Write a few words for each prompt that you confirm.")
        ConfirmedPrompt.objects.bulk_create(
            ConfirmedPrompt(
                quarterly_return=saved,
                code=asked[key].code,
                subject=asked[key].subject,
                fingerprint=asked[key].fingerprint,
                words=text.strip(),
                by=by,
                at=at,
            )
            for key, text in words.items()
        )
    return saved
