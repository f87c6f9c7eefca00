"""What the demonstration's organisations buy, of the kinds that partnerships report. Illustrative."""

from __future__ import annotations

from dataclasses import dataclass

from funding.models import Tier

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
    Offer(
        "Co-ordination of the unit", Tier.SECONDARY, "Co-ordination", (("Staffing", 22), ("Running costs", 3))
    ),
    Offer(
        "Knife crime sessions in schools",
        Tier.PRIMARY,
        "Education",
        (("Interventions", 10), ("Training", 4)),
        520,
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
