"""The board's one statement over `funding_figure`: three groupings in one pass.

By recipient, award and quarter for the money lines; by recipient, award and tier or cost heading for the
shares, where only quarters that were returned count, so that plan and actual are compared like with like.
"""

SPENDS_AND_SHARES = """
SELECT
    GROUPING(figure.quarter_number, figure.tier, heading.name) AS kind,
    figure.organisation_id, figure.award_id, figure.quarter_number, figure.tier, heading.name,
    SUM(figure.plan), SUM(figure.actual),
    SUM(figure.forecast_2), SUM(figure.forecast_3), SUM(figure.forecast_4),
    SUM(figure.actual) FILTER (WHERE figure.tier IN ('secondary', 'tertiary')),
    SUM(figure.plan) FILTER (WHERE returned.id IS NOT NULL),
    SUM(figure.actual) FILTER (WHERE returned.basis = 'accepted'),
    SUM(figure.actual) FILTER (WHERE returned.basis = 'provisional')
FROM funding_figure figure
JOIN funding_costheading heading ON heading.id = figure.cost_heading_id
LEFT JOIN funding_returnfigure returned
    ON returned.organisation_id = figure.organisation_id AND returned.year = figure.year
    AND returned.quarter_number = figure.quarter_number AND returned.basis IN ('provisional', 'accepted')
WHERE figure.year = %(year)s
    AND figure.award_id = ANY(%(awards)s) AND figure.organisation_id = ANY(%(organisations)s)
GROUP BY GROUPING SETS (
    (figure.organisation_id, figure.award_id, figure.quarter_number),
    (figure.organisation_id, figure.award_id, figure.tier),
    (figure.organisation_id, figure.award_id, heading.position, heading.name)
)
ORDER BY
    heading.position, heading.name,
    figure.organisation_id, figure.award_id, figure.quarter_number, figure.tier
"""
# GROUPING() sets a bit for each of its three columns that a row is summed over.
BY_QUARTER, BY_TIER, BY_HEADING = 0b011, 0b101, 0b110
