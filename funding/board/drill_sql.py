"""The one statement that finds the rows which a figure of the board is the sum of. Read from the sources.

It is written apart from the roll-up's SQL: rows that do not add up to their figure show a mistake in one of
the two. Each part has a sign: 1, 0 for left out, or -1 for taken off.
"""

from funding.models.return_states import ACCEPTED_STATES, COUNTED_STATES, sql_list

FOUND = f"""
WITH lines AS MATERIALIZED (
    SELECT line.id, intervention.organisation_id, intervention.award_id, intervention.tier,
        heading.name AS heading, heading.position AS heading_position,
        CASE WHEN secret.is_named THEN %(unnamed)s ELSE intervention.name END AS intervention,
        CASE WHEN secret.is_named THEN '' ELSE line.description END AS description
    FROM funding_intervention intervention
    JOIN funding_budgetline line ON line.intervention_id = intervention.id
    JOIN funding_costheading heading ON heading.id = line.cost_heading_id
    CROSS JOIN LATERAL (
        SELECT NOT %(sees_names)s AND EXISTS (
            SELECT FROM funding_hotspot hotspot
            WHERE hotspot.organisation_id = intervention.organisation_id AND POSITION(
                LOWER(hotspot.name) IN LOWER(intervention.name || ' ' || line.description)
            ) > 0
        ) AS is_named
    ) secret
    WHERE intervention.award_id = ANY(%(awards)s) AND intervention.organisation_id = ANY(%(organisations)s)
),
counted AS MATERIALIZED (
    SELECT returned.id, returned.organisation_id, round.quarter_number AS quarter,
        CASE WHEN returned.status IN ({sql_list(ACCEPTED_STATES)})
            THEN 'accepted' ELSE 'provisional' END AS basis
    FROM funding_quarterlyreturn returned
    JOIN funding_returnround round ON round.id = returned.round_id
    WHERE round.year = %(year)s AND returned.organisation_id = ANY(%(organisations)s)
        AND returned.status IN ({sql_list(COUNTED_STATES)})
),
awaited AS MATERIALIZED (
    SELECT body.id AS organisation_id, asked.quarter, latest.id AS return_id, latest.quarter AS made_in
    FROM unnest(%(organisations)s::bigint[]) AS body(id)
    CROSS JOIN generate_series(1, 4) AS asked(quarter)
    LEFT JOIN LATERAL (
        SELECT counted.id, counted.quarter FROM counted
        WHERE counted.organisation_id = body.id AND counted.quarter < asked.quarter
        ORDER BY counted.quarter DESC LIMIT 1
    ) latest ON TRUE
    WHERE NOT EXISTS (
        SELECT FROM counted WHERE counted.organisation_id = body.id AND counted.quarter = asked.quarter
    )
),
forecasts AS MATERIALIZED (
    SELECT lines.id AS line_id, lines.award_id, awaited.*, forecast.amount
    FROM awaited
    JOIN funding_forecastline forecast
        ON forecast.quarterly_return_id = awaited.return_id AND forecast.quarter_number = awaited.quarter
    JOIN lines ON lines.id = forecast.budget_line_id
),
profile AS MATERIALIZED (
    SELECT lines.id AS line_id, lines.award_id, lines.organisation_id, planned.quarter, planned.amount,
        counted.id AS return_id
    FROM lines
    JOIN funding_profileamount planned ON planned.budget_line_id = lines.id AND planned.amount <> 0
    LEFT JOIN counted
        ON counted.organisation_id = lines.organisation_id AND counted.quarter = planned.quarter
),
parts AS (
    SELECT 'spent' AS kind, counted.basis, counted.organisation_id, lines.award_id, lines.id AS line_id,
        counted.quarter, counted.id AS return_id, NULL::bigint AS decision_id, '' AS note,
        spend.actual * %(spent)s AS amount
    FROM counted
    JOIN funding_spendline spend ON spend.quarterly_return_id = counted.id AND spend.actual IS NOT NULL
    JOIN lines ON lines.id = spend.budget_line_id
    WHERE %(spent)s <> 0 AND counted.basis = ANY(%(bases)s)
    UNION ALL
    SELECT 'correction', counted.basis, counted.organisation_id, lines.award_id, lines.id,
        counted.quarter, counted.id, NULL, earlier.quarter_number::text, correction.amount * %(spent)s
    FROM counted
    JOIN funding_adjustment correction ON correction.quarterly_return_id = counted.id
    JOIN funding_quarterlyreturn corrected ON corrected.id = correction.corrects_id
    JOIN funding_returnround earlier ON earlier.id = corrected.round_id
    JOIN lines ON lines.id = correction.budget_line_id
    WHERE %(spent)s <> 0 AND counted.basis = ANY(%(bases)s)
    UNION ALL
    SELECT 'plan', '', organisation_id, award_id, line_id, quarter, return_id, NULL, '',
        amount * CASE WHEN %(plan)s <> 0 THEN %(plan)s ELSE %(plan_to_date)s END
    FROM profile
    WHERE %(plan)s <> 0 OR (%(plan_to_date)s <> 0 AND return_id IS NOT NULL)
    UNION ALL
    SELECT 'forecast', '', organisation_id, award_id, line_id, quarter, return_id, NULL, made_in::text,
        amount * %(expected)s
    FROM forecasts
    WHERE %(expected)s <> 0
    UNION ALL
    SELECT 'expected', '', profile.organisation_id, profile.award_id, profile.line_id, profile.quarter,
        NULL, NULL, '', profile.amount * %(expected)s
    FROM profile
    WHERE %(expected)s <> 0 AND profile.return_id IS NULL AND NOT EXISTS (
        SELECT FROM forecasts
        WHERE forecasts.organisation_id = profile.organisation_id
            AND forecasts.award_id = profile.award_id AND forecasts.quarter = profile.quarter
    )
    UNION ALL
    SELECT 'allocated', '', moved.organisation_id, moved.award_id, NULL, NULL, NULL, decision.id,
        decision.reference, moved.amount * %(allocated)s
    FROM funding_decisionline moved
    JOIN funding_decision decision ON decision.id = moved.decision_id AND decision.status = 'approved'
    WHERE %(allocated)s <> 0 AND moved.award_id = ANY(%(awards)s)
        AND moved.organisation_id = ANY(%(organisations)s)
),
told AS (
    SELECT parts.*, organisation.short_name AS organisation, organisation.position, fund.name AS fund,
        COALESCE(lines.intervention, '') AS intervention, COALESCE(lines.description, '') AS description,
        COALESCE(lines.heading, '') AS heading, lines.heading_position, COALESCE(lines.tier, '') AS tier,
        SUM(parts.amount) OVER (PARTITION BY parts.organisation_id, parts.award_id) AS of_holding
    FROM parts
    JOIN authorities_organisation organisation ON organisation.id = parts.organisation_id
    JOIN funding_award award ON award.id = parts.award_id
    JOIN funding_grant held ON held.id = award.grant_id
    JOIN funding_fund fund ON fund.id = held.fund_id
    LEFT JOIN lines ON lines.id = parts.line_id
    WHERE (%(quarter)s = 0 OR parts.quarter = %(quarter)s)
        AND (%(tier)s = '' OR lines.tier = %(tier)s)
        AND (%(heading)s = '' OR lines.heading = %(heading)s)
),
found AS (
    SELECT told.*, %(pattern)s = '' OR CONCAT_WS(
        ' ', told.organisation, told.fund, told.intervention, told.description, told.heading, told.note
    ) ILIKE %(pattern)s AS is_match
    FROM told
    WHERE NOT %(only_above_zero)s OR told.of_holding > 0
)
"""
TOTALS = (
    FOUND
    + """
SELECT COUNT(*) FILTER (WHERE is_match), COALESCE(SUM(amount) FILTER (WHERE is_match), 0),
    COUNT(*), COALESCE(SUM(amount), 0)
FROM found
"""
)
PAGE = (
    FOUND
    + """
SELECT kind, basis, organisation, fund, quarter, return_id, decision_id, line_id, note,
    intervention, description, heading, tier, amount
FROM found
WHERE is_match
ORDER BY {order} position, award_id, quarter NULLS FIRST, line_id, kind, note, decision_id
LIMIT %(limit)s OFFSET %(offset)s
"""
)
# What a column of the table sorts by.
ORDERS = {
    "organisation": "position",
    "fund": "fund",
    "quarter": "quarter",
    "line": "intervention, description",
    "heading": "heading_position",
    "tier": "tier",
    "what": "kind, basis, note",
    "amount": "amount",
}
