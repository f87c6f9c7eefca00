"""How a claim is worked out, in the database. Parameters: award, fund, partnership, year, last (1 to 4).

It reads the source rows of certified returns, never the board's roll-up: the two are held against each other.
"""

from funding.models.return_states import ACCEPTED_STATES, COUNTED_STATES, RETURNED_STATES, sql_list

COUNTED = sql_list(COUNTED_STATES)

# Organisation, quarter of the return, quarter that it corrects, claim heading, kind of match, secured, sum.
# A correction stands in the quarter whose return carries it. Match is of the whole organisation.
CERTIFIED = f"""
WITH counted AS (
    SELECT returned.id, returned.organisation_id, round.quarter_number
    FROM funding_quarterlyreturn returned
    JOIN funding_returnround round ON round.id = returned.round_id
    WHERE round.partnership_id = %(partnership)s AND round.year = %(year)s
      AND round.quarter_number <= %(last)s AND returned.status IN ({COUNTED})
), bought AS (
    SELECT line.id, intervention.organisation_id, mapping.claim_heading_id
    FROM funding_intervention intervention
    JOIN funding_budgetline line ON line.intervention_id = intervention.id
    LEFT JOIN funding_claimmapping mapping
        ON mapping.cost_heading_id = line.cost_heading_id AND mapping.fund_id = %(fund)s
    WHERE intervention.award_id = %(award)s
)
SELECT counted.organisation_id, counted.quarter_number, NULL::int, bought.claim_heading_id,
    '', NULL::boolean, SUM(spend.actual)
FROM counted
JOIN funding_spendline spend ON spend.quarterly_return_id = counted.id
JOIN bought ON bought.id = spend.budget_line_id
GROUP BY 1, 2, 4
UNION ALL
SELECT counted.organisation_id, counted.quarter_number, before.quarter_number, bought.claim_heading_id,
    '', NULL, SUM(correction.amount)
FROM counted
JOIN funding_adjustment correction ON correction.quarterly_return_id = counted.id
JOIN bought ON bought.id = correction.budget_line_id
JOIN funding_quarterlyreturn earlier ON earlier.id = correction.corrects_id
JOIN funding_returnround before ON before.id = earlier.round_id
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT counted.organisation_id, counted.quarter_number, NULL, NULL, beside.kind, beside.is_secured,
    SUM(beside.amount)
FROM counted
JOIN funding_matchline beside ON beside.quarterly_return_id = counted.id
WHERE counted.organisation_id IN (SELECT organisation_id FROM bought)
GROUP BY 1, 2, 5, 6
"""

# One row for each organisation that holds or plans some of the award, and each quarter up to the last one.
RETURNS = f"""
SELECT organisation.id, organisation.name, held.amount, asked.number, returned.id,
    CASE
        WHEN returned.status IN ({sql_list(ACCEPTED_STATES)}) THEN 'accepted'
        WHEN returned.status IN ({COUNTED}) THEN 'provisional'
        WHEN returned.status IN ({sql_list(RETURNED_STATES)}) THEN 'queried'
        ELSE 'missing'
    END,
    signed.number, COALESCE(signed.digest, ''), returned.certified_at
FROM (
    SELECT part.organisation_id, SUM(part.amount) AS amount
    FROM (
        SELECT line.organisation_id, line.amount
        FROM funding_decisionline line
        JOIN funding_decision decision ON decision.id = line.decision_id AND decision.status = 'approved'
        WHERE line.award_id = %(award)s
        UNION ALL
        SELECT organisation_id, 0 FROM funding_intervention WHERE award_id = %(award)s
    ) part
    GROUP BY part.organisation_id
) held
JOIN authorities_organisation organisation ON organisation.id = held.organisation_id
CROSS JOIN generate_series(1, %(last)s) AS asked(number)
LEFT JOIN funding_returnround round ON round.partnership_id = %(partnership)s AND round.year = %(year)s
    AND round.quarter_number = asked.number
LEFT JOIN funding_quarterlyreturn returned
    ON returned.round_id = round.id AND returned.organisation_id = organisation.id
LEFT JOIN LATERAL (
    SELECT version.number, version.digest
    FROM funding_returnversion version
    JOIN funding_certificate certificate ON certificate.version_id = version.id
    WHERE version.quarterly_return_id = returned.id AND returned.status IN ({COUNTED})
    ORDER BY version.number DESC LIMIT 1
) signed ON TRUE
WHERE held.amount > 0 OR returned.id IS NOT NULL
ORDER BY organisation.position, organisation.id, asked.number
"""

# Nobody certifies, queries or reopens one of them while a claim is frozen.
HOLD_RETURNS = """
SELECT returned.id
FROM funding_quarterlyreturn returned
JOIN funding_returnround round ON round.id = returned.round_id
WHERE round.partnership_id = %(partnership)s AND round.year = %(year)s AND round.quarter_number <= %(last)s
ORDER BY returned.id
FOR SHARE OF returned
"""

# What the claim is held against: certified lines added up by another path, the board, and what is waiting.
HELD_AGAINST = f"""
SELECT
    (
        SELECT COALESCE(SUM(amount.pounds), 0)
        FROM funding_intervention intervention
        JOIN funding_budgetline line ON line.intervention_id = intervention.id
        JOIN LATERAL (
            SELECT quarterly_return_id, actual AS pounds FROM funding_spendline WHERE budget_line_id = line.id
            UNION ALL
            SELECT quarterly_return_id, amount FROM funding_adjustment WHERE budget_line_id = line.id
        ) amount ON TRUE
        WHERE intervention.award_id = %(award)s AND EXISTS (
            SELECT 1 FROM funding_quarterlyreturn returned
            JOIN funding_returnround round ON round.id = returned.round_id
            WHERE returned.id = amount.quarterly_return_id AND round.quarter_number <= %(last)s
              AND returned.status IN ({COUNTED})
        )
    ),
    (
        SELECT COALESCE(SUM(actual), 0) FROM funding_figure
        WHERE award_id = %(award)s AND quarter_number <= %(last)s
    ),
    (
        SELECT COUNT(DISTINCT (mark.organisation_id, mark.quarter_number))
        FROM funding_rollupmark mark
        JOIN authorities_organisation organisation ON organisation.id = mark.organisation_id
        WHERE organisation.partnership_id = %(partnership)s AND mark.year = %(year)s
          AND mark.quarter_number <= %(last)s
    )
"""

# For the list: certified pounds of every award of the partnership, by quarter. Parameter: partnership.
CERTIFIED_BY_AWARD = f"""
SELECT intervention.award_id, round.quarter_number, SUM(amount.pounds)
FROM (
    SELECT quarterly_return_id, budget_line_id, actual AS pounds FROM funding_spendline
    UNION ALL
    SELECT quarterly_return_id, budget_line_id, amount FROM funding_adjustment
) amount
JOIN funding_quarterlyreturn returned
    ON returned.id = amount.quarterly_return_id AND returned.status IN ({COUNTED})
JOIN funding_returnround round ON round.id = returned.round_id
JOIN funding_budgetline line ON line.id = amount.budget_line_id
JOIN funding_intervention intervention ON intervention.id = line.intervention_id
WHERE round.partnership_id = %(partnership)s AND round.year = %(year)s
GROUP BY intervention.award_id, round.quarter_number
"""
