"""How the derived rows are computed: one INSERT .. SELECT for each table, in the database.

Parameters: organisation, year, quarter (1 to 4) and run. A return counts once it is certified.
"""

from funding.models.return_states import (
    ACCEPTED_STATES,
    COUNTED_STATES,
    RETURNED_STATES,
    REVIEWED_STATES,
    sql_list,
)

COUNTED = sql_list(COUNTED_STATES)

# A correction of an earlier quarter counts in the quarter whose return carries it.
FIGURES = f"""
INSERT INTO funding_figure (
    organisation_id, award_id, year, quarter_number, tier, cost_heading_id,
    plan, actual, committed, forecast_2, forecast_3, forecast_4, run_id
)
SELECT
    intervention.organisation_id, intervention.award_id, award.year, %(quarter)s,
    intervention.tier, line.cost_heading_id,
    COALESCE(SUM(profile.amount), 0),
    CASE WHEN COUNT(spend.actual) + COUNT(correction.amount) > 0
        THEN COALESCE(SUM(spend.actual), 0) + COALESCE(SUM(correction.amount), 0) END,
    SUM(spend.committed),
    SUM(forecast.second), SUM(forecast.third), SUM(forecast.fourth), %(run)s
FROM funding_intervention intervention
JOIN funding_award award ON award.id = intervention.award_id AND award.year = %(year)s
JOIN funding_budgetline line ON line.intervention_id = intervention.id
LEFT JOIN funding_profileamount profile ON profile.budget_line_id = line.id AND profile.quarter = %(quarter)s
LEFT JOIN (
    SELECT counted.id, counted.organisation_id
    FROM funding_quarterlyreturn counted
    JOIN funding_returnround round ON round.id = counted.round_id
    WHERE counted.organisation_id = %(organisation)s AND round.year = %(year)s
      AND round.quarter_number = %(quarter)s AND counted.status IN ({COUNTED})
) counted ON counted.organisation_id = intervention.organisation_id
LEFT JOIN funding_spendline spend
    ON spend.quarterly_return_id = counted.id AND spend.budget_line_id = line.id
LEFT JOIN LATERAL (
    SELECT SUM(amount) AS amount
    FROM funding_adjustment
    WHERE quarterly_return_id = counted.id AND budget_line_id = line.id
) correction ON TRUE
LEFT JOIN LATERAL (
    SELECT
        MAX(amount) FILTER (WHERE quarter_number = 2) AS second,
        MAX(amount) FILTER (WHERE quarter_number = 3) AS third,
        MAX(amount) FILTER (WHERE quarter_number = 4) AS fourth
    FROM funding_forecastline
    WHERE quarterly_return_id = counted.id AND budget_line_id = line.id
) forecast ON TRUE
WHERE intervention.organisation_id = %(organisation)s
GROUP BY
    intervention.organisation_id, intervention.award_id, award.year, intervention.tier, line.cost_heading_id
"""

RETURN_FIGURES = f"""
INSERT INTO funding_returnfigure (
    organisation_id, year, quarter_number, basis, is_nil, due_on,
    universal_reached, targeted_reached, sessions,
    hotspots, hours, visits, arrests, searches, asb_powers, run_id
)
SELECT
    returned.organisation_id, round.year, round.quarter_number,
    CASE
        WHEN returned.status IN ({sql_list(ACCEPTED_STATES)}) THEN 'accepted'
        WHEN returned.status IN ({sql_list(REVIEWED_STATES)}) THEN 'provisional'
        WHEN returned.status IN ({sql_list(RETURNED_STATES)}) THEN 'queried'
        ELSE 'missing'
    END,
    returned.is_nil AND returned.status IN ({COUNTED}),
    COALESCE(returned.extended_to, round.due_on),
    activity.universal, activity.targeted, activity.sessions,
    patrol.hotspots, patrol.hours, patrol.visits, patrol.arrests, patrol.searches, patrol.asb_powers, %(run)s
FROM funding_quarterlyreturn returned
JOIN funding_returnround round ON round.id = returned.round_id
LEFT JOIN LATERAL (
    SELECT SUM(universal_reached) AS universal, SUM(targeted_reached) AS targeted, SUM(sessions) AS sessions
    FROM funding_activityline
    WHERE quarterly_return_id = returned.id AND returned.status IN ({COUNTED})
) activity ON TRUE
LEFT JOIN LATERAL (
    SELECT
        NULLIF(COUNT(*), 0) AS hotspots, SUM(hours) AS hours, SUM(visits) AS visits, SUM(arrests) AS arrests,
        SUM(searches) AS searches, SUM(asb_powers) AS asb_powers
    FROM funding_patrolline
    WHERE quarterly_return_id = returned.id AND returned.status IN ({COUNTED})
) patrol ON TRUE
WHERE returned.organisation_id = %(organisation)s AND round.year = %(year)s
  AND round.quarter_number = %(quarter)s
"""

ALLOCATION_FIGURES = """
INSERT INTO funding_allocationfigure (organisation_id, award_id, amount, run_id)
SELECT line.organisation_id, line.award_id, SUM(line.amount), %(run)s
FROM funding_decisionline line
JOIN funding_decision decision ON decision.id = line.decision_id AND decision.status = 'approved'
JOIN funding_award award ON award.id = line.award_id AND award.year = %(year)s
WHERE line.organisation_id = %(organisation)s
GROUP BY line.organisation_id, line.award_id
"""

STATEMENTS = (FIGURES, RETURN_FIGURES, ALLOCATION_FIGURES)
