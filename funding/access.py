"""Which rows a person may see. Every page about money gets its object from here.

What is outside a person's scope does not exist for that person: 404, with the same body as a number that
was never given. The organisation always comes from the loaded row, never from the request's input.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from authorities.access import Acting, acting
from authorities.models import Organisation
from authorities.roles import Permission
from funding import return_threads
from funding.models import (
    Award,
    BudgetLine,
    ClaimPart,
    Decision,
    EvidenceFile,
    Grant,
    Hotspot,
    Intervention,
    QuarterlyReturn,
    ReturnQuery,
    ReturnRound,
    ReturnVersion,
    Scenario,
    ScenarioMove,
    Waiver,
    WorkbookUpload,
)
from funding.models.decision import DecisionQuerySet
from funding.models.grant import AwardQuerySet
from funding.models.hotspot import HotspotQuerySet
from funding.models.leniency import WaiverQuerySet
from funding.models.quarterly_return import ReturnQuerySet


def visible_returns(person: Acting) -> ReturnQuerySet:
    """Those of the partnership for the OPCC and auditors, those of the own organisation for its people."""
    returns = QuarterlyReturn.objects.in_full()
    if person.partnership and person.has(Permission.VIEW_RETURNS):
        return returns.of(person.partnership)
    if person.organisation and person.has(Permission.VIEW_OWN_RETURN):
        return returns.filter(organisation=person.organisation)
    return returns.none()


def visible_grants(person: Acting) -> QuerySet[Grant]:
    grants = Grant.objects.select_related("fund", "partnership")
    if person.partnership and person.has(Permission.VIEW_MONEY):
        return grants.filter(partnership=person.partnership)
    return grants.none()


def visible_awards(person: Acting) -> AwardQuerySet:
    awards = Award.objects.select_related("grant__fund")
    if person.partnership and person.has(Permission.VIEW_MONEY):
        return awards.of(person.partnership)
    return awards.none()


def visible_claim_awards(person: Acting) -> AwardQuerySet:
    """Whose claims are read by those who see the money, and by the board."""
    awards = Award.objects.select_related("grant__fund", "grant__partnership")
    if person.partnership and (person.has(Permission.VIEW_MONEY) or person.has(Permission.VIEW_BOARD)):
        return awards.of(person.partnership)
    return awards.none()


def visible_decisions(person: Acting) -> DecisionQuerySet:
    decisions = Decision.objects.select_related(
        "grant__fund", "grant__partnership", "proposed_by", "decided_by"
    )
    if person.partnership and person.has(Permission.VIEW_MONEY):
        return decisions.of(person.partnership)
    return decisions.none()


def visible_hotspots(person: Acting) -> HotspotQuerySet:
    """Those of the own force for the police, all of the partnership for the OPCC: for nobody else."""
    hotspots = Hotspot.objects.select_related("organisation", "authority")
    if person.organisation and person.has(Permission.VIEW_HOTSPOT_NAMES):
        if person.has(Permission.VIEW_RETURNS):
            return hotspots.filter(organisation__partnership=person.partnership)
        return hotspots.filter(organisation=person.organisation)
    return hotspots.none()


def plannable_organisation(person: Acting) -> Organisation | None:
    """The organisation whose plan the person keeps."""
    return person.organisation if person.has(Permission.PLAN) else None


def find_return(request: HttpRequest, pk: int) -> QuarterlyReturn:
    """With its queries and extensions. Raises Http404 outside the person's scope."""
    return get_object_or_404(return_threads.with_threads(visible_returns(acting(request))), pk=pk)


def find_return_to(request: HttpRequest, pk: int, permission: Permission) -> QuarterlyReturn:
    """For a page that changes a return. Http404 as above, PermissionDenied for one who may only read."""
    found = find_return(request, pk)
    if not acting(request).has(permission):
        raise PermissionDenied
    return found


def find_evidence(request: HttpRequest, pk: int) -> EvidenceFile:
    """One of a return that the person may see, with its return. Raises Http404 outside that scope."""
    evidence = get_object_or_404(EvidenceFile, pk=pk, quarterly_return__in=visible_returns(acting(request)))
    evidence.quarterly_return = find_return(request, evidence.quarterly_return_id)
    return evidence


def find_reviewed(request: HttpRequest, pk: int) -> QuarterlyReturn:
    """As `find_return_to` review it, with the content that was signed, and what was signed before it."""
    person = acting(request)
    signed = ReturnVersion.objects.filter(quarterly_return=OuterRef("pk"), certificate__isnull=False)
    contents = signed.order_by("-number").values("content")
    returns = return_threads.with_threads(visible_returns(person))
    found = get_object_or_404(
        returns.annotate(signed_content=Subquery(contents[:1]), earlier_content=Subquery(contents[1:2])),
        pk=pk,
    )
    if not person.has(Permission.REVIEW_RETURN):
        raise PermissionDenied
    return found


def find_query(request: HttpRequest, pk: int) -> ReturnQuery:
    """A question about a return that the person may see. Raises Http404 outside that scope."""
    of_a_return = ReturnQuery.objects.select_related("quarterly_return__organisation__partnership")
    return get_object_or_404(of_a_return.filter(quarterly_return__in=visible_returns(acting(request))), pk=pk)


def find_round(request: HttpRequest, pk: int) -> ReturnRound:
    """One of the person's partnership, for those who see its returns. Raises Http404 outside it."""
    person = acting(request)
    rounds = ReturnRound.objects.select_related("partnership", "closed_by")
    seen = rounds.filter(partnership=person.partnership) if person.has(Permission.VIEW_RETURNS) else None
    return get_object_or_404(rounds.none() if seen is None else seen, pk=pk)


def visible_waivers(person: Acting) -> WaiverQuerySet:
    """Those of the partnership, for those who see its returns."""
    waivers = Waiver.objects.in_full()
    if person.partnership and person.has(Permission.VIEW_RETURNS):
        return waivers.of(person.partnership)
    return waivers.none()


def find_waiver(request: HttpRequest, pk: int) -> Waiver:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_waivers(acting(request)), pk=pk)


def find_grant(request: HttpRequest, pk: int) -> Grant:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_grants(acting(request)), pk=pk)


def find_award(request: HttpRequest, pk: int) -> Award:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_awards(acting(request)), pk=pk)


def find_claim(request: HttpRequest, pk: int, part: str) -> tuple[Award, ClaimPart]:
    """The award, and which of its claims the address names. Raises Http404 outside the person's scope."""
    named = {one.slug: one for one in ClaimPart}
    if part not in named:
        raise Http404
    return get_object_or_404(visible_claim_awards(acting(request)), pk=pk), named[part]


def find_decision(request: HttpRequest, pk: int) -> Decision:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_decisions(acting(request)), pk=pk)


def find_intervention(request: HttpRequest, pk: int) -> Intervention:
    """One of the plan that the person keeps. Raises Http404 outside it."""
    interventions = Intervention.objects.select_related("organisation", "award__grant")
    organisation = plannable_organisation(acting(request))
    return get_object_or_404(interventions.filter(organisation=organisation), pk=pk)


def find_budget_line(request: HttpRequest, pk: int) -> BudgetLine:
    """One of the plan that the person keeps. Raises Http404 outside it."""
    lines = BudgetLine.objects.select_related(
        "cost_heading", "intervention__organisation", "intervention__award__grant"
    )
    organisation = plannable_organisation(acting(request))
    return get_object_or_404(lines.filter(intervention__organisation=organisation), pk=pk)


def find_hotspot(request: HttpRequest, pk: int) -> Hotspot:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_hotspots(acting(request)), pk=pk)


def find_upload(request: HttpRequest, pk: int) -> WorkbookUpload:
    """One of a return that the person prepares. Raises Http404 for everybody else's."""
    person = acting(request)
    own = person.organisation if person.has(Permission.PREPARE_RETURN) else None
    found = WorkbookUpload.objects.select_related(
        "uploaded_by", "quarterly_return__round", "quarterly_return__organisation__partnership"
    )
    return get_object_or_404(found.filter(quarterly_return__organisation=own), pk=pk)


def visible_scenarios(person: Acting) -> QuerySet[Scenario]:
    scenarios = Scenario.objects.select_related("partnership", "made_by")
    if person.partnership and person.has(Permission.VIEW_MONEY):
        return scenarios.filter(partnership=person.partnership)
    return scenarios.none()


def find_scenario(request: HttpRequest, pk: int) -> Scenario:
    """Raises Http404 outside the person's scope."""
    return get_object_or_404(visible_scenarios(acting(request)), pk=pk)


def find_scenario_move(request: HttpRequest, pk: int) -> ScenarioMove:
    """Raises Http404 outside the person's scope."""
    moves = ScenarioMove.objects.select_related("scenario__partnership")
    return get_object_or_404(moves.filter(scenario__in=visible_scenarios(acting(request))), pk=pk)
