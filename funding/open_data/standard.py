"""What the 360Giving data standard asks for, and whether grants keep to it. Pure: no database, no clock.

The published schema accepts more than this: here stands what is true of every grant of a partnership.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from funding.money import PENNY

Grant = Mapping[str, Any]
# A part of a grant: names of the schema, and the place in a list.
Path = tuple[str | int, ...]

VERSION = "1.4"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
LICENCE_NAME = "Open Government Licence v3.0"
LONGEST_TITLE = 140

PLACE = (
    ("Country Code", "countryCode"),
    ("Geographic Code", "geoCode"),
    ("Geographic Code Type", "geoCodeType"),
)
# The columns of the spreadsheet, by the titles that the standard gives them.
COLUMNS: tuple[tuple[str, Path], ...] = (
    ("Identifier", ("id",)),
    ("Title", ("title",)),
    ("Description", ("description",)),
    ("Currency", ("currency",)),
    ("Amount Awarded", ("amountAwarded",)),
    ("Award Date", ("awardDate",)),
    ("Planned Dates:Start Date", ("plannedDates", 0, "startDate")),
    ("Planned Dates:End Date", ("plannedDates", 0, "endDate")),
    ("Recipient Org:Identifier", ("recipientOrganization", 0, "id")),
    ("Recipient Org:Name", ("recipientOrganization", 0, "name")),
    *(
        (f"Recipient Org:Location:{title}", ("recipientOrganization", 0, "location", 0, name))
        for title, name in PLACE
    ),
    *((f"Beneficiary Location:{title}", ("beneficiaryLocation", 0, name)) for title, name in PLACE),
    ("Funding Org:Identifier", ("fundingOrganization", 0, "id")),
    ("Funding Org:Name", ("fundingOrganization", 0, "name")),
    ("Grant Programme:Code", ("grantProgramme", 0, "code")),
    ("Grant Programme:Title", ("grantProgramme", 0, "title")),
    ("Last Modified", ("dateModified",)),
    ("Data Source", ("dataSource",)),
)
REQUIRED = (
    *("Identifier", "Title", "Description", "Currency", "Amount Awarded", "Award Date"),
    *("Recipient Org:Identifier", "Recipient Org:Name", "Funding Org:Identifier", "Funding Org:Name"),
)
PATHS = dict(COLUMNS)
DATES = ("Award Date", "Planned Dates:Start Date", "Planned Dates:End Date")

# Lists of org-id.guide that organisations of a partnership can be in; 360G is an identifier of one's own.
LISTS = (
    *("GB-LAE", "GB-LAS", "GB-PLA", "GB-LANI", "GB-GOR", "GB-GOV", "GB-NHS", "GB-EDU", "GB-UKPRN"),
    *("GB-CHC", "GB-SC", "GB-NIC", "GB-COH", "GB-MPR", "GB-REV", "XI-LEI", "XI-ROR", "XI-WIKIDATA", "360G"),
)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(rf"{DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z")
IDENTIFIER = re.compile(r"360G-[A-Za-z0-9_]+(-[A-Za-z0-9_]+)+")

# The ONS codes of areas by their first three signs, as the standard's codelist of area types names them.
AREA_TYPES: Mapping[str, str] = {
    "E06": "UA", "E07": "NMD", "E08": "MD", "E09": "LONB", "E10": "CTY", "E23": "PFA",
    "W06": "UA", "W15": "PFA",
}  # fmt: skip


def part(grant: Grant, path: Path) -> Any:
    """The value at that place; None where the grant has no such part."""
    found: Any = grant
    for step in path:
        is_there = len(found) > step if isinstance(step, int) else step in found
        found = found[step] if is_there else None
        if found is None:
            return None
    return found


def faults(grants: Sequence[Grant], *, today: date) -> list[str]:
    """Every breach of the standard, one sentence each. None: the grants can be published."""
    found = [fault for grant in grants for fault in _of_one(grant, today)]
    times = Counter(grant.get("id") for grant in grants)
    return found + [f"{one}: two grants have this identifier." for one, count in times.items() if count > 1]


def _of_one(grant: Grant, today: date) -> Iterator[str]:
    name = grant.get("id") or "A grant"
    for title in REQUIRED:
        value = part(grant, PATHS[title])
        if title != "Amount Awarded" and not (isinstance(value, str) and value.strip()):
            yield f"{name}: {title} is missing."
    for is_right, sentence in _rules(grant):
        if not is_right:
            yield f"{name}: {sentence}"
    yield from _of_dates(grant, name, today)


def _rules(grant: Grant) -> Iterator[tuple[bool, str]]:
    is_identifier = bool(IDENTIFIER.fullmatch(str(grant.get("id"))))
    yield is_identifier, "the identifier does not begin with a publisher's prefix, like 360G-Example."
    is_short = len(str(grant.get("title"))) < LONGEST_TITLE
    yield is_short, f"the title is not under {LONGEST_TITLE} characters long."
    yield grant.get("currency") == "GBP", "the currency is not GBP."
    is_money = _is_money(grant.get("amountAwarded"))
    yield is_money, "the amount is no sum of money above £0, exact to the penny."
    for title in ("Recipient Org:Identifier", "Funding Org:Identifier"):
        is_listed = str(part(grant, PATHS[title])).startswith(tuple(f"{one}-" for one in LISTS))
        yield is_listed, f"{title} is from no list of org-id.guide that the portal knows."


def _is_money(amount: Any) -> bool:
    return isinstance(amount, Decimal) and amount > 0 and amount == amount.quantize(PENNY)


def _of_dates(grant: Grant, name: str, today: date) -> Iterator[str]:
    days = {title: _day(part(grant, PATHS[title])) for title in DATES}
    for title, day in days.items():
        if day is None:
            yield f"{name}: {title} is no day like 2026-04-01."
    awarded, starts, ends = days.values()
    if awarded and awarded > today:
        yield f"{name}: the award date is in the future."
    if starts and ends and ends < starts:
        yield f"{name}: the planned dates end before they start."
    if not MOMENT.fullmatch(str(grant.get("dateModified"))):
        yield f"{name}: Last Modified is no full date with its time."


def _day(text: Any) -> date | None:
    if not DAY.fullmatch(str(text)):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
