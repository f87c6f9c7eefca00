"""Milestones of system change: set, changed, and reported each quarter."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from authorities.models import Partnership, User
from authorities.roles import Permission
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import ChangeTheme, Milestone, MilestoneReport, MilestoneStatus
from funding.quarters import Quarter, london_day


class UnableToKeepMilestone(UnableTo):
    """The milestone cannot be set, changed or reported."""


@transaction.atomic
def set_milestone(
    *, partnership: Partnership, theme: ChangeTheme, name: str, due_on: date, by: User, at: datetime
) -> Milestone:
    """Raises UnableToKeepMilestone for a name that is taken."""
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=partnership)
    _check(name)
    with refusals(UnableToKeepMilestone), transaction.atomic():
        return Milestone.objects.create(
            partnership=partnership,
            theme=theme,
            name=name.strip(),
            due_on=due_on,
            added_by=by,
            added_at=at,
        )


@transaction.atomic
def change_milestone(
    *, milestone: Milestone, theme: ChangeTheme, name: str, due_on: date, by: User, at: datetime
) -> Milestone:
    """Another theme, name or day; what was before is kept. Raises UnableToKeepMilestone."""
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=milestone.partnership)
    _check(name)
    found = Milestone.objects.select_for_update(no_key=True).get(pk=milestone.pk)
    found.theme, found.name, found.due_on = theme, name.strip(), due_on
    with refusals(UnableToKeepMilestone), transaction.atomic():
        found.save(update_fields=("theme", "name", "due_on"))
    return found


@transaction.atomic
def report(
    *,
    milestone: Milestone,
    quarter: Quarter,
    status: MilestoneStatus,
    words: str,
    evidence: str,
    by: User,
    at: datetime,
) -> MilestoneReport:
    """Where it stands in a quarter that has begun. A later report of the same quarter puts one right.

    Raises UnableToKeepMilestone.
    """
    check_may(Permission.KEEP_BOARD, by=by, at=at, partnership=milestone.partnership)
    if quarter.starts_on > london_day(at):
        raise UnableToKeepMilestone(f"{quarter} has not begun. Choose an earlier quarter.")
    if not words.strip():
        raise UnableToKeepMilestone("Say where the milestone stands.")
    if status == MilestoneStatus.DONE and not evidence.strip():
        raise UnableToKeepMilestone("Say what shows that it is done.")
    return MilestoneReport.objects.create(
        milestone=milestone,
        year=quarter.year,
        quarter_number=quarter.number,
        status=status,
        words=words.strip(),
        evidence=evidence.strip(),
        reported_by=by,
        reported_at=at,
    )


def _check(name: str) -> None:
    if not name.strip():
        raise UnableToKeepMilestone("Enter the name of the milestone.")
