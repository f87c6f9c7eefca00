"""Reads the derived rows of a partnership into facts: five queries, however many rows there are.

Nothing here reads what people typed. A draft, a hotspot's name or a person cannot reach the board, because
the derived rows do not hold them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, JSONField, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from authorities.models import Organisation, OrganisationKind, Partnership
from funding.board import figure_sql
from funding.board.facts import (
    AwardFact,
    Facts,
    FundFact,
    Patrolled,
    Recipient,
    Returned,
    Share,
    Spend,
    Stamp,
)
from funding.board.filters import Filters
from funding.board.published import comparisons
from funding.board.record import PartShare, Record, chosen, narrowed, offered
from funding.models import (
    Award,
    Basis,
    QuarterlyReturn,
    ReturnFigure,
    ReturnRules,
    RollUpMark,
    RollUpRun,
    Tier,
)
from funding.money import ZERO

NOTHING = Value(None, output_field=JSONField())


def read(partnership: Partnership, asked: Mapping[str, str], today: date) -> tuple[Filters, Facts]:
    """The facts that the address asks for, as they stand now, and the filters that were applied."""
    filters, facts, _ = read_beside(partnership, asked, today)
    return filters, facts


def read_beside(
    partnership: Partnership, asked: Mapping[str, str], today: date, beside: Any = NOTHING
) -> tuple[Filters, Facts, Any]:
    """The same, with the value of an expression of the caller's own, which is no figure: the page needs no
    query for it."""
    recipients, stamp, latest, small, value = standing(partnership, beside)
    awards, allocations = _holdings(partnership)
    filters = offered(asked, recipients=recipients, awards=awards, latest=latest, today=today)
    record = _record(partnership, filters.year, recipients, awards, allocations)
    code = filters.fund.code if filters.fund else ""
    record = replace(
        record,
        latest=latest,
        small_number=small,
        comparisons={code: comparisons(partnership.name, awards, filters.fund)},
    )
    return filters, narrowed(record, filters, today=today, stamp=stamp), value


def selected(
    partnership: Partnership, asked: Mapping[str, str], today: date
) -> tuple[Filters, list[AwardFact], list[Recipient], Stamp]:
    """What the filters of the address leave: awards, organisations; and as at which run."""
    recipients, stamp, latest, *_ = standing(partnership)
    awards, _ = _holdings(partnership)
    filters = offered(asked, recipients=recipients, awards=awards, latest=latest, today=today)
    shown = [one for one in recipients if filters.recipient in (None, one)]
    return filters, chosen(awards, filters), shown, stamp


def records(partnership: Partnership) -> list[Record]:
    """Everything that the board knows now, one record a year, whatever anybody may ask for."""
    recipients, _, latest, small, _ = standing(partnership)
    awards, allocations = _holdings(partnership)
    years = sorted({award.year for award in awards} | ({latest} if latest else set()))
    funds = list(dict.fromkeys(award.fund for award in awards))
    compared = {
        fund.code if fund else "": comparisons(partnership.name, awards, fund) for fund in (None, *funds)
    }
    return [
        replace(
            _record(partnership, year, recipients, awards, allocations),
            latest=latest,
            small_number=small,
            comparisons=compared,
        )
        for year in years
    ]


def _record(
    partnership: Partnership,
    year: int,
    recipients: Sequence[Recipient],
    awards: Sequence[AwardFact],
    allocations: Mapping[tuple[int, int], Decimal],
) -> Record:
    of_year = [award for award in awards if award.year == year]
    keys = {award.pk for award in of_year}
    spends, tiers, headings = _spends(year, of_year, recipients)
    returned, patrolled = _returns(year, recipients)
    return Record(
        partnership=partnership.name,
        year=year,
        recipients=tuple(recipients),
        awards=tuple(awards),
        allocations={key: amount for key, amount in allocations.items() if key[1] in keys},
        spends=spends,
        tiers=tiers,
        headings=headings,
        returns=tuple(returned),
        patrolled_before=tuple(patrolled),
    )


def standing(
    partnership: Partnership, beside: Any = NOTHING
) -> tuple[list[Recipient], Stamp, int | None, int, Any]:
    """Who receives money; as at which run; the latest year in which anyone was asked to return; below which
    number of people a count is small; and the value of `beside`."""
    rules = ReturnRules.objects.filter(partnership=OuterRef("partnership")).values("small_number")
    usual = ReturnRules(partnership=partnership).small_number
    runs = RollUpRun.objects.done().filter(partnership=OuterRef("partnership")).order_by("-done_at", "-id")
    marks = RollUpMark.objects.filter(organisation=OuterRef("pk")).order_by().values("organisation")
    years = ReturnFigure.objects.filter(organisation=OuterRef("pk")).order_by().values("organisation")
    rows = (
        Organisation.objects.of(partnership)
        .making_returns()
        .annotate(
            run=Subquery(runs.values("pk")[:1]),
            run_at=Subquery(runs.values("done_at")[:1]),
            waiting=Coalesce(Subquery(marks.annotate(n=Count("pk")).values("n")), 0),
            latest=Subquery(years.annotate(latest=Max("year")).values("latest")),
            small=Coalesce(Subquery(rules[:1]), usual),
            beside=beside,
        )
        .values_list(
            *("pk", "name", "short_name", "kind", "run", "run_at", "waiting", "latest", "small", "beside")
        )
    )
    recipients, run, at, waiting, latest, small, value = [], None, None, 0, None, usual, None
    for pk, name, short_name, kind, run_pk, run_at, marked, year, below, other in rows:
        small, value = below, other
        recipients.append(Recipient(pk, name, short_name, kind == OrganisationKind.POLICE))
        run, at, waiting = run_pk, run_at, waiting + marked
        latest = max(latest or 0, year) if year else latest
    return recipients, Stamp(run, at, waiting), latest, small, value


def _holdings(partnership: Partnership) -> tuple[list[AwardFact], dict[tuple[int, int], Decimal]]:
    """Every award of the partnership, and who holds how much of it."""
    rows = (
        Award.objects.of(partnership)
        .order_by("grant__fund__paid_to_police", "grant__fund__starts_on", "grant__fund", "year", "pk")
        .values_list(
            *("pk", "year", "amount", "basis"),
            *("grant__fund", "grant__fund__code", "grant__fund__name", "grant__fund__paid_to_police"),
            *("grant__fund__starts_on", "grant__fund__ends_on"),
            *("allocation_figures__organisation", "allocation_figures__amount"),
        )
    )
    awards: dict[int, AwardFact] = {}
    allocations: dict[tuple[int, int], Decimal] = {}
    for pk, year, amount, basis, *of_fund, organisation, held in rows:
        awards[pk] = AwardFact(pk, FundFact(*of_fund), year, amount, Basis(basis).label)
        if organisation is not None:
            allocations[organisation, pk] = held
    return list(awards.values()), allocations


def _spends(
    year: int, awards: Sequence[AwardFact], recipients: Sequence[Recipient]
) -> tuple[tuple[Spend, ...], tuple[PartShare, ...], tuple[PartShare, ...]]:
    parameters: dict[str, Any] = {
        "year": year,
        "awards": [award.pk for award in awards],
        "organisations": [recipient.pk for recipient in recipients],
    }
    with connection.cursor() as cursor:
        cursor.execute(figure_sql.SPENDS_AND_SHARES, parameters)
        rows = cursor.fetchall()
    spends = []
    shares: dict[int, list[PartShare]] = {figure_sql.BY_TIER: [], figure_sql.BY_HEADING: []}
    for kind, recipient, award, quarter, tier, heading, *amounts in rows:
        plan, actual, second, third, fourth, targeted, *of_returned = amounts
        if kind == figure_sql.BY_QUARTER:
            forecasts = {2: second, 3: third, 4: fourth}
            if actual is not None:
                targeted = targeted or ZERO
            spends.append(Spend(recipient, award, quarter, plan, actual, forecasts, targeted))
        else:
            share = Share(tier or heading, *(amount or ZERO for amount in of_returned))
            shares[kind].append(PartShare(recipient, award, share))
    # In the order of the tiers; the headings come in the order of theirs.
    tiers = sorted(shares[figure_sql.BY_TIER], key=lambda part: Tier.values.index(part.share.name))
    named = (replace(part, share=replace(part.share, name=Tier(part.share.name).label)) for part in tiers)
    return tuple(spends), tuple(named), tuple(shares[figure_sql.BY_HEADING])


def _returns(year: int, recipients: Sequence[Recipient]) -> tuple[list[Returned], list[Patrolled]]:
    """The returns of the year, and of the year before the hours that counted: of a nil return none."""
    police = {recipient.pk for recipient in recipients if recipient.is_police}
    figures = ReturnFigure.objects.filter(
        year__in=(year - 1, year), organisation__in=[recipient.pk for recipient in recipients]
    )
    source = QuarterlyReturn.objects.filter(
        organisation=OuterRef("organisation"),
        round__year=OuterRef("year"),
        round__quarter_number=OuterRef("quarter_number"),
    )
    rows = figures.annotate(source=Subquery(source.values("pk")[:1])).values_list(
        *("year", "organisation", "quarter_number", "basis", "is_nil", "due_on"),
        *("universal_reached", "targeted_reached", "sessions"),
        *("hours", "visits", "arrests", "searches", "asb_powers", "source"),
    )
    found = [(of_year, Returned(*row)) for of_year, *row in rows]
    return (
        [each for of_year, each in found if of_year == year],
        [
            Patrolled(each.recipient, each.quarter, each.hours or ZERO)
            for of_year, each in found
            if of_year < year and each.is_counted and each.recipient in police
            if each.hours is not None or each.is_nil
        ],
    )
