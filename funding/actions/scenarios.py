"""What if: starting from the live plan, moving money in a scenario, and proposing what came of it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from authorities.models import Partnership, User
from authorities.roles import Permission
from funding.actions import decisions
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import (
    Award,
    Decision,
    DecisionLine,
    DecisionStatus,
    Scenario,
    ScenarioAmount,
    ScenarioDecision,
    ScenarioMove,
)
from funding.money import ZERO, pounds
from funding.quarters import year_label
from funding.what_if import live as live_state
from funding.what_if.places import Place, allocations
from funding.what_if.sheet import Sheet, open_sheet


class UnableToTryOut(UnableTo):
    """The scenario cannot be started, changed or proposed like this."""


@transaction.atomic
def start(*, partnership: Partnership, year: int, name: str, by: User, at: datetime) -> Scenario:
    """Copies what is live of the year. Raises UnableToTryOut where nothing is, or for a name that is used."""
    check_may(Permission.WHAT_IF, by=by, at=at, partnership=partnership)
    live = live_state.read(partnership, year)
    if not live.amounts:
        raise UnableToTryOut(f"Nothing is allocated for {year_label(year)} yet, so there is no plan to copy.")
    with refusals(UnableToTryOut), transaction.atomic():
        made = Scenario.objects.create(
            partnership=partnership, year=year, name=name.strip(), total=live.total, made_by=by, made_at=at
        )
    ScenarioAmount.objects.bulk_create(
        ScenarioAmount(
            scenario=made,
            award_id=place.award,
            organisation_id=place.organisation,
            cost_heading_id=place.heading,
            quarter=place.quarter,
            base=amount,
            spent=live.spent.get(place, ZERO),
        )
        for place, amount in live.amounts.items()
    )
    return made


@transaction.atomic
def move(
    *, scenario: Scenario, source: Place, target: Place, amount: Decimal, by: User, at: datetime
) -> ScenarioMove:
    """Moves pounds within one award. The total stays as it is. Raises UnableToTryOut."""
    check_may(Permission.WHAT_IF, by=by, at=at, partnership=scenario.partnership)
    _take_turns(scenario)
    sheet = open_sheet(scenario)
    _check_places(sheet, source, target)
    _check_amount(sheet, source, amount)
    with refusals(UnableToTryOut), transaction.atomic():
        return ScenarioMove.objects.create(
            scenario=scenario,
            source=_amount_at(scenario, source),
            target=_amount_at(scenario, target),
            amount=amount,
            moved_by=by,
            moved_at=at,
        )


def _take_turns(scenario: Scenario) -> None:
    """Two moves at once would each see the money of the other."""
    Scenario.objects.select_for_update(no_key=True).get(pk=scenario.pk)


def _amount_at(scenario: Scenario, place: Place) -> ScenarioAmount:
    """The amount that stands there; where none did, one that begins with nothing."""
    found, _ = ScenarioAmount.objects.get_or_create(
        scenario=scenario,
        award_id=place.award,
        organisation_id=place.organisation,
        cost_heading_id=place.heading,
        quarter=place.quarter,
        defaults={"base": ZERO},
    )
    return found


def _check_places(sheet: Sheet, source: Place, target: Place) -> None:
    unknown = [
        place
        for place in (source, target)
        if place.award not in sheet.awards or place.organisation not in sheet.organisations
    ]
    if unknown:
        raise UnableToTryOut("Choose an organisation and a grant of this scenario.")
    if source == target:
        raise UnableToTryOut("Choose two different places: this would move money to where it is.")
    here, there = sheet.awards[source.award], sheet.awards[target.award]
    if here != there:
        raise UnableToTryOut(
            f"Money of one grant is never moved to another. {here.grant.name} and {there.grant.name} are "
            "different grants. Choose two places of the same one."
        )
    taker = sheet.organisations[target.organisation]
    if not sheet.can_hold(there, taker):
        raise UnableToTryOut(f"{taker.name} cannot hold money of {there.grant.name}.")
    if target.quarter and (target.organisation, target.quarter) in sheet.live.closed:
        raise UnableToTryOut(
            f"Q{target.quarter} of {taker.name} is closed: its return is certified. "
            "Move the money to a later quarter."
        )


def _check_amount(sheet: Sheet, source: Place, amount: Decimal) -> None:
    if amount <= 0:
        raise UnableToTryOut("Enter an amount above £0.")
    held, spent = sheet.wanted.get(source, ZERO), sheet.live.spent.get(source, ZERO)
    if amount <= held - spent:
        return
    most = pounds(max(held - spent, ZERO))
    stands = f"{sheet.name(source)}: {pounds(max(held, ZERO))} stands there"
    if spent:
        raise UnableToTryOut(f"{stands}, and {pounds(spent)} of it is spent already. Move {most} or less.")
    raise UnableToTryOut(
        f"{stands}. Move {most} or less." if held > 0 else f"{stands}. Choose another place."
    )


@transaction.atomic
def take_back(*, move: ScenarioMove, by: User, at: datetime) -> ScenarioMove:
    """The money goes back to where it was. Raises UnableToTryOut where a later move has used it."""
    check_may(Permission.WHAT_IF, by=by, at=at, partnership=move.scenario.partnership)
    _take_turns(move.scenario)
    with refusals(UnableToTryOut), transaction.atomic():
        standing = ScenarioMove.objects.filter(pk=move.pk, taken_back_at__isnull=True)
        if not standing.update(taken_back_by=by, taken_back_at=at):
            raise UnableToTryOut("This move was taken back already.")
    move.refresh_from_db()
    return move


def checked(sheet: Sheet, award: Award) -> str:
    """SHA-256 of the allocations that a scenario wants of an award: what was checked is what is proposed."""
    wanted = sorted(item for item in allocations(sheet.wanted).items() if item[0][0] == award.pk)
    return hashlib.sha256(json.dumps([[*key, str(amount)] for key, amount in wanted]).encode()).hexdigest()


@transaction.atomic
def promote(
    *, scenario: Scenario, award: Award, reference: str, reason: str, seen: str, by: User, at: datetime
) -> Decision:
    """Proposes the allocations that the scenario wants of one award; quarters and headings are left out.

    `seen` is what `checked` said on the page. Raises UnableToTryOut when allocations have moved since the
    scenario was started, UnableToPropose as `decisions.propose` does.
    """
    check_may(Permission.PROPOSE_DECISION, by=by, at=at, partnership=scenario.partnership)
    _take_turns(scenario)
    # Locked as in `propose`, so that what is compared here is what it finds.
    list(award.grant.awards.select_for_update(no_key=True).order_by("pk"))
    sheet = open_sheet(scenario)
    wanted = {key: amount for key, amount in allocations(sheet.wanted).items() if key[0] == award.pk}
    _check_promotion(sheet, award, wanted)
    if seen != checked(sheet, award):
        raise UnableToTryOut("The scenario was changed since you opened this page. Check it again.")
    decision = decisions.propose(
        grant=award.grant,
        reference=reference,
        reason=reason,
        wanted=wanted,
        seen=DecisionLine.objects.filter(award__grant=award.grant).approved().allocations(),
        by=by,
        at=at,
    )
    ScenarioDecision.objects.create(scenario=scenario, award=award, decision=decision)
    return decision


def _check_promotion(sheet: Sheet, award: Award, wanted: dict[tuple[int, int], Decimal]) -> None:
    if award.pk not in sheet.awards or not sheet.changes(award):
        raise UnableToTryOut(
            "This scenario moves nothing between organisations, so there is nothing to propose."
        )
    if names := stale(sheet, award):
        raise UnableToTryOut(
            f"The allocations of {award} have moved since this scenario was started: {', '.join(names)}. "
            "Start a new scenario from the live plan and make the moves there."
        )
    below = [sheet.organisations[pk].short_name for (_, pk), amount in wanted.items() if amount < 0]
    if below:
        raise UnableToTryOut(f"{', '.join(below)} would hold less than nothing. Take back a move.")
    waiting = ScenarioDecision.objects.filter(
        scenario=sheet.scenario, award=award, decision__status=DecisionStatus.PROPOSED
    ).select_related("decision")
    if already := waiting.first():
        raise UnableToTryOut(
            f"Decision {already.decision.reference} was proposed from this scenario and waits for its answer."
        )


def stale(sheet: Sheet, award: Award) -> list[str]:
    """Whose allocations of the award are not what they were when the scenario was started."""
    before, now = allocations(sheet.base), allocations(sheet.live.amounts)
    return [
        one.short_name
        for pk, one in sheet.organisations.items()
        if before.get((award.pk, pk), ZERO) != now.get((award.pk, pk), ZERO)
    ]
