"""Facts of a small board, made by hand: no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from funding.board.facts import (
    AwardFact,
    Comparison,
    Facts,
    FundFact,
    FundShares,
    Recipient,
    Returned,
    Share,
    Spend,
    Stamp,
)

NORTH = Recipient(1, "North Council", "North")
POLICE = Recipient(2, "Test Police", "Police", is_police=True)
VRU = FundFact(1, "vru", "VRU")
HOTSPOT = FundFact(2, "hotspot", "Hotspot", is_hotspot=True)
VRU_AWARD = AwardFact(10, VRU, 2026, Decimal("1000.00"))
HOTSPOT_AWARD = AwardFact(20, HOTSPOT, 2026, Decimal("400.00"), "Illustrative")


def pounds(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def spend(
    quarter: int,
    plan: str,
    actual: str | None = None,
    recipient: int = 1,
    award: int = 10,
    *,
    targeted: str | None = None,
    **forecasts: str | None,
) -> Spend:
    """`spend(1, "100", "90", q2="80")`: planned 100, spent 90, and 80 expected of quarter 2."""
    made = {int(name[1:]): pounds(amount) for name, amount in forecasts.items()}
    of_targeted = pounds(targeted) or (None if actual is None else Decimal("0.00"))
    return Spend(recipient, award, quarter, Decimal(plan), pounds(actual), made, of_targeted)


def of_vru(*shares: Share) -> tuple[FundShares, ...]:
    return (FundShares(VRU, shares),)


def returned(quarter: int, basis: str, recipient: int = 1, **more: Any) -> Returned:
    return Returned(recipient, quarter, basis, **{"due_on": date(2026, 10, 31), **more})


def small(**changes: Any) -> Facts:
    """North has returned quarter 1 (accepted) and 2 (provisional); the police only quarter 1."""
    facts = Facts(
        partnership="Test Partnership",
        year=2026,
        today=date(2026, 11, 2),
        recipients=(NORTH, POLICE),
        awards=(VRU_AWARD, HOTSPOT_AWARD),
        allocations={(1, 10): Decimal("1000.00"), (2, 20): Decimal("400.00")},
        spends=(
            spend(1, "250.00", "240.00", targeted="120.00", q2="260.00", q3="250.00", q4="250.00"),
            spend(2, "250.00", "200.00", targeted="125.50", q3="250.00", q4="200.00"),
            spend(3, "250.00"),
            spend(4, "250.00"),
            *(spend(quarter, "100.00", recipient=2, award=20) for quarter in (2, 3, 4)),
            spend(1, "100.00", "100.00", recipient=2, award=20, q2="110.00", q3="100.00", q4="90.00"),
        ),
        tiers=of_vru(Share("Primary: universal", Decimal("50.00"), Decimal("30.00"), Decimal("10.00"))),
        headings=of_vru(Share("Staffing", Decimal("50.00"), Decimal("30.00"), Decimal("10.00"))),
        returns=(
            returned(1, "accepted", universal=300, targeted=12, sessions=20),
            returned(2, "provisional", universal=200, targeted=10, sessions=10),
            returned(1, "accepted", 2, hours=Decimal("50.00"), visits=9, arrests=1, searches=0, asb_powers=2),
            returned(2, "missing", 2),
        ),
        opened=frozenset({1, 2}),
        comparisons=(
            Comparison(
                "London", "VRU", "2023/24", Decimal("9000.00"), False, "https://example.org/a [table 1]"
            ),
            Comparison(
                "This partnership", "VRU", "2023/24", Decimal("1500.00"), False, "Award", "Derived", True
            ),
            Comparison("Kent", "VRU", "2023/24", Decimal("1000.00"), True, "javascript:alert(1)"),
        ),
        stamp=Stamp(31, datetime(2026, 11, 2, 9, 30, tzinfo=UTC), 0),
    )
    facts = replace(facts, **changes)
    of_hotspots = {HOTSPOT_AWARD.pk}
    supporting = tuple(one for one in facts.spends if one.award not in of_hotspots)
    return replace(facts, **{"supporting": supporting, **changes})
