"""Opening a quarter for returns."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from authorities.models import Organisation, Partnership, User
from authorities.roles import Permission
from funding.actions import announcements, rollups
from funding.actions.errors import UnableTo, check_may, refusals
from funding.models import DecisionLine, QuarterlyReturn, ReturnRound
from funding.quarters import Quarter, london_day


class UnableToOpenRound(UnableTo):
    """The quarter cannot be opened for returns."""


@transaction.atomic
def open_round(
    *, partnership: Partnership, quarter: Quarter, due_on: date, by: User, at: datetime
) -> ReturnRound:
    """Opens the quarter, with one return for each organisation that holds an allocation in its year.

    Raises UnableToOpenRound before the quarter has ended, for a due day in the past of its end, for a
    second opening, and where nobody holds an allocation.
    """
    check_may(Permission.OPEN_ROUND, by=by, at=at, partnership=partnership)
    if london_day(at) <= quarter.ends_on:
        raise UnableToOpenRound(f"{quarter} has not ended yet, so nothing can be returned for it.")
    if due_on <= quarter.ends_on:
        raise UnableToOpenRound("The due date must be after the end of the quarter.")
    organisations = holders(partnership, quarter.year)
    if not organisations:
        raise UnableToOpenRound("No organisation holds an allocation in this year, so nobody would return.")
    with refusals(UnableToOpenRound), transaction.atomic():
        opened = ReturnRound.objects.create(
            partnership=partnership,
            year=quarter.year,
            quarter_number=quarter.number,
            due_on=due_on,
            opened_by=by,
            opened_at=at,
        )
    QuarterlyReturn.objects.bulk_create(
        QuarterlyReturn(round=opened, organisation=organisation) for organisation in organisations
    )
    for organisation in organisations:
        rollups.mark(organisation=organisation, quarter=quarter, at=at)
    announcements.opened(opened, by=by, at=at)
    return opened


def holders(partnership: Partnership, year: int) -> list[Organisation]:
    """Who is asked for a return: everybody who holds an allocation of the year."""
    lines = DecisionLine.objects.filter(award__grant__partnership=partnership, award__year=year)
    holding = {key[1] for key, amount in lines.approved().allocations().items() if amount > 0}
    making = Organisation.objects.of(partnership).making_returns()
    return list(making.filter(pk__in=holding).order_by("position"))
