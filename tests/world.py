"""A small partnership with a fixed cast, built through the same actions that people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

from authorities import actions as people
from authorities.models import Organisation, OrganisationKind, Partnership, User
from authorities.roles import Role
from funding import prompts
from funding.actions import (
    decisions,
    entries,
    grants,
    patrols,
    plans,
    ratings,
    reference,
    returns,
    rollups,
    rounds,
)
from funding.actions import prompts as confirming
from funding.models import (
    Award,
    AwardStatus,
    Basis,
    BudgetLine,
    CostHeading,
    Decision,
    Fund,
    Grant,
    Hotspot,
    Intervention,
    QuarterlyReturn,
    Rag,
    ReturnRound,
    ReturnRules,
    Theme,
    Tier,
)
from funding.models.decision import DecisionLine
from funding.quarters import Quarter
from tests.remembered import remembered

# A Monday morning in London, in quarter 3 of 2026/27: quarters 1 and 2 are over.
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
START = date(2022, 4, 1)
YEAR = 2026
Q1, Q2 = Quarter(YEAR, 1), Quarter(YEAR, 2)


@dataclass
class World:
    """Everything a test starts from. Money: two awards of £1,000,000.00 and £400,000.00 for 2026/27."""

    partnership: Partnership
    hub: Organisation
    north: Organisation
    south: Organisation
    police: Organisation
    officer: User
    approver: User
    lead: User
    certifier: User
    stranger: User
    south_certifier: User
    police_lead: User
    police_certifier: User
    board_member: User
    auditor: User
    administrator: User
    grant: Grant
    award: Award
    hotspot_grant: Grant
    hotspot_award: Award
    staffing: CostHeading
    services: CostHeading
    theme: Theme
    hotspot: Hotspot | None = None

    # --- short ways to common states; each goes through the actions -------------------------

    def decide(self, wanted: dict[tuple[Award, Organisation], str], reference: str) -> Decision:
        """Brings allocations to the wanted pounds by a proposed and approved decision."""
        grant = next(iter(wanted))[0].grant
        seen = DecisionLine.objects.filter(award__grant=grant).approved().allocations()
        decision = decisions.propose(
            grant=grant,
            reference=reference,
            reason="As agreed by the board.",
            wanted={(award.pk, body.pk): Decimal(amount) for (award, body), amount in wanted.items()},
            seen=seen,
            by=self.officer,
            at=NOW,
        )
        return decisions.approve(decision=decision, answer="", by=self.approver, at=NOW)

    def plan(
        self,
        organisation: Organisation,
        award: Award,
        name: str,
        profile: list[str],
        *,
        by: User,
        tier: Tier = Tier.SECONDARY,
        heading: CostHeading | None = None,
    ) -> BudgetLine:
        """One intervention with one budget line: four quarterly amounts."""
        intervention = Intervention.objects.filter(
            organisation=organisation, award=award, name=name
        ).first() or plans.add_intervention(
            organisation=organisation, award=award, name=name, tier=tier, theme=self.theme, by=by, at=NOW
        )
        return plans.add_budget_line(
            intervention=intervention,
            cost_heading=heading or self.staffing,
            description="",
            profile=[Decimal(amount) for amount in profile],
            by=by,
            at=NOW,
        )

    def open(self, quarter: Quarter = Q2) -> ReturnRound:
        return rounds.open_round(
            partnership=self.partnership, quarter=quarter, due_on=quarter.due_on, by=self.officer, at=NOW
        )

    def return_of(self, organisation: Organisation, quarter: Quarter = Q2) -> QuarterlyReturn:
        return QuarterlyReturn.objects.in_full().get(
            organisation=organisation, round__year=quarter.year, round__quarter_number=quarter.number
        )

    def fill(
        self, found: QuarterlyReturn, *, by: User, actual: str = "1000.00", forecast: str = "1100.00"
    ) -> QuarterlyReturn:
        """Enters every part: the same actual, half of it committed, the same forecast for every line."""
        lines = list(BudgetLine.objects.of(found.organisation, found.round.year))
        save = partial(self._save, found, by)
        save(
            entries.save_spend,
            entries=[
                entries.SpendEntry(
                    line,
                    Decimal(actual),
                    Decimal("500.00"),
                    {later.number: Decimal(forecast) for later in found.quarter.remaining},
                )
                for line in lines
            ],
        )
        if found.organisation.is_police:
            spots = Hotspot.objects.patrolled(found.organisation, found.quarter)
            save(
                patrols.save_patrols,
                entries=[patrols.PatrolEntry(spot, Decimal("120.50"), 400, 3, 2, 5) for spot in spots],
            )
        else:
            planned = Intervention.objects.filter(budget_lines__in=lines).distinct()
            save(
                entries.save_activity,
                entries=[entries.ActivityEntry(intervention, 300, 12, 20) for intervention in planned],
            )
        # Never the same words twice: what comes back unchanged is refused.
        words = f"On course in {found.quarter}. Written at revision {found.revision}."
        save(entries.save_narrative, progress=words, problems="", next_steps="More of the same.")
        # Amber, since far less is spent than planned: green would be questioned.
        rating = ratings.Rating(Rag.AMBER, "Spend is behind the plan.")
        save(ratings.save_ratings, spend=rating, delivery=rating, risks=[])
        if asked := prompts.unconfirmed(prompts.prompts(self.return_of(found.organisation, found.quarter))):
            save(confirming.confirm, words={prompt.key: "It is right so." for prompt in asked})
        return self.return_of(found.organisation, found.quarter)

    def _save(self, found: QuarterlyReturn, by: User, action: object, **content: object) -> None:
        found.refresh_from_db()
        action(quarterly_return=found, revision=found.revision, by=by, at=NOW, **content)  # type: ignore[operator]

    def send(self, found: QuarterlyReturn, *, by: User, **amounts: str) -> QuarterlyReturn:
        return returns.send(quarterly_return=self.fill(found, by=by, **amounts), by=by, at=NOW)

    def certify(
        self, found: QuarterlyReturn, *, by: User, certifier: User, **amounts: str
    ) -> QuarterlyReturn:
        sent = self.send(found, by=by, **amounts)
        return returns.certify(quarterly_return=sent, by=certifier, at=NOW)

    def accept(self, found: QuarterlyReturn, *, by: User, certifier: User, **amounts: str) -> QuarterlyReturn:
        certified = self.certify(found, by=by, certifier=certifier, **amounts)
        return returns.accept(quarterly_return=certified, by=self.officer, at=NOW)

    def roll_up(self) -> int:
        return rollups.roll_up(clock=lambda: NOW)


@remembered
def build_world() -> World:
    """Organisations, people, two grants with an award each, allocations and plans for 2026/27.

    No variance needs a reason here: a test that is about them lowers the thresholds.
    """
    world = _people()
    ReturnRules.objects.create(partnership=world.partnership, variance_pounds=Decimal("9999999.00"))
    world.decide(
        {
            (world.award, world.hub): "200000.00",
            (world.award, world.north): "450000.00",
            (world.award, world.south): "300000.00",
        },
        "2026-001",
    )
    world.decide({(world.hotspot_award, world.police): "400000.00"}, "2026-002")
    world.plan(world.north, world.award, "Mentoring", ["10000.00"] * 4, by=world.lead)
    world.plan(
        world.north,
        world.award,
        "Knife crime sessions",
        ["5000.00", "5000.00", "5000.00", "5000.01"],
        by=world.lead,
        tier=Tier.PRIMARY,
        heading=world.services,
    )
    world.plan(world.south, world.award, "Family support", ["20000.00"] * 4, by=world.stranger)
    world.plan(world.police, world.hotspot_award, "Hotspot patrols", ["90000.00"] * 4, by=world.police_lead)
    world.hotspot = patrols.draw_hotspot(
        organisation=world.police,
        authority=world.north,
        reference="H01",
        name="Secret Street",
        starts_on=START,
        by=world.police_lead,
        at=NOW,
    )
    return world


@remembered
def build_open_world() -> World:
    """The round of quarter 2 is open."""
    world = build_world()
    world.open()
    return world


@remembered
def build_signed_world() -> World:
    """The return of the north for quarter 2 is certified, and no other is begun."""
    world = build_open_world()
    world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    return world


def _people() -> World:
    partnership = people.found_partnership(
        name="Test Partnership", police_force_code="E23000099", board_name="Test Board"
    )
    kinds = OrganisationKind
    bodies = [
        people.add_organisation(
            partnership=partnership, kind=kind, name=name, short_name=short, position=place
        )
        for place, (kind, name, short) in enumerate(
            [
                (kinds.OPCC, "Test OPCC", "OPCC"),
                (kinds.LOCAL_AUTHORITY, "North Council", "North"),
                (kinds.LOCAL_AUTHORITY, "South Council", "South"),
                (kinds.POLICE, "Test Police", "Police"),
                (kinds.BOARD, "Test Board", "Board"),
            ]
        )
    ]
    hub, north, south, police, board = bodies
    cast = {
        "officer": (hub, Role.OFFICER),
        "approver": (hub, Role.APPROVER),
        "lead": (north, Role.LEAD),
        "certifier": (north, Role.CERTIFIER),
        "stranger": (south, Role.LEAD),
        "south_certifier": (south, Role.CERTIFIER),
        "police_lead": (police, Role.POLICE_LEAD),
        "police_certifier": (police, Role.CERTIFIER),
        "board_member": (board, Role.BOARD_MEMBER),
        "auditor": (hub, Role.AUDITOR),
        "administrator": (hub, Role.ADMINISTRATOR),
    }
    users: dict[str, User] = {}
    for key, (organisation, role) in cast.items():
        users[key] = people.add_person(
            email=f"{key}@test.example", name=key.replace("_", " ").capitalize(), last_login=NOW
        )
        people.give_role(user=users[key], organisation=organisation, role=role, starts_on=START)
    return World(
        partnership=partnership,
        hub=hub,
        north=north,
        south=south,
        police=police,
        **users,
        **_money(partnership, users["officer"]),
    )


def _money(partnership: Partnership, officer: User) -> dict[str, object]:
    fund = Fund.objects.create(code="vru", name="VRU", starts_on=START)
    hotspot_fund = Fund.objects.create(code="hotspot", name="Hotspot", paid_to_police=True, starts_on=START)
    record = partial(grants.record_grant, partnership=partnership, by=officer, at=NOW)
    grant = record(
        fund=fund, name="VRU 2026", announced_amount=Decimal("1000000.00"), hub_percent=Decimal(20)
    )
    hotspot_grant = record(fund=hotspot_fund, name="Hotspot 2026")
    award = partial(
        grants.record_award, year=YEAR, status=AwardStatus.AGREED, basis=Basis.PUBLISHED, by=officer, at=NOW
    )
    staffing = CostHeading.objects.create(name="Staffing", is_labour=True, position=1)
    services = CostHeading.objects.create(name="Interventions", position=2)
    for one in (fund, hotspot_fund):
        reference.add_claim_heading(
            fund=one, code="labour", label="Labour", position=1, cost_headings=[staffing]
        )
        reference.add_claim_heading(
            fund=one, code="non-labour", label="Non-labour", position=2, cost_headings=[services]
        )
    return {
        "grant": grant,
        "award": award(grant=grant, amount=Decimal("1000000.00")),
        "hotspot_grant": hotspot_grant,
        "hotspot_award": award(grant=hotspot_grant, amount=Decimal("400000.00")),
        "staffing": staffing,
        "services": services,
        "theme": Theme.objects.create(name="Mentoring", position=1),
    }
