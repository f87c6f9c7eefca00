"""What an action says when it cannot be done: one sentence that a person can act on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError

from authorities.models import Membership, Organisation, Partnership, User
from authorities.roles import Permission
from funding.models import ReturnStatus
from funding.quarters import london_day


class UnableTo(Exception):
    """Base of every refusal. `str()` is the sentence for the person."""


class UnableToDo(UnableTo):
    """The person may not do this."""


class UnableToMoveReturn(UnableTo):
    """The return cannot make this move."""


S = ReturnStatus
# Why a move is refused in a state that has no row for it: which lock, and what to do.
LOCKED: Mapping[ReturnStatus, str] = {
    S.NOT_STARTED: "Nothing has been entered in this return yet.",
    S.DRAFT: "This return is still a draft with the organisation that prepares it.",
    S.READY: "This return is filled in, and the organisation that prepares it has not sent it yet.",
    S.WITH_CERTIFIER: "This return is with its certifier. Take it back before you change it.",
    S.CERTIFIED: "This return has been certified and is waiting for the OPCC to accept it. "
    "It can only be changed if the OPCC queries it.",
    S.IN_REVIEW: "The OPCC is reviewing this return. It can only be changed if the OPCC queries it.",
    S.QUERIED: "The OPCC has queried this return. It is back with the organisation that prepares it.",
    S.ACCEPTED: "This return has been accepted. Carry a correction in the return of a later quarter, "
    "or ask the OPCC to reopen it before the round is closed.",
    S.REOPENED: "The OPCC has reopened this return. It is back with the organisation that prepares it.",
    S.LOCKED: "The round of this return is closed, so the return never changes. "
    "Carry a correction in the return of a later quarter.",
}

# The database's last word, in words. Keys are names of constraints and triggers.
SENTENCES: Mapping[str, str] = {
    "award_not_exceeded": "This would allocate more than the award holds. Reduce an amount and try again.",
    "allocation_not_negative": "This would take more from an organisation than it holds.",
    "reallocation_sums_to_zero": "The amounts of a reallocation must sum to zero in each year.",
    "decision_has_lines": "Change at least one amount before you propose a decision.",
    "decision_decided_once": "This decision has already been approved or rejected.",
    "decision_four_eyes": "You proposed this decision, so somebody else must approve or reject it.",
    "decision_reference_once": "Another decision of this grant already has this reference.",
    "return_preparer_is_not_certifier": "You prepared this return, so somebody else must certify it.",
    "return_four_eyes": "You prepared part of this return, so somebody else must certify it.",
    "accepted_return_never_changes": "This return has been accepted and never changes.",
    "return_lines_are_locked": "This return is not open for changes.",
    "return_amounts_entered": "An actual amount is still missing. Enter it, then send the return.",
    "waiver_four_eyes": "You asked for this waiver, so somebody else must decide on it.",
    "adjustment_of_earlier_quarter": "A correction is of an earlier quarter of the same year.",
    "return_line_of_its_own_plan": "The plan has changed since you opened this page. Open it again.",
    "adjustment_once": "This return already corrects that line of that quarter.",
    "risk_once": "This return already has a risk with this title.",
    "match_line_once": "This return already has match funding of this kind from this source.",
    "round_once_a_quarter": "This quarter is already open for returns.",
    "grant_name_once": "Your partnership already has a grant of this name.",
    "award_once_a_year": "This grant already has an award for that year.",
    "decision_proposal_stands": "What was proposed never changes. Reject it and propose another decision.",
    "return_accepted_by_another": "You prepared or certified this return, so somebody else must accept it.",
    "return_moves_as_allowed": "This return has moved on. Open it again to see where it stands.",
    "profile_of_returned_quarter": "The plan of a quarter that was returned never changes. "
    "Leave that quarter as it is, or at 0 for a new line.",
    "plan_within_allocation": "The plan would be more than your allocation. Reduce an amount.",
    "hotspot_reference_once": "You already have a hotspot with this reference.",
    "intervention_name_once": "You already have an intervention of this name for this award and year.",
    "claim_once": "This claim has been frozen already. A frozen claim never changes.",
    "claims_in_order": "The claims of an award are frozen one after the other. Freeze the earlier one first.",
    "meeting_once_a_day": "The board already has a meeting on this day.",
    "meeting_cancelled_once": "This meeting was cancelled, so it never changes.",
    "meeting_has_decided": "This meeting has decided something, so it is neither moved nor cancelled.",
    "question_once_a_meeting": "This meeting is already asked for a decision of this title.",
    "question_outcome_final": "The outcome of this decision has been recorded and never changes.",
    "board_action_once_a_meeting": "This meeting already has this action.",
    "board_action_done_once": "This action has been recorded as done and never changes.",
    "milestone_name_once": "Your partnership already has a milestone of this name.",
    "flag_answered_once": "This flag has been answered already.",
    "flag_answered_by_another": "You prepared or certified this return. Somebody else must answer its flags.",
    "flag_dismissed_with_reason": "Say why you dismiss this flag.",
    "scenario_name_once": "Your partnership already has a scenario of this name.",
    "scenario_amount_not_below_spent": "This would leave less than nothing, or less than was spent. "
    "Take back a later move first.",
    "scenario_move_taken_back_once": "This move was taken back already.",
    "budget_line_once": "This intervention already has a budget line with this heading and description.",
}


@contextmanager
def refusals(error: type[UnableTo]) -> Iterator[None]:
    """Turns the database's refusals into `error` with a sentence; anything unknown goes on up."""
    try:
        yield
    except IntegrityError as refusal:
        name = getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", None) or ""
        if name not in SENTENCES:
            raise
        raise error(SENTENCES[name]) from refusal


def may(
    permission: Permission,
    *,
    by: User,
    at: datetime,
    organisation: Organisation | None = None,
    partnership: Partnership | None = None,
) -> bool:
    """Whether `by` holds the permission, there, on the London day of `at`."""
    day = london_day(at)
    return Membership.objects.may(
        permission, user=by, on=day, organisation=organisation, partnership=partnership
    )


def check_may(
    permission: Permission,
    *,
    by: User,
    at: datetime,
    organisation: Organisation | None = None,
    partnership: Partnership | None = None,
) -> None:
    """Raises UnableToDo unless `by` may."""
    if not may(permission, by=by, at=at, organisation=organisation, partnership=partnership):
        raise UnableToDo(f"Your role does not let you {permission.value}.")
