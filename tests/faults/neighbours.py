"""A second partnership beside `world`, with people of its own: what must never be reached from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.utils.timezone import localdate, now

from authorities import actions as people
from authorities.models import OrganisationKind, User
from authorities.roles import Role
from funding.actions import (
    board_actions,
    board_packs,
    board_questions,
    decisions,
    grants,
    leniency,
    meetings,
    milestones,
    patrols,
)
from funding.board.record import Record, to_json
from funding.models import (
    AwardStatus,
    Basis,
    BoardPack,
    BoardSnapshot,
    ChangeTheme,
    Decision,
    DecisionLine,
    MilestoneStatus,
    Outcome,
    QuarterlyReturn,
    ReturnPart,
    ReturnQuery,
    ReturnRound,
    ReturnRules,
    RollUpRun,
    RunKind,
    WaivedRule,
    Waiver,
)
from funding.quarters import Quarter, year_of
from tests.world import NOW, START, YEAR, World

KINDS = OrganisationKind
BODIES = {
    "hub": (KINDS.OPCC, "Far OPCC"),
    "north": (KINDS.LOCAL_AUTHORITY, "Far North Council"),
    "south": (KINDS.LOCAL_AUTHORITY, "Far South Council"),
    "police": (KINDS.POLICE, "Far Police"),
}
CAST = {
    "officer": ("hub", Role.OFFICER),
    "approver": ("hub", Role.APPROVER),
    "auditor": ("hub", Role.AUDITOR),
    "administrator": ("hub", Role.ADMINISTRATOR),
    "lead": ("north", Role.LEAD),
    "certifier": ("north", Role.CERTIFIER),
    "stranger": ("south", Role.LEAD),
    "south_certifier": ("south", Role.CERTIFIER),
    "police_lead": ("police", Role.POLICE_LEAD),
    "police_certifier": ("police", Role.CERTIFIER),
}


def build_neighbours(world: World) -> World:
    """Like `world`, in another partnership. Its names all begin with "Far"."""
    partnership = people.found_partnership(
        name="Far Partnership", police_force_code="E23000098", board_name="Far Board"
    )
    bodies = {
        key: people.add_organisation(
            partnership=partnership, kind=kind, name=name, short_name=name, position=place
        )
        for place, (key, (kind, name)) in enumerate(BODIES.items())
    }
    users = {}
    for key, (body, role) in CAST.items():
        users[key] = people.add_person(email=f"far_{key}@test.example", name=f"Far {key}")
        people.give_role(user=users[key], organisation=bodies[body], role=role, starts_on=START)
    far = replace(world, partnership=partnership, **bodies, **users)
    ReturnRules.objects.create(partnership=partnership, variance_pounds=Decimal("9999999.00"))
    record = partial(grants.record_grant, partnership=partnership, by=far.officer, at=NOW)
    award = partial(
        grants.record_award,
        year=YEAR,
        amount=Decimal("1000000.00"),
        status=AwardStatus.AGREED,
        basis=Basis.PUBLISHED,
        by=far.officer,
        at=NOW,
    )
    far.grant = record(fund=world.grant.fund, name="Far VRU 2026")
    far.hotspot_grant = record(fund=world.hotspot_grant.fund, name="Far hotspot 2026")
    far.award, far.hotspot_award = award(grant=far.grant), award(grant=far.hotspot_grant)
    far.decide({(far.award, far.north): "300000.00", (far.award, far.south): "300000.00"}, "FAR-001")
    far.decide({(far.hotspot_award, far.police): "300000.00"}, "FAR-002")
    far.plan(far.north, far.award, "Far mentoring", ["10000.00"] * 4, by=far.lead)
    far.plan(far.south, far.award, "Far support", ["10000.00"] * 4, by=far.stranger)
    far.plan(far.police, far.hotspot_award, "Far patrols", ["10000.00"] * 4, by=far.police_lead)
    far.hotspot = patrols.draw_hotspot(
        organisation=far.police,
        authority=far.north,
        reference="F01",
        name="Far Secret Street",
        starts_on=START,
        by=far.police_lead,
        at=NOW,
    )
    return far


def propose(world: World, amount: str, reference: str) -> Decision:
    """A proposal that waits: north is to hold `amount` pounds."""
    return decisions.propose(
        grant=world.grant,
        reference=reference,
        reason=f"A reason of {world.partnership}.",
        wanted={(world.award.pk, world.north.pk): Decimal(amount)},
        seen=DecisionLine.objects.filter(award__grant=world.grant).approved().allocations(),
        by=world.officer,
        at=NOW,
    )


def ask_query(found: QuarterlyReturn, officer: User, question: str) -> ReturnQuery:
    """A question that is open, in whatever state its return is."""
    return ReturnQuery.objects.create(
        quarterly_return=found,
        part=ReturnPart.WHOLE,
        question=question,
        due_on=found.due_on,
        asked_by=officer,
        asked_at=NOW,
    )


def ask_waiver(world: World, *, approve: bool = False) -> Waiver:
    """A waiver that waits for its answer, or one of another rule that was approved. For the next financial
    year, so that no return of the stage has it."""
    year = max(year_of(localdate()), YEAR) + 1
    asked = leniency.ask_waiver(
        organisation=world.north,
        rule=WaivedRule.RATINGS if approve else WaivedRule.NARRATIVE,
        reason="A new team.",
        starts_on=Quarter(year, 1).starts_on,
        ends_on=Quarter(year, 4).ends_on,
        by=world.officer,
        at=NOW,
    )
    if approve:
        leniency.decide_waiver(waiver=asked, approve=True, answer="", by=world.approver, at=NOW)
    return asked


def board_of(world: World) -> dict[str, int]:
    """Numbers of a meeting to come and a later one, what the board is asked there, actions, milestones. Days
    are counted from today, whenever these tests run."""
    at, today = now(), localdate()
    plan = partial(
        meetings.plan_meeting,
        partnership=world.partnership,
        place="online",
        quarter=Quarter.of(today).previous,
        by=world.officer,
        at=at,
    )
    first, coming, later = (plan(held_on=today + timedelta(days=days)) for days in (0, 20, 40))
    ask = partial(
        board_questions.ask, recommendation="Agree.", amount=None, decision=None, by=world.officer, at=at
    )
    name = world.partnership.name
    question, deferred = (
        ask(meeting=one, title="Asked", asked=f"Shall {name} go on?") for one in (coming, first)
    )
    board_questions.record_outcome(
        question=deferred, outcome=Outcome.DEFERRED, words="Not yet.", on=today, by=world.officer, at=at
    )
    action = board_actions.add_action(
        meeting=coming, what=f"Tell {name}.", owner="Lead", organisation=world.north, due_on=coming.held_on,
        by=world.officer, at=at,
    )  # fmt: skip
    milestone = milestones.set_milestone(
        partnership=world.partnership, theme=ChangeTheme.DATA_SHARING, name=f"{name} shares its data",
        due_on=today, by=world.officer, at=at,
    )  # fmt: skip
    for status in (MilestoneStatus.NOT_STARTED, MilestoneStatus.AT_RISK):
        milestones.report(
            milestone=milestone, quarter=Quarter.of(today).previous, status=status, words=f"Of {name}.",
            evidence="", by=world.officer, at=at,
        )  # fmt: skip
    return {
        "meeting": coming.pk,
        "later meeting": later.pk,
        "question": question.pk,
        "deferred question": deferred.pk,
        "action": action.pk,
        "milestone": milestone.pk,
    }


def frozen_pack(world: World) -> BoardPack:
    """The pack of the last quarter of the year before, closed and frozen from what stands now."""
    opened = ReturnRound.objects.create(
        partnership=world.partnership,
        year=YEAR - 1,
        quarter_number=4,
        due_on=NOW.date(),
        opened_by=world.officer,
        opened_at=NOW,
        closed_by=world.officer,
        closed_at=NOW,
    )
    run = RollUpRun.objects.create(
        partnership=world.partnership, kind=RunKind.RECOMPUTE, started_at=NOW, done_at=NOW
    )
    record = to_json(Record(world.partnership.name, YEAR - 1, (), (), {}, (), (), (), ()))
    snapshot = BoardSnapshot.objects.create(
        partnership=world.partnership, year=YEAR - 1, run=run, taken_at=NOW, content=record, digest="0" * 64
    )
    return board_packs.freeze(opened=opened, snapshot=snapshot, pdf=b"%PDF", workbook=b"PK", at=NOW)
