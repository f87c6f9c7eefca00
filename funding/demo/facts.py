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
from funding.models import AwardStatus, Basis, Tier

START = date(2022, 4, 1)
PARTNERSHIP = "Avon and Somerset Violence Reduction Partnership"
POLICE_FORCE_CODE = "E23000036"
BOARD = "Strategic Violence Reduction Board"
HUB_PERCENT = Decimal(20)


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
        Decimal("0.85"),
        97,
    ),
    Body(
        "bristol",
        OrganisationKind.LOCAL_AUTHORITY,
        "Bristol City Council",
        "Bristol",
        _one("Bristol City Council", "E06000023"),
        472_400,
        Decimal("1.20"),
        89,
    ),
    Body(
        "north-somerset",
        OrganisationKind.LOCAL_AUTHORITY,
        "North Somerset Council",
        "North Somerset",
        _one("North Somerset Council", "E06000024"),
        216_700,
        Decimal("0.90"),
        95,
    ),
    Body(
        "south-gloucestershire",
        OrganisationKind.LOCAL_AUTHORITY,
        "South Gloucestershire Council",
        "South Glos",
        _one("South Gloucestershire Council", "E06000025"),
        290_400,
        Decimal("0.85"),
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
        Decimal("0.90"),
        93,
    ),
    Body("police", OrganisationKind.POLICE, "Avon and Somerset Police", "Police", pace=98),
    Body("board", OrganisationKind.BOARD, BOARD, "Board"),
)

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

# (code, name, first day, last day, paid to the police)
FUNDS = (
    ("vru", "Violence Reduction Unit", date(2019, 4, 1), None, False),
    ("grip", "Grip hotspot policing", date(2021, 4, 1), date(2024, 3, 31), True),
    ("hotspot-response", "Hotspot Response", date(2024, 4, 1), date(2025, 3, 31), True),
    ("hotspot-action", "Hotspot Action", date(2025, 4, 1), None, True),
)


@dataclass(frozen=True)
class Year:
    """One award: pounds for a financial year, and where the figure comes from."""

    year: int
    amount: Decimal
    basis: Basis
    source: str
    status: AwardStatus = AwardStatus.AGREED


@dataclass(frozen=True)
class Settlement:
    """One grant with its awards."""

    fund: str
    name: str
    announced_amount: Decimal | None
    announced_on: date | None
    subject_to: str
    source: str
    years: tuple[Year, ...]


NEWS = "avonandsomerset-pcc.gov.uk, news, April 2022: Violence reduction units to receive over £5 million"
ILLUSTRATIVE_AS_BEFORE = "Illustrative: the amount of the year before."
VRU_AMOUNT = Decimal("1512572.00")
GRIP_LATER = (Decimal("2200000.00") - Decimal("717275.00")) / 2

SETTLEMENTS = (
    Settlement(
        "vru",
        "Violence Reduction Unit, 2022 to 2025",
        Decimal("5080000.00"),
        date(2022, 4, 1),
        "an application each year",
        NEWS,
        (
            Year(
                2022,
                Decimal("2042771.00"),
                Basis.DERIVED,
                "Derived: Hampshire's £1,414,226 times 13/9, the step between the two tiers.",
            ),
            Year(
                2023,
                Decimal("1528667.00"),
                Basis.DERIVED,
                "Derived: Thames Valley's £1,618,667 less an extra of £90,000 that is inferred.",
            ),
            Year(2024, VRU_AMOUNT, Basis.DERIVED, "Derived: Essex's amount, in the same tier (decision 031-24)."),
        ),
    ),
    Settlement(
        "vru",
        "Violence Reduction Unit, 2025 to 2026",
        None,
        date(2025, 4, 1),
        "an application",
        "parallelparliament.co.uk/question/54607; one year, every unit as in 2024/25",
        (Year(2025, VRU_AMOUNT, Basis.DERIVED, "Derived: as in 2024/25, as stated for every unit."),),
    ),
    Settlement(
        "vru",
        "Violence Reduction Unit, from 2026 (illustrative)",
        None,
        None,
        "",
        "Illustrative: no settlement was found.",
        (
            Year(2026, VRU_AMOUNT, Basis.ILLUSTRATIVE, ILLUSTRATIVE_AS_BEFORE),
            Year(2027, VRU_AMOUNT, Basis.ILLUSTRATIVE, ILLUSTRATIVE_AS_BEFORE, AwardStatus.OFFERED),
        ),
    ),
    Settlement(
        "grip",
        "Grip hotspot policing, 2022 to 2025",
        Decimal("2200000.00"),
        date(2022, 4, 1),
        "",
        "avonandsomerset-pcc.gov.uk, news, July 2022: part of a £2.2 million investment",
        (
            Year(2022, Decimal("717275.00"), Basis.PUBLISHED, NEWS),
            Year(
                2023,
                GRIP_LATER,
                Basis.ILLUSTRATIVE,
                "Illustrative: half of what £2.2m leaves after 2022/23. The amount was not found.",
            ),
        ),
    ),
    Settlement(
        "hotspot-response",
        "Hotspot Response, 2024 to 2025",
        None,
        None,
        "",
        "The fund replaced Grip in 2024/25. The amount for Avon and Somerset was not found.",
        (
            Year(
                2024,
                Decimal("1400000.00"),
                Basis.ILLUSTRATIVE,
                "Illustrative: comparable forces report about £1.4m.",
            ),
        ),
    ),
    Settlement(
        "hotspot-action",
        "Hotspot Action, from 2025",
        None,
        date(2025, 4, 1),
        "",
        "parallelparliament.co.uk/question/54607",
        (
            Year(
                2025, Decimal("1641063.00"), Basis.PUBLISHED, "parallelparliament.co.uk/question/54607"
            ),
            Year(2026, Decimal("1641063.00"), Basis.ILLUSTRATIVE, ILLUSTRATIVE_AS_BEFORE),
        ),
    ),
)

# (name, counts as labour). The Home Office's own headings are not public.
COST_HEADINGS = (
    ("Staffing", True),
    ("Interventions", False),
    ("Evaluation", False),
    ("Needs assessment and data", False),
    ("Data sharing", False),
    ("Training", False),
    ("Community and youth engagement", False),
    ("Communications", False),
    ("Running costs", False),
    ("Equipment", False),
)
THEMES = (
    "Co-ordination",
    "Education",
    "Mentoring",
    "Family support",
    "Community",
    "Navigators",
    "Data and evaluation",
    "Hotspot patrols",
)


@dataclass(frozen=True)
class Offer:
    """One intervention: its lines are (heading, weight); weights share the whole allocation. Illustrative.

    `universal` and `targeted` are young people in an average quarter of a middling authority.
    """

    name: str
    tier: Tier
    theme: str
    lines: tuple[tuple[str, int], ...]
    universal: int = 0
    targeted: int = 0


COUNCIL_OFFERS = (
    Offer("Co-ordination of the unit", Tier.SECONDARY, "Co-ordination", (("Staffing", 22), ("Running costs", 3))),
    Offer(
        "Knife crime sessions in schools", Tier.PRIMARY, "Education", (("Interventions", 10), ("Training", 4)), 520
    ),
    Offer(
        "Sports and youth grants", Tier.PRIMARY, "Community", (("Community and youth engagement", 9),), 210
    ),
    Offer("Mentoring", Tier.SECONDARY, "Mentoring", (("Interventions", 18),), 0, 34),
    Offer("Exclusion support", Tier.SECONDARY, "Education", (("Interventions", 12),), 0, 22),
    Offer("Teachable moments", Tier.TERTIARY, "Navigators", (("Staffing", 8), ("Interventions", 10)), 0, 11),
    Offer("Local evaluation", Tier.SECONDARY, "Data and evaluation", (("Evaluation", 4),)),
)
HUB_OFFERS = (
    Offer("Partnership hub", Tier.SECONDARY, "Co-ordination", (("Staffing", 55), ("Communications", 5))),
    Offer(
        "Needs assessment and data sharing",
        Tier.SECONDARY,
        "Data and evaluation",
        (("Needs assessment and data", 14), ("Data sharing", 10)),
    ),
    Offer("Evaluation of the programme", Tier.SECONDARY, "Data and evaluation", (("Evaluation", 16),)),
)
POLICE_OFFERS = (
    Offer("Hotspot patrols", Tier.TERTIARY, "Hotspot patrols", (("Staffing", 82), ("Equipment", 4))),
    Offer(
        "Problem solving and analysis",
        Tier.TERTIARY,
        "Hotspot patrols",
        (("Staffing", 10), ("Needs assessment and data", 4)),
    ),
)
# Illustrative: how a budget falls on the four quarters, per cent.
PROFILE = (21, 24, 26, 29)

# How many hotspots lie within each authority. Somerset's 11 is published (OPCC, July 2023), and so is the
# total of 34 for violence in 2024; the other numbers are illustrative. Areas are re-drawn each July.
HOTSPOTS = {"bnes": 3, "bristol": 12, "north-somerset": 4, "south-gloucestershire": 4, "somerset": 11}
DRAWINGS = ((START, date(2024, 6, 30)), (date(2024, 7, 1), date(2025, 6, 30)), (date(2025, 7, 1), None))
