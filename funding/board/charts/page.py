"""The whole board page: headline, key figures, and every question with its answers in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from funding.board.charts import ahead, cards, delivery, funds, patrols, risk, shares, spending, status
from funding.board.charts.answers import Answer, answers
from funding.board.charts.chart import Chart
from funding.board.charts.phase import Phase, phase
from funding.board.charts.spec import dumps
from funding.board.facts import Facts
from funding.board.outturn import Line, lines


@dataclass(frozen=True)
class Section:
    """One question of the board, and the charts that answer it."""

    slug: str
    question: str
    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Page:
    """What the template shows. Without an award there is a headline and nothing else."""

    headline: str
    key_figures: tuple[cards.KeyFigure, ...]
    charts: dict[str, Chart]
    sections: tuple[Section, ...]
    has_award: bool
    has_money: bool
    answers: tuple[Answer, ...] = ()

    @property
    def specs(self) -> str:
        """The specification of every drawing that is shown, as one safe block of JSON."""
        panels = [panel for section in self.sections for chart in section.charts for panel in chart.panels]
        return dumps({panel.key: panel.spec for panel in panels})


# The tables that can be downloaded; addresses name them.
TABLES = (
    "funds",
    "authorities",
    "quarters",
    "tiers",
    "headings",
    "risks",
    "reach",
    "hotspots",
    "returns",
    "comparison",
)


def build(facts: Facts) -> Page:
    """Everything that the board page says."""
    found = lines(facts)
    stands = phase(facts, found)
    charts = {chart.slug: chart for chart in _charts(facts, found, stands)}
    sections = tuple(_sections(charts, stands, has_money=bool(found))) if facts.awards else ()
    asked = [(section.slug, section.question) for section in sections]
    return Page(
        cards.headline(facts, found, stands),
        cards.key_figures(facts, found, stands) if facts.awards else (),
        charts,
        sections,
        has_award=bool(facts.awards),
        has_money=bool(found),
        answers=answers(facts, found, charts, asked),
    )


def _charts(facts: Facts, found: Sequence[Line], stands: Phase) -> Iterable[Chart]:
    yield funds.funds(facts, found, stands)
    if stands is Phase.AHEAD:
        yield ahead.authorities(facts, found)
        yield ahead.quarters(facts, found)
    else:
        yield spending.authorities(facts, found, stands)
        yield spending.quarters(facts, found, stands)
    yield shares.tiers(facts, stands.words)
    yield shares.headings(facts, stands.words)
    yield risk.risks(facts, found, stands)
    yield delivery.reach(facts)
    yield patrols.hotspots(facts, found)
    yield status.returns(facts)
    yield status.comparison(facts)


def _sections(charts: dict[str, Chart], stands: Phase, *, has_money: bool) -> Iterable[Section]:
    """The questions that mean something: nothing is spent or at risk before the year begins."""
    words = stands.words
    bought = [slug for slug in ("reach", "hotspots") if charts[slug].table.rows]
    late = ["returns"] if charts["returns"].table.rows else []
    has_begun = has_money and stands is not Phase.AHEAD
    for slug, question, names in (
        ("on-plan", words.on_plan, ["authorities", "quarters"] if has_money else []),
        ("where", "Where does the money go?", ["tiers", "headings"] if has_begun else []),
        ("at-risk", words.risk, ["risks"] if has_begun else []),
        ("bought", "What did it buy?", bought if has_begun else []),
        ("late", "Who is late?", late),
        ("compare", "How do we compare?", ["comparison"]),
    ):
        if names:
            yield Section(slug, question, tuple(charts[name] for name in names))
