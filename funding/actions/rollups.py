"""Roll-ups: the board's figures, recomputed from the source tables one organisation's quarter at a time.

A change writes its mark in its own transaction. Whoever hears of it first, the job that the page asked for
or the sweep, rebuilds that quarter and deletes the marks that it saw. Running twice changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.db.models import Min, Model

from authorities.models import Organisation, Partnership
from funding.actions import figure_sql
from funding.models import (
    AllocationFigure,
    Award,
    Figure,
    ReturnFigure,
    RollUpMark,
    RollUpRun,
    RunKind,
)
from funding.quarters import Quarter

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def mark(*, organisation: Organisation, quarter: Quarter, at: datetime) -> None:
    """Notes that the quarter needs rolling up. Call it inside the transaction of the change."""
    RollUpMark.objects.create(
        organisation=organisation, year=quarter.year, quarter_number=quarter.number, marked_at=at
    )


def mark_year(*, organisation: Organisation, year: int, at: datetime) -> None:
    """For a change of an allocation or a plan, which touches all four quarters."""
    for number in range(1, 5):
        mark(organisation=organisation, quarter=Quarter(year, number), at=at)


def mark_award(*, award: Award, at: datetime) -> None:
    """For a change of an award: everybody who holds some of it."""
    for organisation in Organisation.objects.filter(decision_lines__award=award).distinct():
        mark_year(organisation=organisation, year=award.year, at=at)


def roll_up(*, clock: Clock) -> int:
    """Serves every quarter that is marked, oldest mark first; returns how many were rebuilt.

    Without an age limit, so it finds whatever a lost message left, however old. A quarter that cannot be
    rebuilt keeps its mark and does not stop the others; its run is left started and not done.
    """
    served = 0
    for organisation, quarter in _marked():
        try:
            rebuild(organisation=organisation, quarter=quarter, clock=clock)
            served += 1
        except DatabaseError:
            logger.exception("%s of %s could not be rolled up.", quarter, organisation)
    return served


def _marked() -> list[tuple[Organisation, Quarter]]:
    rows = (
        RollUpMark.objects.order_by()
        .values_list("organisation", "year", "quarter_number")
        .annotate(oldest=Min("pk"))
        .order_by("oldest")
    )
    organisations = Organisation.objects.select_related("partnership").in_bulk()
    return [(organisations[pk], Quarter(year, number)) for pk, year, number, _ in rows]


def rebuild(*, organisation: Organisation, quarter: Quarter, clock: Clock) -> RollUpRun:
    """Recomputes one organisation's quarter. Costs what the quarter is large, not what history is large.

    The run is noted as started on its own, and as done together with its figures: a run that has started and
    is not done died, and its marks are still there.
    """
    run = RollUpRun.objects.create(
        partnership=organisation.partnership,
        kind=RunKind.REBUILD,
        organisation=organisation,
        year=quarter.year,
        quarter_number=quarter.number,
        started_at=clock(),
    )
    with transaction.atomic():
        # One at a time for a quarter: a slow run can never overwrite what a later one wrote.
        _lock(organisation, quarter.year, quarter.number)
        marks = RollUpMark.objects.filter(
            organisation=organisation, year=quarter.year, quarter_number=quarter.number
        )
        # Seen before the sources are read: a mark that arrives later stays, and so does its change's turn.
        seen = list(marks.values_list("pk", flat=True))
        compute(organisation, quarter, run)
        marks.filter(pk__in=seen).delete()
        run.done_at = clock()
        run.save(update_fields=("done_at",))
    return run


def _lock(organisation: Organisation, year: int, number: int) -> None:
    """Held to the end of the transaction. Number 0 stands for the year's allocations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (organisation.pk, year * 10 + number))


def compute(organisation: Organisation, quarter: Quarter, run: RollUpRun) -> None:
    """Replaces the derived rows of the quarter, and the year's allocations, by what the sources say now."""
    parameters = {
        "organisation": organisation.pk,
        "year": quarter.year,
        "quarter": quarter.number,
        "run": run.pk,
    }
    of_quarter = {"organisation": organisation, "year": quarter.year, "quarter_number": quarter.number}
    _lock(organisation, quarter.year, 0)
    Figure.objects.filter(**of_quarter).delete()
    ReturnFigure.objects.filter(**of_quarter).delete()
    AllocationFigure.objects.filter(organisation=organisation, award__year=quarter.year).delete()
    with connection.cursor() as cursor:
        for statement in figure_sql.STATEMENTS:
            cursor.execute(statement, parameters)


def recompute(*, partnership: Partnership, clock: Clock) -> RollUpRun:
    """Recomputes everything, compares it with what stood, and notes each difference in the run.

    A difference means that a figure was altered by hand or that a mark was lost; the recompute repairs it.
    A quarter that is marked is known to be behind, so what is found there is no difference.
    """
    run = RollUpRun.objects.create(partnership=partnership, kind=RunKind.RECOMPUTE, started_at=clock())
    for organisation, quarter in _subjects(partnership):
        try:
            if _differs(organisation, quarter, run):
                run.differences.append(f"{organisation.name}, {quarter.label}")
        except DatabaseError:
            logger.exception("%s of %s could not be recomputed.", quarter, organisation)
            run.differences.append(f"{organisation.name}, {quarter.label}: could not be recomputed")
    run.done_at = clock()
    run.save(update_fields=("done_at", "differences"))
    return run


@transaction.atomic
def _differs(organisation: Organisation, quarter: Quarter, run: RollUpRun) -> bool:
    """Recomputes the quarter; whether that changed anything that no mark explains."""
    _lock(organisation, quarter.year, quarter.number)
    before = _standing(organisation, quarter)
    compute(organisation, quarter, run)
    # Asked last: a change that came meanwhile has left its mark, and is no difference. A change of the
    # year's allocations marks all its quarters, so any mark of the year will do.
    marks = RollUpMark.objects.filter(organisation=organisation, year=quarter.year)
    return _standing(organisation, quarter) != before and not marks.exists()


def _subjects(partnership: Partnership) -> list[tuple[Organisation, Quarter]]:
    """Every quarter of every year that the partnership has an award for, for each organisation."""
    years = sorted(set(Award.objects.of(partnership).values_list("year", flat=True)))
    organisations = Organisation.objects.of(partnership).making_returns()
    return [
        (organisation, Quarter(year, number))
        for organisation in organisations
        for year in years
        for number in range(1, 5)
    ]


def _standing(organisation: Organisation, quarter: Quarter) -> list[list[tuple[object, ...]]]:
    """The derived rows as they stand, without the marks of the run that made them."""
    figures = Figure.objects.filter(
        organisation=organisation, year=quarter.year, quarter_number=quarter.number
    )
    returns = ReturnFigure.objects.filter(
        organisation=organisation, year=quarter.year, quarter_number=quarter.number
    )
    allocations = AllocationFigure.objects.filter(organisation=organisation, award__year=quarter.year)
    return [
        sorted(rows.values_list(*_facts(rows.model)), key=str) for rows in (figures, returns, allocations)
    ]


def _facts(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", "run_id")]
