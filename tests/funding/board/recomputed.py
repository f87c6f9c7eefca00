"""The board's money worked out a second time, from the tables that people's entries stand in.

Plain SQL and plain arithmetic of the tests' own: it shares no line with the product, so that a mistake in one
shows against the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from funding.models import Tier

YEAR = 2026
COUNTED = "('certified', 'in_review', 'accepted', 'locked')"
ACCEPTED = "('accepted', 'locked')"
BODIES = """
    SELECT id, short_name, name FROM authorities_organisation
    WHERE partnership_id = %s AND kind <> 'board' ORDER BY position"""
AWARDS = f"""
    SELECT award.id, fund.name, fund.code, fund.paid_to_police, award.amount FROM funding_award award
    JOIN funding_grant held ON held.id = award.grant_id JOIN funding_fund fund ON fund.id = held.fund_id
    WHERE held.partnership_id = %s AND award.year = {YEAR}"""
HELD = f"""
    SELECT line.organisation_id, line.award_id, SUM(line.amount) FROM funding_decisionline line
    JOIN funding_decision decision ON decision.id = line.decision_id
    JOIN funding_award award ON award.id = line.award_id
    JOIN authorities_organisation body ON body.id = line.organisation_id
    WHERE decision.status = 'approved' AND award.year = {YEAR} AND body.partnership_id = %s GROUP BY 1, 2"""
PLANNED = f"""
    SELECT work.organisation_id, work.award_id, planned.quarter, work.tier, heading.name, SUM(planned.amount)
    FROM funding_profileamount planned JOIN funding_budgetline line ON line.id = planned.budget_line_id
    JOIN funding_intervention work ON work.id = line.intervention_id
    JOIN funding_costheading heading ON heading.id = line.cost_heading_id
    JOIN funding_award award ON award.id = work.award_id
    JOIN authorities_organisation body ON body.id = work.organisation_id
    WHERE award.year = {YEAR} AND body.partnership_id = %s GROUP BY 1, 2, 3, 4, 5"""
RETURNED = f"""
    SELECT returned.organisation_id, round.quarter_number, returned.status IN {ACCEPTED}
    FROM funding_quarterlyreturn returned JOIN funding_returnround round ON round.id = returned.round_id
    WHERE round.year = {YEAR} AND round.partnership_id = %s AND returned.status IN {COUNTED}"""
ENTERED = f"""
    SELECT returned.organisation_id, work.award_id, round.quarter_number, work.tier, heading.name,
        SUM(entry.amount) FROM ({{entries}}) entry (return_id, line_id, amount)
    JOIN funding_quarterlyreturn returned ON returned.id = entry.return_id
    JOIN funding_returnround round ON round.id = returned.round_id
    JOIN funding_budgetline line ON line.id = entry.line_id
    JOIN funding_intervention work ON work.id = line.intervention_id
    JOIN funding_costheading heading ON heading.id = line.cost_heading_id
    WHERE round.year = {YEAR} AND round.partnership_id = %s AND returned.status IN {COUNTED}
    GROUP BY 1, 2, 3, 4, 5"""
SPENT = ENTERED.format(
    entries="SELECT quarterly_return_id, budget_line_id, actual FROM funding_spendline UNION ALL "
    "SELECT quarterly_return_id, budget_line_id, amount FROM funding_adjustment"
)
COMMITTED = ENTERED.format(
    entries="SELECT quarterly_return_id, budget_line_id, committed FROM funding_spendline"
)
FORECAST = (
    "SELECT quarterly_return_id, budget_line_id, amount FROM funding_forecastline WHERE quarter_number = {}"
)

DELIVERED = f"""
    SELECT round.quarter_number, SUM({{count}}) FROM {{table}} entry
    JOIN funding_quarterlyreturn returned ON returned.id = entry.quarterly_return_id
    JOIN funding_returnround round ON round.id = returned.round_id
    WHERE round.year = {YEAR} AND round.partnership_id = %s AND returned.status IN {COUNTED} GROUP BY 1"""
HOURS = DELIVERED.format(count="entry.hours", table="funding_patrolline")
SUPPORTED = DELIVERED.format(count="entry.targeted_reached", table="funding_activityline")
PENNY = Decimal("0.01")

Key = tuple[Any, ...]  # (organisation, award, quarter, tier, heading)
Cells = dict[tuple[str, int], Decimal]  # (heading of the row, place of the column) -> pounds


def fetch(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def sums(sql: str, partnership: int) -> dict[Key, Decimal]:
    return {row[:-1]: row[-1] for row in fetch(sql, partnership) if row[-1] is not None}


class Recomputed:
    """All amounts of one partnership and year."""

    def __init__(self, partnership: int) -> None:
        self.partnership = partnership
        self.bodies = {pk: short for pk, short, _ in fetch(BODIES, partnership)}
        self.awards = {row[0]: row[1:] for row in fetch(AWARDS, partnership)}
        self.held = sums(HELD, partnership)
        self.planned, self.spent = sums(PLANNED, partnership), sums(SPENT, partnership)
        self.committed = sums(COMMITTED, partnership)
        self.made = {n: sums(ENTERED.format(entries=FORECAST.format(n)), partnership) for n in (2, 3, 4)}
        found = fetch(RETURNED, partnership)
        self.accepted = {(body, quarter) for body, quarter, is_accepted in found if is_accepted}
        self.counted = {(body, quarter) for body, quarter, _ in found}

    def total(self, amounts: dict[Key, Decimal], keep: Callable[[Key], bool]) -> Decimal:
        return sum((amount for key, amount in amounts.items() if keep(key)), Decimal("0.00"))

    def is_counted(self, key: Key) -> bool:
        return (key[0], key[2]) in self.counted

    def spent_of(self, keep: Callable[[Key], bool]) -> tuple[Decimal, Decimal]:
        """Accepted and provisional."""
        accepted = self.total(self.spent, lambda key: keep(key) and (key[0], key[2]) in self.accepted)
        return accepted, self.total(self.spent, keep) - accepted

    def awaited(self, body: int, award: int, quarter: int) -> Decimal:
        """What is expected of a quarter that does not count."""
        if (body, quarter) in self.counted:
            return Decimal("0.00")
        before = [number for who, number in self.counted if who == body and number < quarter]
        if before:
            forecasts = [
                amount for key, amount in self.made[quarter].items() if key[:3] == (body, award, max(before))
            ]
            if forecasts:
                return sum(forecasts, Decimal("0.00"))
        return self.total(self.planned, lambda key: key[:3] == (body, award, quarter))

    def outturn(self, body: int, award: int) -> Decimal:
        return self.total(self.spent, lambda key: key[:2] == (body, award)) + sum(
            (self.awaited(body, award, quarter) for quarter in (1, 2, 3, 4)), Decimal("0.00")
        )

    def left(self, body: int, award: int) -> Decimal:
        return self.held.get((body, award), Decimal("0.00")) - self.outturn(body, award)

    @property
    def holdings(self) -> set[tuple[int, int]]:
        return {(key[0], key[1]) for key in (*self.held, *self.planned)}

    def outturn_of(self, keep: Callable[[Key], bool]) -> Decimal:
        return sum((self.outturn(*one) for one in self.holdings if keep(one)), Decimal("0.00"))

    def at_risk_of(self, keep: Callable[[Key], bool]) -> Decimal:
        lost = (self.left(*one) for one in self.holdings if keep(one))
        return sum((amount for amount in lost if amount > 0), Decimal("0.00"))

    def tables(self) -> dict[str, Cells]:
        """Each table of the board: what stands in its money columns."""
        return {
            "funds": self._funds(),
            "authorities": self._authorities(),
            "quarters": self._quarters(),
            "tiers": self._shares(3, lambda code: str(Tier(code).label)),
            "headings": self._shares(4, str),
            "risks": self._risks(),
            "hotspots": self._hotspots(),
            "reach": self._reach(),
            "returns": {},
            "comparison": self._comparison(),
        }

    def _funds(self) -> Cells:
        cells: Cells = {}
        names: dict[str, set[int]] = defaultdict(set)
        for award, (name, *_) in self.awards.items():
            names[name].add(award)
        for name, own in (*names.items(), ("All funds", set(self.awards))):

            def keep(key: Key, own: set[int] = own) -> bool:
                return key[1] in own

            values = (
                sum((self.awards[award][3] for award in own), Decimal("0.00")),
                self.total(self.held, keep),
                *self.spent_of(keep),
                self.outturn_of(keep),
                self.at_risk_of(keep),
            )
            cells |= {(name, place): value for place, value in enumerate(values, start=1)}
        return cells

    def _authorities(self) -> Cells:
        cells: Cells = {}
        for name, own in (*((short, {pk}) for pk, short in self.bodies.items()), ("Total", set(self.bodies))):

            def keep(key: Key, own: set[int] = own) -> bool:
                return key[0] in own

            spent = self.spent_of(keep)
            due = self.total(self.planned, lambda key, keep=keep: keep(key) and self.is_counted(key))  # type: ignore[misc]
            held, outturn = self.total(self.held, keep), self.outturn_of(keep)
            plan = self.total(self.planned, keep)
            values = (held, plan, *spent, sum(spent) - due, outturn, held - outturn)
            cells |= {(name, place): value for place, value in enumerate(values, start=2)}
        return cells

    def _quarters(self) -> Cells:
        cells: Cells = {}
        for name, own in (*((f"Q{number}", {number}) for number in (1, 2, 3, 4)), ("Year", {1, 2, 3, 4})):

            def keep(key: Key, own: set[int] = own) -> bool:
                return key[2] in own

            spent = self.spent_of(keep)
            due = self.total(self.planned, lambda key, keep=keep: keep(key) and self.is_counted(key))  # type: ignore[misc]
            awaited = sum(
                (self.awaited(*one, number) for one in self.holdings for number in own), Decimal("0.00")
            )
            values = (self.total(self.planned, keep), *spent, awaited, sum(spent) - due)
            cells |= {(name, place): value for place, value in enumerate(values, start=1)}
        return cells

    def _shares(self, place_of: int, label: Callable[[str], str]) -> Cells:
        cells: Cells = {}
        every = {(key[place_of], self.awards[key[1]][0]) for key in self.planned}
        for name, own in (
            *((f"{label(one)} {fund}", {(one, fund)}) for one, fund in every),
            ("Total", every),
        ):

            def keep(key: Key, own: set[tuple[str, str]] = own) -> bool:
                return (key[place_of], self.awards[key[1]][0]) in own

            spent = self.spent_of(keep)
            due = self.total(self.planned, lambda key, keep=keep: keep(key) and self.is_counted(key))  # type: ignore[misc]
            values = (due, *spent, sum(spent), sum(spent) - due)
            cells |= {(name, place): value for place, value in enumerate(values, start=2)}
        return cells

    def _risks(self) -> Cells:
        cells: Cells = defaultdict(lambda: Decimal("0.00"))
        for body, award in self.holdings:
            lost = self.left(body, award)
            if lost <= 0:
                continue
            for name in (f"{self.bodies[body]} {self.awards[award][0]}", "Total"):
                cells[name, 2] += lost
        return dict(cells)

    def _hotspots(self) -> Cells:
        of_police = {award for award, row in self.awards.items() if row[2]}
        hours = self.counts(HOURS)
        cells: Cells = {}
        for name, own in (*((f"Q{number}", {number}) for number in (1, 2, 3, 4)), ("Year", {1, 2, 3, 4})):
            spent = self.total(self.spent, lambda key, own=own: key[1] in of_police and key[2] in own)  # type: ignore[misc]
            worked = sum((hours.get(number, Decimal(0)) for number in own), Decimal(0))
            cells[name, 8] = spent
            if worked:
                cells[name, 9] = (spent / worked).quantize(PENNY, ROUND_HALF_UP)
        return cells

    def _reach(self) -> Cells:
        """What early help and high-risk work took, and what that is for each young person."""
        others = {award for award, row in self.awards.items() if not row[2]}
        people, cells = self.counts(SUPPORTED), {}
        for number in (1, 2, 3, 4):
            spent = self.total(
                self.spent,
                lambda key, n=number: (
                    key[1] in others and key[2] == n and key[3] in ("secondary", "tertiary")
                ),  # type: ignore[misc]
            )
            if any(quarter == number for _, quarter in self.counted):
                cells[f"Q{number}", 2] = spent
            if people.get(number):
                cells[f"Q{number}", 3] = (spent / people[number]).quantize(PENNY, ROUND_HALF_UP)
        return cells

    def counts(self, sql: str) -> dict[int, Decimal]:
        """A count of the returns that count, by quarter."""
        return {quarter: Decimal(count) for quarter, count in fetch(sql, self.partnership)}

    def _comparison(self) -> Cells:
        rows = fetch("SELECT area, amount FROM funding_publishedallocation WHERE fund = 'VRU'")
        ours = sum((row[3] for row in self.awards.values() if row[0] == "VRU"), Decimal("0.00"))
        return {(area, 1): amount for area, amount in rows} | {("This partnership", 1): ours}
