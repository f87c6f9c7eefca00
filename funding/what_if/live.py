"""The live state of one financial year, as a scenario copies it: one statement over the source rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from authorities.models import Partnership
from funding.models import COUNTED_STATES
from funding.money import ZERO
from funding.what_if.places import Amounts, Place, allocations


@dataclass(frozen=True)
class Live:
    """`spent` and `closed` are of certified returns; a correction counts in the quarter that carries it."""

    amounts: dict[Place, Decimal]
    spent: dict[Place, Decimal]
    closed: frozenset[tuple[int, int]]  # (organisation, quarter)
    match: Decimal  # returned beside the grants so far

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), ZERO)


PLANNED, HELD, SPENT, CLOSED, MATCH = "planned", "held", "spent", "closed", "match"
STATE = """
WITH counted AS (
    SELECT returned.id, returned.organisation_id, round.quarter_number
    FROM funding_quarterlyreturn returned
    JOIN funding_returnround round ON round.id = returned.round_id
    WHERE round.partnership_id = %(partnership)s AND round.year = %(year)s
        AND returned.status = ANY(%(counted)s)
), awards AS (
    SELECT award.id FROM funding_award award JOIN funding_grant g ON g.id = award.grant_id
    WHERE g.partnership_id = %(partnership)s AND award.year = %(year)s
), bought AS (
    SELECT line.id, intervention.award_id, intervention.organisation_id, line.cost_heading_id
    FROM funding_budgetline line
    JOIN funding_intervention intervention ON intervention.id = line.intervention_id
    WHERE intervention.award_id IN (SELECT id FROM awards)
), entered AS (
    SELECT quarterly_return_id, budget_line_id, actual AS amount FROM funding_spendline
    WHERE quarterly_return_id IN (SELECT id FROM counted)
    UNION ALL
    SELECT quarterly_return_id, budget_line_id, amount FROM funding_adjustment
    WHERE quarterly_return_id IN (SELECT id FROM counted)
)
SELECT 'planned', bought.award_id, bought.organisation_id, bought.cost_heading_id, profile.quarter,
    SUM(profile.amount)
FROM bought JOIN funding_profileamount profile ON profile.budget_line_id = bought.id
GROUP BY 2, 3, 4, 5
UNION ALL
SELECT 'held', line.award_id, line.organisation_id, NULL, NULL, SUM(line.amount)
FROM funding_decisionline line
JOIN funding_decision decision ON decision.id = line.decision_id AND decision.status = 'approved'
WHERE line.award_id IN (SELECT id FROM awards)
GROUP BY 2, 3
UNION ALL
SELECT 'spent', bought.award_id, bought.organisation_id, bought.cost_heading_id, counted.quarter_number,
    SUM(entered.amount)
FROM entered
JOIN counted ON counted.id = entered.quarterly_return_id
JOIN bought ON bought.id = entered.budget_line_id
GROUP BY 2, 3, 4, 5
UNION ALL
SELECT 'closed', NULL, organisation_id, NULL, quarter_number, NULL FROM counted
UNION ALL
SELECT 'match', NULL, NULL, NULL, NULL, SUM(beside.amount)
FROM funding_matchline beside WHERE beside.quarterly_return_id IN (SELECT id FROM counted)
"""


def read(partnership: Partnership, year: int) -> Live:
    """What stands now: allocations in force, the plan as it is, and what certified returns say."""
    given: dict[str, Any] = {
        "partnership": partnership.pk,
        "year": year,
        "counted": [str(one) for one in COUNTED_STATES],
    }
    with connection.cursor() as cursor:
        cursor.execute(STATE, given)
        rows = cursor.fetchall()
    found: dict[str, dict[Place, Decimal]] = defaultdict(dict)
    closed, match = set(), ZERO
    for kind, award, organisation, heading, quarter, amount in rows:
        if kind == CLOSED:
            closed.add((organisation, quarter))
        elif kind == MATCH:
            match = amount or ZERO
        else:
            found[kind][Place(award, organisation, heading, quarter)] = amount or ZERO
    # Nobody takes back less than nothing: a quarter of corrections alone holds nothing fast.
    spent = {place: max(amount, ZERO) for place, amount in found[SPENT].items()}
    return Live(_whole(found[PLANNED], found[HELD]), spent, frozenset(closed), match)


def _whole(planned: Amounts, held: Amounts) -> dict[Place, Decimal]:
    """The plan, and for each allocation what is not planned of it: together they are the allocations."""
    amounts = dict(planned)
    rest = allocations(planned)
    for place in {Place(award, organisation) for award, organisation in rest} | set(held):
        key = (place.award, place.organisation)
        amounts[place] = held.get(place, ZERO) - rest.get(key, ZERO)
    return amounts
