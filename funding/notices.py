"""What the portal writes to people by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from authorities.filters import date_words
from funding.models import QuarterlyReturn
from funding.quarters import working_days_before

DUE_SOON_WORKING_DAYS = 3


@dataclass(frozen=True)
class Message:
    """An e-mail before it has an addressee."""

    kind: str
    subject: str
    body: str


def reminder(quarterly_return: QuarterlyReturn, *, on: date) -> Message | None:
    """The reminder that an outstanding return calls for on a day: due soon, overdue, or none."""
    due_on = quarterly_return.due_on
    if on > due_on:
        kind, state = "overdue", f"was due on {date_words(due_on)} and is late"
    elif on >= working_days_before(due_on, DUE_SOON_WORKING_DAYS):
        kind, state = "due_3", f"is due on {date_words(due_on)}"
    else:
        return None
    name = f"The return of {quarterly_return.organisation.name} for {quarterly_return.quarter}"
    address = settings.SITE_URL + reverse("return", args=[quarterly_return.pk])
    return Message(
        kind=kind,
        subject=f"{quarterly_return.organisation.short_name}: "
        f"return for {quarterly_return.quarter.label} {'due' if kind == 'due_3' else kind}",
        body=f"{name}, {state}.\n\n"
        f"Where it stands: {quarterly_return.get_status_display().lower()}.\n"
        f"Continue here: {address}\n",
    )
