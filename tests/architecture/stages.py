"""Both partnerships with every return in one state, for the tests that walk over all addresses."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate, now

from authorities import actions as people
from authorities.roles import Role
from funding.actions import evidence, returns
from funding.models import BudgetLine, EvidenceFile, Intervention, QuarterlyReturn
from tests.architecture.access_table import (
    ACCEPTED,
    CERTIFIED,
    DRAFT,
    PRINCIPALS,
    QUERIED,
    TABLE,
    Route,
)
from tests.architecture.bodies import body_of
from tests.conftest import sign_in
from tests.faults.neighbours import (
    ask_query,
    ask_waiver,
    board_of,
    build_neighbours,
    frozen_pack,
    propose,
)
from tests.funding.what_if_moves import begin, from_north_to_south
from tests.funding.workbook.handed_in import read_upload, stuck_upload
from tests.remembered import remembered
from tests.world import NOW, Q1, Q2, START, World, build_world

ABSENT = 987_654_321


class Stage:
    """Both partnerships with all returns in one state, and a client for each principal."""

    def __init__(self, world: World, stage: str) -> None:
        self.stage = stage
        self.world, self.far = world, build_neighbours(world)
        for place in (self.world, self.far):
            place.open(Q1)
        self.preparers = {
            "north": (world, world.lead, world.certifier),
            "south": (world, world.stranger, world.south_certifier),
            "police": (world, world.police_lead, world.police_certifier),
            "far_north": (self.far, self.far.lead, self.far.certifier),
        }
        # A quarter that counts already, so that there is something to correct.
        for owner, (place, lead, certifier) in self.preparers.items():
            place.certify(place.return_of(self.organisation(owner), Q1), by=lead, certifier=certifier)
        for place in (self.world, self.far):
            place.open(Q2)
        for owner in self.preparers:
            self._move_on(owner)
        self.deputies = {owner: self._deputy(owner, row[2]) for owner, row in self.preparers.items()}
        self.decisions = {
            "north": propose(world, "460000.00", "WAITS"),
            "far_north": propose(self.far, "310000.00", "WAITS"),
        }
        self.uploads = {
            (about, owner): make(self.found(owner), by=self.preparers[owner][1]).pk
            for owner in self.preparers
            for about, make in (("upload", read_upload), ("stuck upload", stuck_upload))
        }
        places = {"north": self.world, "far_north": self.far}
        self.tokens = {owner: self._token(place.officer) for owner, place in places.items()}
        self.waivers = {owner: ask_waiver(place) for owner, place in places.items()}
        self.packs = {owner: frozen_pack(place).pk for owner, place in places.items()}
        self.boards = {owner: board_of(place) for owner, place in places.items()}
        self.scenarios = {owner: begin(place) for owner, place in places.items()}
        self.moves = {
            owner: from_north_to_south(place, self.scenarios[owner]) for owner, place in places.items()
        }
        self.approved = {owner: ask_waiver(place, approve=True) for owner, place in places.items()}
        for owner, (place, _, _) in self.preparers.items():
            ask_query(self.found(owner), place.officer, self.canary(owner))
        self.roll_up()
        self.clients = {name: self._client(name) for name in PRINCIPALS}

    def _deputy(self, owner: str, certifier: Any) -> int:
        """Cover for the owner's certifier that begins next month."""
        organisation, today = self.organisation(owner), localdate()
        user = people.add_person(email=f"cover@{owner}.example", name="Cover")
        role = Role.POLICE_LEAD if owner == "police" else Role.LEAD
        people.give_role(user=user, organisation=organisation, role=role, starts_on=START)
        first = today + timedelta(days=30)
        cover = people.appoint_deputy(
            principal=certifier.memberships.get(), user=user, starts_on=first, ends_on=first, by=certifier, on=today,
        )  # fmt: skip
        return cover.pk

    def _token(self, user: Any) -> int:
        today = localdate()
        token, _ = people.create_token(
            membership=user.memberships.get(), name="Dashboard", expires_on=today, by=user, at=now()
        )
        return token.pk

    def _move_on(self, owner: str) -> None:
        place, lead, certifier = self.preparers[owner]
        offered = [SimpleUploadedFile(f"{self.canary(owner)}.txt", self.canary(owner).encode())]
        evidence.add(quarterly_return=self.found(owner), budget_line=None, offered=offered, by=lead, at=NOW)
        found = place.fill(self.found(owner), by=lead)
        QuarterlyReturn.objects.filter(pk=found.pk).update(progress=self.canary(owner))
        if self.stage == DRAFT:
            return
        place.send(self.found(owner), by=lead)
        QuarterlyReturn.objects.filter(pk=found.pk).update(progress=self.canary(owner))
        if self.stage in (CERTIFIED, QUERIED, ACCEPTED):
            returns.certify(quarterly_return=self.found(owner), by=certifier, at=NOW)
        if self.stage == QUERIED:
            why = {"reason": "Why?", "by": place.officer, "at": NOW}
            returns.query(quarterly_return=self.found(owner), **why)
        if self.stage == ACCEPTED:
            returns.accept(quarterly_return=self.found(owner), by=place.officer, at=NOW)

    def roll_up(self) -> None:
        self.world.roll_up()

    def canary(self, owner: str) -> str:
        return f"CANARY {owner} CANARY"

    def _client(self, name: str) -> Client:
        if name == "anonymous":
            return Client()
        place = self.far if name.startswith("far_") else self.world
        return sign_in(getattr(place, name.removeprefix("far_")))

    def organisation(self, owner: str) -> Any:
        return self.far.north if owner == "far_north" else getattr(self.world, owner)

    def found(self, owner: str) -> QuarterlyReturn:
        place = self.far if owner == "far_north" else self.world
        return place.return_of(self.organisation(owner), Q2)

    def earlier(self, owner: str) -> QuarterlyReturn:
        place = self.far if owner == "far_north" else self.world
        return place.return_of(self.organisation(owner), Q1)

    @cached_property
    def numbers(self) -> dict[tuple[str, str], int]:
        """What each owner's number is, by kind of row; an owner without such a row is left out."""
        numbers = {(about, "absent"): ABSENT for about in {route.about for route in TABLE}}
        for owner in self.preparers:
            numbers["return", owner] = self.found(owner).pk
            numbers["deputy", owner] = self.deputies[owner]
            numbers["evidence", owner] = EvidenceFile.objects.get(quarterly_return=self.found(owner)).pk
            first = Intervention.objects.filter(organisation=self.organisation(owner)).first()
            assert first
            numbers["intervention", owner] = first.pk
            numbers["budget line", owner] = BudgetLine.objects.filter(intervention=first).earliest("pk").pk
        numbers |= self.uploads
        for owner, place in (("north", self.world), ("far_north", self.far)):
            numbers["grant", owner], numbers["award", owner] = place.grant.pk, place.award.pk
            numbers["decision", owner] = self.decisions[owner].pk
            numbers["scenario", owner] = self.scenarios[owner].pk
            numbers["scenario move", owner] = self.moves[owner].pk
            numbers["round", owner] = place.return_of(place.north, Q2).round_id
            numbers["pack", owner] = self.packs[owner]
            numbers |= {(about, owner): number for about, number in self.boards[owner].items()}
            numbers["token", owner] = self.tokens[owner]
            numbers["waiver", owner] = self.waivers[owner].pk
            numbers["approved waiver", owner] = self.approved[owner].pk
        for owner in self.preparers:
            numbers["query", owner] = self.found(owner).queries.latest("pk").pk
        for owner, spot in (("police", self.world.hotspot), ("far_north", self.far.hotspot)):
            assert spot
            numbers["hotspot", owner] = spot.pk
        numbers["grant", "police"] = self.world.hotspot_grant.pk
        numbers["award", "police"] = self.world.hotspot_award.pk
        return numbers

    def body(self, route: Route, owner: str) -> dict[str, Any]:
        """What a person with the right would post, made for the owner's own row."""
        return body_of(self, route, owner)


@remembered
def stage_at(stage: str) -> Stage:
    """Both partnerships with all returns in that state."""
    return Stage(build_world(), stage)
