"""The life of a return: every move of the table, and no other."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from funding.actions import corrections, entries, returns, reviews
from funding.actions.nil import declare_nil
from funding.models import BudgetLine, QuarterlyReturn, ReturnFigure, ReturnStatus, RollUpMark
from funding.return_parts import parts
from tests.remembered import remembered
from tests.world import NOW, Q1, World, build_world

VERBS = ("send", "recall", "certify", "decline", "review", "query", "accept", "reopen", "revert")
ALLOWED = {(row.verb, row.before) for row in returns.TRANSITIONS}


@pytest.fixture
def quarterly_return(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def reach(world: World, found: QuarterlyReturn, status: str) -> QuarterlyReturn:
    """Takes a new return to the state by the moves that people make."""
    if status == ReturnStatus.NOT_STARTED:
        return found
    if status == ReturnStatus.DRAFT:
        return returns.recall(quarterly_return=world.send(found, by=world.lead), by=world.lead, at=NOW)
    if status == ReturnStatus.READY:
        return world.fill(found, by=world.lead)
    if status == ReturnStatus.WITH_CERTIFIER:
        return world.send(found, by=world.lead)
    certified = world.certify(found, by=world.lead, certifier=world.certifier)
    ask = partial(returns.query, reason="Why?", by=world.officer, at=NOW)
    later: dict[str, Callable[[], QuarterlyReturn]] = {
        ReturnStatus.IN_REVIEW: lambda: returns.review(quarterly_return=certified, by=world.officer, at=NOW),
        ReturnStatus.QUERIED: lambda: world.fill(ask(quarterly_return=certified), by=world.lead),
        ReturnStatus.ACCEPTED: lambda: returns.accept(quarterly_return=certified, by=world.officer, at=NOW),
        ReturnStatus.REOPENED: lambda: _reopen(world, certified),
        ReturnStatus.LOCKED: lambda: _lock(world, certified),
    }
    return later[status]() if status in later else certified


def _reopen(world: World, certified: QuarterlyReturn) -> QuarterlyReturn:
    accepted = returns.accept(quarterly_return=certified, by=world.officer, at=NOW)
    reopened = returns.reopen(quarterly_return=accepted, reason="An error.", by=world.officer, at=NOW)
    return world.fill(reopened, by=world.lead)


def _lock(world: World, certified: QuarterlyReturn) -> QuarterlyReturn:
    accepted = returns.accept(quarterly_return=certified, by=world.officer, at=NOW)
    reviews.close_round(opened=accepted.round, by=world.officer, at=NOW)
    return world.return_of(world.north)


def make(world: World, verb: str, found: QuarterlyReturn) -> QuarterlyReturn:
    by = {
        "send": world.lead,
        "recall": world.lead,
        "certify": world.certifier,
        "decline": world.certifier,
        "review": world.officer,
        "query": world.officer,
        "accept": world.officer,
        "reopen": world.officer,
        "revert": world.lead,
    }[verb]
    reason = {"reason": "Because."} if verb in ("decline", "query", "reopen", "revert") else {}
    action = reviews.revert if verb == "revert" else getattr(returns, verb)
    moved: QuarterlyReturn = action(quarterly_return=found, by=by, at=NOW, **reason)
    return moved


@remembered
def world_at(status: str) -> World:
    """The return of the north in that state."""
    world = build_world()
    world.open()
    reach(world, world.return_of(world.north), status)
    return world


@pytest.mark.django_db
@pytest.mark.parametrize("status", ReturnStatus.values)
@pytest.mark.parametrize("verb", VERBS)
def test_a_move_is_made_where_the_table_has_it_and_refused_elsewhere(verb: str, status: str) -> None:
    world = world_at(status)
    found = world.return_of(world.north)
    before = found.events.count()

    never_signed = verb == "revert" and status in (ReturnStatus.DRAFT, ReturnStatus.READY)
    if (verb, status) in ALLOWED and not never_signed:
        row = next(row for row in returns.TRANSITIONS if (row.verb, row.before) == (verb, status))
        assert make(world, verb, found).status == row.after
        event = found.events.last()
        assert event is not None
        assert (event.verb, event.from_status, event.to_status, event.at) == (verb, status, row.after, NOW)
    else:
        with pytest.raises(returns.UnableToMoveReturn, match=r"\.$"):
            make(world, verb, found)
        assert found.events.count() == before
        found.refresh_from_db()
        assert found.status == status


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_makes_no_move(world: World, quarterly_return: QuarterlyReturn, verb: str) -> None:
    for row in returns.TRANSITIONS:
        if row.verb != verb:
            continue
        found = reach(world, quarterly_return, row.before)
        with pytest.raises(returns.UnableToMoveReturn, match="Your role does not let you"):
            returns.move(verb, found, world.stranger, NOW, reason="reason")
        return


def test_a_queried_return_goes_round_again(world: World, quarterly_return: QuarterlyReturn) -> None:
    queried = reach(world, quarterly_return, "queried")
    assert (queried.certified_by, queried.certified_at) == (None, None)

    again = world.accept(queried, by=world.lead, certifier=world.certifier, actual="2.00")

    assert again.status == "accepted"
    assert [event.verb for event in again.events.all()].count("certify") == 2


@pytest.mark.parametrize("status", ["queried", "reopened"])
@pytest.mark.parametrize("verb", ["recall", "decline"])
def test_what_was_queried_or_reopened_is_still_that_when_it_is_not_signed(
    world: World, quarterly_return: QuarterlyReturn, status: str, verb: str
) -> None:
    """A return that was certified once is never late again, and never a draft."""
    found = reach(world, quarterly_return, status)
    sent = returns.send(quarterly_return=found, by=world.lead, at=NOW)
    assert make(world, verb, sent).status == status


def test_a_quarter_that_a_later_return_corrects_is_not_reopened(world: World) -> None:
    world.open(Q1)
    world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    world.open()
    carrier = world.fill(world.return_of(world.north), by=world.lead)
    earlier = world.return_of(world.north, Q1)
    corrections.correct(
        quarterly_return=carrier,
        revision=carrier.revision,
        corrects=earlier,
        budget_line=BudgetLine.objects.of(world.north, 2026)[0],
        amount=Decimal("-1.00"),
        reason="Counted twice.",
        by=world.lead,
        at=NOW,
    )
    with pytest.raises(returns.UnableToMoveReturn, match="could count twice"):
        returns.reopen(quarterly_return=earlier, reason="An error.", by=world.officer, at=NOW)


def test_a_move_is_made_once_however_often_it_is_asked(
    world: World, quarterly_return: QuarterlyReturn
) -> None:
    sent = reach(world, quarterly_return, "with_certifier")
    stale = world.return_of(world.north)
    returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    with pytest.raises(returns.UnableToMoveReturn, match="Somebody else was quicker"):
        returns.certify(quarterly_return=stale, by=world.certifier, at=NOW)


def test_sending_names_the_unfinished_parts(world: World, quarterly_return: QuarterlyReturn) -> None:
    draft = entries.save_narrative(
        quarterly_return=quarterly_return,
        revision=0,
        progress="x",
        problems="",
        next_steps="",
        by=world.lead,
        at=NOW,
    )
    with pytest.raises(returns.UnableToMoveReturn, match="Spend and forecast, Activity"):
        returns.send(quarterly_return=draft, by=world.lead, at=NOW)


def test_the_preparer_cannot_certify_whatever_roles_they_hold(
    world: World, quarterly_return: QuarterlyReturn
) -> None:
    from authorities.models import Membership

    Membership.objects.create(
        user=world.lead, organisation=world.north, role="certifier", starts_on="2022-04-01"
    )
    sent = reach(world, quarterly_return, "with_certifier")
    with pytest.raises(returns.UnableToMoveReturn, match="somebody else must certify"):
        returns.certify(quarterly_return=sent, by=world.lead, at=NOW)


def test_two_editors_never_overwrite_each_other(world: World, quarterly_return: QuarterlyReturn) -> None:
    filled = world.fill(quarterly_return, by=world.lead)
    with pytest.raises(entries.UnableToSave, match="What you typed is kept"):
        entries.save_narrative(
            quarterly_return=filled,
            revision=1,
            progress="mine",
            problems="",
            next_steps="",
            by=world.lead,
            at=NOW,
        )
    assert world.return_of(world.north).progress.startswith("On course")


def test_the_grid_takes_its_own_lines_and_quarters_only(
    world: World, quarterly_return: QuarterlyReturn
) -> None:
    own = BudgetLine.objects.of(world.north, 2026)
    other = BudgetLine.objects.of(world.south, 2026)[0]
    zero = Decimal(0)

    def save(lines: list[BudgetLine], quarters: tuple[int, ...]) -> None:
        entries.save_spend(
            quarterly_return=world.return_of(world.north),
            revision=0,
            entries=[entries.SpendEntry(line, zero, zero, dict.fromkeys(quarters, zero)) for line in lines],
            by=world.lead,
            at=NOW,
        )

    with pytest.raises(entries.UnableToSave, match="plan has changed"):
        save([*own, other], (3, 4))
    with pytest.raises(entries.UnableToSave, match="plan has changed"):
        save([own[0]], (3, 4))
    with pytest.raises(entries.UnableToSave, match="for a later quarter"):
        save(list(own), (2, 3, 4))
    save(list(own), (3, 4))


def test_a_nil_return_is_all_zero_and_keeps_the_profile(
    world: World, quarterly_return: QuarterlyReturn
) -> None:
    nil = declare_nil(
        quarterly_return=quarterly_return, revision=0, explanation="Nothing yet.", by=world.lead, at=NOW
    )

    assert nil.is_nil
    assert {line.actual for line in nil.spend_lines.all()} == {Decimal("0.00")}
    assert sum(line.amount for line in nil.forecast_lines.all()) == Decimal("30000.01")
    assert all(part.is_done for part in parts(nil))
    # Entering figures afterwards takes the declaration back.
    assert not world.fill(nil, by=world.lead).is_nil


@pytest.mark.parametrize(
    ("status", "marks"),
    [("draft", 0), ("with_certifier", 0), ("certified", 1), ("queried", 2), ("accepted", 2)],
)
def test_figures_are_marked_when_a_return_begins_or_ceases_to_count(
    world: World, quarterly_return: QuarterlyReturn, status: str, marks: int
) -> None:
    world.roll_up()
    reach(world, quarterly_return, status)
    assert RollUpMark.objects.count() == marks


def test_sending_again_after_a_query_is_marked_and_saving_meanwhile_is_not(
    world: World, quarterly_return: QuarterlyReturn
) -> None:
    """The board says "queried", and "missing" again once it is with its certifier."""
    reach(world, quarterly_return, "queried")
    world.roll_up()
    world.fill(quarterly_return, by=world.lead, actual="7.00")
    assert not RollUpMark.objects.exists()
    quarterly_return.refresh_from_db()
    returns.send(quarterly_return=quarterly_return, by=world.lead, at=NOW)
    assert RollUpMark.objects.count() == 1
    world.roll_up()
    assert ReturnFigure.objects.get(organisation=world.north).basis == "missing"
