"""The rows of an answer: from the derived rows alone, as the board is, so nothing that people typed is here.

An organisation's counts of people are hidden as on the board when it shows that organisation alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from authorities.models import OrganisationKind, Partnership
from funding.board.facts import COUNTED, Recipient, Stamp
from funding.board.figures import standing
from funding.models import AllocationFigure, Figure, ReturnFigure
from funding.suppression import Hidden, hide_total

Row = dict[str, Any]
PEOPLE = ("universal_reached", "targeted_reached")
PATROLS = {
    "visits": "patrol_visits",
    "arrests": "arrests",
    "searches": "stop_searches",
    "asb_powers": "asb_powers",
}


@dataclass(frozen=True)
class Board:
    """What the board of a partnership is made of."""

    partnership: Partnership
    recipients: Sequence[Recipient]
    stamp: Stamp
    small: int

    @classmethod
    def of(cls, partnership: Partnership) -> Board:
        recipients, stamp, _, small, _ = standing(partnership)
        return cls(partnership, recipients, stamp, small)


def amount(value: Decimal | None) -> str | None:
    """Pounds, or hours, as text: exact, with two decimals."""
    return None if value is None else f"{value:.2f}"


def figures(board: Board) -> QuerySet[Figure, Row]:
    same = {name: OuterRef(name) for name in ("organisation", "year", "quarter_number")}
    found: QuerySet[Figure, Row] = (
        Figure.objects.filter(organisation__in=[one.pk for one in board.recipients])
        .filter(award__grant__partnership=board.partnership)
        .annotate(basis=Subquery(ReturnFigure.objects.filter(**same).order_by().values("basis")[:1]))
        .order_by(
            *("year", "quarter_number", "organisation__position"),
            *("award", "tier", "cost_heading__position", "cost_heading", "pk"),
        )
        .values(
            *("year", "quarter_number", "organisation_id", "organisation__name", "award_id"),
            *("award__grant__fund__code", "award__grant__fund__name", "tier", "cost_heading__name", "basis"),
            *("plan", "actual", "committed", "forecast_2", "forecast_3", "forecast_4"),
        )
    )
    return found


def figure(found: Row) -> Row:
    spent = found["actual"]
    # A counted return without an amount means that the line was added later: nothing was spent.
    if spent is None and found["basis"] in COUNTED:
        spent = Decimal(0)
    return {
        **_place(found),
        **_fund(found),
        "year": found["year"],
        "quarter": found["quarter_number"],
        "tier": found["tier"],
        "cost_heading": found["cost_heading__name"],
        "basis": found["basis"],
        "plan": amount(found["plan"]),
        "actual": amount(spent),
        "committed": amount(found["committed"]),
        **{f"forecast_q{number}": amount(found[f"forecast_{number}"]) for number in (2, 3, 4)},
    }


def allocations(board: Board) -> QuerySet[AllocationFigure, Row]:
    found: QuerySet[AllocationFigure, Row] = (
        AllocationFigure.objects.filter(organisation__in=[one.pk for one in board.recipients])
        .filter(award__grant__partnership=board.partnership)
        .order_by("award__year", "award", "organisation__position", "pk")
        .values(
            *("award__year", "award_id", "award__amount", "award__basis", "organisation_id"),
            *("organisation__name", "award__grant__fund__code", "award__grant__fund__name", "amount"),
        )
    )
    return found


def allocation(found: Row) -> Row:
    return {
        **_place(found),
        **_fund(found),
        "year": found["award__year"],
        "award_amount": amount(found["award__amount"]),
        "award_basis": found["award__basis"],
        "amount": amount(found["amount"]),
    }


def returns(board: Board) -> QuerySet[ReturnFigure, Row]:
    found: QuerySet[ReturnFigure, Row] = (
        ReturnFigure.objects.filter(organisation__in=[one.pk for one in board.recipients])
        .order_by("year", "quarter_number", "organisation__position", "pk")
        .values(
            *("year", "quarter_number", "organisation_id", "organisation__name", "organisation__kind"),
            *("basis", "is_nil", "due_on", "hours", "sessions"),
            *PEOPLE,
            *PATROLS,
        )
    )
    return found


def returned(found: Row, small: int) -> Row:
    is_police = found["organisation__kind"] == OrganisationKind.POLICE

    def count(name: str, *, of_police: bool = False) -> Any:
        """A nil return says that nothing was delivered, which is zero."""
        if found["basis"] not in COUNTED or is_police != of_police:
            return None
        return 0 if found[name] is None and found["is_nil"] else found[name]

    people: Row = {}
    for name in PEOPLE:
        shown = hide_total([count(name)], small)
        hidden = isinstance(shown, Hidden)
        people |= {name: None if hidden else shown, f"{name}_hidden": str(shown) if hidden else None}
    hours = count("hours", of_police=True)
    return {
        **_place(found),
        **{name: found[name] for name in ("year", "basis", "is_nil", "due_on")},
        "quarter": found["quarter_number"],
        **people,
        "sessions": count("sessions"),
        "patrol_hours": amount(None if hours is None else Decimal(hours)),
        **{shown: count(name, of_police=True) for name, shown in PATROLS.items()},
    }


def _place(found: Row) -> Row:
    return {"organisation_id": found["organisation_id"], "organisation": found["organisation__name"]}


def _fund(found: Row) -> Row:
    return {
        "award_id": found["award_id"],
        "fund_code": found["award__grant__fund__code"],
        "fund": found["award__grant__fund__name"],
    }
