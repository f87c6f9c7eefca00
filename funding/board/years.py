"""The grants year by year, and where a fund ends. From derived rows, like every page of the board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum

from authorities.filters import date_words
from authorities.models import Partnership
from funding.board.facts import COUNTED, FundFact, Spend
from funding.board.outturn import QuarterLine, expected
from funding.models import Award, Basis, Figure, ReturnFigure
from funding.money import ZERO, pounds
from funding.quarters import Quarter, year_label

# A set-aside is known by the words that its cost heading begins with: headings are data of the partnership.
SET_ASIDES = ("evaluation", "data sharing")
SUMS = ("plan", "actual", "forecast_2", "forecast_3", "forecast_4")


@dataclass(frozen=True)
class GrantYear:
    """One award. `spent` is None before anything was returned of it, `forecast` where nothing is planned."""

    fund: FundFact
    grant: str
    year: int
    basis: str
    amount: Decimal
    allocated: Decimal
    spent: Decimal | None
    forecast: Decimal | None


@dataclass(frozen=True)
class Cliff:
    """Where the awards of a fund end: the last year that has one, and how much that year has."""

    fund: FundFact
    last_year: int
    amount: Decimal

    @property
    def last_day(self) -> date:
        return Quarter(self.last_year, 4).ends_on

    def sentence(self, today: date) -> str:
        """What has no award after which day."""
        name, ends_on, annual = self.fund.name, self.fund.ends_on, pounds(self.amount)
        last = f"for {year_label(self.last_year)}"
        if ends_on and ends_on <= self.last_day:
            if ends_on < today:
                return f"{name} funding ended on {date_words(ends_on)}: {annual} a year has no award since."
            return f"{name} funding ends on {date_words(ends_on)}: {annual} a year has no award after that."
        nothing = f"nothing is awarded after {date_words(self.last_day)}. Its award {last} is {annual}."
        if not ends_on:
            return f"{name}: {nothing}"
        return f"{name} funding ends on {date_words(ends_on)}, and {nothing}"


def read(partnership: Partnership) -> list[GrantYear]:
    """Every award of the partnership, in three queries."""
    awards = list(
        Award.objects.of(partnership)
        .order_by("grant__fund__paid_to_police", "grant__fund__starts_on", "grant__fund", "year", "pk")
        .annotate(held=Sum("allocation_figures__amount"))
        .values_list(
            *("pk", "grant__name", "year", "basis", "amount", "held"),
            *("grant__fund", "grant__fund__code", "grant__fund__name", "grant__fund__paid_to_police"),
            *("grant__fund__starts_on", "grant__fund__ends_on"),
        )
    )
    lines = _lines(partnership, {pk: year for pk, _, year, *_ in awards})
    return [
        GrantYear(
            FundFact(*of_fund),
            *(grant, year, Basis(basis).label, amount, held or ZERO),
            *_spent(lines.get(pk, [])),
        )
        for pk, grant, year, basis, amount, held, *of_fund in awards
    ]


@dataclass(frozen=True)
class SetAside:
    """What one year's plan and spending hold for evaluation or data sharing, beside the whole of each, in
    pounds. `spent` is None where nothing of the year was returned."""

    year: int
    heading: str
    planned: Decimal
    of_planned: Decimal
    spent: Decimal | None
    of_spent: Decimal | None


def set_asides(partnership: Partnership, years: Sequence[int]) -> list[SetAside]:
    """By year and cost heading, of all funds but those of hotspots, in one query."""
    figures = Figure.objects.filter(
        award__grant__partnership=partnership, year__in=list(years), award__grant__fund__paid_to_police=False
    )
    counted = ReturnFigure.objects.filter(
        organisation=OuterRef("organisation"),
        year=OuterRef("year"),
        quarter_number=OuterRef("quarter_number"),
        basis__in=COUNTED,
    )
    sums = (
        figures.order_by("year", "cost_heading__position")
        .values_list("year", "cost_heading__name")
        .annotate(planned=Sum("plan"), spent=Sum("actual", filter=Exists(counted)))
    )
    rows = list(sums)
    found = []
    for year, heading, planned, spent in rows:
        if heading.lower().startswith(SET_ASIDES):
            own = [row for row in rows if row[0] == year]
            known = [row[3] for row in own if row[3] is not None]
            of_spent = sum(known, ZERO) if known else None
            part = None if of_spent is None else spent or ZERO
            whole = sum((row[2] for row in own), ZERO)
            found.append(SetAside(year, heading, planned, whole, part, of_spent))
    return found


def _lines(partnership: Partnership, years: dict[int, int]) -> dict[int, list[QuarterLine]]:
    """The quarters of everybody who plans something of an award, by award."""
    bases: dict[tuple[int, int], dict[int, str]] = defaultdict(dict)
    rows = ReturnFigure.objects.filter(organisation__partnership=partnership, basis__in=COUNTED)
    for body, year, quarter, basis in rows.values_list("organisation", "year", "quarter_number", "basis"):
        bases[body, year][quarter] = basis
    spends: dict[tuple[int, int], dict[int, Spend]] = defaultdict(dict)
    figures = Figure.objects.filter(award__in=list(years)).order_by()
    sums = figures.values_list("organisation", "award", "quarter_number").annotate(
        **{f"sum_{name}": Sum(name) for name in SUMS}
    )
    for body, award, quarter, plan, actual, second, third, fourth in sums:
        spends[body, award][quarter] = Spend(
            body, award, quarter, plan, actual, {2: second, 3: third, 4: fourth}
        )
    found: dict[int, list[QuarterLine]] = defaultdict(list)
    for (body, award), own in spends.items():
        found[award] += expected(own, bases.get((body, years[award]), {}))
    return found


def _spent(lines: Sequence[QuarterLine]) -> tuple[Decimal | None, Decimal | None]:
    """Spent to date, and what is expected by 31 March."""
    counted = [line for line in lines if line.is_counted]
    spent = sum((line.spent for line in counted), ZERO) if counted else None
    return spent, sum((line.expected for line in lines), ZERO) if lines else None


def cliffs(rows: Sequence[GrantYear], year: int) -> list[Cliff]:
    """Where the awards of each fund end: those that end with the year before this one, or later."""
    found = []
    for fund in dict.fromkeys(row.fund for row in rows):
        own = [row for row in rows if row.fund == fund]
        last = max(row.year for row in own)
        if last >= year - 1:
            annual = sum((row.amount for row in own if row.year == last), ZERO)
            found.append(Cliff(fund, last, annual))
    return sorted(found, key=lambda cliff: cliff.last_year)
