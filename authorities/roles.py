"""Who may do what: one page of data. A role is a row in one table of permissions."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One thing that a person may do. Every access rule names one of these."""

    VIEW_BOARD = "view board"
    VIEW_MONEY = "view awards, allocations and decisions"
    RECORD_AWARD = "record awards"
    PROPOSE_DECISION = "propose decisions"
    WHAT_IF = "try out changes in scenarios"
    DECIDE = "approve or reject decisions"
    FREEZE_CLAIM = "freeze claims to the Home Office"
    PUBLISH = "publish open data"
    KEEP_BOARD = "keep the board's meetings, actions and milestones"
    OPEN_ROUND = "open return rounds"
    VIEW_RETURNS = "view every return of the partnership"
    REVIEW_RETURN = "accept or query returns"
    ANSWER_FLAG = "answer what is flagged in returns"
    VIEW_OWN_RETURN = "view the returns of my organisation"
    PREPARE_RETURN = "prepare the returns of my organisation"
    CERTIFY_RETURN = "certify the returns of my organisation"
    APPOINT_DEPUTY = "appoint a deputy for a time"
    PLAN = "plan the spending of my organisation"
    VIEW_HOTSPOT_NAMES = "see the names of hotspots"
    ADMINISTER = "look after people and reference data"


class Role(StrEnum):
    """The part that a person plays in one organisation."""

    OFFICER = "officer"
    APPROVER = "approver"
    LEAD = "lead"
    POLICE_LEAD = "police_lead"
    CERTIFIER = "certifier"
    BOARD_MEMBER = "board_member"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class RoleRow:
    """One row of the table: how a role is called, what it is for, and what it may do."""

    label: str
    summary: str
    permissions: frozenset[Permission]
    # The kinds of organisation in which the role can be held.
    kinds: tuple[str, ...] = ("opcc",)


RETURNING = ("opcc", "local_authority", "police")
P = Permission
ROLES: dict[Role, RoleRow] = {
    Role.OFFICER: RoleRow(
        "Grants officer",
        "Records awards, proposes allocations, opens rounds and reviews returns.",
        frozenset(
            {
                P.VIEW_BOARD,
                P.KEEP_BOARD,
                P.VIEW_MONEY,
                P.RECORD_AWARD,
                P.PROPOSE_DECISION,
                P.WHAT_IF,
                P.OPEN_ROUND,
                P.VIEW_RETURNS,
                P.REVIEW_RETURN,
                P.ANSWER_FLAG,
                P.VIEW_HOTSPOT_NAMES,
            }
        ),
    ),
    Role.APPROVER: RoleRow(
        "Approver",
        "Approves or rejects the decisions that move money, freezes claims and publishes open data.",
        frozenset(
            {
                P.VIEW_BOARD,
                P.VIEW_MONEY,
                P.WHAT_IF,
                P.DECIDE,
                P.FREEZE_CLAIM,
                P.PUBLISH,
                P.VIEW_RETURNS,
                P.ANSWER_FLAG,
                P.VIEW_HOTSPOT_NAMES,
                P.APPOINT_DEPUTY,
            }
        ),
    ),
    Role.LEAD: RoleRow(
        "Authority lead",
        "Plans the spending and prepares the quarterly return.",
        frozenset({P.VIEW_OWN_RETURN, P.PREPARE_RETURN, P.PLAN}),
        ("opcc", "local_authority"),
    ),
    Role.POLICE_LEAD: RoleRow(
        "Police lead",
        "Prepares the quarterly return with the patrols of each hotspot.",
        frozenset({P.VIEW_OWN_RETURN, P.PREPARE_RETURN, P.PLAN, P.VIEW_HOTSPOT_NAMES}),
        ("police",),
    ),
    Role.CERTIFIER: RoleRow(
        "Certifier",
        "Certifies the return as section 151 or chief finance officer.",
        frozenset({P.VIEW_OWN_RETURN, P.CERTIFY_RETURN, P.APPOINT_DEPUTY}),
        RETURNING,
    ),
    Role.BOARD_MEMBER: RoleRow(
        "Board member", "Reads the board page.", frozenset({P.VIEW_BOARD}), (*RETURNING, "board")
    ),
    Role.AUDITOR: RoleRow(
        "Auditor",
        "Reads awards, decisions, returns and their history. Changes nothing.",
        frozenset({P.VIEW_BOARD, P.VIEW_MONEY, P.VIEW_RETURNS}),
    ),
    Role.ADMINISTRATOR: RoleRow(
        "Administrator",
        "Looks after people, roles and reference data. Moves no money.",
        frozenset({P.ADMINISTER}),
    ),
}
