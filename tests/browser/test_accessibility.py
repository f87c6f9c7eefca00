"""Every page as each role that may open it: no violation of WCAG 2.2 AA that axe finds, no sideways scroll,
nothing on the console, so no breach of the content security policy either."""

from __future__ import annotations

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Page, expect

from funding.actions import board_packs, claims, evidence, leniency, returns
from funding.claims import reading
from funding.models import (
    BoardAction,
    BoardPack,
    BoardQuestion,
    BudgetLine,
    ClaimPart,
    Decision,
    EvidenceFile,
    Intervention,
    Milestone,
    QuarterlyReturn,
    ReturnQuery,
    Scenario,
    WaivedRule,
    Waiver,
    WorkbookUpload,
)
from tests.browser.conftest import SignIn
from tests.faults.neighbours import board_of, frozen_pack
from tests.funding.actions.test_decisions import propose
from tests.funding.open_data.identified import identified, published
from tests.funding.what_if_moves import begin, from_north_to_south
from tests.funding.workbook.handed_in import read_upload, stuck_upload
from tests.remembered import remembered
from tests.world import NOW, Q1, Q2, World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# Without the lists of what passed, which take longer to write down than the rules take to run.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
NARROW, WIDE = 390, 1280


@pytest.fixture
def full_world(transactional_db: None) -> World:
    return build_full_world()


@remembered
def build_full_world() -> World:
    world = build_world()
    populate(world)
    return world


def populate(world: World) -> None:
    """Returns in every state, a decision in every state, and figures on the board."""
    world.open(Q1)
    world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    hand_in(world, world.return_of(world.south, Q1))
    certified = world.certify(
        world.return_of(world.south, Q1), by=world.stranger, certifier=world.south_certifier
    )
    returns.query(quarterly_return=certified, reason="Why so little?", by=world.officer, at=NOW)
    world.accept(world.return_of(world.police, Q1), by=world.police_lead, certifier=world.police_certifier)
    world.open(Q2)
    world.certify(world.return_of(world.south, Q2), by=world.stranger, certifier=world.south_certifier)
    hand_in(world, world.return_of(world.north, Q2))
    world.fill(world.return_of(world.police, Q2), by=world.police_lead)
    propose(world, "460000.00")
    north = world.return_of(world.north, Q2)
    read_upload(north, by=world.lead)
    stuck_upload(north, by=world.lead)
    leniency.ask_waiver(
        organisation=world.north,
        rule=WaivedRule.NARRATIVE,
        reason="A new team.",
        starts_on=Q2.starts_on,
        ends_on=date(Q2.year + 1, 3, 31),
        by=world.officer,
        at=NOW,
    )
    first, _ = begin(world), begin(world, "As it is")
    from_north_to_south(world, first)
    frozen_pack(world)
    board_of(world)
    draft = reading.draft(world.award, ClaimPart.Q1, {}, None)
    claims.freeze(award=world.award, part=ClaimPart.Q1, seen=draft.digest, by=world.approver, at=NOW)
    published(identified(world))
    world.roll_up()
    board_packs.take_all(clock=lambda: NOW)


def hand_in(world: World, found: QuarterlyReturn) -> None:
    """Two files, one of them beside a line."""
    line = BudgetLine.objects.of(found.organisation, found.round.year).first()
    by = world.lead if found.organisation == world.north else world.stranger
    for beside, text in ((None, b"A note."), (line, b"An invoice.")):
        offered = [SimpleUploadedFile(f"{text.decode()[2:-1]}.txt", text)]
        evidence.add(quarterly_return=found, budget_line=beside, offered=offered, by=by, at=NOW)


def pages(world: World) -> dict[str, list[str]]:
    """Addresses by the name of the person who opens them."""
    north, south, police = (world.return_of(one, Q2).pk for one in (world.north, world.south, world.police))
    accepted, queried = (world.return_of(one, Q1).pk for one in (world.north, world.south))
    query, waiver = ReturnQuery.objects.earliest("pk").pk, Waiver.objects.earliest("pk").pk
    closing = world.return_of(world.north, Q1).round_id
    waiting, approved = Decision.objects.get(status="proposed").pk, Decision.objects.earliest("pk").pk
    mentoring = Intervention.objects.get(name="Mentoring").pk
    assert world.hotspot
    line, spot = BudgetLine.objects.get(intervention=mentoring).pk, world.hotspot.pk
    grant, award = world.grant.pk, world.award.pk
    question, deferred = (BoardQuestion.objects.get(outcome=outcome) for outcome in ("", "deferred"))
    meeting = question.meeting_id

    def of(*names: str, pk: int | None = None) -> list[str]:
        return [reverse(name, args=[pk] if pk else []) for name in names]

    common = ["/", "/notices/", "/notices/preferences/", "/accessibility/", "/accounts/two-step/"]
    entry = (
        "return",
        "return_spend",
        "return_variances",
        "return_corrections",
        "return_narrative",
        "return_nil",
        "return_check",
        "return_changes",
    )
    entry += ("return_ratings", "return_match", "return_evidence")
    claim = [reverse("claim", args=[award, part]) for part in ("q1", "q2", "statement")]
    as_it_is, moved = Scenario.objects.values_list("pk", flat=True)
    what_if = of("what_ifs", "what_if_new", "what_if_compare") + of("what_if", pk=moved)
    compared = f"{reverse('what_if_compare')}?a={as_it_is}&b={moved}"
    freezing = reverse("claim_freeze", args=[award, "q2"])
    return {
        "officer": [
            *common,
            *of("grants", "grant_new", "decisions", "tracker", "round_new", "hotspots", "board", "jobs"),
            *of("tracker_accept", "flags"),
            f"{reverse('board_changes')}?since=day&since_day={NOW.date()}&until=now&year={NOW.year}",
            f"{reverse('board_changes')}?since=day&since_day=x&until=now&year={NOW.year}",
            *of("grant", "award_new", "allocations", pk=grant),
            f"{reverse('allocations', args=[grant])}?suggest={award}",
            *of("award_change", pk=award),
            *of("decision", pk=waiting),
            *of(
                "return",
                "return_review",
                "return_evidence",
                "return_changes",
                "return_receipt",
                "return_report",
                pk=south,
            ),
            *of("return_reopen", pk=accepted),
            *of("return_extension", pk=north),
            *of("query", pk=query),
            *of("round_close", pk=closing),
            *of("waivers", "waiver_new", "claims"),
            *of("meetings", "meeting_new", "board_actions", "milestones", "milestone_new"),
            *of("meeting", "meeting_change", "meeting_cancel", pk=meeting),
            *of("board_question_new", "board_action_new", pk=meeting),
            *of("board_question_change", "board_question_outcome", pk=question.pk),
            *of("meeting", pk=deferred.meeting_id),
            *of("board_question_again", "board_question_outcome", pk=deferred.pk),
            *of("board_action_change", "board_action_done", pk=BoardAction.objects.get().pk),
            *of("milestone_change", "milestone_report", pk=Milestone.objects.get().pk),
            *claim,
            *of("waiver", pk=waiver),
            *what_if,
            compared,
            *of("what_if", pk=as_it_is),
            *of("what_if_promote", pk=moved),
        ],
        "approver": [
            *of("home", "grants", "waivers"),
            *of("what_if", pk=moved),
            *of("waiver", pk=waiver),
            *claim,
            freezing,
            *of("open_data", "open_data_publish", "open_data_withdraw"),
            *of("decision", pk=waiting),
            *of("decision", pk=approved),
        ],
        "lead": [
            *of("home", "notices", "calendar", "plan", "intervention_new", "own_returns"),
            *of("budget_line_new", "targets", pk=mentoring),
            *of("budget_line_change", pk=line),
            *of(*entry, "return_activity", "upload_new", pk=north),
            *of("return", "return_receipt", "return_versions", "return_report", pk=accepted),
            *of("return_report", "return_versions", "return_receipt", pk=north),
            *[
                reverse("upload", args=[one.pk])
                for one in WorkbookUpload.objects.filter(quarterly_return=north)
            ],
            *of("evidence_remove", pk=EvidenceFile.objects.filter(quarterly_return=north).latest("pk").pk),
        ],
        "police_lead": [
            *of("home", "own_returns", "plan", "hotspots", "hotspot_new"),
            *of(*entry, "return_patrols", pk=police),
            *of("hotspot_end", pk=spot),
        ],
        "certifier": of("home", "own_returns", "deputies", "deputy_new") + of("return", pk=accepted),
        "stranger": [
            *of("return", "return_revert", "return_versions", pk=queried),
            *of("return_spend", pk=queried),
            *of("query", pk=query),
        ],
        "south_certifier": of("home") + of("return", pk=south),
        "board_member": [
            *of(
                "home",
                "board",
                "board_packs",
                "flags",
                "board_changes",
                "board_years",
                "claims",
                "api_tokens",
                "api_token_new",
                "api",
            ),
            *of("meetings", "board_actions", "milestones", "open_data"),
            reverse("open_data_public", args=[world.partnership.police_force_code]),
            *of("meeting", pk=meeting),
            *claim[:1],
            *(f"{reverse('board')}?as_at={day}" for day in (NOW.date(), "31 2 2026")),
            f"{reverse('board')}?pack={BoardPack.objects.get().pk}",
            *(
                f"{reverse('board_rows')}?{query}"
                for query in ("measure=left", "measure=spent&q=no-such-row")
            ),
            *of("board_line", pk=line),
            *of("board_return", pk=accepted),
            *of("board_return", pk=north),
        ],
        "auditor": of("home", "grants", "board", "what_ifs")
        + of("what_if", pk=moved)
        + of("allocations", pk=grant)
        + of("return", pk=accepted),
        "administrator": of("home", "training", "notices", "jobs"),
    }


def faults(page: Page, address: str) -> list[str]:
    """What axe finds at 1280 pixels, and whether the page scrolls sideways at either width."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto(address)
    found = [
        f"{address}: {violation['id']}: {violation['help']}: {violation['nodes'][0]['html'][:200]}"
        for violation in Axe().run(page, options=RULES).response["violations"]
    ]
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        if page.locator("html").evaluate("root => root.scrollWidth") > width:
            found.append(f"{address}: scrolls sideways at {width} pixels")
    return found


@pytest.mark.parametrize(
    "person",
    [
        "officer",
        "approver",
        "lead",
        "police_lead",
        "certifier",
        "south_certifier",
        "stranger",
        "board_member",
        "auditor",
        "administrator",
    ],
)
def test_every_page_as_each_role(sign_in_as: SignIn, full_world: World, person: str) -> None:
    if person == "certifier":
        full_world.send(full_world.return_of(full_world.north, Q2), by=full_world.lead)
    addresses = pages(full_world)[person]
    if person == "certifier":
        addresses += [reverse("return_certify", args=[full_world.return_of(full_world.north, Q2).pk])]

    page = sign_in_as(getattr(full_world, person))

    assert [fault for address in addresses for fault in faults(page, address)] == []


def test_a_form_with_errors(sign_in_as: SignIn, full_world: World) -> None:
    page = sign_in_as(full_world.lead)
    page.goto(reverse("return_spend", args=[full_world.return_of(full_world.north, Q2).pk]))
    page.locator("input[name^='actual-']").first.fill("about 5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert Axe().run(page, options=RULES).response["violations"] == []


def test_the_sign_in_page(portal: object, sign_in_as: SignIn, live_world: World) -> None:
    page = sign_in_as(live_world.board_member)
    page.get_by_role("button", name="Sign out").click()
    assert faults(page, "/accounts/login/") == []
