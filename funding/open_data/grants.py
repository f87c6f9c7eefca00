"""What an organisation holds of an award, as a grant in the 360Giving standard. Pure: no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from funding.open_data.standard import AREA_TYPES, Grant
from funding.quarters import london_day, year_label

GIVER_OF_ALL = "Home Office"
# Said of every amount that is not published as it stands, by the basis of its award.
ORIGINS: Mapping[str, str] = {
    "published": "",
    "derived": " The award that this amount is part of was worked out from published figures; "
    "it is not published itself.",
    "illustrative": " The amount is illustrative: the award that it is part of was invented to show the "
    "whole, and is no fact.",
}
DEMONSTRATION = " This is demonstration data and no record of a real grant."


@dataclass(frozen=True)
class Party:
    """A legal body as the data name it. Without an identifier it cannot be published."""

    name: str
    identifier: str = ""
    is_derived: bool = False
    area: str = ""  # the ONS code of the area that it serves


@dataclass(frozen=True)
class Holding:
    """What one organisation holds of one award now, and between which approvals it came about."""

    award: int
    organisation: int
    year: int
    basis: str
    fund_code: str
    fund_name: str
    is_hotspot: bool
    amount: Decimal
    first_approved: datetime
    last_approved: datetime
    recipient: Party


@dataclass(frozen=True)
class Setting:
    """Who publishes, under which 360Giving prefix and where. A demonstration says so in every grant."""

    publisher: Party
    prefix: str
    address: str
    is_demonstration: bool


def grant_of(holding: Holding, setting: Setting) -> Grant:
    """One grant. Its identifier never changes, whatever becomes of the amount.

    The field "For Regrant Type" is for the donor alone, here the Home Office: a grant that is passed on names
    the donor in its programme instead.
    """
    recipient, year = holding.recipient, holding.year
    grant: dict[str, Any] = {
        "id": f"{setting.prefix}-{year}-{holding.award}-{holding.organisation}",
        "title": f"{holding.fund_name}, {year_label(year)}",
        "description": _description(holding, setting),
        "currency": "GBP",
        "amountAwarded": holding.amount,
        "awardDate": london_day(holding.first_approved).isoformat(),
        "plannedDates": [{"startDate": f"{year}-04-01", "endDate": f"{year + 1}-03-31"}],
        "recipientOrganization": [_organisation(recipient)],
        "fundingOrganization": [_organisation(setting.publisher)],
        "grantProgramme": [
            {"code": holding.fund_code, "title": f"{holding.fund_name} ({GIVER_OF_ALL})"},
        ],
        "dateModified": moment(holding.last_approved),
        "dataSource": setting.address,
    }
    if place := _place(recipient):
        grant["beneficiaryLocation"] = [place]
    return grant


def _place(party: Party) -> dict[str, str]:
    """The area that the body serves: never anything smaller. Nothing where its code is not known."""
    kind = AREA_TYPES.get(party.area[:3])
    return {"countryCode": "GB", "geoCode": party.area, "geoCodeType": kind} if kind else {}


def _organisation(party: Party) -> dict[str, Any]:
    place = _place(party)
    return {"id": party.identifier, "name": party.name, **({"location": [place]} if place else {})}


def _description(holding: Holding, setting: Setting) -> str:
    what = "patrols of hotspots" if holding.is_hotspot else "work to reduce serious violence"
    return (
        f"Money for {what} in the financial year {year_label(holding.year)}. The {GIVER_OF_ALL} granted it "
        f"to {setting.publisher.name}, which passes it on to {holding.recipient.name}. The amount is what "
        "is allocated now; it can change with later decisions."
        f"{ORIGINS[holding.basis]}{DEMONSTRATION if setting.is_demonstration else ''}"
    )


def moment(at: datetime) -> str:
    """In UTC, to the second: 2026-11-02T09:30:00Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
