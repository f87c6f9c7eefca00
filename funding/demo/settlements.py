"""The demonstration's funds, grants and awards. See `facts.py` for what the three labels mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from funding.models import AwardStatus, Basis

# Illustrative: how much the OPCC keeps is not published, only that it devolves the majority.
HUB_PERCENT = Decimal(10)

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
            Year(
                2024,
                VRU_AMOUNT,
                Basis.DERIVED,
                "Derived: Essex's amount, in the same tier (decision 031-24).",
            ),
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
            Year(2025, Decimal("1641063.00"), Basis.PUBLISHED, "parallelparliament.co.uk/question/54607"),
            Year(2026, Decimal("1641063.00"), Basis.ILLUSTRATIVE, ILLUSTRATIVE_AS_BEFORE),
        ),
    ),
)
