"""What is kept each time a return is sent, and when an unchanged one is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from authorities import actions as people
from authorities.models import Membership
from authorities.roles import Role
from funding.actions import entries, returns, reviews
from funding.actions.errors import UnableToMoveReturn
from funding.models import Certificate, QuarterlyReturn, ReturnVersion
from funding.snapshot import canonical, content_of, digest_of
from tests.world import NOW, World

HOUR = timedelta(hours=1)


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def write(world: World, found: QuarterlyReturn, words: str) -> QuarterlyReturn:
    return entries.save_narrative(
        quarterly_return=found,
        revision=found.revision,
        progress=words,
        problems="",
        next_steps="",
        by=world.lead,
        at=NOW,
    )


def numbers(found: QuarterlyReturn) -> list[int]:
    return list(ReturnVersion.objects.filter(quarterly_return=found).values_list("number", flat=True))


def test_what_was_only_taken_back_stays_the_same_version(found: QuarterlyReturn, world: World) -> None:
    sent = world.send(found, by=world.lead)
    draft = returns.recall(quarterly_return=sent, by=world.lead, at=NOW + HOUR)
    returns.send(quarterly_return=draft, by=world.lead, at=NOW + 2 * HOUR)
    assert numbers(found) == [1]
    changed = returns.recall(quarterly_return=draft, by=world.lead, at=NOW + 3 * HOUR)
    returns.send(quarterly_return=write(world, changed, "Else."), by=world.lead, at=NOW + 4 * HOUR)
    assert numbers(found) == [1, 2]


def test_a_declined_return_does_not_come_back_unchanged(found: QuarterlyReturn, world: World) -> None:
    sent = world.send(found, by=world.lead)
    draft = returns.decline(quarterly_return=sent, reason="Wrong.", by=world.certifier, at=NOW + HOUR)
    with pytest.raises(UnableToMoveReturn, match="Nothing has changed"):
        returns.send(quarterly_return=draft, by=world.lead, at=NOW + 2 * HOUR)
    draft.refresh_from_db()
    returns.send(quarterly_return=write(world, draft, "Right."), by=world.lead, at=NOW + 2 * HOUR)
    assert numbers(found) == [1, 2]


def test_a_queried_return_comes_back_changed_or_answered(found: QuarterlyReturn, world: World) -> None:
    certified = world.certify(found, by=world.lead, certifier=world.certifier)
    queried = returns.query(quarterly_return=certified, reason="Why?", by=world.officer, at=NOW + HOUR)
    with pytest.raises(UnableToMoveReturn, match="Nothing has changed"):
        returns.send(quarterly_return=queried, by=world.lead, at=NOW + 2 * HOUR)
    reviews.reply(query=queried.queries.get(), text="So.", by=world.lead, at=NOW + 2 * HOUR)
    queried.refresh_from_db()
    again = returns.send(quarterly_return=queried, by=world.lead, at=NOW + 3 * HOUR)
    assert numbers(found) == [1, 2]
    # The answer to the first query is none to the second.
    signed = returns.certify(quarterly_return=again, by=world.certifier, at=NOW + 4 * HOUR)
    queried = returns.query(quarterly_return=signed, reason="Still?", by=world.officer, at=NOW + 5 * HOUR)
    with pytest.raises(UnableToMoveReturn, match="Nothing has changed"):
        returns.send(quarterly_return=queried, by=world.lead, at=NOW + 6 * HOUR)


def test_after_going_back_the_certified_version_is_what_must_change(
    found: QuarterlyReturn, world: World
) -> None:
    """Version 2 was declined and undone: what stands is version 1, and it is not sent again as it is."""
    certified = world.certify(found, by=world.lead, certifier=world.certifier)
    words = certified.progress
    queried = returns.query(quarterly_return=certified, reason="Why?", by=world.officer, at=NOW + HOUR)
    sent = returns.send(quarterly_return=write(world, queried, "Other."), by=world.lead, at=NOW + 2 * HOUR)
    draft = returns.decline(quarterly_return=sent, reason="No.", by=world.certifier, at=NOW + 3 * HOUR)
    reverted = reviews.revert(quarterly_return=draft, reason="They stand.", by=world.lead, at=NOW + 4 * HOUR)
    queried = returns.query(quarterly_return=reverted, reason="And now?", by=world.officer, at=NOW + 5 * HOUR)
    assert queried.progress == words
    with pytest.raises(UnableToMoveReturn, match="Nothing has changed"):
        returns.send(quarterly_return=queried, by=world.lead, at=NOW + 6 * HOUR)
    # What version 2 said is a change of what stands.
    queried.refresh_from_db()
    returns.send(quarterly_return=write(world, queried, "Other."), by=world.lead, at=NOW + 7 * HOUR)
    assert numbers(found) == [1, 2, 3]


def test_the_bytes_that_are_hashed_are_the_same_however_the_content_was_loaded(
    found: QuarterlyReturn, world: World
) -> None:
    sent = world.send(found, by=world.lead)
    kept = ReturnVersion.objects.get(quarterly_return=found)
    assert canonical(kept.content) == canonical(content_of(sent))
    assert digest_of(kept.content) == kept.digest


def test_a_deputy_signs_as_the_deputy_of_somebody(found: QuarterlyReturn, world: World) -> None:
    principal = Membership.objects.get(user=world.certifier)
    deputy = people.add_person(email="d@test.example", name="Deputy", last_login=NOW)
    membership = people.give_role(
        user=deputy,
        organisation=world.north,
        role=Role.CERTIFIER,
        starts_on=NOW.date(),
        ends_on=NOW.date(),
    )
    Membership.objects.filter(pk=membership.pk).update(deputy_for=principal)
    world.certify(found, by=world.lead, certifier=deputy)
    certificate = Certificate.objects.get(version__quarterly_return=found)
    assert (certificate.certified_by, certificate.capacity) == (deputy, "Deputy of Certifier")
