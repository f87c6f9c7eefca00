"""A scenario beside the live plan, and two scenarios beside each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from authorities.models import OrganisationKind
from funding.board.charts.chart import Chart, listed
from funding.board.charts.spec import Panel, Series, horizontal
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.years import SET_ASIDES
from funding.models import Award
from funding.money import ZERO, change, percentage, pounds
from funding.quarters import year_words
from funding.what_if.places import QUARTERS, Amounts, by_quarter, differences, moved, of_organisation
from funding.what_if.sheet import NOT_PLANNED, Sheet, quarter_label

MONEY_HEADS = ("Live now", "Scenario", "Difference")


def total(amounts: Amounts) -> Decimal:
    return sum(amounts.values(), ZERO)


def organisations(sheet: Sheet) -> Chart:
    """What each organisation holds: live, and in the scenario."""
    rows = []
    for one in sheet.shown:
        live, wanted = (total(of_organisation(part, one.pk)) for part in (sheet.live.amounts, sheet.wanted))
        rows.append((one.short_name, live, wanted, wanted - live))
    live, wanted = total(sheet.live.amounts), total(sheet.wanted)
    table = Table(
        "What each organisation holds",
        (Column("Organisation", Kind.TEXT), *(Column(head) for head in MONEY_HEADS)),
        tuple(rows),
        ("Total", live, wanted, wanted - live),
    )
    groups = [
        [Series("Live now", "plan", [row[1] for row in rows])],
        [Series("Scenario", "actual", [row[2] for row in rows])],
    ]
    drawing = horizontal([row[0] for row in rows], groups)
    panel = Panel("organisations", table.caption, "m" if len(rows) <= 6 else "l", drawing)
    year = year_words(sheet.scenario.year)
    subtitle = f"Pounds, {year}. An allocation is what is planned and what is not planned yet."
    return Chart("organisations", _held_title([(row[0], row[3]) for row in rows]), subtitle, table, (panel,))


def _held_title(rows: Sequence[tuple[str, Decimal]]) -> str:
    more = [f"{name} {pounds(amount)} more" for name, amount in rows if amount > 0]
    less = [f"{name} {pounds(-amount)} less" for name, amount in rows if amount < 0]
    if not more and not less:
        return "Every organisation holds what it holds now"
    return f"The scenario gives {listed([*more, *less])} than the live plan"


def pace(sheet: Sheet) -> Table:
    """How much of the year's money is planned for each quarter."""
    live, wanted = by_quarter(sheet.live.amounts), by_quarter(sheet.wanted)
    rows = [
        _pace_row(
            quarter_label(sheet, number) if number else NOT_PLANNED,
            *(live[number], total(sheet.live.amounts), wanted[number], total(sheet.wanted)),
        )
        for number in (*QUARTERS, None)
    ]
    heads = ("Live now", "Share", "Scenario", "Share", "Difference")
    kinds = (Kind.MONEY, Kind.SHARE, Kind.MONEY, Kind.SHARE, Kind.MONEY)
    columns = [Column(head, kind) for head, kind in zip(heads, kinds, strict=True)]
    return Table("Pace: the year's money by quarter", (Column("Quarter", Kind.TEXT), *columns), tuple(rows))


def _pace_row(label: str, live: Decimal, of: Decimal, wanted: Decimal, whole: Decimal) -> tuple[Cell, ...]:
    shares = percentage(live, of) or "none", percentage(wanted, whole) or "none"
    return (label, live, shares[0], wanted, shares[1], wanted - live)


def set_asides(sheet: Sheet) -> Table:
    """What the OPCC keeps of each award, and what is planned for evaluation and data sharing."""
    rows = [_hub_row(sheet, award) for award in sheet.awards.values() if award.grant.hub_percent]
    for heading in sheet.headings.values():
        if heading.name.lower().startswith(SET_ASIDES):
            live, wanted = (
                total({place: amount for place, amount in part.items() if place.heading == heading.pk})
                for part in (sheet.live.amounts, sheet.wanted)
            )
            if live or wanted:
                rows.append(_share_row(sheet, f"Planned for {heading.name.lower()}", live, wanted))
    columns = (
        Column("Set aside", Kind.TEXT),
        Column("Live now"),
        Column("Share", Kind.SHARE),
        Column("Scenario"),
    )
    more = (Column("Share", Kind.SHARE), Column("Asked for", Kind.TEXT))
    return Table("Set-asides", (*columns, *more), tuple(rows))


def _share_row(sheet: Sheet, name: str, live: Decimal, wanted: Decimal) -> tuple[Cell, ...]:
    of_live, of_wanted = (
        percentage(live, total(sheet.live.amounts)) or "none",
        percentage(wanted, total(sheet.wanted)) or "none",
    )
    return (name, live, of_live, wanted, of_wanted, "no share is recorded")


def _hub_row(sheet: Sheet, award: Award) -> tuple[Cell, ...]:
    live, wanted = (hub_held(sheet, award, part) for part in (sheet.live.amounts, sheet.wanted))
    shares = [percentage(amount, award.amount) or "none" for amount in (live, wanted)]
    asked = f"{award.grant.hub_percent.normalize():f}% of the award"
    if wanted * 100 > award.amount * award.grant.hub_percent:
        asked += ": the scenario is above it"
    return (f"Kept by the OPCC of {award.grant.name}", live, shares[0], wanted, shares[1], asked)


def hub_held(sheet: Sheet, award: Award, amounts: Amounts) -> Decimal:
    """What the OPCC holds of an award."""
    hubs = {pk for pk, one in sheet.organisations.items() if one.kind == OrganisationKind.OPCC}
    return sum(
        (
            amount
            for place, amount in amounts.items()
            if place.award == award.pk and place.organisation in hubs
        ),
        ZERO,
    )


def compared(first: Sheet, second: Sheet) -> Chart:
    """What the second scenario gives more or less than the first, by organisation and quarter."""
    heads = (*(f"Q{number}" for number in QUARTERS), NOT_PLANNED, "All of the year")
    rows: list[tuple[str, list[Decimal]]] = []
    for pk, one in first.organisations.items():
        parts = [of_organisation(sheet.wanted, pk) for sheet in (first, second)]
        found = list(by_quarter(differences(*parts)).values())
        if any(found):
            rows.append((one.short_name, [*found, sum(found, ZERO)]))
    sums = [sum((amounts[place] for _, amounts in rows), ZERO) for place in range(len(heads))]
    table = Table(
        f"{second.scenario.name} less {first.scenario.name}",
        (Column("Organisation", Kind.TEXT), *(Column(head) for head in heads)),
        tuple((name, *amounts) for name, amounts in rows),
        ("Total", *sums),
    )
    title = _compared_title(first, second, [(name, amounts[-1]) for name, amounts in rows])
    return Chart("compared", title, "", table)


def _compared_title(first: Sheet, second: Sheet, rows: Sequence[tuple[str, Decimal]]) -> str:
    elsewhere = moved(first.wanted, second.wanted)
    if not elsewhere:
        return "Both scenarios want the same"
    start = f"{pounds(elsewhere)} stands elsewhere in {second.scenario.name} than in {first.scenario.name}"
    said = [f"{name} {change(amount)}" for name, amount in rows if amount]
    return f"{start}: {listed(said)} over the year" if said else f"{start}. Every organisation holds the same"
