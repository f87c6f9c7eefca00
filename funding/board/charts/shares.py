"""Where does the money go? By tier and by cost heading, plan against what was spent, each fund by itself.

Funds pay for different things: added up, the patrols of one would look like the high-risk work of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from funding.board.charts.chart import Chart, capital, listed, scope
from funding.board.charts.phase import Words
from funding.board.charts.spec import Panel, Series, horizontal
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import Facts, FundShares, Share
from funding.money import ZERO, percentage, whole_pounds

LIKE_WITH_LIKE = (
    "Only quarters that were returned count, in the plan too. Shares are of the spending of the fund."
)


def tiers(facts: Facts, words: Words) -> Chart:
    """Spent against plan to date by tier."""
    title = _sentence(facts.tiers, _tier_words)
    title = title or _nothing(facts.tiers, "tier")
    return _chart(facts, facts.tiers, words, title, slug="tiers", head="Tier")


def headings(facts: Facts, words: Words) -> Chart:
    """Spent against plan to date by cost heading."""
    title = _sentence(facts.headings, str)
    title = title or _nothing(facts.headings, "cost heading")
    chart = _chart(facts, facts.headings, words, title, slug="headings", head="Cost heading")
    return replace(chart, answer=_sentence(facts.headings, str, most=1))


def _nothing(funds: Sequence[FundShares], part: str) -> str:
    """Why no share can be said: nothing has come, or it comes to nothing, or to less by corrections."""
    if not funds:
        return f"Nothing has been returned yet, so no {part} has spent anything"
    spent = whole([share for one in funds for share in one.shares]).actual
    return f"What was returned comes to {whole_pounds(spent)}, so no {part} has a share of it"


def _tier_words(name: str) -> str:
    """Early help, for "Secondary: early help": what the work is says more than its number."""
    return name.split(": ", 1)[-1]


def _sentence(funds: Sequence[FundShares], words: Callable[[str], str], most: int = 2) -> str:
    """Fund by fund, the parts that take the most: "VRU: early help 64.6% and universal 19.8% of £474,391"."""
    return ". ".join(_of_fund(one, words, most) for one in funds if whole(one.shares).actual > 0)


def _of_fund(one: FundShares, words: Callable[[str], str], most: int) -> str:
    spent = whole(one.shares).actual
    found = sorted((share for share in one.shares if share.actual), key=lambda share: -share.actual)
    if len(found) == 1:
        return f"{one.fund.name}: {words(found[0].name)}, all of {whole_pounds(spent)}"
    parts = listed(f"{words(share.name)} {percentage(share.actual, spent)}" for share in found[:most])
    return f"{one.fund.name}: {parts} of {whole_pounds(spent)}"


def whole(shares: Sequence[Share]) -> Share:
    """The sum of all shares."""
    return Share(
        "Total",
        sum((share.plan for share in shares), ZERO),
        sum((share.accepted for share in shares), ZERO),
        sum((share.provisional for share in shares), ZERO),
    )


def _chart(
    facts: Facts, funds: Sequence[FundShares], words: Words, title: str, *, slug: str, head: str
) -> Chart:
    caption, part = f"Spend by {head.lower()}", slug.removesuffix("s")
    total = whole([share for one in funds for share in one.shares])
    columns = (
        *(Column(text, Kind.TEXT) for text in (head, "Fund")),
        *(Column(text) for text in (words.plan, "Accepted", "Provisional", words.spent, "Difference")),
        Column("Share of spending", Kind.SHARE),
    )
    return Chart(
        slug,
        title,
        f"Pounds. {scope(facts)}. Provisional: certified by the organisation, not yet accepted.",
        Table(
            caption,
            columns,
            tuple(_row(share, one) for one in funds for share in one.shares),
            ("Total", "", *_amounts(total), ""),
            measures=("", "", "plan_to_date", "accepted", "provisional", "spent", "against", ""),
            keys=tuple(
                urlencode({part: share.name, "fund": one.fund.code}) for one in funds for share in one.shares
            ),
        ),
        tuple(_panels(funds, words, slug, caption)),
        note=LIKE_WITH_LIKE,
    )


def _panels(funds: Sequence[FundShares], words: Words, slug: str, caption: str) -> Iterator[Panel]:
    """A drawing a fund, each with an axis of its own."""
    first = 0
    for one in funds:
        groups = [
            [Series(words.plan, "plan", [share.plan for share in one.shares])],
            [
                Series("Spent, accepted", "actual", [share.accepted for share in one.shares]),
                Series("Spent, provisional", "provisional", [share.provisional for share in one.shares]),
            ],
        ]
        size = "s" if len(one.shares) <= 3 else "l"
        drawing = horizontal([share.name for share in one.shares], groups)
        rows = tuple(range(first, first + len(one.shares)))
        of_fund = f"{capital(one.fund.name)}: {caption.lower()}"
        yield Panel(f"{slug}-{one.fund.code}", of_fund, size, drawing, (2, 3, 4), rows)
        first += len(one.shares)


def _amounts(share: Share) -> tuple[Cell, ...]:
    return (share.plan, share.accepted, share.provisional, share.actual, share.actual - share.plan)


def _row(share: Share, one: FundShares) -> tuple[Cell, ...]:
    part = percentage(share.actual, whole(one.shares).actual) or "none"
    return (share.name, one.fund.name, *_amounts(share), part)
