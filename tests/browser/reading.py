"""A board with something on each of its pages, with long names, and the addresses of these pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from authorities.actions import create_token
from authorities.models import Membership, Organisation
from funding.actions import board_packs, claims, decisions, grants, rollups
from funding.claims import reading
from funding.models import (
    AwardStatus,
    Basis,
    BoardQuestion,
    BudgetLine,
    ClaimPart,
    DecisionLine,
    Scenario,
)
from tests.faults.neighbours import board_of, frozen_pack
from tests.funding.board.every import build_every
from tests.funding.what_if_moves import begin, from_north_to_south
from tests.funding.workbook.handed_in import stuck_upload
from tests.remembered import remembered
from tests.world import NOW, YEAR, World

LATER = NOW + timedelta(days=1)
LONG_NAME, LONG_SHORT_NAME = "Council of the North Eastern Moors", "North Eastern Moors"


@remembered
def build_reading() -> World:
    """What was kept on one day; a return, a decision and a claim after it; a year before and a year ahead."""
    world, _ = build_every()
    Organisation.objects.filter(pk=world.north.pk).update(name=LONG_NAME, short_name=LONG_SHORT_NAME)
    board_packs.take_all(clock=lambda: NOW)
    _change(world)
    first, _ = begin(world), begin(world, "As it is")
    from_north_to_south(world, first)
    board_of(world)
    frozen_pack(world)
    draft = reading.draft(world.award, ClaimPart.Q1, {}, None)
    claims.freeze(award=world.award, part=ClaimPart.Q1, seen=draft.digest, by=world.approver, at=NOW)
    stuck_upload(world.return_of(world.north), by=world.lead)
    create_token(
        membership=Membership.objects.get(user=world.officer),
        name="Figures for the spreadsheet of the finance board",
        expires_on=timezone.localdate() + timedelta(days=30),
        by=world.officer,
        at=timezone.now(),
    )
    rollups.roll_up(clock=lambda: LATER)
    board_packs.take_all(clock=lambda: LATER)
    return world


def _change(world: World) -> None:
    """The police return at last, money moves from south to north, and the next year begins to be planned."""
    world.certify(
        world.return_of(world.police), by=world.police_lead, certifier=world.police_certifier, actual="54321.09"
    )  # fmt: skip
    moved = decisions.propose(
        grant=world.grant,
        reference="2026-201",
        reason="More for the moors.",
        wanted={
            (world.award.pk, world.north.pk): Decimal("470000.10"),
            (world.award.pk, world.south.pk): Decimal("279999.90"),
        },
        seen=DecisionLine.objects.approved().filter(award__grant=world.grant).allocations(),
        by=world.officer,
        at=NOW,
    )
    decisions.approve(decision=moved, answer="", by=world.approver, at=LATER)
    for year, amount in ((YEAR - 1, "900000.00"), (YEAR + 1, "950000.00")):
        award = grants.record_award(
            grant=world.grant,
            year=year,
            amount=Decimal(amount),
            status=AwardStatus.AGREED,
            basis=Basis.ILLUSTRATIVE,
            by=world.officer,
            at=NOW,
        )
    world.decide({(award, world.north): "400000.00", (award, world.south): "200000.00"}, "2027-001")
    world.plan(world.north, award, "Mentoring of another year", ["30000.01"] * 4, by=world.lead)


def pages(world: World) -> list[str]:
    """The board and its neighbours, as an officer reads them."""
    board, changes = reverse("board"), reverse("board_changes")
    moved, as_it_is = Scenario.objects.order_by("pk").values_list("pk", flat=True)
    line = BudgetLine.objects.of(world.north, YEAR).earliest("pk")
    plain = (
        "flags", "board_packs", "meetings", "board_actions", "milestones", "claims", "what_ifs", "jobs",
        "api_tokens", "api",
    )  # fmt: skip
    return [
        f"{board}?year={YEAR}",
        f"{board}?as_at={NOW.date()}",
        f"{board}?year={YEAR + 1}",
        f"{changes}?since=day&since_day={NOW.date()}&until=now&year={YEAR}",
        f"{reverse('board_years')}?all",
        f"{reverse('board_rows')}?measure=spent&year={YEAR}",
        reverse("board_line", args=[line.pk]),
        *map(reverse, plain),
        meeting_of(world),
        reverse("claim", args=[world.award.pk, "q1"]),
        reverse("what_if", args=[moved]),
        f"{reverse('what_if_compare')}?a={as_it_is}&b={moved}",
    ]


def meeting_of(world: World) -> str:
    """The meeting that a decision is asked of."""
    question = BoardQuestion.objects.get(meeting__partnership=world.partnership, outcome="")
    return reverse("meeting", args=[question.meeting_id])
