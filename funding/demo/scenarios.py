"""The demonstration's scenario. Illustrative: nobody has said that money should move like this."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

from funding.actions import scenarios
from funding.demo.people import Cast
from funding.models import Award, AwardStatus, CostHeading
from funding.quarters import Quarter
from funding.what_if.places import Place

NAME = "Illustrative: more for Somerset from January"
# (from, cost heading, to, cost heading, pounds): all of the last quarter.
MOVES = (
    ("bristol", "Staffing", "somerset", "Interventions", Decimal("6000.00")),
    ("somerset", "Training", "somerset", "Interventions", Decimal("500.00")),
)


def try_out(cast: Cast, today: date) -> None:
    """Copies the last agreed year while its last quarter is not over, and moves a little in the copy."""
    agreed = Award.objects.of(cast.partnership).filter(grant__fund__code="vru", status=AwardStatus.AGREED)
    award = agreed.latest("year")
    if Quarter(award.year, 4).ends_on < today:
        return
    at = datetime.combine(today, time(8), tzinfo=UTC)
    made = scenarios.start(partnership=cast.partnership, year=award.year, name=NAME, by=cast.officer, at=at)
    headings = {heading.name: heading.pk for heading in CostHeading.objects.all()}
    for giver, given, taker, taken, amount in MOVES:
        scenarios.move(
            scenario=made,
            source=Place(award.pk, cast.bodies[giver].pk, headings[given], 4),
            target=Place(award.pk, cast.bodies[taker].pk, headings[taken], 4),
            amount=amount,
            by=cast.officer,
            at=at,
        )
