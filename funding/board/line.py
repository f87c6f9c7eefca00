"""The history of one budget line, for readers of the board: what was certified of it, version by version.

No person is here, no word of a narrative, no count of people; a draft is not, and no version that was never
certified.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from funding.board.drill import UNNAMED
from funding.models import (
    ACCEPTED_STATES,
    COUNTED_STATES,
    RETURNED_STATES,
    BudgetLine,
    Hotspot,
    ProfileAmount,
    QuarterlyReturn,
    ReturnVersion,
)
from funding.money import ZERO
from funding.quarters import Quarter


@dataclass(frozen=True)
class Planned:
    """One quarter of the line: its plan, and how its return stands in the words of the board."""

    quarter: Quarter
    amount: Decimal
    code: str
    stands: str
    return_id: int | None


@dataclass(frozen=True)
class Certified:
    """What one certified version of a return says of the line."""

    quarter: Quarter
    number: int
    certified_at: datetime
    spent: Decimal | None
    corrections: Decimal
    forecasts: tuple[tuple[str, Decimal], ...]
    state: str


@dataclass(frozen=True)
class History:
    """All of it, oldest quarter first."""

    name: str
    planned: list[Planned]
    certified: list[Certified]


def history(line: BudgetLine, *, sees_names: bool) -> History:
    """Four queries, whatever there is."""
    award, organisation = line.intervention.award, line.intervention.organisation
    plan = dict(ProfileAmount.objects.filter(budget_line=line).values_list("quarter", "amount"))
    returns = QuarterlyReturn.objects.filter(organisation=organisation, round__year=award.year)
    found = {one.round.quarter_number: one for one in returns.select_related("round")}
    versions = ReturnVersion.objects.filter(
        quarterly_return__in=[one.pk for one in found.values()], certificate__isnull=False
    ).annotate(certified_at=F("certificate__certified_at"))
    signed: dict[int, list[ReturnVersion]] = {}
    for version in versions.order_by("number"):
        signed.setdefault(version.quarterly_return_id, []).append(version)
    return History(
        _name(line, sees_names=sees_names),
        [_planned(Quarter(award.year, number), plan, found.get(number)) for number in range(1, 5)],
        [
            _certified(line, found[number], version, is_last=version is kept[-1])
            for number in sorted(found)
            for kept in [signed.get(found[number].pk, [])]
            for version in kept
        ],
    )


def _name(line: BudgetLine, *, sees_names: bool) -> str:
    of = Hotspot.objects.filter(organisation=line.intervention.organisation)
    return name_of(line, () if sees_names else of.values_list("name", flat=True))


def name_of(line: BudgetLine, spots: Iterable[str]) -> str:
    """A place that an intervention is named after is for the police and the OPCC only: without `spots`, the
    names of the organisation's hotspots, everything is named."""
    name = f"{line.intervention.name}: {line.description}" if line.description else line.intervention.name
    # The colon is ours, and parts no name of a place that goes on behind it.
    written = f"{line.intervention.name} {line.description}".lower()
    return UNNAMED if any(spot.lower() in written for spot in spots) else name


def _planned(quarter: Quarter, plan: dict[int, Decimal], found: QuarterlyReturn | None) -> Planned:
    code, stands = standing(found)
    return Planned(quarter, plan.get(quarter.number, ZERO), code, stands, found.pk if found else None)


def standing(found: QuarterlyReturn | None) -> tuple[str, str]:
    """The colour of its tag, and how the return stands in the words of the board."""
    if found is None:
        return "missing", "Not asked for yet"
    if found.status in ACCEPTED_STATES:
        return "accepted", "Accepted"
    if found.status in COUNTED_STATES:
        return "certified", "Certified, not yet accepted"
    return ("queried", "Queried") if found.status in RETURNED_STATES else ("missing", "Not returned")


def _certified(
    line: BudgetLine, found: QuarterlyReturn, version: ReturnVersion, *, is_last: bool
) -> Certified:
    own = next((one for one in version.content["spend"] if one["key"] == str(line.pk)), None)
    state = "Replaced by a later version"
    if is_last:
        state = standing(found)[1] if found.is_counted else "Does not count now: it was sent back"
    return Certified(
        found.quarter,
        version.number,
        version.certified_at,  # type: ignore[attr-defined]
        Decimal(own["actual"]) if own and own["actual"] else None,
        sum(
            (
                Decimal(one["amount"])
                for one in version.content["adjustments"]
                if one["key"].split("/")[1] == str(line.pk)
            ),
            ZERO,
        ),
        tuple((number, Decimal(amount)) for number, amount in sorted(own["forecasts"].items()))
        if own
        else (),
        state,
    )
