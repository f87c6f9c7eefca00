"""What the demonstration is made of. Each amount says where it comes from.

Published: found in a public source. Derived: worked out from published figures, as stated. Illustrative:
invented so that the demonstration is whole; not a fact about Avon and Somerset.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from authorities.models import OrganisationKind
from authorities.roles import Role

START = date(2022, 4, 1)
PARTNERSHIP = "Avon and Somerset Violence Reduction Partnership"
POLICE_FORCE_CODE = "E23000036"
BOARD = "Strategic Violence Reduction Board"


@dataclass(frozen=True)
class Body:
    """An organisation, its dated legal bodies and, for an authority, what the formula knows of it."""

    code: str
    kind: OrganisationKind
    name: str
    short_name: str
    legal: tuple[tuple[str, str, date, date | None], ...] = ()
    population: int = 0
    violence_index: Decimal = Decimal(0)
    # Illustrative: the part of its profile that the organisation tends to spend, per cent.
    pace: int = 100


def _one(name: str, code: str) -> tuple[tuple[str, str, date, date | None], ...]:
    return ((name, code, START, None),)


# Chosen so that Bath and North East Somerset gets near a tenth, as its scrutiny panel was told for 2020/21.
CENSUS = "Population: Census 2021. Level of violence: illustrative index, 1.00 is average."
BODIES = (
    Body("opcc", OrganisationKind.OPCC, "Avon and Somerset OPCC", "OPCC hub", pace=96),
    Body(
        "bnes",
        OrganisationKind.LOCAL_AUTHORITY,
        "Bath and North East Somerset Council",
        "B&NES",
        _one("Bath and North East Somerset Council", "E06000022"),
        193_400,
        Decimal("0.93"),
        97,
    ),
    Body(
        "bristol",
        OrganisationKind.LOCAL_AUTHORITY,
        "Bristol City Council",
        "Bristol",
        _one("Bristol City Council", "E06000023"),
        472_400,
        Decimal("1.12"),
        89,
    ),
    Body(
        "north-somerset",
        OrganisationKind.LOCAL_AUTHORITY,
        "North Somerset Council",
        "North Somerset",
        _one("North Somerset Council", "E06000024"),
        216_700,
        Decimal("0.92"),
        95,
    ),
    Body(
        "south-gloucestershire",
        OrganisationKind.LOCAL_AUTHORITY,
        "South Gloucestershire Council",
        "South Glos",
        _one("South Gloucestershire Council", "E06000025"),
        290_400,
        Decimal("0.90"),
        100,
    ),
    Body(
        "somerset",
        OrganisationKind.LOCAL_AUTHORITY,
        "Somerset",
        "Somerset",
        (
            ("Somerset County Council", "E10000027", START, date(2023, 3, 31)),
            ("Somerset Council", "E06000066", date(2023, 4, 1), None),
        ),
        571_600,
        Decimal("0.97"),
        93,
    ),
    Body("police", OrganisationKind.POLICE, "Avon and Somerset Police", "Police", pace=98),
    Body("board", OrganisationKind.BOARD, BOARD, "Board"),
)

# Illustrative: a publisher asks 360Giving for its own prefix.
PUBLISHER_PREFIX = "360G-Demonstration"
# Published: the codes of councils in the register of local authorities in England, GB-LAE at org-id.guide, as
# mySociety's list of local authorities has them (data/lookup_gss_to_registry.csv, July 2025). For the police
# and the OPCC no such number was found.
ORG_IDS = {
    "E06000022": "GB-LAE-BAS",
    "E06000023": "GB-LAE-BST",
    "E06000024": "GB-LAE-NSM",
    "E06000025": "GB-LAE-SGC",
    "E10000027": "GB-LAE-SOM",
    "E06000066": "GB-LAE-SMT",
}

# (body, role, name); the address is made from the name.
PEOPLE = (
    ("opcc", Role.OFFICER, "OPCC grants officer"),
    ("opcc", Role.APPROVER, "OPCC approver"),
    ("opcc", Role.LEAD, "OPCC hub lead"),
    ("opcc", Role.CERTIFIER, "OPCC certifier"),
    ("opcc", Role.AUDITOR, "Auditor"),
    ("opcc", Role.ADMINISTRATOR, "Administrator"),
    ("bnes", Role.LEAD, "Bath and North East Somerset lead"),
    ("bnes", Role.CERTIFIER, "Bath and North East Somerset certifier"),
    ("bristol", Role.LEAD, "Bristol lead"),
    ("bristol", Role.CERTIFIER, "Bristol certifier"),
    ("north-somerset", Role.LEAD, "North Somerset lead"),
    ("north-somerset", Role.CERTIFIER, "North Somerset certifier"),
    ("south-gloucestershire", Role.LEAD, "South Gloucestershire lead"),
    ("south-gloucestershire", Role.CERTIFIER, "South Gloucestershire certifier"),
    ("somerset", Role.LEAD, "Somerset lead"),
    ("somerset", Role.CERTIFIER, "Somerset certifier"),
    ("police", Role.POLICE_LEAD, "Police lead"),
    ("police", Role.CERTIFIER, "Police certifier"),
    ("board", Role.BOARD_MEMBER, "Board member"),
)

# How many hotspots lie within each authority. Somerset's 11 is published (OPCC, July 2023), and so is the
# total of 34 for violence in 2024; the other numbers are illustrative. Areas are re-drawn each July.
HOTSPOTS = {"bnes": 3, "bristol": 12, "north-somerset": 4, "south-gloucestershire": 4, "somerset": 11}
DRAWINGS = ((START, date(2024, 6, 30)), (date(2024, 7, 1), date(2025, 6, 30)), (date(2025, 7, 1), None))
