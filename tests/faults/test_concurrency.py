"""Many at once, on real connections: never over the award, never twice, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from funding.actions import claims, decisions, entries, reminders, returns, reviews, rollups
from funding.actions.errors import UnableTo
from funding.claims import reading
from funding.models import (
    Award,
    Claim,
    ClaimPart,
    DecisionLine,
    Notice,
    QuarterlyReturn,
    ReturnEvent,
    ReturnStatus,
    RollUpMark,
)
from funding.reconciliation import reconcile
from tests.funding.actions.test_reminders import morning
from tests.world import NOW, Q1, build_world

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(work: Callable[[int], object], count: int = THREADS) -> list[object]:
    """Runs the work in that many threads, each with a connection of its own, all starting together."""
    start = threading.Barrier(count)

    def one(number: int) -> object:
        start.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def allocated(award: Award) -> Decimal:
    total = DecisionLine.objects.approved().filter(award=award).aggregate(total=Sum("amount"))["total"]
    return Decimal(total)


def test_eight_officers_never_allocate_more_than_the_award() -> None:
    """Each takes £1,098.77 again and again from the £50,000.00 that are left; an observer looks all the while."""
    world = build_world()
    over: list[Decimal] = []
    done = threading.Event()

    def observe() -> None:
        while not done.is_set():
            total = allocated(world.award)
            if total > world.award.amount:
                over.append(total)
        connection.close()

    def take(number: int) -> int:
        taken = 0
        for attempt in range(25):
            held = DecisionLine.objects.filter(award=world.award).approved().allocations()
            key = (world.award.pk, (world.north, world.south)[number % 2].pk)
            try:
                decision = decisions.propose(
                    grant=world.grant,
                    reference=f"T{number}-{attempt}",
                    reason="A share.",
                    wanted={key: held[key] + Decimal("1098.77")},
                    seen=held,
                    by=world.officer,
                    at=NOW,
                )
                decisions.approve(decision=decision, answer="", by=world.approver, at=NOW)
                taken += 1
            except UnableTo:
                continue
        return taken

    observer = threading.Thread(target=observe)
    observer.start()
    taken = sum(int(str(count)) for count in at_once(take))
    done.set()
    observer.join()

    assert over == []
    assert allocated(world.award) == Decimal("950000.00") + taken * Decimal("1098.77")
    # Under this much contention at least some, and never more than the 45 that fit, get through.
    assert 8 <= taken <= 45


def test_eight_approvals_at_once_of_proposals_that_fit_only_alone() -> None:
    """Each proposal takes all that is left: the database lets exactly one through."""
    world = build_world()
    held = DecisionLine.objects.approved().allocations()
    key = (world.award.pk, world.north.pk)
    proposals = [
        decisions.propose(
            grant=world.grant,
            reference=f"P{number}",
            reason="All that is left.",
            wanted={key: held[key] + Decimal("50000.00")},
            seen=held,
            by=world.officer,
            at=NOW,
        )
        for number in range(THREADS)
    ]

    def approve(number: int) -> bool:
        try:
            decisions.approve(decision=proposals[number], answer="", by=world.approver, at=NOW)
        except decisions.UnableToDecide as refusal:
            assert "Another decision has changed" in str(refusal)  # noqa: PT017
            return False
        return True

    assert sorted(map(bool, at_once(approve))) == [False] * 7 + [True]
    assert allocated(world.award) == world.award.amount


def test_ten_equal_submits_have_one_effect() -> None:
    world = build_world()
    world.open()
    draft = world.fill(world.return_of(world.north), by=world.lead)

    def submit(_: int) -> bool:
        try:
            returns.send(
                quarterly_return=QuarterlyReturn.objects.in_full().get(pk=draft.pk), by=world.lead, at=NOW
            )
        except returns.UnableToMoveReturn:
            return False
        return True

    assert sum(map(bool, at_once(submit, 10))) == 1
    assert ReturnEvent.objects.filter(quarterly_return=draft, verb="send").count() == 1


def test_of_two_editors_one_saves_and_the_other_is_told() -> None:
    world = build_world()
    world.open()
    for attempt in range(20):
        revision = world.return_of(world.north).revision

        def save(number: int, revision: int = revision, attempt: int = attempt) -> str:
            text = f"Editor {number}, attempt {attempt}"
            try:
                entries.save_narrative(
                    quarterly_return=world.return_of(world.north),
                    revision=revision,
                    progress=text,
                    problems="",
                    next_steps="",
                    by=world.lead,
                    at=NOW,
                )
            except UnableTo:
                return ""
            return text

        saved = [text for text in at_once(save, 2) if text]
        assert saved == [world.return_of(world.north).progress]


def test_roll_ups_race_with_changes_and_lose_nothing() -> None:
    """Workers rebuild while certifiers sign and officers query: at the end every figure is the recompute."""
    world = build_world()
    world.open()
    certified = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    stop = threading.Event()

    def work(number: int) -> None:
        if number:
            while not stop.is_set():
                rollups.roll_up(clock=lambda: NOW)
            return
        try:
            found = certified
            for turn in range(12):
                found = returns.query(quarterly_return=found, reason="Again.", by=world.officer, at=NOW)
                found = world.certify(
                    found, by=world.lead, certifier=world.certifier, actual=f"{turn}.{turn:02d}"
                )
        finally:
            stop.set()

    at_once(work, 4)
    rollups.roll_up(clock=lambda: NOW)

    assert RollUpMark.objects.count() == 0
    assert [check for check in reconcile(world.partnership) if check.difference] == []
    assert rollups.recompute(partnership=world.partnership, clock=lambda: NOW).differences == []


def test_two_beats_at_once_write_each_reminder_once() -> None:
    world = build_world()
    world.open()
    at_once(lambda _: reminders.remind(at=morning(11, 3)), 4)
    overdue = Notice.objects.filter(kind="overdue")
    assert overdue.count() == overdue.values("user").distinct().count() == 3


def test_a_return_accepted_while_its_round_closes_is_locked() -> None:
    """The officer accepts, and before that is committed somebody closes the round: one of the two locks it."""
    world = build_world()
    opened = world.open()
    found = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    closed = threading.Event()

    def close() -> None:
        reviews.close_round(opened=opened, by=world.officer, at=NOW)
        closed.set()
        connection.close()

    closing = threading.Thread(target=close)
    with transaction.atomic():
        returns.accept(quarterly_return=found, by=world.officer, at=NOW)
        closing.start()
        # Closing either waits for the acceptance, or is over before it.
        closed.wait(2)
    closing.join()
    found.refresh_from_db()
    assert found.status == ReturnStatus.LOCKED


def test_a_claim_that_is_frozen_eight_times_at_once_is_frozen_once() -> None:
    world = build_world()
    world.open(Q1)
    world.certify(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    award = Award.objects.select_related("grant__fund", "grant__partnership").get(pk=world.award.pk)
    seen = reading.draft(award, ClaimPart.Q1, {}, None).digest

    def freeze(number: int) -> str:
        try:
            claims.freeze(award=award, part=ClaimPart.Q1, seen=seen, by=world.approver, at=NOW)
        except UnableTo as refusal:
            return str(refusal)
        return "frozen"

    said = at_once(freeze)
    assert sorted(said) == sorted(
        ["frozen", *["This claim has been frozen already. A frozen claim never changes."] * (THREADS - 1)]
    )
    claim = Claim.objects.get()
    assert (claim.lines.count(), claim.total) == (claim.line_count, Decimal("2000.00"))
