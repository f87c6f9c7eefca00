"""Who may do what to whose, as one table: every address with a number, who reads it and who writes.

It is written from the roles' descriptions and not computed from `authorities/roles.py`, so that a permission
given by mistake is found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

PRINCIPALS = (
    *("officer", "approver", "auditor", "administrator", "board_member"),
    *("lead", "certifier", "stranger", "south_certifier", "police_lead", "police_certifier"),
    *("anonymous", "far_officer", "far_approver", "far_lead", "far_certifier"),
)
# Whose people they are, by the keys of OWNERS; the OPCC's see every organisation of their partnership.
OWN = {
    "lead": "north",
    "certifier": "north",
    "stranger": "south",
    "south_certifier": "south",
    "police_lead": "police",
    "police_certifier": "police",
    "far_lead": "far_north",
    "far_certifier": "far_north",
}
TOKEN_OF = {"north": "officer", "far_north": "far_officer"}
OURS, FAR = {"north", "south", "police"}, {"far_north"}
OWNERS = ("north", "south", "police", "far_north", "absent")
LEADS = {"lead", "stranger", "police_lead", "far_lead"}
CERTIFIERS = {"certifier", "south_certifier", "police_certifier", "far_certifier"}
OFFICERS, APPROVERS = {"officer", "far_officer"}, {"approver", "far_approver"}
OPCC = OFFICERS | APPROVERS | {"auditor"}
CLAIM_READERS = OPCC | {"board_member"}
DRAFT, SENT, CERTIFIED, ACCEPTED = "draft", "with_certifier", "certified", "accepted"
QUERIED = "queried"
OK, MOVED, FORBIDDEN, MISSING, WRONG_METHOD = 200, 302, 403, 404, 405


@dataclass(frozen=True)
class Route:
    """One row of the table. `readers` may know that it exists; `writers` may post to it."""

    name: str
    about: str  # what its number is: return, query, round, waiver, grant, award, decision, hotspot and so on
    readers: set[str]
    writers: set[str] = field(default_factory=set)
    is_form: bool = False  # nothing but a form: who may not write does not get it either
    leads_back: bool = False  # a post only; a look at it leads back to the page of the row
    is_button: bool = False  # a post needs no content
    methods: str = "GET POST"
    stage: str = ""  # the state of a return in which a post succeeds
    not_for: set[str] = field(default_factory=set)  # owners that have no such page
    only_in: set[str] = field(default_factory=set)  # states in which there is such a page; all where empty


RETURN = OPCC | LEADS | CERTIFIERS
BOARD = OPCC | {"board_member"}


def _entry(name: str, **options: Any) -> Route:
    return Route(name, "return", RETURN, LEADS, is_form=True, stage=DRAFT, **options)


# What follows the number in an address that has more than one.
MORE: dict[str, tuple[int | str, ...]] = {
    "return_version_content": (1,),
    **dict.fromkeys(("claim", "claim_freeze", "claim_csv", "claim_xlsx"), ("q1",)),
}


def address_of(name: str, number: int) -> str:
    return reverse(name, args=[number, *MORE.get(name, ())])


TABLE = (
    Route("grant", "grant", OPCC, methods="GET"),
    Route("award_new", "grant", OPCC, OFFICERS, is_form=True),
    Route("allocations", "grant", OPCC, OFFICERS),
    Route("award_change", "award", OPCC, OFFICERS, is_form=True),
    Route("claim", "award", CLAIM_READERS, methods="GET"),
    Route("claim_freeze", "award", CLAIM_READERS, APPROVERS, is_form=True),
    Route("claim_csv", "award", CLAIM_READERS, methods="GET"),
    Route("claim_xlsx", "award", CLAIM_READERS, methods="GET"),
    Route("decision", "decision", OPCC, methods="GET"),
    Route("decision_answer", "decision", OPCC, APPROVERS, leads_back=True),
    Route("what_if", "scenario", OPCC, OFFICERS | APPROVERS),
    Route("what_if_csv", "scenario", OPCC, methods="GET"),
    Route("what_if_promote", "scenario", OPCC, OFFICERS, is_form=True),
    Route("what_if_take_back", "scenario move", OPCC, OFFICERS | APPROVERS, leads_back=True, is_button=True),
    Route("budget_line_new", "intervention", LEADS, LEADS, is_form=True),
    Route("targets", "intervention", LEADS, LEADS, is_form=True, not_for={"police"}),
    Route("budget_line_change", "budget line", LEADS, LEADS, is_form=True),
    Route("hotspot_end", "hotspot", OFFICERS | APPROVERS | {"police_lead"}, {"police_lead"}, is_form=True),
    Route("return", "return", RETURN, methods="GET"),
    _entry("return_spend"),
    _entry("return_activity", not_for={"police"}),
    _entry("return_patrols", not_for={"north", "south", "far_north"}),
    _entry("return_narrative"),
    _entry("return_ratings"),
    _entry("return_match"),
    _entry("return_variances"),
    _entry("return_corrections"),
    Route("return_changes", "return", RETURN, methods="GET"),
    _entry("return_nil"),
    _entry("return_check"),
    Route("return_evidence", "return", RETURN, LEADS, stage=DRAFT),
    Route("evidence_file", "evidence", RETURN, methods="GET"),
    Route("evidence_remove", "evidence", RETURN, LEADS, is_form=True, stage=DRAFT),
    Route("return_recall", "return", RETURN, LEADS, leads_back=True, is_button=True, stage=SENT),
    Route("return_workbook", "return", LEADS, methods="GET", stage=DRAFT),
    Route("upload_new", "return", LEADS, LEADS, is_form=True, stage=DRAFT),
    Route("upload", "upload", LEADS, LEADS, stage=DRAFT),
    Route("upload_progress", "upload", LEADS, methods="GET"),
    Route("upload_marked", "upload", LEADS, methods="GET"),
    Route("upload_discard", "upload", LEADS, LEADS, leads_back=True, is_button=True),
    Route("upload_retry", "stuck upload", LEADS, LEADS, leads_back=True, is_button=True),
    Route("return_certify", "return", RETURN, CERTIFIERS, is_form=True, stage=SENT),
    Route("deputy_end", "deputy", RETURN, CERTIFIERS | APPROVERS, leads_back=True),
    Route("api_token_revoke", "token", BOARD, BOARD),
    Route("return_receipt", "return", RETURN, methods="GET"),
    Route("return_receipt_pdf", "return", RETURN, methods="GET", only_in={CERTIFIED, QUERIED}),
    Route("return_versions", "return", RETURN, methods="GET"),
    Route("return_version_content", "return", RETURN, methods="GET", only_in={SENT, CERTIFIED, QUERIED}),
    Route("return_report", "return", RETURN, methods="GET"),
    Route("return_report_pdf", "return", RETURN, methods="GET"),
    Route("return_revert", "return", RETURN, LEADS, is_form=True, stage=QUERIED),
    Route("return_review", "return", RETURN, OFFICERS, is_form=True, stage=CERTIFIED),
    Route("return_query", "return", RETURN, OFFICERS, is_form=True, stage=CERTIFIED),
    Route("return_reopen", "return", RETURN, OFFICERS, is_form=True, stage=ACCEPTED),
    Route("return_extension", "return", RETURN, OFFICERS, is_form=True, stage=f"{DRAFT} {SENT}"),
    Route("query", "query", RETURN, LEADS | OFFICERS),
    Route("query_settle", "query", RETURN, OFFICERS, leads_back=True, is_button=True),
    Route("round_close", "round", OPCC, OFFICERS, is_form=True),
    Route("board_pack_pdf", "pack", OPCC | {"board_member"}, methods="GET"),
    Route("board_pack_xlsx", "pack", OPCC | {"board_member"}, methods="GET"),
    Route("meeting", "meeting", BOARD, methods="GET"),
    Route("meeting_change", "meeting", BOARD, OFFICERS, is_form=True),
    Route("meeting_cancel", "meeting", BOARD, OFFICERS, is_form=True),
    Route("board_question_new", "meeting", BOARD, OFFICERS, is_form=True),
    Route("board_action_new", "meeting", BOARD, OFFICERS, is_form=True),
    Route("board_question_change", "question", BOARD, OFFICERS, is_form=True),
    Route("board_question_outcome", "question", BOARD, OFFICERS, is_form=True),
    Route("board_question_again", "deferred question", BOARD, OFFICERS, is_form=True),
    Route("board_action_change", "action", BOARD, OFFICERS, is_form=True),
    Route("board_action_done", "action", BOARD, OFFICERS, is_form=True),
    Route("milestone_change", "milestone", BOARD, OFFICERS, is_form=True),
    Route("milestone_report", "milestone", BOARD, OFFICERS, is_form=True),
    Route("board_line", "budget line", BOARD, methods="GET"),
    Route("board_return", "return", BOARD, methods="GET"),
    Route("waiver", "waiver", OPCC, APPROVERS),
    Route("waiver_end", "approved waiver", OPCC, OFFICERS | APPROVERS, leads_back=True, is_button=True),
)
# Who stands for all that may not, where their number adds nothing: one of each way to be outside.
OUTSIDERS = {"anonymous", "stranger", "board_member", "officer", "far_officer"}
# Others have the same role: where the role alone decides, they add nothing.
SECOND_OF_ROLE = {
    *("stranger", "south_certifier", "police_certifier"),
    *("far_officer", "far_approver", "far_lead", "far_certifier"),
}
METHODS = ("GET", "HEAD", "POST empty", "POST", "PUT")


def in_scope(principal: str, owner: str, about: str) -> bool:
    # A token is its person's own, and nobody else's of the same organisation.
    if about == "token":
        return TOKEN_OF.get(owner) == principal
    # Who stands in for whom is the organisation's own business, the OPCC's too.
    if principal in OWN or about == "deputy":
        return OWN.get(principal) == owner
    return owner in (FAR if principal.startswith("far_") else OURS)


def expected(route: Route, principal: str, owner: str, method: str, stage: str) -> set[int]:
    """What the answer must be."""
    verb = "GET" if method == "HEAD" else method.split(maxsplit=1)[0]
    if principal == "anonymous":
        return {MOVED}
    if principal not in route.readers:
        return {MISSING}
    if verb == "POST" and route.writers and principal not in route.writers:
        return {FORBIDDEN}
    if verb not in route.methods.split():
        return {WRONG_METHOD}
    if not in_scope(principal, owner, route.about):
        return {MISSING}
    if route.is_form and principal not in route.writers:
        return {FORBIDDEN}
    if owner in route.not_for or (route.only_in and stage not in route.only_in):
        return {MISSING}
    return _allowed(route, verb, method, stage)


def _allowed(route: Route, verb: str, method: str, stage: str) -> set[int]:
    """The cell is open to the person: what it must do."""
    if verb == "GET" and route.leads_back:
        return {MOVED}
    if route.is_button or route.name == "deputy_end":
        return {MOVED}
    is_time = not route.stage or stage in route.stage.split()
    if verb == "GET":
        opens = is_time or not (route.is_form or route.name == "return_workbook")
        return {OK} if opens else {MOVED}
    if method == "POST empty" and route.name not in (
        "evidence_remove",
        "api_token_revoke",
    ):  # its form is the button alone
        return {OK}
    return {MOVED} if is_time else {OK}


# One of the writers of each route, for the tests that post.
WRITER = {
    **dict.fromkeys(
        ("meeting_change", "meeting_cancel", "board_question_new", "board_question_change", "board_question_outcome", "board_question_again", "board_action_new", "board_action_change", "board_action_done", "milestone_change", "milestone_report"), "officer",
    ),
    "award_new": "officer", "allocations": "officer", "award_change": "officer", "decision_answer": "approver",
    "budget_line_new": "lead", "return_spend": "lead", "return_activity": "lead", "return_patrols": "police_lead", "hotspot_end": "police_lead", "budget_line_change": "lead",
    "return_evidence": "lead", "evidence_remove": "lead", "return_variances": "lead", "return_corrections": "lead", "return_narrative": "lead", "return_nil": "lead", "return_check": "lead", "return_recall": "lead",
    "return_certify": "certifier", "return_review": "officer", "return_ratings": "lead", "return_match": "lead", "return_revert": "lead", "deputy_end": "certifier", "api_token_revoke": "officer",
    "upload_new": "lead", "upload": "lead", "upload_discard": "lead", "upload_retry": "lead", "targets": "lead",
    "return_query": "officer", "return_reopen": "officer", "return_extension": "officer", "query": "lead",
    "what_if": "officer", "what_if_promote": "officer", "what_if_take_back": "officer",
    "query_settle": "officer", "claim_freeze": "approver", "round_close": "officer", "waiver": "approver", "waiver_end": "approver",
}  # fmt: skip
