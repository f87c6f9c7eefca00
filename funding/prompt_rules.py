"""What a return says that may be right and may be a slip: rules over figures. Pure.

No rule stops anybody. Each says why it asks, with the figures, and what to do; the same figures are confirmed
once and not asked about again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from funding.money import ZERO, pounds

MOST = 10


@dataclass(frozen=True)
class Limits:
    """From where on a rule asks; a partnership sets its own. "Unlike the quarters before" must be far away
    in every way, and there must be enough of them."""

    green_underspend_percent: Decimal = Decimal(40)
    quarters: int = 4
    times_usual_distance: Decimal = Decimal(3)
    percent_of_usual: Decimal = Decimal(25)
    pounds: Decimal = Decimal(500)
    hours: Decimal = Decimal(10)


USUAL = Limits()


@dataclass(frozen=True)
class Line:
    """One budget line: pounds; `forecast` of all later quarters; `history` newest last."""

    key: int
    name: str
    plan: Decimal
    budget: Decimal
    actual: Decimal | None
    before: Decimal
    forecast: Decimal | None
    history: Sequence[Decimal] = ()
    is_explained: bool = False


@dataclass(frozen=True)
class Supported:
    """Targeted support of one intervention: now and in the quarter before."""

    key: int
    name: str
    now: int
    last: int


@dataclass(frozen=True)
class Patrol:
    """Hours in one hotspot, which goes by its reference: now, and before, newest last."""

    key: int
    reference: str
    hours: Decimal
    history: Sequence[Decimal]


@dataclass(frozen=True)
class Facts:
    """All that the rules look at. `expected` is the year as the last return forecast it."""

    spend_rag: str
    progress: str
    last_progress: str
    has_later: bool
    expected: Decimal | None
    lines: Sequence[Line]
    supported: Sequence[Supported] = ()
    patrols: Sequence[Patrol] = ()
    limits: Limits = USUAL


@dataclass(frozen=True)
class Prompt:
    """One thing to confirm or correct. `open_why` is for readers who may not see small numbers of people."""

    code: str
    title: str
    why: str
    todo: str
    part: str
    subject: str = ""
    figures: tuple[str, ...] = ()
    size: Decimal = ZERO
    open_why: str = ""
    words: str = ""
    who: str = ""

    @property
    def fingerprint(self) -> str:
        """Of the figures: other figures ask again."""
        return hashlib.sha256("|".join((self.code, self.subject, *self.figures)).encode()).hexdigest()

    @property
    def stake(self) -> Decimal | None:
        """The pounds in question. People, hours and words have none."""
        return self.size if self.part in ("spend", "ratings") else None

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.code}-{self.subject}-{self.fingerprint[:12]}"


def ask(facts: Facts, most: int | None = MOST) -> list[Prompt]:
    """The prompts, the most important first: by rule, then by size. At most ten, or all with None."""
    first = (above_forecast, green_underspend, nothing_forecast, nothing_spent)
    rules = (*first, unlike_history, nobody_supported, unlike_hours, same_words)
    found: list[Prompt] = []
    for rule in rules:
        found += sorted(rule(facts), key=lambda prompt: (-prompt.size, prompt.subject))
    return found[:most]


def _spent(facts: Facts) -> Decimal:
    return sum((line.before + (line.actual or ZERO) for line in facts.lines), ZERO)


def above_forecast(facts: Facts) -> Iterator[Prompt]:
    """More is spent by now than the last return expected of the whole year."""
    spent = _spent(facts)
    if facts.expected is not None and spent > facts.expected:
        yield Prompt(
            "above_forecast",
            "The forecast of the year",
            f"Your last return expected {pounds(facts.expected)} for the whole year. "
            f"{pounds(spent)} is spent already.",
            "Check what was spent this quarter, or say what changed.",
            "spend",
            figures=(str(facts.expected), str(spent)),
            size=spent - facts.expected,
        )


def green_underspend(facts: Facts) -> Iterator[Prompt]:
    """Rated green with so much of the quarter's plan not spent: usually 40 % or more."""
    plan = sum((line.plan for line in facts.lines), ZERO)
    actual = sum((line.actual or ZERO for line in facts.lines), ZERO)
    least = plan * facts.limits.green_underspend_percent / 100
    if facts.spend_rag == "green" and plan > 0 and plan - actual >= least:
        less = ((plan - actual) * 100 / plan).quantize(Decimal(1), ROUND_DOWN)
        yield Prompt(
            "green_underspend",
            "The rating of spend",
            f"Spend is rated green. {pounds(actual)} was spent of {pounds(plan)} planned for the quarter, "
            f"which is {less}% less.",
            "Check the rating, or say why the year is on course all the same.",
            "ratings",
            figures=(str(plan), str(actual)),
            size=plan - actual,
        )


def nothing_forecast(facts: Facts) -> Iterator[Prompt]:
    """Budget is left, and every later quarter is forecast at nothing."""
    forecasts = [line.forecast for line in facts.lines]
    left = sum((line.budget for line in facts.lines), ZERO) - _spent(facts)
    if facts.has_later and forecasts and all(amount == 0 for amount in forecasts) and left > 0:
        yield Prompt(
            "nothing_forecast",
            "The later quarters",
            f"{pounds(left)} of the year's budget is left, and nothing is forecast for the later quarters.",
            "Enter what you expect to spend, or say why nothing more will be spent.",
            "spend",
            figures=(str(left),),
            size=left,
        )


def nothing_spent(facts: Facts) -> Iterator[Prompt]:
    """A line spent nothing although something was planned, and no reason is given yet."""
    for line in facts.lines:
        if line.actual == 0 and line.plan > 0 and not line.is_explained:
            yield Prompt(
                "nothing_spent",
                line.name,
                f"Nothing was spent; {pounds(line.plan)} was planned for the quarter.",
                "Enter what was spent, also what is not invoiced yet, or say why nothing was.",
                "spend",
                subject=str(line.key),
                figures=(str(line.plan),),
                size=line.plan,
            )


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle of the values, or half-way between the two in the middle."""
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def is_unlike(value: Decimal, history: Sequence[Decimal], least: Decimal, limits: Limits = USUAL) -> bool:
    """Outside everything before, and further from the usual value than some times the usual distance.

    The usual value is the median of enough quarters, the usual distance the median of their distances from
    it. The distance must also be a part of the usual value, and `least`, at the least.
    """
    if len(history) < limits.quarters or min(history) <= value <= max(history):
        return False
    usual = median(history)
    distance = abs(value - usual)
    spread = median([abs(one - usual) for one in history])
    part = usual * limits.percent_of_usual / 100
    return distance > max(spread * limits.times_usual_distance, part, least)


def unlike_history(facts: Facts) -> Iterator[Prompt]:
    """A line spent far more or less than in the quarters before, and no reason is given yet."""
    for line in facts.lines:
        actual, limits = line.actual, facts.limits
        # Nothing at all is asked about above.
        if not actual or line.is_explained or not is_unlike(actual, line.history, limits.pounds, limits):
            continue
        usual = median(line.history)
        yield Prompt(
            "unlike_history",
            line.name,
            f"{pounds(actual)} was spent. In the {len(line.history)} quarters before, it was between "
            f"{pounds(min(line.history))} and {pounds(max(line.history))}, with {pounds(usual)} in the "
            "middle.",
            "Check the amount for a slip, or say what was different.",
            "spend",
            subject=str(line.key),
            figures=(str(actual), *map(str, line.history)),
            size=abs(actual - usual),
        )


def nobody_supported(facts: Facts) -> Iterator[Prompt]:
    """Targeted support fell to nobody."""
    for one in facts.supported:
        if one.now == 0 and one.last > 0:
            yield Prompt(
                "nobody_supported",
                one.name,
                f"No young person had targeted support; last quarter {one.last:,} had.",
                "Enter who was supported, or say why nobody was.",
                "activity",
                subject=str(one.key),
                figures=(str(one.last),),
                size=Decimal(one.last),
                open_why="No young person had targeted support; last quarter some had.",
            )


def unlike_hours(facts: Facts) -> Iterator[Prompt]:
    """Hours of patrol far from the hotspot's own history."""
    for one in facts.patrols:
        if is_unlike(one.hours, one.history, facts.limits.hours, facts.limits):
            usual = median(one.history)
            yield Prompt(
                "unlike_hours",
                f"Hotspot {one.reference}",
                f"{one.hours:,} hours of patrol. In the {len(one.history)} quarters before, it was between "
                f"{min(one.history):,} and {max(one.history):,}.",
                "Check the hours for a slip, or say what was different.",
                "patrols",
                subject=str(one.key),
                figures=(str(one.hours), *map(str, one.history)),
                size=abs(one.hours - usual),
            )


def same_words(facts: Facts) -> Iterator[Prompt]:
    """Progress in the very words of the quarter before, whatever the spacing and the capitals."""
    now, last = (" ".join(text.casefold().split()) for text in (facts.progress, facts.last_progress))
    if now and now == last:
        yield Prompt(
            "same_words",
            "Progress in words",
            "What went well is word for word what you wrote last quarter.",
            "Write what this quarter brought, or say that nothing changed.",
            "narrative",
            figures=(now,),
        )
