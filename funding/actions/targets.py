"""What an intervention is to reach in each quarter. Universal and targeted are never added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from authorities.models import User
from authorities.roles import Permission
from funding.actions.errors import check_may
from funding.actions.plans import UnableToPlan, held_quarters
from funding.models import ActivityTarget, Award, Intervention
from funding.quarters import Quarter


@dataclass(frozen=True)
class Target:
    """People and sessions in one quarter. All at 0 is no target."""

    universal_reached: int = 0
    targeted_reached: int = 0
    sessions: int = 0

    @property
    def is_none(self) -> bool:
        return not (self.universal_reached or self.targeted_reached or self.sessions)


NONE = Target()


def targets_of(intervention: Intervention) -> dict[int, Target]:
    """By number of the quarter, all four."""
    found = {
        one.quarter: Target(one.universal_reached, one.targeted_reached, one.sessions)
        for one in intervention.targets.all()
    }
    return {number: found.get(number, NONE) for number in range(1, 5)}


@transaction.atomic
def set_targets(
    *,
    intervention: Intervention,
    targets: Mapping[int, Target],
    seen: Mapping[int, Target],
    by: User,
    at: datetime,
) -> Intervention:
    """Sets the targets of the given quarters; quarters that are not given stand.

    `seen` are the targets that the person has read: what somebody else changed meanwhile is not overwritten
    unseen. Raises UnableToPlan for that, for the police, who return patrols, and for a quarter whose return
    is on its way or accepted: what was signed was signed beside its target.
    """
    organisation, year = intervention.organisation, intervention.award.year
    check_may(Permission.PLAN, by=by, at=at, organisation=organisation)
    if organisation.is_police:
        raise UnableToPlan("The police return patrols of hotspots, which have no targets here.")
    Award.objects.select_for_update(no_key=True).get(pk=intervention.award_id)
    held = held_quarters(organisation=organisation, year=year, lock=True)
    standing = targets_of(intervention)
    if any(standing[number] != target for number, target in seen.items()):
        raise UnableToPlan(
            "Somebody else changed these targets after you opened this page. What you typed is kept below "
            "and is not saved yet. Compare it with what stands, then save again."
        )
    for number, target in targets.items():
        if target == standing[number]:
            continue
        if number in held:
            raise UnableToPlan(
                f"The return for {Quarter(year, number)} {held[number]}, so its targets cannot change."
            )
        _write(intervention, number, target)
    return intervention


def _write(intervention: Intervention, number: int, target: Target) -> None:
    if target.is_none:
        ActivityTarget.objects.filter(intervention=intervention, quarter=number).delete()
        return
    ActivityTarget.objects.update_or_create(
        intervention=intervention,
        quarter=number,
        defaults={
            "universal_reached": target.universal_reached,
            "targeted_reached": target.targeted_reached,
            "sessions": target.sessions,
        },
    )
