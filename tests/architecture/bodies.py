"""What a person with the right would post to each address of the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from authorities.models import Organisation
from funding.models import BudgetLine, DecisionLine, Hotspot, Intervention
from funding.quarters import Quarter
from tests.architecture.access_table import PRINCIPALS, Route, address_of, in_scope
from tests.funding.what_if_moves import move_fields
from tests.funding.workbook.handed_in import Again
from tests.world import NOW, Q2

if TYPE_CHECKING:
    from tests.architecture.stages import Stage

# After today and after every due day of the stage, whenever these tests run.
SOON = max(localdate(), Q2.due_on) + timedelta(days=5)
# A day on which a board of the stage can still meet, and a quarter that a meeting can look at.
LATE = max(localdate(), NOW.date()) + timedelta(days=60)
LAST = "{0.year}-{0.number}".format(Quarter.of(localdate()).previous)


def body_of(standing: Stage, route: Route, owner: str) -> dict[str, Any]:
    """What a person with the right would post, made for the owner's own row."""
    owner = "north" if owner == "absent" else owner
    found, organisation = standing.found(owner), standing.organisation(owner)
    make: dict[str, Callable[[], dict[str, Any]]] = {
        "award_new": lambda: {
            "year": "2027", "amount": "5.00", "status": "agreed", "basis": "published", "source": "Letter",
        },
        "award_change": lambda: {
            "amount": "1000000.00", "status": "varied", "basis": "published", "source": "Letter",
        },
        "allocations": lambda: _proposal(standing, owner),
        "claim_freeze": lambda: {"confirmed": "on"},
        "decision_answer": lambda: {"choice": "reject", "answer": "No."},
        "what_if": lambda: move_fields(standing.far if owner == "far_north" else standing.world, "1.00"),
        "what_if_promote": lambda: {"reference": "CELL", "reason": "A cell."},
        "budget_line_new": lambda: {
            "cost_heading": standing.world.services.pk, "description": "Cell",
            "quarter_1": "0",
            **{f"quarter_{number}": "1.00" for number in range(2, 5)},
        },
        "targets": lambda: {"universal_reached-3": "7", "targeted_reached-4": "8"},
        "budget_line_change": lambda: {
            f"{column}_{amount.quarter}": str(amount.amount)
            for amount in BudgetLine.objects.get(pk=standing.numbers["budget line", owner]).profile.all()
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
            "corrects": standing.earlier(owner).pk,
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
        "meeting_change": lambda: {"held_on": LATE.isoformat(), "place": "Cell", "quarter": LAST},
        "meeting_cancel": lambda: {"reason": "Cell."},
        "board_question_new": lambda: {**asked(standing, owner), "title": "Cell"},
        "board_question_change": lambda: {**asked(standing, owner), "meeting": standing.boards[owner]["later meeting"]},
        "board_question_outcome": lambda: {
            "outcome": "withdrawn", "words": "Cell.", "on": localdate().isoformat(),
        },
        "board_question_again": lambda: {"meeting": standing.boards[owner]["later meeting"]},
        "board_action_new": lambda: acted(standing, organisation.pk),
        "board_action_change": lambda: acted(standing, organisation.pk),
        "board_action_done": lambda: {"on": localdate().isoformat(), "words": "Cell."},
        "milestone_change": lambda: {"theme": "other", "name": "Cell", "due_on": LATE.isoformat()},
        "milestone_report": lambda: {"quarter": LAST, "status": "at_risk", "words": "Cell.", "evidence": "Cell."},
    }  # fmt: skip
    return {**_unseen(standing, route, owner), **make.get(route.name, dict)()}


def asked(standing: Stage, owner: str) -> dict[str, Any]:
    """A decision that is asked of the board."""
    decision = standing.decisions.get(owner, standing.decisions["north"]).pk
    words = {"title": "Asked", "asked": "Cell?", "recommendation": "Cell.", "amount": "7.00"}
    return {**words, "decision": decision}


def acted(standing: Stage, organisation: int) -> dict[str, Any]:
    return {"what": "Cell", "owner": "Lead", "organisation": organisation, "due_on": LATE.isoformat()}


def _unseen(standing: Stage, route: Route, owner: str) -> dict[str, str]:
    """What the page sends back by itself: the state of things that it was made from."""
    name = "decision" if route.name == "decision_answer" else route.name
    writer = next((who for who in PRINCIPALS if who in route.writers and in_scope(who, owner, "")), None)
    if writer is None or route.is_button:
        return {}
    page = standing.clients[writer].get(address_of(name, standing.numbers[route.about, owner]))
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.content.decode())
    pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}


def _proposal(standing: Stage, owner: str) -> dict[str, Any]:
    """The allocation page's own figures with one penny less somewhere."""

    place = standing.far if owner == "far_north" else standing.world
    grant = place.hotspot_grant if owner == "police" else place.grant
    held = DecisionLine.objects.filter(award__grant=grant).approved().allocations()
    recipients = Organisation.objects.of(grant.partnership).filter(kind__in=grant.fund.recipient_kinds)
    body = {"reference": "CELL", "reason": "A cell."}
    for award in grant.awards.all():
        for one in recipients:
            body[f"seen-{award.pk}-{one.pk}"] = str(held[award.pk, one.pk])
            less = one.pk == standing.organisation(owner).pk
            body[f"wanted-{award.pk}-{one.pk}"] = str(held[award.pk, one.pk] - (1 if less else 0))
    return body
