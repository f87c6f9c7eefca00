"""The grants year by year: what the table says, and where a fund ends."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from funding.actions import grants
from funding.board.facts import FundFact
from funding.board.years import Cliff, GrantYear, cliffs, read, set_asides
from funding.models import AwardStatus, Basis, CostHeading
from funding.quarters import london_day, year_of
from tests.conftest import sign_in
from tests.faults.neighbours import build_neighbours
from tests.world import NOW, Q1, YEAR, World

TODAY = date(2026, 11, 2)


def fund(ends_on: date | None) -> FundFact:
    return FundFact(1, "vru", "VRU", ends_on=ends_on)


@pytest.mark.parametrize(
    ("ends_on", "last_year", "said"),
    [
        (
            date(2029, 3, 31),
            2028,
            "VRU funding ends on 31 March 2029: £1,512,572.00 a year has no award after that.",
        ),
        (
            date(2029, 3, 31),
            2027,
            "VRU funding ends on 31 March 2029, and nothing is awarded after 31 March 2028. "
            "Its award for 2027/28 is £1,512,572.00.",
        ),
        (
            None,
            2027,
            "VRU: nothing is awarded after 31 March 2028. Its award for 2027/28 is £1,512,572.00.",
        ),
        (
            date(2026, 3, 31),
            2025,
            "VRU funding ended on 31 March 2026: £1,512,572.00 a year has no award since.",
        ),
    ],
)
def test_where_the_money_ends_in_words(ends_on: date | None, last_year: int, said: str) -> None:
    assert Cliff(fund(ends_on), last_year, Decimal("1512572.00")).sentence(TODAY) == said


def test_a_cliff_is_that_of_the_last_year_of_a_fund() -> None:
    vru, old = fund(None), FundFact(2, "grip", "Grip")
    made = [
        GrantYear(one, name, year, "Published", Decimal(amount), Decimal(0), None, None)
        for one, name, year, amount in (
            (vru, "First", 2026, "10.00"),
            (vru, "Second", 2027, "20.00"),
            (vru, "Third", 2027, "5.50"),
            (old, "Grip", 2023, "7.00"),
        )
    ]
    assert cliffs(made, 2026) == [Cliff(vru, 2027, Decimal("25.50"))]


@pytest.mark.django_db
def test_what_the_page_says(world: World) -> None:
    """Awards of this year by the clock on the wall; figures are of the world's year."""
    world.open(Q1)
    world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier, actual="1000.00")
    world.roll_up()
    later = {"status": AwardStatus.ANNOUNCED, "basis": Basis.ILLUSTRATIVE, "by": world.officer, "at": NOW}
    grants.record_award(grant=world.grant, year=YEAR + 1, amount=Decimal("900000.00"), **later)

    rows = {(row.grant, row.year): row for row in read(world.partnership)}
    this, following = rows["VRU 2026", YEAR], rows["VRU 2026", YEAR + 1]
    assert (this.amount, this.allocated, this.spent) == (1_000_000, 950_000, 2000)
    # North: spent 2,000.00, then its forecast of 1,100.00 a line for three quarters; south: its plan.
    assert this.forecast == 2000 + 3 * 2200 + 80_000
    assert (following.allocated, following.spent, following.forecast) == (0, None, None)
    assert rows["Hotspot 2026", YEAR].spent is None

    page = sign_in(world.board_member).get(f"{reverse('board_years')}?all")
    text = unescape(" ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split()))
    assert "2026/27: VRU 2026 Published £1,000,000.00 £950,000.00 £2,000.00 £88,600.00" in text
    assert "2026/27: all grants £1,400,000.00 £1,350,000.00 £2,000.00 £448,600.00" in text
    assert "2027/28: VRU 2026 Illustrative £900,000.00 £0.00 not due yet nothing planned" in text
    if year_of(london_day(timezone.now())) <= YEAR + 2:
        assert "VRU: nothing is awarded after 31 March 2028. Its award for 2027/28 is £900,000.00." in text
    download = sign_in(world.auditor).get(f"{reverse('board_years_csv')}?all")
    assert (
        "2027/28: VRU 2026,Illustrative,900000.00,0.00,not due yet,nothing planned"
        in download.content.decode()
    )


@pytest.mark.django_db
def test_the_years_of_a_partnership_are_its_own(world: World) -> None:
    build_neighbours(world)
    assert {row.grant for row in read(world.partnership)} == {"VRU 2026", "Hotspot 2026"}


@pytest.mark.django_db
def test_what_is_set_aside_is_a_share_of_the_plan_and_of_the_spending(world: World) -> None:
    CostHeading.objects.filter(pk=world.services.pk).update(name="Evaluation")
    world.open(Q1)
    world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier, actual="1000.00")
    world.roll_up()

    [found] = set_asides(world.partnership, [YEAR])

    # One of north's two lines; south plans staffing alone, and the police's fund is left out.
    assert (found.heading, found.planned, found.of_planned) == (
        "Evaluation",
        Decimal("20000.01"),
        Decimal("140000.01"),
    )
    assert (found.spent, found.of_spent) == (1000, 2000)
    page = sign_in(world.board_member).get(f"{reverse('board_years')}?all").content.decode()
    text = unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))
    assert "2026/27: Evaluation £20,000.01 14.3% £1,000.00 50.0%" in text
    build_neighbours(world)
    assert set_asides(world.partnership, [YEAR]) == [found]
