"""Are we on plan, and where does the money go? Pounds: plan, actual and forecast."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from funding.board.charts.chart import QUARTER_LABELS, Chart, absent, counted, quarter_row, scope
from funding.board.charts.spec import Panel, Series, horizontal, vertical
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import Facts, Share
from funding.board.outturn import Line, QuarterSums, Sums, by_quarter, latest_returned, total
from funding.money import ZERO, percentage, whole_pounds

LIKE_WITH_LIKE = "Only quarters that were returned count, in the plan too: like is compared with like."


def by_recipient(lines: Sequence[Line]) -> dict[str, tuple[Line, ...]]:
    """The lines of each recipient by its short name, in the order of every table and chart."""
    found: dict[str, tuple[Line, ...]] = {}
    for line in lines:
        name = line.recipient.short_name
        found[name] = (*found.get(name, ()), line)
    return found


def authorities(facts: Facts, lines: Sequence[Line]) -> Chart:
    """Plan, actual and forecast of the whole year by recipient."""
    grouped = by_recipient(lines)
    sums = {name: total(some) for name, some in grouped.items()}
    names, values = list(sums), list(sums.values())
    groups = [
        [Series("Plan for the year", "plan", [each.plan for each in values])],
        [
            Series("Spent, accepted", "actual", [each.accepted for each in values]),
            Series("Spent, provisional", "provisional", [each.provisional for each in values]),
        ],
        [Series("Forecast for the year", "forecast", [each.outturn for each in values])],
    ]
    heads = ("Allocated", "Plan", "Accepted", "Provisional", "Year-end forecast", "Left at year end")
    table = Table(
        "Plan, spend and forecast by organisation",
        (Column("Organisation", Kind.TEXT), *(Column(head) for head in heads)),
        tuple(_recipient_row(name, each) for name, each in sums.items()),
        _recipient_row("Total", total(lines)),
    )
    size = "m" if len(names) <= 3 else "xl"
    panel = Panel("authorities", "Plan, spend and forecast by organisation", size, horizontal(names, groups))
    return Chart(
        "authorities",
        _authorities_title(grouped, sums),
        f"Pounds. {scope(facts)}. Provisional: certified by the organisation, not yet accepted.",
        table,
        (panel,) if names else (),
    )


def _recipient_row(name: str, sums: Sums) -> tuple[Cell, ...]:
    spent = (sums.accepted, sums.provisional) if sums.has_returned else (None, None)
    return (name, sums.allocated, sums.plan, *spent, sums.outturn, sums.left)


def _authorities_title(grouped: dict[str, tuple[Line, ...]], sums: dict[str, Sums]) -> str:
    if not any(each.allocated or each.plan for each in sums.values()):
        return "No money has been allocated"
    if not any(each.has_returned for each in sums.values()):
        return "No return has been certified yet, so every forecast is the plan"
    name, largest = max(sums.items(), key=lambda pair: abs(pair[1].left))
    if not largest.left:
        return "Every organisation is forecast to spend exactly what it holds"
    amount = whole_pounds(abs(largest.left))
    is_over = all(cell.is_counted for line in grouped[name] for cell in line.quarters)
    if largest.left > 0:
        return f"{name} {'underspent' if is_over else 'is forecast to underspend'} by {amount}"
    return f"{name} {'spent' if is_over else 'is forecast to spend'} {amount} more than it holds"


def quarters(facts: Facts, lines: Sequence[Line]) -> Chart:
    """Spend by quarter against the profile, with the forecast of what has not been returned."""
    sums = by_quarter(lines)
    stack = [
        Series("Spent, accepted", "actual", [each.accepted for each in sums]),
        Series("Spent, provisional", "provisional", [each.provisional for each in sums]),
        Series("Forecast", "forecast", [each.forecast for each in sums]),
    ]
    plan = Series("Plan", "plan", [each.plan for each in sums])
    heads = ("Plan", "Accepted", "Provisional", "Forecast", "Spent against plan")
    whole = total(lines)
    spent = (whole.accepted, whole.provisional) if whole.has_returned else (None, None)
    against = sum((each.spent - each.planned_by_returned for each in sums), ZERO)
    table = Table(
        "Spend by quarter against profile",
        (Column("Quarter", Kind.TEXT), *(Column(head) for head in heads), Column("Returned", Kind.TEXT)),
        tuple(_quarter_row(facts, each) for each in sums),
        (
            *("Year", whole.plan, *spent, sum((each.forecast for each in sums), ZERO)),
            *(against if whole.has_returned else None, ""),
        ),
    )
    drawing = vertical(QUARTER_LABELS, stack, line=plan)
    return Chart(
        "quarters",
        _quarters_title(lines, sums),
        f"Pounds by quarter. {scope(facts)}. The forecast stands for what has not been returned, "
        "and spending is set against the plan of those that returned.",
        table,
        (Panel("quarters", "Spend by quarter against profile", "m", drawing),) if lines else (),
    )


def _quarter_row(facts: Facts, sums: QuarterSums) -> tuple[Cell, ...]:
    nothing = None if sums.number in facts.opened else absent(facts, sums.number)
    spent: tuple[Cell, ...] = (nothing, nothing)
    against: Cell = nothing
    if sums.returned:
        spent, against = (sums.accepted, sums.provisional), sums.spent - sums.planned_by_returned
    returned = nothing or f"{sums.returned} of {sums.expected_returns}"
    return (quarter_row(facts, sums.number), sums.plan, *spent, sums.forecast, against, returned)


def _quarters_title(lines: Sequence[Line], sums: Sequence[QuarterSums]) -> str:
    number = latest_returned(lines)
    if number is None:
        return "Nothing has been returned yet: the bars show the plan" if lines else "Nothing is planned"
    latest = sums[number - 1]
    gap = latest.spent - latest.planned_by_returned
    missing = latest.expected_returns - latest.returned
    words = "on plan" if not gap else f"{whole_pounds(abs(gap))} {'below' if gap < 0 else 'above'} plan"
    rest = f"; {counted(missing, 'return is', 'returns are')} missing" if missing else ""
    return f"Spending in Quarter {number} was {words}{rest}"


def tiers(facts: Facts) -> Chart:
    """Actual to date against plan to date by tier."""
    title = "Nothing has been returned yet, so no tier has spent anything"
    spent = sum((share.actual for share in facts.tiers), ZERO)
    if spent:
        largest = max(facts.tiers, key=lambda share: share.actual)
        title = f"{_tier_words(largest.name)} work takes {percentage(largest.actual, spent)} of spending"
    return _shares(facts, facts.tiers, title, slug="tiers", head="Tier")


def _tier_words(name: str) -> str:
    return name.split(":", 1)[0]


def headings(facts: Facts) -> Chart:
    """Actual to date against plan to date by cost heading."""
    title = "Nothing has been returned yet, so no cost heading has spent anything"
    spent = sum((share.actual for share in facts.headings), ZERO)
    if spent:
        largest = max(facts.headings, key=lambda share: share.actual)
        title = f"The largest cost is {largest.name}, at {whole_pounds(largest.actual)}"
    return _shares(facts, facts.headings, title, slug="headings", head="Cost heading")


def _shares(facts: Facts, shares: Sequence[Share], title: str, *, slug: str, head: str) -> Chart:
    caption = f"Spend by {head.lower()}"
    spent = sum((share.actual for share in shares), ZERO)
    planned = sum((share.plan for share in shares), ZERO)
    has_returned = bool(planned or spent)
    # A tier of which nothing was returned is missing, so it gets no row of zeros.
    shares = shares if has_returned else ()
    columns = (
        Column(head, Kind.TEXT),
        *(Column(text) for text in ("Plan to date", "Spent to date", "Difference")),
        Column("Share of spending", Kind.SHARE),
    )
    groups = [
        [Series("Plan to date", "plan", [share.plan for share in shares])],
        [Series("Spent to date", "actual", [share.actual for share in shares])],
    ]
    size = "s" if len(shares) <= 3 else "l"
    drawing = horizontal([share.name for share in shares], groups)
    return Chart(
        slug,
        title,
        f"Pounds to date. {scope(facts)}.",
        Table(
            caption,
            columns,
            tuple(_share_row(share.name, share.plan, share.actual, spent) for share in shares),
            _share_row("Total", planned, spent, spent),
        ),
        (Panel(slug, caption, size, drawing),) if has_returned else (),
        note=LIKE_WITH_LIKE,
    )


def _share_row(name: str, plan: Decimal, actual: Decimal, spent: Decimal) -> tuple[Cell, ...]:
    return (name, plan, actual, actual - plan, percentage(actual, spent) or "none")
