"""What the board is asked for next, what is overdue and at risk. As it stands now, never as at a day.

One expression, so that the board page can read it together with what it reads anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from authorities.filters import date_words
from authorities.models import Partnership
from funding.money import whole_pounds

QUESTION = "What do you need us to decide?"
# The questions without an outcome of the next meeting; how many of meetings that were held or cancelled wait
# for theirs; overdue actions; milestones by what was reported last of the latest quarter.
AGENDA = """
(WITH coming AS (
    SELECT id, held_on, place FROM funding_meeting
    WHERE partnership_id = %(partnership)s AND held_on >= %(today)s AND cancelled_at IS NULL
    ORDER BY held_on, id LIMIT 1
), milestone AS (
    SELECT one.due_on, COALESCE(latest.status, '') AS status
    FROM funding_milestone one
    LEFT JOIN LATERAL (
        SELECT status FROM funding_milestonereport report WHERE report.milestone_id = one.id
        ORDER BY year DESC, quarter_number DESC, reported_at DESC, id DESC LIMIT 1
    ) latest ON TRUE
    WHERE one.partnership_id = %(partnership)s
)
SELECT jsonb_build_object(
    'meeting', (SELECT jsonb_build_object('pk', id, 'held_on', held_on, 'place', place) FROM coming),
    'asked', (
        SELECT jsonb_agg(
            jsonb_build_object(
                'title', question.title, 'asked', question.asked, 'recommendation', question.recommendation,
                'amount', question.amount::text
            ) ORDER BY question.id
        )
        FROM funding_boardquestion question JOIN coming ON coming.id = question.meeting_id
        WHERE question.outcome = ''
    ),
    'unanswered', (
        SELECT COUNT(*) FROM funding_boardquestion question
        JOIN funding_meeting meeting ON meeting.id = question.meeting_id
        WHERE meeting.partnership_id = %(partnership)s AND question.outcome = ''
            AND (meeting.held_on < %(today)s OR meeting.cancelled_at IS NOT NULL)
    ),
    'overdue', (
        SELECT COUNT(*) FROM funding_boardaction action
        JOIN funding_meeting meeting ON meeting.id = action.meeting_id
        WHERE meeting.partnership_id = %(partnership)s AND action.done_at IS NULL
            AND action.due_on < %(today)s
    ),
    'milestones', (SELECT COUNT(*) FROM milestone),
    'behind', (
        SELECT COUNT(*) FROM milestone
        WHERE status = 'at_risk' OR (status <> 'done' AND due_on < %(today)s)
    )
))
"""


def expression(partnership: Partnership, today: date) -> RawSQL:
    """Reads all of it as one value, whatever row it stands beside."""
    named = {"partnership": partnership.pk, "today": today}
    # Django hands parameters on by place, so that the statement can stand within another one.
    pieces = AGENDA.split("%(")
    names = [piece.split(")s", 1)[0] for piece in pieces[1:]]
    by_place = pieces[0] + "".join("%s" + piece.split(")s", 1)[1] for piece in pieces[1:])
    return RawSQL(by_place, [named[name] for name in names], output_field=JSONField())  # noqa: S611


def read(partnership: Partnership, today: date) -> Agenda | None:
    """The agenda alone, by one query."""
    beside = Partnership.objects.filter(pk=partnership.pk).annotate(agenda=expression(partnership, today))
    found = beside.values_list("agenda", flat=True).first()
    return Agenda.of(found) if found else None


@dataclass(frozen=True)
class NextMeeting:
    """Where and when the board meets next."""

    pk: int
    held_on: date
    place: str


@dataclass(frozen=True)
class Asked:
    """One decision that the next meeting is asked for."""

    title: str
    asked: str
    recommendation: str
    amount: Decimal | None

    @property
    def sentence(self) -> str:
        """For a list of all that is asked: what, and how much."""
        return self.title if self.amount is None else f"{self.title}, {whole_pounds(self.amount)}"


@dataclass(frozen=True)
class Agenda:
    """The answer to the board's question what it has to decide, in sentences by rule."""

    meeting: NextMeeting | None
    asked: tuple[Asked, ...]
    unanswered: int
    overdue: int
    milestones: int
    behind: int

    @classmethod
    def of(cls, read: Mapping[str, Any]) -> Agenda:
        """From the value of the expression."""
        meeting = read["meeting"]
        return cls(
            NextMeeting(meeting["pk"], date.fromisoformat(meeting["held_on"]), meeting["place"])
            if meeting
            else None,
            tuple(
                Asked(
                    one["title"],
                    one["asked"],
                    one["recommendation"],
                    None if one["amount"] is None else Decimal(one["amount"]),
                )
                for one in read["asked"] or ()
            ),
            *(read[name] for name in ("unanswered", "overdue", "milestones", "behind")),
        )

    @property
    def headline(self) -> str:
        if self.meeting is None:
            return "No meeting of the board is planned."
        if not self.asked:
            return "Nothing is asked of the board for its next meeting."
        count = len(self.asked)
        decisions = "one decision" if count == 1 else f"{count} decisions"
        return f"The board is asked for {decisions} on {date_words(self.meeting.held_on)}."

    @property
    def earlier(self) -> str:
        """Empty where every earlier meeting has answered."""
        if not self.unanswered:
            return ""
        one = self.unanswered == 1
        return (
            f"{self.unanswered} {'decision' if one else 'decisions'} of earlier meetings {_waits(one=one)}."
        )

    @property
    def actions(self) -> str:
        if not self.overdue:
            return "No action is overdue."
        return f"{self.overdue} {'action is' if self.overdue == 1 else 'actions are'} overdue."

    @property
    def system_change(self) -> str:
        if not self.milestones:
            return "No milestone of system change has been set."
        count = self.behind
        if not count:
            return "No milestone is at risk or past its day."
        return f"{count} {'milestone is' if count == 1 else 'milestones are'} at risk or past the day."

    @property
    def answer(self) -> str:
        """In one or two sentences, for the head of the page."""
        asked = "; ".join(one.sentence for one in self.asked)
        if not asked:
            return self.headline
        return f"{self.headline} {asked}{'' if asked.endswith(('.', '?', '!')) else '.'}"


def _waits(*, one: bool) -> str:
    return "waits for its outcome" if one else "wait for their outcomes"
