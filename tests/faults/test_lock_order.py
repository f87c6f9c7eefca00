"""Everything at once that takes a lock: nobody waits for somebody who waits for them, and the figures agree."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError

from authorities.models import Partnership
from funding.actions import decisions, grants, plans, returns, rollups
from funding.actions.errors import UnableTo
from funding.models import AwardStatus, BudgetLine, DecisionLine, Intervention
from funding.reconciliation import reconcile
from tests.faults.test_concurrency import at_once
from tests.world import NOW, Q2, World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 40


def propose_and_approve(w: World, rng: random.Random, name: str) -> None:
    held = DecisionLine.objects.filter(award=w.award).approved().allocations()
    pair = [(w.award.pk, w.north.pk), (w.award.pk, w.south.pk)]
    rng.shuffle(pair)
    decision = decisions.propose(
        grant=w.grant,
        reference=name,
        reason="To and fro.",
        wanted={pair[0]: held[pair[0]] + 1, pair[1]: held[pair[1]] - 1},
        seen=held,
        by=w.officer,
        at=NOW,
    )
    decisions.approve(decision=decision, answer="", by=w.approver, at=NOW)


def change_award(w: World, rng: random.Random, name: str) -> None:
    amount = Decimal(1_000_000 + rng.randrange(100))
    status = AwardStatus.VARIED
    grants.change_award(award=w.award, amount=amount, status=status, source="s", by=w.officer, at=NOW)


def add_line(w: World, rng: random.Random, name: str) -> None:
    intervention = Intervention.objects.filter(organisation=w.north).earliest("pk")
    profile = [Decimal(0), Decimal(0), Decimal(1), Decimal(1)]
    plans.add_budget_line(
        intervention=intervention,
        cost_heading=w.services,
        description=name,
        profile=profile,
        by=w.lead,
        at=NOW,
    )


def change_line(w: World, rng: random.Random, name: str) -> None:
    line = BudgetLine.objects.filter(intervention__organisation=w.north).earliest("pk")
    profile = [amount.amount for amount in line.profile.order_by("quarter")]
    profile[3] = Decimal(rng.randrange(1, 9000))
    plans.change_profile(budget_line=line, profile=profile, by=w.lead, at=NOW)


def prepare_and_certify(w: World, rng: random.Random, name: str) -> None:
    found = w.return_of(w.north, Q2)
    if found.status == "with_certifier":  # a line joined the plan after the last turn had sent it
        returns.recall(quarterly_return=found, by=w.lead, at=NOW)
    found = w.certify(found, by=w.lead, certifier=w.certifier)
    returns.query(quarterly_return=found, reason="Again.", by=w.officer, at=NOW)


def roll_up(w: World, rng: random.Random, name: str) -> None:
    rollups.roll_up(clock=lambda: NOW)


def recompute(w: World, rng: random.Random, name: str) -> None:
    partnership = Partnership.objects.get(pk=w.partnership.pk)
    assert rollups.recompute(partnership=partnership, clock=lambda: NOW).differences == []


WORK: list[Callable[[World, random.Random, str], None]] = [
    propose_and_approve,
    change_award,
    add_line,
    change_line,
    prepare_and_certify,
    roll_up,
    recompute,
    propose_and_approve,
]


def test_nobody_waits_in_a_circle() -> None:
    w = build_world()
    w.open(Q2)
    w.roll_up()
    done, failed = Counter[str](), Counter[str]()

    def work(number: int) -> None:
        rng = random.Random(number)
        for turn in range(ROUNDS):
            job = WORK[number]
            try:
                job(w, rng, f"{number}-{turn}")
                done[job.__name__] += 1
            except UnableTo:
                done[f"{job.__name__}, refused"] += 1
            except (DatabaseError, AssertionError) as problem:
                failed[f"{job.__name__}: {type(problem).__name__} {problem}"[:900]] += 1

    at_once(work)
    print(dict(done))
    assert dict(failed) == {}
    rollups.roll_up(clock=lambda: NOW)
    assert [check for check in reconcile(w.partnership) if check.difference] == []
