"""The demonstration's targets, match funding and confirmed prompts. All of it is illustrative."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from authorities.models import Organisation
from funding.actions import match, ratings, targets
from funding.demo import facts, offers
from funding.demo.people import Cast
from funding.models import Intervention, MatchKind, ProfileAmount
from funding.money import rounded
from funding.prompt_rules import Prompt
from funding.prompts import unconfirmed
from funding.quarters import Quarter

# Targets and match funding are kept from the year on in which the partnership began to ask for them.
SINCE = 2025
COUNCIL_SIZE = 350_000
OFFERS = {offer.name: offer for offer in offers.COUNCIL_OFFERS}
WORDS = "Illustrative. Checked against the ledger: the figures are right."
RISK = ratings.RiskEntry(
    title="Illustrative. A post stays vacant",
    likelihood_before=4,
    impact_before=3,
    mitigation="Illustrative. Agency cover is agreed with the provider.",
    likelihood_after=2,
    impact_after=3,
    owner="Authority lead",
)


def set_targets(cast: Cast) -> None:
    """What every council's interventions are to reach, in step with its population."""
    sizes = {body.code: body.population for body in facts.BODIES}
    of_bodies = {organisation.pk: code for code, organisation in cast.bodies.items()}
    planned = Intervention.objects.filter(
        organisation__in=list(cast.bodies.values()), award__year__gte=SINCE, name__in=OFFERS
    ).select_related("organisation", "award")
    for intervention in planned.order_by("pk"):
        code = of_bodies[intervention.organisation_id]
        target = _target(OFFERS[intervention.name], sizes[code])
        if not target.is_none:
            targets.set_targets(
                intervention=intervention,
                targets=dict.fromkeys(range(1, 5), target),
                seen={},
                by=cast.preparer(code),
                at=datetime(intervention.award.year, 4, 21, 10, tzinfo=UTC),
            )


def _target(offer: offers.Offer, population: int) -> targets.Target:
    """In round numbers, as people set them."""
    universal = offer.universal * population // COUNCIL_SIZE
    targeted = offer.targeted * population // COUNCIL_SIZE
    sessions = 18 if offer.universal or offer.targeted else 0
    return targets.Target(universal // 10 * 10, targeted, sessions)


def match_entries(organisation: Organisation, quarter: Quarter) -> list[match.MatchEntry]:
    """A little cash and some help in kind beside a council's plan for the quarter."""
    if not organisation.is_local_authority or quarter.year < SINCE:
        return []
    planned = ProfileAmount.objects.filter(
        budget_line__intervention__organisation=organisation,
        budget_line__intervention__award__year=quarter.year,
        quarter=quarter.number,
    )
    plan = sum(planned.values_list("amount", flat=True), Decimal(0))
    is_secured = quarter.number > 1
    return [
        match.MatchEntry(
            source="Public health budget (illustrative)",
            kind=MatchKind.CASH,
            is_secured=True,
            amount=rounded(plan * 6 / 100),
        ),
        match.MatchEntry(
            source="Rooms and staff time (illustrative)",
            kind=MatchKind.IN_KIND,
            is_secured=is_secured,
            amount=rounded(plan / 10),
        ),
    ]


def confirmations(asked: list[Prompt]) -> dict[str, str]:
    """A few words for whatever a return has to confirm."""
    return {prompt.key: WORDS for prompt in unconfirmed(asked)}
