"""The demonstration's board: one meeting held, one to come, actions, milestones. All of it illustrative."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from funding.actions import board_actions, board_questions, meetings, milestones
from funding.demo.money import PROPOSED_OF_NEXT
from funding.demo.people import Cast
from funding.models import ChangeTheme, Decision, Meeting, MilestoneStatus, Outcome
from funding.quarters import Quarter, next_working_day

T, S = ChangeTheme, MilestoneStatus
# (theme, milestone, due in so many quarters, what was reported of the last quarters, oldest first)
MILESTONES = (
    (
        T.DATA_SHARING,
        "One data sharing agreement is signed by all partners",
        0,
        (
            (S.ON_TRACK, "The draft is with the legal teams of all partners.", ""),
            (S.AT_RISK, "Two partners have not signed. The draft of the schedule changed twice.", ""),
        ),
    ),
    (
        T.EXCLUSIONS,
        "Every council shares exclusions with its violence reduction lead each month",
        2,
        (
            (S.NOT_STARTED, "Schools were told of it.", ""),
            (S.ON_TRACK, "Three of the five councils share them.", "Monthly lists of three councils."),
        ),
    ),
    (
        T.TRAUMA_INFORMED,
        "Front-line teams of all partners are trained in trauma-informed practice",
        3,
        ((S.ON_TRACK, "Half of the teams are trained.", "Attendance of the training sessions."),),
    ),
    (
        T.OTHER,
        "The needs assessment is shared with every community safety partnership",
        -1,
        (
            (S.ON_TRACK, "The chapters on knife crime are written.", ""),
            (S.DONE, "It was presented to all five partnerships.", "Minutes of the five meetings."),
        ),
    ),
)


def _at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def govern(cast: Cast, today: date) -> None:
    """Meetings about ten weeks ago and in two weeks, and milestones with what was reported of them."""
    past = _meeting(cast, next_working_day(today - timedelta(days=75)), "Police headquarters (illustrative)")
    _held(cast, past, today)
    coming = _meeting(cast, next_working_day(today + timedelta(days=14)), "Online")
    _asked(cast, coming, _at(today - timedelta(days=1)))
    for milestone in MILESTONES:
        _milestone(cast, today, *milestone)


def _meeting(cast: Cast, day: date, place: str) -> Meeting:
    return meetings.plan_meeting(
        partnership=cast.partnership,
        held_on=day,
        place=place,
        quarter=Quarter.of(day).previous,
        by=cast.officer,
        at=_at(day - timedelta(days=40)),
    )


def _held(cast: Cast, meeting: Meeting, today: date) -> None:
    by, day = cast.officer, meeting.held_on
    asked = board_questions.ask(
        meeting=meeting,
        title="Illustrative: a common format for case studies",
        asked="Shall every return carry one case study in the same format?",
        recommendation="Agree. It takes each council about an hour a quarter.",
        amount=None,
        decision=None,
        by=by,
        at=_at(day - timedelta(days=10)),
    )
    board_questions.record_outcome(
        question=asked,
        outcome=Outcome.AGREED,
        words="Illustrative. Agreed, from the next quarter on.",
        on=day,
        by=by,
        at=_at(day, 16),
    )
    add = partial(board_actions.add_action, meeting=meeting, by=by, at=_at(day, 16))
    done = add(
        what="Illustrative: send the format for case studies to the councils",
        owner="VRP Director",
        organisation=cast.bodies["opcc"],
        due_on=day + timedelta(days=14),
    )
    board_actions.record_done(
        action=done,
        on=day + timedelta(days=9),
        words="Illustrative. Sent to all five councils.",
        by=by,
        at=_at(day + timedelta(days=9)),
    )
    add(
        what="Illustrative: say when the vacant co-ordinator's post will be filled",
        owner="Violence reduction lead",
        organisation=cast.bodies["bristol"],
        due_on=today - timedelta(days=7),
    )


def _asked(cast: Cast, meeting: Meeting, at: datetime) -> None:
    """One of the two is about the allocation that waits for its approver."""
    ask = partial(board_questions.ask, meeting=meeting, by=cast.officer, at=at)
    waiting = Decision.objects.of(cast.partnership).proposed().first()
    ask(
        title="Illustrative: the shares of next year's award",
        asked="Does the board support the shares that are proposed for next year?",
        recommendation="Support them, so that councils can keep their staff beyond March.",
        amount=PROPOSED_OF_NEXT if waiting else None,
        decision=waiting,
    )
    ask(
        title="Illustrative: money that will not be spent goes to youth work in Bristol",
        asked="Shall money that organisations say in December they cannot spend by 31 March go to detached "
        "youth work in Bristol?",
        recommendation="Agree, up to £40,000. Money that is not spent by 31 March is lost.",
        amount=Decimal("40000.00"),
        decision=None,
    )


def _milestone(  # noqa: PLR0917
    cast: Cast,
    today: date,
    theme: ChangeTheme,
    name: str,
    due_in: int,
    reports: tuple[tuple[MilestoneStatus, str, str], ...],
) -> None:
    last = Quarter.of(today).previous
    due, first = last, last
    for _ in range(abs(due_in)):
        due = due.next if due_in > 0 else due.previous
    for _ in reports[1:]:
        first = first.previous
    milestone = milestones.set_milestone(
        partnership=cast.partnership,
        theme=theme,
        name=f"{name} (illustrative)",
        due_on=due.ends_on,
        by=cast.officer,
        at=_at(first.starts_on),
    )
    quarter = first
    for status, words, evidence in reports:
        milestones.report(
            milestone=milestone,
            quarter=quarter,
            status=status,
            words=f"Illustrative. {words}",
            evidence=f"Illustrative. {evidence}" if evidence else "",
            by=cast.officer,
            at=_at(quarter.next.starts_on + timedelta(days=7)),
        )
        quarter = quarter.next
