"""Ten equal submits at once, as a double click and a retrying proxy make them: one effect, one event, one version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.urls import reverse

from funding.actions import entries, returns
from funding.models import ReturnEvent, ReturnStatus, ReturnVersion
from tests.conftest import sign_in
from tests.proof.conftest import ROUNDS, together
from tests.world import NOW, build_world

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 10


def test_ten_equal_submits_have_one_effect(tell: Callable[[str], None]) -> None:
    world = build_world()
    world.open()
    found = world.fill(world.return_of(world.north), by=world.lead)
    address, counted = reverse("return_check", args=[found.pk]), Counter[str]()
    clients = [sign_in(world.lead) for _ in range(AT_ONCE)]
    for turn in range(1, ROUNDS + 1):
        found.refresh_from_db()
        body = {"revision": str(found.revision)}

        def submit(number: int, body: dict[str, str] = body) -> HttpResponse:
            return clients[number].post(address, body)  # type: ignore[return-value]

        answers = together(*(lambda number=number: submit(number) for number in range(AT_ONCE)))  # type: ignore[misc]

        assert [answer.status_code for answer in answers].count(302) == 1, f"round {turn}"
        for answer in answers:
            if answer.status_code != 302:
                assert answer.status_code == 200
                assert "This return is with its certifier." in answer.content.decode()
                counted["told that it is sent"] += 1
        found.refresh_from_db()
        assert found.status == ReturnStatus.WITH_CERTIFIER
        assert ReturnEvent.objects.filter(quarterly_return=found, verb="send").count() == turn
        assert list(ReturnVersion.objects.values_list("number", flat=True).order_by("number")) == [
            *range(1, turn + 1)
        ]
        found = returns.recall(quarterly_return=found, by=world.lead, at=NOW)
        found = entries.save_narrative(
            quarterly_return=found,
            revision=found.revision,
            progress=f"Round {turn}.",
            problems="",
            next_steps="",
            by=world.lead,
            at=NOW,
        )
    tell(
        f"submits: {ROUNDS} rounds of {AT_ONCE}, {ROUNDS} effects, {ROUNDS} events, {ROUNDS} versions; {dict(counted)}"
    )
