"""One scenario as it is shown: its amounts beside the live ones, and the names of everything in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from authorities.models import Organisation
from funding.models import Award, CostHeading, Scenario, ScenarioAmount
from funding.money import ZERO
from funding.quarters import Quarter
from funding.what_if import live as live_state
from funding.what_if.live import Live
from funding.what_if.places import Amounts, Place, allocations, moved

NOT_PLANNED = "Not planned yet"


def place_of(amount: ScenarioAmount) -> Place:
    return Place(amount.award_id, amount.organisation_id, amount.cost_heading_id, amount.quarter)


@dataclass(frozen=True)
class Sheet:
    """What a scenario began with, what it wants, and what is live now."""

    scenario: Scenario
    base: Amounts
    wanted: Amounts
    awards: Mapping[int, Award]
    organisations: Mapping[int, Organisation]
    headings: Mapping[int, CostHeading]
    live: Live

    @cached_property
    def moved_since(self) -> Decimal:
        """How much of the live plan has changed since the scenario was started."""
        return moved(self.base, self.live.amounts)

    @cached_property
    def shown(self) -> list[Organisation]:
        """Those with money, here or live, in the order of every table."""
        held = {place.organisation for place in (*self.wanted, *self.live.amounts)}
        return [one for pk, one in self.organisations.items() if pk in held]

    def can_hold(self, award: Award, organisation: Organisation) -> bool:
        """Whether the money of the award is for it, or it holds some already."""
        is_held = (award.pk, organisation.pk) in allocations(self.wanted)
        return is_held or organisation.kind in award.grant.fund.recipient_kinds

    @cached_property
    def changed_awards(self) -> list[Award]:
        """Those whose allocations the scenario changes."""
        return [award for award in self.awards.values() if self.changes(award)]

    def changes(self, award: Award) -> dict[int, Decimal]:
        """What the moves add to each organisation's allocation of the award, or take from it."""
        before, after = allocations(self.base), allocations(self.wanted)
        found = {
            pk: after.get((award.pk, pk), ZERO) - before.get((award.pk, pk), ZERO)
            for pk in self.organisations
        }
        return {pk: amount for pk, amount in found.items() if amount}

    def name(self, place: Place) -> str:
        """Like "North, Staffing, Q3"; of the award too where there are several."""
        words = [self.organisations[place.organisation].short_name]
        if place.heading is None:
            words.append(NOT_PLANNED.lower())
        else:
            words += [self.headings[place.heading].name, f"Q{place.quarter}"]
        if len(self.awards) > 1:
            words.append(self.awards[place.award].grant.name)
        return ", ".join(words)


def quarter_label(sheet: Sheet, number: int) -> str:
    return f"Q{number}, {Quarter(sheet.scenario.year, number).months}"


def open_sheet(scenario: Scenario) -> Sheet:
    """Four queries beside the scenario, which comes with its partnership."""
    return open_sheets([scenario])[0]


def open_sheets(scenarios: Sequence[Scenario]) -> list[Sheet]:
    """As many queries for several scenarios of one partnership and year."""
    partnership, year = scenarios[0].partnership, scenarios[0].year
    every = ScenarioAmount.objects.filter(scenario__in=scenarios)
    rows = list(every.select_related("award__grant__fund").order_by("award", "pk"))
    bodies = Organisation.objects.of(partnership).making_returns()
    shared = {
        "organisations": {one.pk: one for one in bodies},
        "headings": {one.pk: one for one in CostHeading.objects.all()},
        "live": live_state.read(partnership, year),
    }
    return [_sheet(one, [row for row in rows if row.scenario_id == one.pk], shared) for one in scenarios]


def _sheet(scenario: Scenario, rows: Sequence[ScenarioAmount], shared: dict[str, Any]) -> Sheet:
    return Sheet(
        scenario,
        base={place_of(row): row.base for row in rows},
        wanted={place_of(row): row.wanted for row in rows},
        awards={row.award_id: row.award for row in rows},
        **shared,
    )
