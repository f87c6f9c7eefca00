"""Where does the money go? By tier and by cost heading, plan against what was spent."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from funding.board.charts.chart import Chart, scope
from funding.board.charts.phase import Words
from funding.board.charts.spec import Panel, Series, horizontal
from funding.board.charts.table import Cell, Column, Kind, Table
from funding.board.facts import Facts, Share
from funding.money import ZERO, percentage, whole_pounds

LIKE_WITH_LIKE = "Only quarters that were returned count, in the plan too: like is compared with like."


def tiers(facts: Facts, words: Words) -> Chart:
    """Spent against plan to date by tier."""
    title = "Nothing has been returned yet, so no tier has spent anything"
    spent = whole(facts.tiers).actual
    if spent:
        largest = max(facts.tiers, key=lambda share: share.actual)
        title = f"{_tier_words(largest.name)} work takes {percentage(largest.actual, spent)} of spending"
    return _chart(facts, facts.tiers, words, title, slug="tiers", head="Tier")


def _tier_words(name: str) -> str:
    return name.split(":", 1)[0]


def headings(facts: Facts, words: Words) -> Chart:
    """Spent against plan to date by cost heading."""
    title = "Nothing has been returned yet, so no cost heading has spent anything"
    if whole(facts.headings).actual:
        largest = max(facts.headings, key=lambda share: share.actual)
        title = f"The largest cost is {largest.name}, at {whole_pounds(largest.actual)}"
    return _chart(facts, facts.headings, words, title, slug="headings", head="Cost heading")


def whole(shares: Sequence[Share]) -> Share:
    """The sum of all shares."""
    return Share(
        "Total",
        sum((share.plan for share in shares), ZERO),
        sum((share.accepted for share in shares), ZERO),
        sum((share.provisional for share in shares), ZERO),
    )


def _chart(facts: Facts, shares: Sequence[Share], words: Words, title: str, *, slug: str, head: str) -> Chart:
    caption, part = f"Spend by {head.lower()}", slug.removesuffix("s")
    total = whole(shares)
    has_returned = bool(total.plan or total.actual)
    # A tier of which nothing was returned is missing, so it gets no row of zeros.
    shares = shares if has_returned else ()
    columns = (
        Column(head, Kind.TEXT),
        *(Column(text) for text in (words.plan, "Accepted", "Provisional", words.spent, "Difference")),
        Column("Share of spending", Kind.SHARE),
    )
    groups = [
        [Series(words.plan, "plan", [share.plan for share in shares])],
        [
            Series("Spent, accepted", "actual", [share.accepted for share in shares]),
            Series("Spent, provisional", "provisional", [share.provisional for share in shares]),
        ],
    ]
    size = "s" if len(shares) <= 3 else "l"
    drawing = horizontal([share.name for share in shares], groups)
    return Chart(
        slug,
        title,
        f"Pounds. {scope(facts)}. Provisional: certified by the organisation, not yet accepted.",
        Table(
            caption,
            columns,
            tuple(_row(share, total) for share in shares),
            _row(total, total),
            measures=("", "plan_to_date", "accepted", "provisional", "spent", "against", ""),
            keys=tuple(urlencode({part: share.name}) for share in shares),
        ),
        (Panel(slug, caption, size, drawing, (1, 2, 3)),) if has_returned else (),
        note=LIKE_WITH_LIKE,
    )


def _row(share: Share, total: Share) -> tuple[Cell, ...]:
    part = percentage(share.actual, total.actual) or "none"
    difference = share.actual - share.plan
    return (share.name, share.plan, share.accepted, share.provisional, share.actual, difference, part)
