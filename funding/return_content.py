"""What one version of a return says, for reading: its lines and words as sections of a paper. Pure.

The money by budget line and what was delivered stand beside the plan in `funding/return_papers.py`; here is
the rest of what is signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from authorities.filters import date_words
from funding.models import MatchKind, Rag, ReasonCode
from funding.money import ZERO, change, pounds
from funding.papers import Block, Facts, Items, Prose, Section, Table
from funding.papers.paper import paragraphs
from funding.snapshot import Content

NOTHING = "Nothing entered."
NOT_RETURNED = "not returned"
JUDGED, MATCHED, EVIDENCE = "Ratings and risks", "Match funding", "Evidence"
WORDED = "In words"


def amount(text: str) -> str:
    """Pounds as a version keeps them, for reading."""
    return pounds(Decimal(text)) if text else NOT_RETURNED


def day(text: str, otherwise: str = "Not back on plan this year") -> str:
    return date_words(date.fromisoformat(text)) if text else otherwise


def total(lines: Iterable[Content], name: str) -> Decimal | None:
    """The sum of what is there; None where nothing is."""
    there = [Decimal(line[name]) for line in lines if line[name]]
    return sum(there, ZERO) if there else None


def forecast_total(content: Content) -> Decimal | None:
    texts = [text for line in content["spend"] for text in line["forecasts"].values()]
    return sum(map(Decimal, texts), ZERO) if texts else None


def totals(content: Content) -> Facts:
    """The sums that a certificate is about."""
    match = {kind: [one for one in content["match"] if one["kind"] == kind.label] for kind in MatchKind}
    rows = [
        ("Actual spend in the quarter", total(content["spend"], "actual")),
        ("Corrections of earlier quarters", total(content["adjustments"], "amount")),
        ("Committed, not yet spent", total(content["spend"], "committed")),
        ("Forecast for later quarters of the year", forecast_total(content)),
        *((f"Match funding, {kind.label.lower()}", total(lines, "amount")) for kind, lines in match.items()),
    ]
    usual = (rows[0], rows[2])
    shown = [
        (name, NOT_RETURNED if sum_ is None else pounds(sum_))
        for name, sum_ in rows
        if sum_ is not None or (name, sum_) in usual
    ]
    nil = [("Nil return", "Nothing was spent and nothing was delivered")] if content["is_nil"] else []
    return Facts([*nil, *shown])


def reasons(content: Content, variances: Mapping[str, Decimal]) -> Table:
    """Why lines spent other than planned; `variances` by budget line."""
    return Table(
        "Reasons for variances",
        ["Budget line", "Actual less plan", "Reason", "Explanation", "Recovers by"],
        [
            [
                line["name"],
                change(variances[line["key"]]) if line["key"] in variances else "",
                ReasonCode(line["code"]).label,
                line["words"],
                day(line["recovers_on"]),
            ]
            for line in content["variances"]
        ],
        numeric=(1,),
    )


def corrections(content: Content) -> Table:
    """What this return corrects of earlier quarters of its year."""
    sum_ = total(content["adjustments"], "amount")
    return Table(
        "Corrections of earlier quarters",
        ["Budget line and quarter", "Correction", "Reason"],
        [[one["name"], change(Decimal(one["amount"])), one["reason"]] for one in content["adjustments"]],
        foot=["Total", change(sum_), ""] if sum_ is not None else [],
        numeric=(1,),
    )


def ratings(content: Content) -> Block:
    """How the organisation judges the quarter itself."""
    words = content["words"]
    said = [
        (label, words.get(f"{name}_rag", ""), words.get(f"{name}_rag_reason", ""))
        for label, name in (("Spend", "spend"), ("Delivery", "delivery"))
    ]
    rows = [[label, Rag(code).label, reason] for label, code, reason in said if code]
    return Table("Ratings", ["Of", "Rating", "Reason"], rows) if rows else Items(["No rating was given."])


def risks(content: Content) -> Table:
    """Likelihood times impact, 1 to 5 each, before and after mitigation."""
    return Table(
        "Risks, likelihood times impact",
        ["Risk", "Before", "After", "Mitigation", "Owner"],
        [
            [
                one["name"],
                _score(one["likelihood_before"], one["impact_before"]),
                _score(one["likelihood_after"], one["impact_after"]),
                one["mitigation"],
                one["owner"],
            ]
            for one in content["risks"]
        ],
        numeric=(1, 2),
    )


def _score(likelihood: int, impact: int) -> str:
    return f"{likelihood} × {impact} = {likelihood * impact}"


def match_funding(content: Content) -> Table:
    """Cash and in kind, each with its own total: in kind is no eligible cost of the grant."""
    lines = content["match"]
    foot = [
        f"{kind.label}: {pounds(sum_)}"
        for kind in MatchKind
        if (sum_ := total([one for one in lines if one["kind"] == kind.label], "amount")) is not None
    ]
    return Table(
        "Match funding",
        ["Source", "Kind", "Secured", "Amount"],
        [
            [one["name"], one["kind"], "Yes" if one["secured"] else "Not yet", amount(one["amount"])]
            for one in lines
        ],
        numeric=(3,),
        note=f"Totals: {'; '.join(foot)}." if foot else "",
    )


def words(content: Content) -> list[Block]:
    """Progress in words."""
    headings = (
        ("What went well", "progress"),
        ("What got in the way", "problems"),
        ("What comes next quarter", "next_steps"),
    )
    return [
        Prose(heading, paragraphs(content["words"].get(name, "")) or [NOTHING]) for heading, name in headings
    ]


def evidence(content: Content) -> Items:
    """The files that were handed in beside the return, by name."""
    return Items([f"{one['name']} ({_size(one['size'])})" for one in content["evidence"]])


def _size(count: int) -> str:
    return f"{count:,} bytes" if count < 1024 else f"{-(-count // 1024):,} KB"


def beside_the_figures(content: Content, variances: Mapping[str, Decimal]) -> list[Section]:
    """Everything that is signed beside spend, activity and patrols. What was left empty is left out."""
    optional: list[tuple[str, Any]] = [
        ("Reasons for variances", reasons(content, variances)),
        ("Corrections of earlier quarters", corrections(content)),
        (MATCHED, match_funding(content)),
    ]
    found = [Section(heading, [table]) for heading, table in optional if table.rows]
    judged: list[Block] = [ratings(content)]
    if content["risks"]:
        judged.append(risks(content))
    found.append(Section(JUDGED, judged))
    found.append(Section(WORDED, words(content)))
    if content["evidence"]:
        found.append(Section(EVIDENCE, [evidence(content)]))
    return found
