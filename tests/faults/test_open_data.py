"""Several approvers at once: one publication, one withdrawal, and the others are told."""

from __future__ import annotations

import pytest

from funding.actions import open_data
from funding.actions.errors import UnableTo
from funding.models import OpenDataPublication, OpenDataWithdrawal
from funding.open_data import reading
from tests.faults.test_concurrency import THREADS, at_once
from tests.funding.open_data.identified import identified
from tests.world import NOW, build_world

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_publishes_and_one_withdraws() -> None:
    world = identified(build_world())
    seen = reading.draft(world.partnership, NOW.date()).digest

    def publish(_: int) -> str:
        try:
            open_data.publish(partnership=world.partnership, seen=seen, by=world.approver, at=NOW)
        except UnableTo as refusal:
            return str(refusal)
        return ""

    def withdraw(_: int) -> str:
        try:
            open_data.withdraw(partnership=world.partnership, reason="So.", by=world.approver, at=NOW)
        except UnableTo as refusal:
            return str(refusal)
        return ""

    told = "These grants are published already. Nothing has changed since."
    assert sorted(map(str, at_once(publish))) == ["", *[told] * (THREADS - 1)]
    assert OpenDataPublication.objects.get().number == 1
    told = "Nothing is published, so there is nothing to withdraw."
    assert sorted(map(str, at_once(withdraw))) == ["", *[told] * (THREADS - 1)]
    assert OpenDataWithdrawal.objects.count() == 1
