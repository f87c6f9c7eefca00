"""The demonstration's rounds and returns: accepted for every finished quarter but the last, which is open.

Spend, activity and patrols are illustrative. They come from a hash of names, so that they are the same
at every load.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import connection

from authorities.models import Organisation, User
from funding.actions import entries, match, notices, patrols, ratings, returns, rounds, variances
from funding.actions.nil import declare_nil
from funding.actions.prompts import confirm
from funding.demo import claims, delivery, facts, offers, records
from funding.demo.people import Cast
from funding.models import (
    BudgetLine,
    Hotspot,
    Intervention,
    ProfileAmount,
    QuarterlyReturn,
    Rag,
    ReasonCode,
    SpendLine,
    Tier,
)
from funding.money import rounded
from funding.prompts import prompts
from funding.quarters import Quarter
from funding.return_parts import needing_reason

FIRST = Quarter(2022, 1)
COUNCIL_SIZE = 350_000
OFFERS = {offer.name: offer for offer in (*offers.COUNCIL_OFFERS, *offers.HUB_OFFERS, *offers.POLICE_OFFERS)}


def chance(*key: object, least: int, most: int) -> int:
    """A whole number between the two that depends on the key alone."""
    digest = sha256("/".join(map(str, key)).encode()).digest()
    return least + int.from_bytes(digest[:6], "big") % (most - least + 1)


def _at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def return_every_quarter(cast: Cast, today: date) -> None:
    """Opens and returns each quarter that has ended by `today`."""
    quarter = FIRST
    while quarter.ends_on < today:
        is_last = quarter.next.ends_on >= today
        _open(cast, quarter, is_last=is_last)
        # One comes late to the round before the last, so that its claim is frozen without it.
        is_before_last = not is_last and quarter.next.next.ends_on >= today
        states = LAST_ROUND if is_last else dict.fromkeys(cast.bodies, "accepted")
        for code, state in states.items():
            if not (is_before_last and code == COMES_LATE):
                _file(cast, code, quarter, today, state)
        if is_last or is_before_last:
            # In the evening of the day on which they were filed.
            records.keep(cast, at=_at(_filed_on(quarter, today), 18))
        if not is_last:
            claims.freeze(cast, quarter, at=_at(quarter.due_on + timedelta(days=7)))
        if is_before_last:
            _come_late(cast, quarter, today)
        quarter = quarter.next


def _open(cast: Cast, quarter: Quarter, *, is_last: bool) -> None:
    at = _at(quarter.next.starts_on)
    # All is one transaction, so nothing tells the planner by itself how large the tables have become.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    if is_last:
        _read_all(cast, at=at)
    rounds.open_round(
        partnership=cast.partnership, quarter=quarter, due_on=quarter.due_on, by=cast.officer, at=at
    )
    if is_last:
        records.keep(cast, at=_at(quarter.next.starts_on, 12))


def _come_late(cast: Cast, quarter: Quarter, today: date) -> None:
    """The last return of a round, and the end of the round."""
    _file(cast, COMES_LATE, quarter, today, "accepted", days_late=LATE)
    records.keep(cast, at=_at(_filed_on(quarter, today, LATE), 18))
    records.close(cast, quarter, at=_at(quarter.due_on + timedelta(days=LATE + 1)))


def _filed_on(quarter: Quarter, today: date, days_late: int = 0) -> date:
    """Ten days before the due day, or so many after it, but never in the future of the demonstration."""
    return min(max(quarter.next.starts_on, quarter.due_on + timedelta(days=days_late or -10)), today)


def _file(  # noqa: PLR0917
    cast: Cast, code: str, quarter: Quarter, today: date, state: str, days_late: int = 0
) -> None:
    found = QuarterlyReturn.objects.in_full().filter(
        organisation=cast.bodies[code], round__year=quarter.year, round__quarter_number=quarter.number
    )
    for quarterly_return in found:
        _Filing(cast, code, quarterly_return, today, days_late).file(state)


def _read_all(cast: Cast, at: datetime) -> None:
    """What was told of earlier quarters has been read long since."""
    for user in {user.pk: user for user in cast.people.values()}.values():
        notices.mark_all_read(by=user, at=at)


COMES_LATE, LATE = "south-gloucestershire", 20
# In which state each organisation's return of the open round stands.
LAST_ROUND = {
    "opcc": "accepted",
    "bnes": "queried",
    "bristol": "draft",
    "north-somerset": "nil",
    "south-gloucestershire": "certified",
    "somerset": "accepted",
    "police": "with_certifier",
}
QUERY = "Mentoring is well below its profile this quarter. Say why, and when the spending will catch up."
NIL = "Illustrative. Nothing was spent: the providers' invoices came in after the quarter ended."
UNDER = "Illustrative. Less was spent than planned. What is left is expected in later quarters."
OVER = "Illustrative. More was spent than planned. Later quarters spend less."


@dataclass
class _Filing:
    """One return on its way, through the actions that its people use."""

    cast: Cast
    code: str
    quarterly_return: QuarterlyReturn
    today: date
    days_late: int = 0

    def __post_init__(self) -> None:
        self.by = self.cast.preparer(self.code)
        self.quarter = self.quarterly_return.quarter
        self.organisation: Organisation = self.quarterly_return.organisation
        self.day = _filed_on(self.quarter, self.today, self.days_late)

    def file(self, state: str) -> None:
        """Takes the return to the state."""
        if state == "nil":
            self._save(declare_nil, explanation=NIL)
        else:
            self._spend()
            if state == "draft":
                return
            self._reasons()
            self._activity()
            self._words()
            self._beside()
        self._step(returns.send, self.by, 11)
        if state == "with_certifier":
            return
        self._step(returns.certify, self.cast.certifier(self.code), 14)
        if state == "queried":
            self._step(returns.query, self.cast.officer, 16, reason=QUERY)
        elif state == "accepted":
            self._step(returns.accept, self.cast.officer, 16)

    def _save(self, action: Callable[..., QuarterlyReturn], **content: object) -> None:
        self.quarterly_return = action(
            quarterly_return=self.quarterly_return,
            revision=self.quarterly_return.revision,
            by=self.by,
            at=_at(self.day),
            **content,
        )

    def _step(self, action: Callable[..., QuarterlyReturn], by: User, hour: int, **content: str) -> None:
        self.quarterly_return = action(
            quarterly_return=self.quarterly_return, by=by, at=_at(self.day, hour), **content
        )

    def _spend(self) -> None:
        lines = list(BudgetLine.objects.of(self.organisation, self.quarter.year))
        profile = {
            (amount.budget_line_id, amount.quarter): amount.amount
            for amount in ProfileAmount.objects.filter(budget_line__in=lines)
        }
        self._save(entries.save_spend, entries=[self._entry(line, profile) for line in lines])

    def _entry(self, line: BudgetLine, profile: dict[tuple[int, int], Decimal]) -> entries.SpendEntry:
        """Spends at the organisation's pace; half of what was not spent is expected in later quarters."""
        pace = next(body.pace for body in facts.BODIES if body.code == self.code)
        planned = profile[line.pk, self.quarter.number]
        part = chance(self.code, line, self.quarter, least=pace - 6, most=pace + 4)
        actual = rounded(planned * part / 100)
        later = self.quarter.remaining
        catch_up = rounded((planned - actual) / 2 / len(later)) if later else Decimal(0)
        return entries.SpendEntry(
            budget_line=line,
            actual=actual,
            committed=rounded(planned * chance("committed", line, self.quarter, least=0, most=30) / 100),
            forecasts={
                quarter.number: max(Decimal(0), profile[line.pk, quarter.number] + catch_up)
                for quarter in later
            },
        )

    def _reasons(self) -> None:
        """Why lines are far from their plan. What catches up does so by the end of the next quarter."""
        lines: Any = needing_reason(self.quarterly_return).select_related(
            "budget_line__intervention", "budget_line__cost_heading"
        )
        day = self.quarter.next.ends_on if self.quarter.remaining else None
        given = [
            variances.ReasonEntry(
                line.budget_line, self._code(line), UNDER if line.actual < line.plan else OVER, day
            )
            for line in lines.order_by("budget_line")
        ]
        if given:
            self._save(variances.save_variances, entries=given)

    def _code(self, line: SpendLine) -> ReasonCode:
        codes = (ReasonCode.VACANCY, ReasonCode.INVOICE, ReasonCode.STARTED_LATE, ReasonCode.LESS_DEMAND)
        return codes[chance("why", self.code, line.budget_line, self.quarter, least=0, most=3)]

    def _activity(self) -> None:
        if self.organisation.is_police:
            spots = Hotspot.objects.patrolled(self.organisation, self.quarter)
            self._save(patrols.save_patrols, entries=[self._patrol(spot) for spot in spots])
            return
        planned = Intervention.objects.filter(
            organisation=self.organisation, award__year=self.quarter.year
        ).order_by("pk")
        self._save(entries.save_activity, entries=[self._delivered(intervention) for intervention in planned])

    def _patrol(self, spot: Hotspot) -> patrols.PatrolEntry:
        """About 2,000 hours a quarter over all areas, as was reported for April to September 2024."""
        key = (spot.reference, self.quarter)
        return patrols.PatrolEntry(
            hotspot=spot,
            hours=Decimal(chance("hours", *key, least=180, most=300)) / 4,
            visits=chance("visits", *key, least=50, most=85),
            arrests=chance("arrests", *key, least=0, most=2),
            searches=chance("searches", *key, least=0, most=1),
            asb_powers=chance("powers", *key, least=0, most=2),
        )

    def _delivered(self, intervention: Intervention) -> entries.ActivityEntry:
        offer = OFFERS[intervention.name]
        population = next(body.population for body in facts.BODIES if body.code == self.code)
        swing = chance(intervention.name, self.code, self.quarter, least=85, most=115)
        universal = offer.universal * population * swing // (COUNCIL_SIZE * 100)
        targeted = offer.targeted * population * swing // (COUNCIL_SIZE * 100)
        sessions = chance("sessions", intervention.name, self.code, self.quarter, least=8, most=30)
        works_with_people = offer.universal or offer.targeted or intervention.tier == Tier.PRIMARY
        return entries.ActivityEntry(intervention, universal, targeted, sessions if works_with_people else 0)

    def _beside(self) -> None:
        """Match funding, and words for whatever looks unusual."""
        if entries_of_match := delivery.match_entries(self.organisation, self.quarter):
            self._save(match.save_match, entries=entries_of_match)
        if words := delivery.confirmations(prompts(self.quarterly_return)):
            self._save(confirm, words=words)

    def _rag(self, of: str) -> Rag:
        points = (Rag.GREEN, Rag.GREEN, Rag.AMBER_GREEN, Rag.AMBER)
        return points[chance("rag", of, self.code, self.quarter, least=0, most=3)]

    def _words(self) -> None:
        reason = "Illustrative. {} follows the plan of the quarter closely enough for the year."
        spend, delivered = (self._rag(name) for name in ("spend", "delivery"))
        self._save(
            ratings.save_ratings,
            spend=ratings.Rating(spend, reason.format("Spend")),
            delivery=ratings.Rating(delivered, reason.format("Delivery")),
            risks=[delivery.RISK],
        )
        self._save(
            entries.save_narrative,
            progress=f"Illustrative. Delivery in {self.quarter.months} ran close to the plan.",
            problems="Illustrative. Two posts were vacant for part of the quarter."
            if chance("problem", self.code, self.quarter, least=0, most=1)
            else "",
            next_steps="Illustrative. Sessions continue, and the vacancies are being filled.",
        )
