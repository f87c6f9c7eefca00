"""The patrol hours of the year before, as they are read: what counted, and a nil return as none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from funding.board import figures
from funding.board.facts import ACCEPTED, MISSING, PROVISIONAL, QUERIED, Patrolled
from funding.models import ReturnFigure
from tests.funding.board.kept import world_with_returns

pytestmark = pytest.mark.django_db


def test_what_counted_a_year_before_and_a_nil_return_as_none() -> None:
    world = world_with_returns()
    run = ReturnFigure.objects.latest("pk").run
    for organisation, quarter, basis, is_nil, hours in (
        (world.police, 1, ACCEPTED, False, "120.50"),
        (world.police, 2, PROVISIONAL, True, None),
        (world.police, 3, QUERIED, False, "70.00"),
        (world.police, 4, MISSING, False, None),
        (world.north, 1, ACCEPTED, True, None),
        (world.north, 2, ACCEPTED, False, None),
    ):
        ReturnFigure.objects.create(
            organisation=organisation,
            year=2025,
            quarter_number=quarter,
            run=run,
            basis=basis,
            is_nil=is_nil,
            hours=hours,
        )

    _, facts = figures.read(world.partnership, {"year": "2026"}, date(2026, 11, 2))

    police = world.police.pk
    assert facts.patrolled_before == (
        Patrolled(police, 1, Decimal("120.50")),
        Patrolled(police, 2, Decimal("0.00")),
    )
    assert {one.quarter for one in facts.returns if one.recipient == police} == {1}
