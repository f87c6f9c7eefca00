"""The nil return: nothing spent and nothing delivered, with the reason."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction

from authorities.models import User
from funding.actions.entries import ActivityEntry, SpendEntry, save_activity, save_spend, saving
from funding.actions.patrols import PatrolEntry, save_patrols
from funding.models import BudgetLine, Hotspot, Intervention, ProfileAmount, QuarterlyReturn
from funding.money import ZERO


@transaction.atomic
def declare_nil(
    *, quarterly_return: QuarterlyReturn, revision: int, explanation: str, by: User, at: datetime
) -> QuarterlyReturn:
    """Every line is £0, also those that were entered before; later quarters keep their profile."""
    lines = list(BudgetLine.objects.of(quarterly_return.organisation, quarterly_return.round.year))
    spend = partial(save_spend, entries=_nothing_spent(quarterly_return, lines))
    if quarterly_return.organisation.is_police:
        spots = Hotspot.objects.patrolled(quarterly_return.organisation, quarterly_return.quarter)
        deliver = partial(save_patrols, entries=[PatrolEntry(spot, Decimal(0), 0, 0, 0, 0) for spot in spots])
    else:
        planned = Intervention.objects.filter(budget_lines__in=lines).distinct()
        deliver = partial(save_activity, entries=[ActivityEntry(one, 0, 0, 0) for one in planned])
    saved = spend(quarterly_return=quarterly_return, revision=revision, by=by, at=at)
    saved = deliver(quarterly_return=saved, revision=saved.revision, by=by, at=at)
    with saving(saved, saved.revision, by, at, progress=explanation, is_nil=True) as saved:
        return saved


def _nothing_spent(quarterly_return: QuarterlyReturn, lines: list[BudgetLine]) -> list[SpendEntry]:
    profile = {
        (amount.budget_line_id, amount.quarter): amount.amount
        for amount in ProfileAmount.objects.filter(budget_line__in=lines)
    }
    later = [remaining.number for remaining in quarterly_return.quarter.remaining]
    return [
        SpendEntry(line, ZERO, ZERO, {number: profile[line.pk, number] for number in later}) for line in lines
    ]
