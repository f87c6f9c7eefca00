"""Reads the draft of a partnership's open data: its allocations now, as grants, and what is in their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Max, Min, Sum
from django.urls import reverse

from authorities.dated import holds
from authorities.models import AccountableBody, Organisation, OrganisationKind, Partnership
from funding.models import DecisionLine
from funding.money import ZERO
from funding.open_data import files, standard
from funding.open_data.grants import Holding, Party, Setting, grant_of
from funding.open_data.standard import Grant
from funding.quarters import london_day

Bodies = Mapping[int, Sequence[AccountableBody]]


@dataclass(frozen=True)
class Draft:
    """What would be published now. With a problem nothing is: each is a sentence that says what to do."""

    setting: Setting
    holdings: Sequence[Holding]
    grants: Sequence[Grant]
    kept: Decimal  # what the OPCC keeps of the same awards: no grant to itself
    problems: Sequence[str]

    @property
    def digest(self) -> str:
        """Of the grants alone: the same until one of them changes."""
        return files.digest_of(files.written([self.setting.publisher.name, self.grants]))

    @property
    def total(self) -> Decimal:
        return sum((holding.amount for holding in self.holdings), ZERO)

    @property
    def derived(self) -> list[Party]:
        """Who goes by an identifier of the publisher's own, the publisher too."""
        parties = [self.setting.publisher, *(holding.recipient for holding in self.holdings)]
        return [party for party in dict.fromkeys(parties) if party.is_derived]

    def files(self, *, first_at: datetime, at: datetime) -> tuple[str, str]:
        """The JSON and the CSV, as published at that moment."""
        return (
            files.json_text(self.grants, self.setting, first_at=first_at, at=at),
            files.csv_text(self.grants),
        )


def draft(partnership: Partnership, today: date) -> Draft:
    """Three queries: organisations, their legal bodies, and approved lines."""
    organisations = {
        one.pk: one for one in Organisation.objects.of(partnership).select_related("partnership")
    }
    bodies: dict[int, list[AccountableBody]] = {}
    for body in AccountableBody.objects.filter(organisation__partnership=partnership):
        bodies.setdefault(body.organisation_id, []).append(body)
    office = next((one for one in organisations.values() if one.kind == OrganisationKind.OPCC), None)
    prefix = office.publisher_prefix if office else ""
    setting = Setting(
        publisher=_party(office, bodies, today, prefix) if office else Party(""),
        prefix=prefix,
        address=address_of(partnership),
        is_demonstration=settings.DEMO_MODE,
    )
    rows = list(_rows(partnership))
    holdings = [_holding(row, organisations, bodies, prefix) for row in rows if not _is_own(row, office)]
    grants = [grant_of(holding, setting) for holding in holdings]
    kept = sum((row["amount"] for row in rows if _is_own(row, office)), ZERO)
    problems = _problems(partnership, setting, office, holdings) or standard.faults(grants, today=today)
    return Draft(setting, holdings, grants, kept, problems)


def address_of(partnership: Partnership) -> str:
    """The public page, in full."""
    return settings.SITE_URL + reverse("open_data_public", args=[partnership.police_force_code])


def _rows(partnership: Partnership) -> Any:
    """What each organisation holds of each award by approved decisions, as the board counts it."""
    lines = DecisionLine.objects.approved().filter(award__grant__partnership=partnership)
    fund = [f"award__grant__fund__{name}" for name in ("code", "name", "paid_to_police")]
    held = (
        lines.order_by()
        .values("award", "organisation", "award__year", "award__basis", *fund)
        .annotate(
            amount=Sum("amount"),
            first_approved=Min("decision__decided_at"),
            last_approved=Max("decision__decided_at"),
        )
    )
    return held.filter(amount__gt=0).order_by("award__year", "award", "organisation__position")


def _is_own(row: Mapping[str, Any], office: Organisation | None) -> bool:
    return office is not None and row["organisation"] == office.pk


def _holding(
    row: Mapping[str, Any], organisations: Mapping[int, Organisation], bodies: Bodies, prefix: str
) -> Holding:
    awarded = london_day(row["first_approved"])
    return Holding(
        award=row["award"],
        organisation=row["organisation"],
        year=row["award__year"],
        basis=row["award__basis"],
        fund_code=row["award__grant__fund__code"],
        fund_name=row["award__grant__fund__name"],
        is_hotspot=row["award__grant__fund__paid_to_police"],
        amount=row["amount"],
        first_approved=row["first_approved"],
        last_approved=row["last_approved"],
        recipient=_party(organisations[row["organisation"]], bodies, awarded, prefix),
    )


def _party(organisation: Organisation, bodies: Bodies, on: date, prefix: str) -> Party:
    """The legal body of that day. Councils have a number in an official list; who has none, as police and
    commissioners, gets an identifier from the publisher's prefix, as the standard allows."""
    legal = next((one for one in bodies.get(organisation.pk, ()) if holds(one, on)), None)
    name, identifier = (legal.name, legal.org_id) if legal else (organisation.name, "")
    area = legal.gss_code if legal else ""
    if organisation.is_police:
        area = area or organisation.partnership.police_force_code
    if identifier or organisation.is_local_authority or not prefix:
        return Party(name, identifier, area=area)
    return Party(name, f"{prefix}-organisation-{organisation.pk}", is_derived=True, area=area)


def _problems(
    partnership: Partnership, setting: Setting, office: Organisation | None, holdings: Sequence[Holding]
) -> list[str]:
    """What has to be recorded first, and where."""
    if partnership.is_training:
        return ["This is a training copy. Nothing of it is ever published."]
    if office is None:
        return ["Your partnership has no office of the Police and Crime Commissioner to publish for it."]
    if not holdings:
        return ["No organisation holds an allocation yet, so there is nothing to publish."]
    if not setting.prefix:
        return [
            f"{office.name} has no 360Giving prefix. Ask 360Giving for one; an administrator then enters "
            "it where organisations are changed."
        ]
    nameless = {
        (holding.recipient.name, london_day(holding.first_approved))
        for holding in holdings
        if not holding.recipient.identifier
    }
    return [
        f"{name} has no organisation identifier for {day.day} {day:%B %Y}. An administrator enters it at the "
        "accountable body of that day, like GB-LAE-BAS."
        for name, day in sorted(nameless)
    ]
