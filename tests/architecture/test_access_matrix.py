"""Who may do what to whose: every principal, every address with a number, every owner, every method.

One table says what each answer must be. It is written from the roles' descriptions and not computed from
`authorities/roles.py`, so that a permission given by mistake is found here.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from authorities import actions as people
from authorities.roles import Role
from funding.actions import evidence, returns
from funding.board.charts.page import TABLES
from funding.models import BudgetLine, EvidenceFile, Hotspot, Intervention, QuarterlyReturn
from tests.conftest import sign_in
from tests.faults.neighbours import ask_query, ask_waiver, build_neighbours, frozen_pack, propose
from tests.funding.workbook.handed_in import Again, read_upload, stuck_upload
from tests.remembered import remembered
from tests.world import NOW, Q1, Q2, START, World, build_world

ABSENT = 987_654_321
# After today and after every due day of the stage, whenever these tests run.
SOON = max(localdate(), Q2.due_on) + timedelta(days=5)
PRINCIPALS = (
    *("officer", "approver", "auditor", "administrator", "board_member"),
    *("lead", "certifier", "stranger", "south_certifier", "police_lead", "police_certifier"),
    *("anonymous", "far_officer", "far_approver", "far_lead", "far_certifier"),
)
# Whose people they are, by the keys of OWNERS; the OPCC's see every organisation of their partnership.
OWN = {
    "lead": "north",
    "certifier": "north",
    "stranger": "south",
    "south_certifier": "south",
    "police_lead": "police",
    "police_certifier": "police",
    "far_lead": "far_north",
    "far_certifier": "far_north",
}
TOKEN_OF = {"north": "officer", "far_north": "far_officer"}
OURS, FAR = {"north", "south", "police"}, {"far_north"}
OWNERS = ("north", "south", "police", "far_north", "absent")
LEADS = {"lead", "stranger", "police_lead", "far_lead"}
CERTIFIERS = {"certifier", "south_certifier", "police_certifier", "far_certifier"}
OFFICERS, APPROVERS = {"officer", "far_officer"}, {"approver", "far_approver"}
OPCC = OFFICERS | APPROVERS | {"auditor"}
CLAIM_READERS = OPCC | {"board_member"}
DRAFT, SENT, CERTIFIED, ACCEPTED = "draft", "with_certifier", "certified", "accepted"
QUERIED = "queried"
OK, MOVED, FORBIDDEN, MISSING, WRONG_METHOD = 200, 302, 403, 404, 405


@dataclass(frozen=True)
class Route:
    """One row of the table. `readers` may know that it exists; `writers` may post to it."""

    name: str
    about: str  # what its number is: return, query, round, waiver, grant, award, decision, hotspot and so on
    readers: set[str]
    writers: set[str] = field(default_factory=set)
    is_form: bool = False  # nothing but a form: who may not write does not get it either
    leads_back: bool = False  # a post only; a look at it leads back to the page of the row
    is_button: bool = False  # a post needs no content
    methods: str = "GET POST"
    stage: str = ""  # the state of a return in which a post succeeds
    not_for: set[str] = field(default_factory=set)  # owners that have no such page
    only_in: set[str] = field(default_factory=set)  # states in which there is such a page; all where empty


RETURN = OPCC | LEADS | CERTIFIERS
BOARD = OPCC | {"board_member"}


def _entry(name: str, **options: Any) -> Route:
    return Route(name, "return", RETURN, LEADS, is_form=True, stage=DRAFT, **options)


# What follows the number in an address that has more than one.
MORE: dict[str, tuple[int | str, ...]] = {
    "return_version_content": (1,),
    **dict.fromkeys(("claim", "claim_freeze", "claim_csv", "claim_xlsx"), ("q1",)),
}


def address_of(name: str, number: int) -> str:
    return reverse(name, args=[number, *MORE.get(name, ())])


TABLE = (
    Route("grant", "grant", OPCC, methods="GET"),
    Route("award_new", "grant", OPCC, OFFICERS, is_form=True),
    Route("allocations", "grant", OPCC, OFFICERS),
    Route("award_change", "award", OPCC, OFFICERS, is_form=True),
    Route("claim", "award", CLAIM_READERS, methods="GET"),
    Route("claim_freeze", "award", CLAIM_READERS, APPROVERS, is_form=True),
    Route("claim_csv", "award", CLAIM_READERS, methods="GET"),
    Route("claim_xlsx", "award", CLAIM_READERS, methods="GET"),
    Route("decision", "decision", OPCC, methods="GET"),
    Route("decision_answer", "decision", OPCC, APPROVERS, leads_back=True),
    Route("budget_line_new", "intervention", LEADS, LEADS, is_form=True),
    Route("targets", "intervention", LEADS, LEADS, is_form=True, not_for={"police"}),
    Route("budget_line_change", "budget line", LEADS, LEADS, is_form=True),
    Route("hotspot_end", "hotspot", OFFICERS | APPROVERS | {"police_lead"}, {"police_lead"}, is_form=True),
    Route("return", "return", RETURN, methods="GET"),
    _entry("return_spend"),
    _entry("return_activity", not_for={"police"}),
    _entry("return_patrols", not_for={"north", "south", "far_north"}),
    _entry("return_narrative"),
    _entry("return_ratings"),
    _entry("return_match"),
    _entry("return_variances"),
    _entry("return_corrections"),
    Route("return_changes", "return", RETURN, methods="GET"),
    _entry("return_nil"),
    _entry("return_check"),
    Route("return_evidence", "return", RETURN, LEADS, stage=DRAFT),
    Route("evidence_file", "evidence", RETURN, methods="GET"),
    Route("evidence_remove", "evidence", RETURN, LEADS, is_form=True, stage=DRAFT),
    Route("return_recall", "return", RETURN, LEADS, leads_back=True, is_button=True, stage=SENT),
    Route("return_workbook", "return", LEADS, methods="GET", stage=DRAFT),
    Route("upload_new", "return", LEADS, LEADS, is_form=True, stage=DRAFT),
    Route("upload", "upload", LEADS, LEADS, stage=DRAFT),
    Route("upload_progress", "upload", LEADS, methods="GET"),
    Route("upload_marked", "upload", LEADS, methods="GET"),
    Route("upload_discard", "upload", LEADS, LEADS, leads_back=True, is_button=True),
    Route("upload_retry", "stuck upload", LEADS, LEADS, leads_back=True, is_button=True),
    Route("return_certify", "return", RETURN, CERTIFIERS, is_form=True, stage=SENT),
    Route("deputy_end", "deputy", RETURN, CERTIFIERS | APPROVERS, leads_back=True),
    Route("api_token_revoke", "token", BOARD, BOARD),
    Route("return_receipt", "return", RETURN, methods="GET"),
    Route("return_receipt_pdf", "return", RETURN, methods="GET", only_in={CERTIFIED, QUERIED}),
    Route("return_versions", "return", RETURN, methods="GET"),
    Route("return_version_content", "return", RETURN, methods="GET", only_in={SENT, CERTIFIED, QUERIED}),
    Route("return_report", "return", RETURN, methods="GET"),
    Route("return_report_pdf", "return", RETURN, methods="GET"),
    Route("return_revert", "return", RETURN, LEADS, is_form=True, stage=QUERIED),
    Route("return_review", "return", RETURN, OFFICERS, is_form=True, stage=CERTIFIED),
    Route("return_query", "return", RETURN, OFFICERS, is_form=True, stage=CERTIFIED),
    Route("return_reopen", "return", RETURN, OFFICERS, is_form=True, stage=ACCEPTED),
    Route("return_extension", "return", RETURN, OFFICERS, is_form=True, stage=f"{DRAFT} {SENT}"),
    Route("query", "query", RETURN, LEADS | OFFICERS),
    Route("query_settle", "query", RETURN, OFFICERS, leads_back=True, is_button=True),
    Route("round_close", "round", OPCC, OFFICERS, is_form=True),
    Route("board_pack_pdf", "pack", OPCC | {"board_member"}, methods="GET"),
    Route("board_pack_xlsx", "pack", OPCC | {"board_member"}, methods="GET"),
    Route("board_line", "budget line", BOARD, methods="GET"),
    Route("waiver", "waiver", OPCC, APPROVERS),
    Route("waiver_end", "approved waiver", OPCC, OFFICERS | APPROVERS, leads_back=True, is_button=True),
)
# Who stands for all that may not, where their number adds nothing: one of each way to be outside.
OUTSIDERS = {"anonymous", "stranger", "board_member", "officer", "far_officer"}
METHODS = ("GET", "HEAD", "POST empty", "POST", "PUT")


def in_scope(principal: str, owner: str, about: str) -> bool:
    # A token is its person's own, and nobody else's of the same organisation.
    if about == "token":
        return TOKEN_OF.get(owner) == principal
    # Who stands in for whom is the organisation's own business, the OPCC's too.
    if principal in OWN or about == "deputy":
        return OWN.get(principal) == owner
    return owner in (FAR if principal.startswith("far_") else OURS)


def expected(route: Route, principal: str, owner: str, method: str, stage: str) -> set[int]:
    """What the answer must be."""
    verb = "GET" if method == "HEAD" else method.split(maxsplit=1)[0]
    if principal == "anonymous":
        return {MOVED}
    if principal not in route.readers:
        return {MISSING}
    if verb == "POST" and route.writers and principal not in route.writers:
        return {FORBIDDEN}
    if verb not in route.methods.split():
        return {WRONG_METHOD}
    if not in_scope(principal, owner, route.about):
        return {MISSING}
    if route.is_form and principal not in route.writers:
        return {FORBIDDEN}
    if owner in route.not_for or (route.only_in and stage not in route.only_in):
        return {MISSING}
    return _allowed(route, verb, method, stage)


def _allowed(route: Route, verb: str, method: str, stage: str) -> set[int]:
    """The cell is open to the person: what it must do."""
    if verb == "GET" and route.leads_back:
        return {MOVED}
    if route.is_button or route.name == "deputy_end":
        return {MOVED}
    is_time = not route.stage or stage in route.stage.split()
    if verb == "GET":
        opens = is_time or not (route.is_form or route.name == "return_workbook")
        return {OK} if opens else {MOVED}
    if method == "POST empty" and route.name not in (
        "evidence_remove",
        "api_token_revoke",
    ):  # its form is the button alone
        return {OK}
    return {MOVED} if is_time else {OK}


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
            numbers["round", owner] = place.return_of(place.north, Q2).round_id
            numbers["pack", owner] = self.packs[owner]
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
        owner = "north" if owner == "absent" else owner
        found, organisation = self.found(owner), self.organisation(owner)
        make: dict[str, Callable[[], dict[str, Any]]] = {
            "award_new": lambda: {
                "year": "2027", "amount": "5.00", "status": "agreed", "basis": "published", "source": "Letter",
            },
            "award_change": lambda: {
                "amount": "1000000.00", "status": "varied", "basis": "published", "source": "Letter",
            },
            "allocations": lambda: self._proposal(owner),
            "claim_freeze": lambda: {"confirmed": "on"},
            "decision_answer": lambda: {"choice": "reject", "answer": "No."},
            "budget_line_new": lambda: {
                "cost_heading": self.world.services.pk, "description": "Cell",
                "quarter_1": "0",
                **{f"quarter_{number}": "1.00" for number in range(2, 5)},
            },
            "targets": lambda: {"universal_reached-3": "7", "targeted_reached-4": "8"},
            "budget_line_change": lambda: {
                f"{column}_{amount.quarter}": str(amount.amount)
                for amount in BudgetLine.objects.get(pk=self.numbers["budget line", owner]).profile.all()
                for column in ("quarter", "seen")
            },
            "hotspot_end": lambda: {"ends_on": "31 3 2099", "confirmed": "on"},
            "return_spend": lambda: {
                "revision": found.revision,
                **{
                    f"{column}-{line.pk}": "7.00"
                    for line in BudgetLine.objects.of(organisation, 2026)
                    for column in ("actual", "committed", "forecast3", "forecast4")
                },
            },
            "return_activity": lambda: {
                "revision": found.revision,
                **{
                    f"{column}-{one.pk}": "7"
                    for one in Intervention.objects.filter(organisation=organisation)
                    for column in ("universal_reached", "targeted_reached", "sessions")
                },
            },
            "return_patrols": lambda: {
                "revision": found.revision,
                **{
                    f"{column}-{spot.pk}": "7"
                    for spot in Hotspot.objects.all()
                    for column in ("hours", "visits", "arrests", "searches", "asb_powers")
                },
            },
            "return_check": lambda: {"revision": found.revision},
            # No line is far from its plan here, so the page asks for nothing; its save counts all the same.
            "return_variances": lambda: {"revision": found.revision},
            "return_ratings": lambda: {
                "revision": found.revision, "spend_rag": "amber", "spend_rag_reason": "Cell.",
                "delivery_rag": "red", "delivery_rag_reason": "Cell.", "title-0": "Cell", "likelihood_before-0": "4",
                "impact_before-0": "3", "mitigation-0": "Cell.", "likelihood_after-0": "2", "impact_after-0": "1", "owner-0": "Lead",
            },
            "return_match": lambda: {
                "revision": found.revision, "source-0": "Cell", "kind-0": "cash", "is_secured-0": "yes", "amount-0": "7.00",
            },
            "return_narrative": lambda: {"revision": found.revision, "progress": "Well."},
            "return_corrections": lambda: {
                "revision": found.revision,
                "corrects": self.earlier(owner).pk,
                "budget_line": BudgetLine.objects.of(organisation, 2026)[0].pk,
                "amount": "-0.07",
                "reason": "Twice.",
            },
            "return_evidence": lambda: {"line": "", "uploads": Again(b"A cell.")},
            "return_nil": lambda: {"revision": found.revision, "explanation": "None.", "attested": "on"},
            "upload_new": lambda: {"file": Again(b"Intervention,Actual\n")},
            "upload": lambda: {"warning-0": "on", "all": "yes"},
            "return_certify": lambda: {"revision": found.revision, "certified": "on"},
            "return_revert": lambda: {"revision": found.revision, "reason": "So.", "confirmed": "on"},
            "return_review": lambda: {"revision": found.revision, "accepted": "on"},
            "return_query": lambda: {"due_on": SOON.isoformat(), "reason": "Why?"},
            "return_reopen": lambda: {"reason": "Counted twice."},
            "return_extension": lambda: {"due_on": SOON.isoformat(), "reason": "Staff were ill."},
            "query": lambda: {"text": "An answer."},
            "round_close": lambda: {"confirmed": "on"},
            "waiver": lambda: {"choice": "approve", "answer": ""},
        }  # fmt: skip
        return {**self._unseen(route, owner), **make.get(route.name, dict)()}

    def _unseen(self, route: Route, owner: str) -> dict[str, str]:
        """What the page sends back by itself: the state of things that it was made from."""
        name = "decision" if route.name == "decision_answer" else route.name
        writer = next((who for who in PRINCIPALS if who in route.writers and in_scope(who, owner, "")), None)
        if writer is None or route.is_button:
            return {}
        page = self.clients[writer].get(address_of(name, self.numbers[route.about, owner]))
        inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.content.decode())
        pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
        return {name[1]: value[1] if value else "" for name, value in pairs if name}

    def _proposal(self, owner: str) -> dict[str, Any]:
        """The allocation page's own figures with one penny less somewhere."""
        from authorities.models import Organisation
        from funding.models import DecisionLine

        place = self.far if owner == "far_north" else self.world
        grant = place.hotspot_grant if owner == "police" else place.grant
        held = DecisionLine.objects.filter(award__grant=grant).approved().allocations()
        recipients = Organisation.objects.of(grant.partnership).filter(kind__in=grant.fund.recipient_kinds)
        body = {"reference": "CELL", "reason": "A cell."}
        for award in grant.awards.all():
            for one in recipients:
                body[f"seen-{award.pk}-{one.pk}"] = str(held[award.pk, one.pk])
                less = one.pk == self.organisation(owner).pk
                body[f"wanted-{award.pk}-{one.pk}"] = str(held[award.pk, one.pk] - (1 if less else 0))
        return body

    def _differs(self, route: Route, principal: str, owner: str, method: str) -> bool:
        """Whether the cell is worth asking: what cannot depend on stage, owner or method is asked once."""
        is_reader = principal in route.readers
        is_open = is_reader and in_scope(principal, owner, route.about)
        # A role that is turned away at the door is turned away whosever row it is, and however it knocks.
        is_variant = method in ("HEAD", "POST empty", "PUT")
        if (is_variant or not is_reader) and owner not in ("north", "absent"):
            return False
        if is_variant and not is_open and principal not in OUTSIDERS:
            return False
        if self.stage == DRAFT:
            return True
        return (
            is_reader
            and method.split(maxsplit=1)[0] in route.methods.split()
            and (is_open or principal in OUTSIDERS)
        )

    def cells(self) -> Iterator[tuple[Route, str, str, str]]:
        """Absent numbers first, to compare with. Past the first stage only what depends on the stage."""
        later = self.stage != DRAFT
        routes = [route for route in TABLE if route.about == "return" or not later]
        for owner in sorted(OWNERS, key=lambda owner: owner != "absent"):
            for route in routes:
                if (route.about, owner) in self.numbers:
                    for principal in PRINCIPALS:
                        for method in METHODS:
                            if self._differs(route, principal, owner, method):
                                yield route, principal, owner, method


@remembered
def stage_at(stage: str) -> Stage:
    """Both partnerships with all returns in that state."""
    return Stage(build_world(), stage)


WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|.*\bFOR (UPDATE|SHARE|NO KEY))", re.IGNORECASE)


def is_write(sql: str) -> bool:
    """The cache holds the counters of the sign-in page, and nothing else."""
    return bool(WRITES.match(sql)) and "shared_cache" not in sql


@contextmanager
def reading_only() -> Iterator[None]:
    """Fails where a row is written or locked meanwhile."""
    wrote: list[str] = []

    def note(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        wrote.extend([str(sql)[:80]] * is_write(str(sql)))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield
    assert wrote == []


def ask(client: Client, address: str, method: str, body: dict[str, Any]) -> HttpResponse:
    """One request. What a post writes is taken back; what is only looked at must write nothing."""
    client.cookies.pop("messages", None)  # of what was done before, and taken back
    verb = method.split(maxsplit=1)[0].lower()
    if verb in ("get", "head"):
        with reading_only():
            return getattr(client, verb)(address)  # type: ignore[no-any-return]
    with transaction.atomic():
        try:
            return getattr(client, verb)(address, body if method == "POST" else {})  # type: ignore[no-any-return]
        finally:
            transaction.set_rollback(True)


def main_of(answer: HttpResponse) -> str:
    """What a person reads, without the form token."""
    text = text_of(answer)
    found = re.search(r"<main.*</main>", text, re.DOTALL)
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", found[0] if found else text)


def text_of(answer: HttpResponse) -> str:
    """All that the answer says, with what lies packed in a workbook or, where a reader is installed, a PDF."""
    content = answer.getvalue()
    if answer.get("Content-Type", "") == "application/pdf":
        return pdf_text(content)
    if "spreadsheet" not in answer.get("Content-Type", ""):
        return content.decode()
    packed = BytesIO(content)
    if not zipfile.is_zipfile(packed):
        return content.decode()
    with zipfile.ZipFile(packed) as book:
        return "".join(book.read(name).decode(errors="replace") for name in book.namelist())


def pdf_text(content: bytes) -> str:
    """The words of a PDF by pdftotext; without it, whatever can be read of the bytes."""
    if not content or shutil.which("pdftotext") is None:  # a HEAD has no content
        return content.decode(errors="replace")
    # A file of a test need not be a PDF, whatever it is called.
    read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=False)
    return content.decode(errors="replace") if read.returncode else read.stdout.decode()


def leaks(answer: HttpResponse, principal: str, owners: set[str]) -> list[str]:
    """Canaries of owners whose words this person must never see."""
    text = text_of(answer)
    return [
        owner
        for owner in owners
        if f"CANARY {owner} CANARY" in text and not in_scope(principal, owner, "return")
    ]


@pytest.fixture(autouse=True)
def _quiet(settings: Any) -> Iterator[None]:
    """Thousands of refusals, as wanted: none is worth a line in a log."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "structlog" not in name]
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [DRAFT, SENT, CERTIFIED])
def test_every_cell_of_the_matrix(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    standing, counted, wrong = stage_at(stage), Counter[str](), []
    bodies = {
        (route.name, owner): standing.body(route, owner)
        for route in TABLE
        for owner in OWNERS
        if (route.about, owner) in standing.numbers
    }
    nowhere: dict[tuple[str, str, str], tuple[int, str]] = {}
    for route, principal, owner, method in standing.cells():
        address = address_of(route.name, standing.numbers[route.about, owner])
        answer = ask(standing.clients[principal], address, method, bodies[route.name, owner])
        want = expected(route, principal, owner, method, stage)
        cell = f"{stage}: {principal} {method} {route.name} of {owner}"
        if answer.status_code not in want:
            wrong.append(f"{cell}: {answer.status_code}, not {want}")
        wrong += [f"{cell}: shows the words of {other}" for other in leaks(answer, principal, OURS | FAR)]
        key = (route.name, principal, method)
        if owner == "absent":
            nowhere[key] = (answer.status_code, main_of(answer))
        elif answer.status_code in (MISSING, FORBIDDEN, WRONG_METHOD) and not in_scope(
            principal, owner, route.about
        ):
            if (answer.status_code, main_of(answer)) != nowhere[key]:
                wrong.append(f"{cell}: tells from a number that was never given")
            counted["hidden like absent"] += 1
        counted["cells"] += 1
        counted["allowed"] += want <= {OK, MOVED} and principal != "anonymous"
        counted["written"] += method == "POST" and want == {MOVED} and principal != "anonymous"
    with capsys.disabled():
        print(f"\n{stage}: {dict(counted)}")
    assert wrong == []
    assert counted["cells"] >= (3000 if stage == DRAFT else 1000)
    assert counted["allowed"] >= 100
    assert counted["written"] >= 8


def names_from_outside(text: str, principal: str) -> list[str]:
    """The neighbours' names all begin with "Far"; ours are North, South and Test."""
    if not principal.startswith("far_"):
        return ["Far "] if "Far " in text else []
    ours = text.replace("Far North Council", "").replace("Far South Council", "")
    return [name for name in ("North Council", "South Council", "Test Police") if name in ours]


@pytest.mark.django_db
def test_the_board_of_each_partnership_shows_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Every table as CSV, with every organisation as filter: the neighbours' names stay at home."""
    standing, count, wrong = stage_at(CERTIFIED), 0, []
    readers = OPCC | {"board_member"}
    asked = {
        "all": "",
        **{owner: str(standing.organisation(owner).pk) for owner in (*OURS, *FAR)},
        "absent": ABSENT,
    }
    for principal in PRINCIPALS:
        for slug in (*TABLES, "no-such-table"):
            shown: dict[str, str] = {}
            for owner, number in asked.items():
                if principal not in readers and owner != "all":
                    continue
                address = reverse("board_csv", args=[slug])
                answer = standing.clients[principal].get(address, {"authority": number})
                want = {OK} if principal in readers and slug in TABLES else {MISSING}
                want = {MOVED} if principal == "anonymous" else want
                cell = f"{principal} GET {slug} of {owner}"
                if answer.status_code not in want:
                    wrong.append(f"{cell}: {answer.status_code}, not {want}")
                if answer.status_code == OK:
                    shown[owner] = answer.content.decode()
                    wrong += [f"{cell}: shows {name}" for name in names_from_outside(shown[owner], principal)]
                count += 1
            outside = "north" if principal.startswith("far_") else "far_north"
            if shown and shown[outside] != shown["absent"]:
                wrong.append(f"{principal} GET {slug}: a foreign organisation differs from none")
    with capsys.disabled():
        print(f"\nboard: {count} cells")
    assert wrong == []


def test_the_table_names_every_address_with_a_number() -> None:
    """Both ways: no address without a row, no row without an address."""
    from tests.architecture.test_urls import OURS as ADDRESSES

    numbered = {str(p.name) for address, p in ADDRESSES.items() if "<int:pk>" in address}
    assert {route.name for route in TABLE} == numbered - {"demo_sign_in"}


@pytest.mark.django_db
def test_the_matrix_finds_a_hole() -> None:
    """A seeded fault: a door that forgets the organisation shows in the table."""
    standing = stage_at(DRAFT)
    route = next(route for route in TABLE if route.name == "return")
    assert expected(route, "stranger", "north", "GET", DRAFT) == {MISSING}
    own = standing.clients["stranger"].get(reverse("return", args=[standing.numbers["return", "south"]]))
    assert own.status_code == OK  # what a leak would answer
    assert own.status_code not in expected(route, "stranger", "north", "GET", DRAFT)
