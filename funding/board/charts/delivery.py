"""Whom did the money reach? Young people by quarter, universal and targeted apart. No name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from funding.board.charts.chart import Chart, known, scope
from funding.board.charts.counts import MEASURE, PEOPLE, Delivered, count_of, delivered, nothing, panel, row
from funding.board.charts.standing import Gap, gap_sentences, gaps, marks, why_nothing
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import Facts, Returned
from funding.money import pounds, rounded
from funding.suppression import Hidden, note

NEVER_ADDED = (
    "Universal reach counts everyone at a session; targeted support counts young people with a case. "
    "They count different things: do not add them. "
    "The same person can be counted in more than one quarter. "
    "The cost of a young person is what the same returns spent on early help and high-risk work, of all "
    "funds but those of hotspots, divided by the young people who had targeted support in the quarter."
)
COUNTS = ("universal", "targeted", "sessions")
CAPTION = "Young people reached, by quarter"
NOT_RECORDED, NOBODY = "not recorded", "nobody"


@dataclass(frozen=True)
class Cost:
    """What targeted work of one quarter cost, in pounds, and what that is for each young person: an amount,
    or the word in its place."""

    spent: Decimal | str | None
    each: Decimal | str | None


def reach(facts: Facts) -> Chart:
    """Young people reached and supported by quarter, each in a chart of its own."""
    others = {recipient.pk for recipient in facts.recipients if not recipient.is_police}
    if not others or (facts.fund and facts.fund.is_hotspot):
        return nothing(facts, "reach", CAPTION)
    own = [returned for returned in facts.returns if returned.recipient in others]
    found = delivered(own, COUNTS, facts.small_number)
    costs = {each.number: _cost(facts, own, each) for each in found}
    missing, is_alone = gaps(facts, others), len(others) == 1
    said = marks(missing, alone=is_alone)
    universal, targeted = ([each.number_of(name) for each in found] for name in PEOPLE)
    why_u, why_t = (_hidden_marks(said, [each.counts[name] for each in found]) for name in PEOPLE)
    panels = (
        panel("reach-targeted", "Given targeted support, people", targeted, "actual", why_t, column=1),
        panel("reach-universal", "Reached by universal work, people", universal, "count", why_u, column=4),
    )
    answer = _title(own, found, costs)
    return Chart(
        "reach",
        answer + gap_sentences(missing, alone=is_alone),
        f"Young people by quarter. {scope(replace(facts, fund=None))}.",
        _table(facts, own, found, costs),
        panels if any(value is not None for value in (*universal, *targeted)) else (),
        note=NEVER_ADDED + (f" {note(facts.small_number)}" if _has_hidden(found) else ""),
        answer=answer,
    )


def _table(
    facts: Facts, own: Sequence[Returned], found: Sequence[Delivered], costs: dict[int, Cost]
) -> Table:
    others = {returned.recipient for returned in own}
    missing = gaps(facts, others)
    return Table(
        CAPTION,
        (
            Column("Quarter", Kind.TEXT),
            Column("Given targeted support", Kind.COUNT),
            Column("Spent on targeted work"),
            Column("Cost of each young person"),
            Column("Reached by universal work", Kind.COUNT),
            Column("Sessions", Kind.COUNT),
            *(Column(head, Kind.TEXT) for head in ("Returned", "Missing")),
        ),
        tuple(
            (
                *row(facts, others, each.number, _values(each, costs[each.number])),
                *_returned(facts, own, each.number, missing),
            )
            for each in found
        ),
        measures=("", MEASURE, "", "", MEASURE, MEASURE, "", ""),
        keys=tuple(f"quarter={each.number}" for each in found),
    )


def _values(each: Delivered, cost: Cost) -> list[Cell | Hidden]:
    counts = each.counts
    return [counts["targeted"], cost.spent, cost.each, counts["universal"], counts["sessions"]]


def _cost(facts: Facts, own: Sequence[Returned], each: Delivered) -> Cost:
    """Only where each return that counts, and spent on it, says how many: pounds and people are of the same
    returns."""
    counted = [one for one in own if one.quarter == each.number and one.is_counted]
    if not counted:
        return Cost(None, None)
    spent = _targeted_spend(facts, {one.recipient for one in counted}, each.number)
    people = each.counts["targeted"]
    if spent is None:
        return Cost(NOT_RECORDED, NOT_RECORDED)
    if isinstance(people, Hidden):
        return Cost(spent, str(Hidden()))
    silent = {one.recipient for one in counted if count_of(one, "targeted") is None}
    if people is None or _targeted_spend(facts, silent, each.number):
        return Cost(spent, NOT_RECORDED)
    return Cost(spent, rounded(spent / people) if people else NOBODY)


def _targeted_spend(facts: Facts, recipients: Collection[int], quarter: int) -> Decimal | None:
    """Pounds that early help and high-risk work took, of all funds but those of hotspots; None in a record
    that was kept before this was counted."""
    spends = [one for one in facts.supporting if one.quarter == quarter and one.recipient in recipients]
    if any(one.actual is not None and one.targeted is None for one in spends):
        return None
    return known(one.targeted for one in spends) or Decimal("0.00")


def _title(own: Sequence[Returned], found: Sequence[Delivered], costs: dict[int, Cost]) -> str:
    returned = [each for each in found if each.counts["targeted"] is not None]
    if not returned:
        return "No activity has been returned"
    latest = returned[-1]
    targeted, universal = (_told(latest.counts[name]) for name in ("targeted", "universal"))
    each = costs[latest.number].each
    # Corrections of earlier quarters can bring a quarter below nothing: no cost of a person.
    cost = f", at {pounds(each)} each," if isinstance(each, Decimal) and each > 0 else ""
    awaited = any(one.quarter == latest.number and not one.is_counted for one in own)
    so_far = " so far" if awaited else ""
    return (
        f"In Quarter {latest.number}{so_far}, {targeted} young people had targeted support{cost} and "
        f"universal work reached {universal}"
    )


def _told(count: Decimal | int | Hidden | None) -> str:
    if isinstance(count, Hidden):
        return str(count) if count.below else "some"
    return f"{count or 0:,}"


def _has_hidden(found: Sequence[Delivered]) -> bool:
    return any(isinstance(count, Hidden) for each in found for count in each.counts.values())


def _hidden_marks(said: Sequence[str], counts: Sequence[Decimal | int | Hidden | None]) -> list[str]:
    """Beside what is missing, what is hidden."""
    return [
        str(count) if isinstance(count, Hidden) else mark for mark, count in zip(said, counts, strict=True)
    ]


def _returned(
    facts: Facts, returns: Sequence[Returned], number: int, missing: Sequence[Gap]
) -> tuple[Cell, Cell]:
    asked = [returned for returned in returns if returned.quarter == number]
    words = next((gap.words for gap in missing if gap.quarter == number), "none")
    if not asked:
        return why_nothing(facts, (), (number,)), words
    return f"{sum(each.is_counted for each in asked)} of {len(asked)}", words
