"""Addresses of the grant's pages. One place, so that the whole portal can be read as a list."""

from django.urls import path

from funding.board import views as board
from funding.views import (
    allocations,
    calendar,
    certification,
    changes,
    corrections,
    decisions,
    entries,
    grants,
    home,
    hotspots,
    jobs,
    judgement,
    notices,
    papers,
    plans,
    returns,
    review,
    rounds,
    variances,
)

urlpatterns = [
    path("", home.home, name="home"),
    # Awards, allocations, decisions
    path("grants/", grants.grants, name="grants"),
    path("grants/new/", grants.grant_new, name="grant_new"),
    path("grants/<int:pk>/", grants.grant, name="grant"),
    path("grants/<int:pk>/awards/new/", grants.award_new, name="award_new"),
    path("awards/<int:pk>/change/", grants.award_change, name="award_change"),
    path("grants/<int:pk>/allocations/", allocations.allocations, name="allocations"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<int:pk>/", decisions.decision, name="decision"),
    path("decisions/<int:pk>/answer/", decisions.answer, name="decision_answer"),
    # Plans
    path("plan/", plans.plan, name="plan"),
    path("plan/interventions/new/", plans.intervention_new, name="intervention_new"),
    path("plan/interventions/<int:pk>/lines/new/", plans.budget_line_new, name="budget_line_new"),
    path("plan/lines/<int:pk>/change/", plans.budget_line_change, name="budget_line_change"),
    # Hotspots
    path("hotspots/", hotspots.hotspots, name="hotspots"),
    path("hotspots/new/", hotspots.hotspot_new, name="hotspot_new"),
    path("hotspots/<int:pk>/end/", hotspots.hotspot_end, name="hotspot_end"),
    # Rounds and returns
    path("tracker/", rounds.tracker, name="tracker"),
    path("tracker/open/", rounds.round_new, name="round_new"),
    path("returns/", returns.own_returns, name="own_returns"),
    path("returns/<int:pk>/", returns.quarterly_return, name="return"),
    path("returns/<int:pk>/spend/", entries.spend, name="return_spend"),
    path("returns/<int:pk>/activity/", entries.activity, name="return_activity"),
    path("returns/<int:pk>/patrols/", entries.patrols, name="return_patrols"),
    path("returns/<int:pk>/narrative/", entries.narrative, name="return_narrative"),
    path("returns/<int:pk>/ratings/", judgement.ratings, name="return_ratings"),
    path("returns/<int:pk>/match/", judgement.match, name="return_match"),
    path("returns/<int:pk>/variances/", variances.variances, name="return_variances"),
    path("returns/<int:pk>/corrections/", corrections.corrections, name="return_corrections"),
    path("returns/<int:pk>/changes/", changes.changes, name="return_changes"),
    path("returns/<int:pk>/nil/", entries.nil, name="return_nil"),
    path("returns/<int:pk>/check/", certification.check, name="return_check"),
    path("returns/<int:pk>/recall/", certification.recall, name="return_recall"),
    path("returns/<int:pk>/certify/", certification.certify, name="return_certify"),
    path("returns/<int:pk>/receipt/", papers.receipt, name="return_receipt"),
    path("returns/<int:pk>/receipt.pdf", papers.receipt_pdf, name="return_receipt_pdf"),
    path("returns/<int:pk>/versions/", papers.versions, name="return_versions"),
    path(
        "returns/<int:pk>/versions/<int:number>/content.json",
        papers.version_content,
        name="return_version_content",
    ),
    path("returns/<int:pk>/report/", papers.report, name="return_report"),
    path("returns/<int:pk>/report.pdf", papers.report_pdf, name="return_report_pdf"),
    path("returns/<int:pk>/revert/", certification.revert, name="return_revert"),
    path("returns/<int:pk>/review/", review.review, name="return_review"),
    # Notices
    path("notices/", notices.notices, name="notices"),
    path("notices/preferences/", notices.preferences, name="notice_preferences"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<slug:token>.ics", calendar.feed, name="calendar_feed"),
    path("jobs/", jobs.jobs, name="jobs"),
    # The board
    path("board/", board.board, name="board"),
    path("board/<slug:table>.csv", board.table_csv, name="board_csv"),
]
