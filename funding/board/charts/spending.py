"""Are we on plan? Pounds by organisation and by quarter: plan, actual and forecast."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from funding.board.charts.chart import QUARTER_LABELS, Chart, capital, quarter_row, scope
from funding.board.charts.phase import Phase
from funding.board.charts.spec import Panel, Series, horizontal, vertical
from funding.board.charts.standing import (
    gap_sentence,
    gap_sentences,
    gap_words,
    gaps,
    marks,
    missing_quarters,
    why_nothing,
)
from funding.board.charts.table import Cell, Column, Kind, Nil, Table
from funding.board.facts import ACCEPTED, PROVISIONAL, Facts
from funding.board.outturn import Line, QuarterSums, Sums, by_quarter, latest_returned, total
from funding.money import ZERO, percentage, whole_pounds

PROVISIONAL_NOTE = "Provisional: certified by the organisation, not yet accepted."
AGAINST_NOTE = (
    "Spending is set against the plan of the quarters that were returned. "
    "The column “Missing” lists quarters that were due and are not returned, or are queried."
)


def by_recipient(lines: Sequence[Line]) -> dict[str, tuple[Line, ...]]:
    """The lines of each recipient by its short name, in the order of every table and chart."""
    found: dict[str, tuple[Line, ...]] = {}
    for line in lines:
        name = line.recipient.short_name
        found[name] = (*found.get(name, ()), line)
    return found


def authority_key(lines: Sequence[Line]) -> str:
    """Which rows are those of one recipient."""
    return f"authority={lines[0].recipient.pk}"


def holders(lines: Sequence[Line]) -> set[int]:
    """The keys of the recipients that these lines are of."""
    return {line.recipient.pk for line in lines}


def spent_cells(facts: Facts, lines: Sequence[Line]) -> tuple[Cell, Cell]:
    """Accepted and provisional. Zero is said only of what was returned; a missing quarter says so."""
    sums, recipients = total(lines), holders(lines)
    nothing = why_nothing(facts, recipients)
    if not sums.has_returned:
        return nothing, nothing
    own = [each for each in facts.returns if each.recipient in recipients]
    provisional = _amount(sums.provisional, [each.is_nil for each in own if each.basis == PROVISIONAL])
    if not any(each.basis == PROVISIONAL for each in own):
        found = gaps(facts, recipients)
        provisional = nothing if found else ZERO
    return _amount(sums.accepted, [each.is_nil for each in own if each.basis == ACCEPTED]), provisional


def _amount(amount: Decimal, nil_returns: Sequence[bool]) -> Cell:
    return Nil() if not amount and any(nil_returns) else amount


def authorities(facts: Facts, lines: Sequence[Line], stands: Phase) -> Chart:
    """Plan, actual and forecast of the whole year by recipient."""
    grouped = by_recipient(lines)
    sums = {name: total(some) for name, some in grouped.items()}
    names = list(sums)
    heads = ("Allocated", "Plan", "Accepted", "Provisional", "Spent against plan", stands.words.outturn)
    caption = "Plan, spend and forecast by organisation"
    table = Table(
        caption,
        (
            *(Column(head, Kind.TEXT) for head in ("Organisation", "Missing")),
            *(Column(head) for head in (*heads, "Left at year end")),
        ),
        tuple(_row(facts, name, some) for name, some in grouped.items()),
        _row(facts, "Total", lines),
        measures=("", "", "allocated", "plan", "accepted", "provisional", "against", "outturn", "left"),
        keys=tuple(authority_key(some) for some in grouped.values()),
    )
    drawing = horizontal(names, _bars(facts, grouped, stands))
    columns = (3, 4, 5) if stands is Phase.CLOSED else (3, 4, 5, 7)
    panel = Panel("authorities", caption, "m" if len(names) <= 3 else "xl", drawing, columns)
    return Chart(
        "authorities",
        authorities_title(facts, lines, stands),
        f"Pounds. {scope(facts)}. {PROVISIONAL_NOTE}",
        table,
        (panel,) if names else (),
        note=" ".join(part for part in (AGAINST_NOTE, not_in(facts, lines)) if part),
    )


def not_in(facts: Facts, lines: Sequence[Line]) -> str:
    """How much of the plan cannot be set against spending yet, and whose; empty where all due counts."""
    cells = [line.quarters[gap.quarter - 1] for line in lines for gap in gaps(facts, {line.recipient.pk})]
    amount = sum((cell.plan for cell in cells), ZERO)
    if not amount:
        return ""
    share = capital(percentage(amount, amount + total(lines).planned_to_date))
    who = gap_sentence(gaps(facts, holders(lines)))
    return f"{share} of the plan to date, {whole_pounds(amount)}, is left out: {who}."


def _drawn(cell: Cell) -> Decimal | None:
    """What a drawing has of a cell: nothing where a word stands, since missing is not zero."""
    if isinstance(cell, Nil):
        return ZERO
    return cell if isinstance(cell, Decimal) else None


def _bars(facts: Facts, grouped: dict[str, tuple[Line, ...]], stands: Phase) -> list[list[Series]]:
    """Plan, spent, forecast; nothing is forecast any more when the year is closed."""
    values = [total(some) for some in grouped.values()]
    cells = [[_drawn(cell) for cell in spent_cells(facts, some)] for some in grouped.values()]
    plan = [Series("Plan for the year", "plan", [each.plan for each in values])]
    spent = [
        Series("Spent, accepted", "actual", [accepted for accepted, _ in cells]),
        Series("Spent, provisional", "provisional", [provisional for _, provisional in cells]),
    ]
    name = stands.words.outturn if stands.is_over else "Forecast for the year"
    outturn = [Series(name, "forecast", [each.outturn for each in values])]
    return [plan, spent] if stands is Phase.CLOSED else [plan, spent, outturn]


def _row(facts: Facts, name: str, lines: Sequence[Line]) -> tuple[Cell, ...]:
    sums, recipients = total(lines), holders(lines)
    against = sums.against_plan if sums.has_returned else why_nothing(facts, recipients)
    missing = (
        missing_quarters(facts, next(iter(recipients)))
        if len(recipients) == 1
        else gap_words(gaps(facts, recipients)) or "none"
    )
    spent = spent_cells(facts, lines)
    return (name, missing, sums.allocated, sums.plan, *spent, against, sums.outturn, sums.left)


def authorities_title(facts: Facts, lines: Sequence[Line], stands: Phase) -> str:
    """The whole first, then the one organisation that stands out."""
    whole, sums = total(lines), {name: total(some) for name, some in by_recipient(lines).items()}
    if not whole.allocated and not whole.plan:
        return "No money has been allocated"
    if not whole.has_returned:
        return "No return has been certified yet, so every forecast is the plan"
    explained, who = _against_plan(whole, sums, stands)
    name, words = _stands_out(sums, stands is Phase.CLOSED)
    if name != who:
        return f"{explained}. {name} {words}"
    if sums[who].left == -sums[who].against_plan and (stands is Phase.CLOSED or sums[who].left > 0):
        # What is below plan is what will be left, said once.
        return explained if stands is Phase.CLOSED else f"{explained}, and is not forecast to catch up"
    return f"{explained}, and {words}"


def _against_plan(whole: Sums, sums: dict[str, Sums], stands: Phase) -> tuple[str, str]:
    """How the whole stands against plan, and which organisation explains it; nobody for one alone."""
    gap = whole.against_plan
    when = "Spending in the year was" if stands.is_over else "Spending to date is"
    if not gap:
        return f"{when} on plan", ""
    side = "below" if gap < 0 else "above"
    share = percentage(abs(gap), whole.planned_to_date)
    said = f"{when} {whole_pounds(abs(gap))} {f'({share}) ' if share else ''}{side} plan"
    if len(sums) == 1:
        return said, ""
    sign = 1 if gap > 0 else -1
    name, largest = max(sums.items(), key=lambda pair: pair[1].against_plan * sign)
    return f"{said}; {_part(name, abs(largest.against_plan), abs(gap), side)}", name


def _part(name: str, amount: Decimal, gap: Decimal, side: str) -> str:
    """How much of the whole gap one organisation's gap on the same side is."""
    if amount == gap:
        return f"{name} explains all of it"
    if amount > gap:
        return f"{name} alone is {whole_pounds(amount)} {side}"
    if amount * 2 > gap:
        return f"{name} explains most of it"
    return f"{name} is furthest {side}, by {whole_pounds(amount)}"


def _stands_out(sums: dict[str, Sums], is_closed: bool) -> tuple[str, str]:
    """The organisation that leaves or lacks the most at the end of the year, and what it does."""
    name, largest = max(sums.items(), key=lambda pair: abs(pair[1].left))
    spends = "spent" if is_closed else "is forecast to spend"
    if not largest.left:
        return name if len(sums) == 1 else "Every organisation", f"{spends} exactly what it holds"
    amount = whole_pounds(abs(largest.left))
    if largest.left > 0:
        return name, f"{'underspent' if is_closed else 'is forecast to underspend'} by {amount}"
    return name, f"{spends} {amount} more than it holds"


def quarters(facts: Facts, lines: Sequence[Line], stands: Phase) -> Chart:
    """Spend by quarter against the profile, with the forecast of what has not been returned."""
    sums, recipients = by_quarter(lines), holders(lines)
    stack = [
        Series("Spent, accepted", "actual", [each.accepted if each.returned else None for each in sums]),
        Series(
            "Spent, provisional",
            "provisional",
            [each.provisional if each.returned else None for each in sums],
        ),
        Series("Forecast", "forecast", [each.forecast for each in sums]),
    ]
    drawing = vertical(
        QUARTER_LABELS,
        stack[:2] if stands is Phase.CLOSED else stack,
        line=Series("Plan", "plan", [each.plan for each in sums]),
        marks=marks(gaps(facts, recipients), alone=len(recipients) == 1),
    )
    columns = (2, 3, 1) if stands is Phase.CLOSED else (2, 3, 4, 1)
    panel = Panel("quarters", "Spend by quarter against profile", "m", drawing, columns)
    return Chart(
        "quarters",
        quarters_title(facts, lines),
        f"Pounds by quarter. {scope(facts)}. The forecast stands for what has not been returned, "
        "and spending is set against the plan of those that returned.",
        _quarters_table(facts, lines, sums),
        (panel,) if lines else (),
    )


def _quarters_table(facts: Facts, lines: Sequence[Line], sums: Sequence[QuarterSums]) -> Table:
    heads = ("Plan", "Accepted", "Provisional", "Forecast", "Spent against plan")
    whole, recipients = total(lines), holders(lines)
    return Table(
        "Spend by quarter against profile",
        (
            Column("Quarter", Kind.TEXT),
            *(Column(head) for head in heads),
            *(Column(head, Kind.TEXT) for head in ("Returned", "Missing")),
        ),
        tuple(_quarter_row(facts, each, lines) for each in sums),
        (
            *("Year", whole.plan, *spent_cells(facts, lines), sum((each.forecast for each in sums), ZERO)),
            whole.against_plan if whole.has_returned else why_nothing(facts, recipients),
            *("", gap_words(gaps(facts, recipients)) or "none"),
        ),
        measures=("", "plan", "accepted", "provisional", "forecast", "against", "", ""),
        keys=tuple(f"quarter={each.number}" for each in sums),
    )


def _quarter_row(facts: Facts, sums: QuarterSums, lines: Sequence[Line]) -> tuple[Cell, ...]:
    recipients = holders(lines)
    nothing = why_nothing(facts, recipients, (sums.number,))
    spent: tuple[Cell, ...] = (nothing, nothing)
    against: Cell = nothing
    if sums.returned:
        spent, against = (sums.accepted, sums.provisional), sums.spent - sums.planned_by_returned
    asked = {each.recipient for each in facts.returns if each.quarter == sums.number} & recipients
    returned = f"{sums.returned} of {sums.expected_returns}" if asked else nothing or "none"
    missing = next((gap.words for gap in gaps(facts, recipients) if gap.quarter == sums.number), "none")
    return (quarter_row(facts, sums.number), sums.plan, *spent, sums.forecast, against, returned, missing)


def quarters_title(facts: Facts, lines: Sequence[Line]) -> str:
    """The latest quarter that counts, and every quarter that was due and is not in."""
    if not lines:
        return "Nothing is planned"
    recipients = holders(lines)
    rest = gap_sentences(gaps(facts, recipients), alone=len(recipients) == 1)
    number = latest_returned(lines)
    if number is None:
        return f"Nothing has been returned yet: the bars show the plan{rest}"
    latest = by_quarter(lines)[number - 1]
    gap = latest.spent - latest.planned_by_returned
    plan = "plan" if latest.plan == latest.planned_by_returned else "the plan of those that returned"
    words = f"on {plan}" if not gap else f"{whole_pounds(abs(gap))} {'below' if gap < 0 else 'above'} {plan}"
    counted = [each for each in facts.returns if each.quarter == number and each.recipient in recipients]
    if all(each.is_nil for each in counted if each.is_counted):
        words = f"nil, {words}"
    return f"Spending in Quarter {number} was {words}{rest}"
