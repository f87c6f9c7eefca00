"""The pages that a role opens often, for its home page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from authorities.access import Acting
from authorities.roles import Permission
from funding.quarters import Quarter, year_label


@dataclass(frozen=True)
class Shortcut:
    """A page that the role opens often."""

    text: str
    href: str
    hint: str


JOBS_HINT = "Workbooks, e-mails and roll-ups that are under way or stuck."


def shortcuts(person: Acting) -> list[Shortcut]:
    """Those that the person may open, in the order in which they are offered."""
    year = year_label(Quarter.of(timezone.localdate()).year)
    offered = (
        (
            Permission.VIEW_BOARD,
            "Board page",
            "board",
            "Plan, spend, forecast, what is at risk, and who is late.",
        ),
        (
            Permission.VIEW_MONEY,
            "Grants and awards",
            "grants",
            "What the Home Office gives, and what is allocated.",
        ),
        (
            Permission.VIEW_BOARD,
            "Claims",
            "claims",
            "What is claimed from the Home Office, quarter by quarter.",
        ),
        (Permission.VIEW_MONEY, "Decisions", "decisions", "Every movement of money, with its reason."),
        (Permission.VIEW_RETURNS, "Return tracker", "tracker", "Who has returned, and who is late."),
        (Permission.PLAN, "Plan", "plan", f"Interventions and budget lines of {year}."),
        (Permission.VIEW_OWN_RETURN, "Returns", "own_returns", "Every quarter of your organisation."),
        (Permission.APPOINT_DEPUTY, "Deputies", "deputies", "Who stands in, from when until when."),
        (Permission.OPEN_ROUND, "Background jobs", "jobs", JOBS_HINT),
        (Permission.ADMINISTER, "Background jobs", "jobs", JOBS_HINT),
        (Permission.ADMINISTER, "Administration", "admin:index", "People, roles and reference data."),
        (Permission.ADMINISTER, "Training", "training", "A copy of the partnership to practise in."),
    )
    return [
        Shortcut(text, reverse(name), hint)
        for needed, text, name, hint in offered
        if person.has(needed) and not (person.is_training and name == "admin:index")
    ]
