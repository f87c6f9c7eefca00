"""The questions of the board, each answered in a sentence: what a member reads in two minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from funding.board.charts.chart import Chart, listed
from funding.board.charts.spending import by_recipient, not_in
from funding.board.facts import Facts
from funding.board.outturn import Line, total
from funding.money import ZERO, whole_pounds

MOST = 3  # so many holders are named


@dataclass(frozen=True)
class Answer:
    """One question, its answer, and the part of the page that shows it in full."""

    slug: str
    question: str
    words: str


def answers(
    facts: Facts,
    found: Sequence[Line],
    charts: dict[str, Chart],
    asked: Sequence[tuple[str, str]],
) -> tuple[Answer, ...]:
    """The answers to the questions that the page asks, in their order."""
    return tuple(Answer(slug, question, _words(slug, facts, found, charts)) for slug, question in asked)


def _holders(found: Sequence[Line]) -> str:
    """Who holds the most of what is allocated; empty for one organisation alone."""
    held = {name: total(some).allocated for name, some in by_recipient(found).items()}
    whole = sum(held.values(), ZERO)
    if len(held) < 2 or not whole:
        return ""
    most = sorted(((name, amount) for name, amount in held.items() if amount), key=lambda pair: -pair[1])
    parts = (f"{name} holds {whole_pounds(amount)}" for name, amount in most[:MOST])
    return f"Of {whole_pounds(whole)}, {listed(parts)}"


def _words(slug: str, facts: Facts, found: Sequence[Line], charts: dict[str, Chart]) -> str:
    match slug:
        case "on-plan":
            sentences = [charts["authorities"].title, not_in(facts, found)]
        case "where":
            by_heading = charts["headings"].answer
            largest = by_heading and f"Largest cost of each: {by_heading}"
            sentences = [_holders(found), charts["tiers"].title, largest]
        case "at-risk":
            sentences = [charts["risks"].answer]
        case "bought":
            sentences = [charts[name].answer for name in ("reach", "hotspots")]
        case "late":
            sentences = [charts["returns"].title]
        case _:
            sentences = [charts["comparison"].title]
    return " ".join(f"{one.removesuffix('.')}." for one in sentences if one)
