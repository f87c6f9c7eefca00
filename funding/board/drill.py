"""From a figure of the board to the rows that it is the sum of: which rows, how many, one page of them.

The rows are read from the sources, as they stand now; amounts of drafts and of queried returns are not among
them, as they are not in the figure. No count of people is here, and no hotspot's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django_tables2.data import TableData

from funding.board import drill_sql
from funding.board.facts import ACCEPTED, PROVISIONAL, AwardFact, Recipient
from funding.models import Tier

BOTH = (ACCEPTED, PROVISIONAL)
# In the place of the name of an intervention that names a hotspot.
UNNAMED = "Patrols (name not shown)"
LONGEST = 100
UNLIMITED = 1_000_000


@dataclass(frozen=True)
class Measure:
    """What a figure counts: each part added (1), left out (0) or taken off (-1)."""

    label: str
    words: str
    spent: int = 0
    plan: int = 0
    plan_to_date: int = 0
    expected: int = 0
    allocated: int = 0
    bases: tuple[str, ...] = BOTH
    only_above_zero: bool = False  # counts what is above zero of each organisation's money of one award


SPENT = "Spending and corrections in returns that are certified or accepted."
EXPECTED = "Where a quarter does not count yet: the latest return's forecast for it, or else its plan."
MEASURES: Mapping[str, Measure] = {
    "allocated": Measure("Allocated", "What approved decisions gave and took.", allocated=1),
    "plan": Measure("Plan", "The plan by budget line and quarter.", plan=1),
    "plan_to_date": Measure(
        "Plan to date", "The plan of quarters whose return is certified or accepted.", plan_to_date=1
    ),
    "accepted": Measure(
        "Spent, accepted",
        "Spending and corrections in returns that are accepted.",
        spent=1,
        bases=(ACCEPTED,),
    ),
    "provisional": Measure(
        "Spent, provisional",
        "Spending and corrections in returns that are certified and not yet accepted.",
        spent=1,
        bases=(PROVISIONAL,),
    ),
    "spent": Measure("Spent", SPENT, spent=1),
    "against": Measure(
        "Spent against plan", f"{SPENT} The plan of the same quarters is taken off.", spent=1, plan_to_date=-1
    ),
    "forecast": Measure("Forecast", EXPECTED, expected=1),
    "outturn": Measure("Year-end forecast", f"{SPENT} {EXPECTED}", spent=1, expected=1),
    "left": Measure(
        "Left at year end",
        "What is allocated, with spending and forecast taken off.",
        allocated=1,
        spent=-1,
        expected=-1,
    ),
    "unplanned": Measure(
        "Not planned yet",
        "What is allocated, with the plan taken off. Money that is planned in full is left out.",
        allocated=1,
        plan=-1,
        only_above_zero=True,
    ),
    "at_risk": Measure(
        "At risk",
        "What is allocated, with spending and forecast taken off. An organisation that spends all of an "
        "award is left out: one overspend does not hide another's underspend.",
        allocated=1,
        spent=-1,
        expected=-1,
        only_above_zero=True,
    ),
}
USUAL = "spent"


@dataclass(frozen=True)
class Row:
    """One amount, and where it comes from."""

    kind: str
    basis: str
    organisation: str
    fund: str
    quarter: int | None
    return_id: int | None
    decision_id: int | None
    line_id: int | None
    note: str
    intervention: str
    description: str
    heading: str
    tier: str
    amount: Decimal

    @property
    def what(self) -> str:
        """What the amount is and how far it can be relied on."""
        return {
            "spent": f"Spent, {self.basis}",
            "correction": f"Correction of Quarter {self.note}, {self.basis}",
            "plan": "Plan",
            "forecast": f"Forecast in the return of Quarter {self.note}",
            "expected": "Plan, since nothing newer is known",
            "allocated": f"Decision {self.note}",
        }[self.kind]

    @property
    def line(self) -> str:
        return f"{self.intervention}: {self.description}" if self.description else self.intervention

    @property
    def tier_label(self) -> str:
        return Tier(self.tier).label if self.tier else ""


@dataclass(frozen=True)
class Question:
    """Which figure's rows are asked for."""

    measure: str
    year: int
    awards: Sequence[AwardFact]
    recipients: Sequence[Recipient]
    quarter: int = 0
    tier: str = ""
    heading: str = ""
    search: str = ""
    refusals: tuple[str, ...] = ()
    sees_names: bool = False

    @property
    def of(self) -> Measure:
        return MEASURES[self.measure]

    @property
    def parameters(self) -> dict[str, Any]:
        escaped = self.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        measure = self.of
        return {
            **{part: getattr(measure, part) for part in ("spent", "plan", "plan_to_date", "expected")},
            "allocated": measure.allocated,
            "bases": list(measure.bases),
            "only_above_zero": measure.only_above_zero,
            "year": self.year,
            "awards": [award.pk for award in self.awards],
            "organisations": [recipient.pk for recipient in self.recipients],
            "quarter": self.quarter,
            "tier": self.tier,
            "heading": self.heading,
            "pattern": f"%{escaped}%" if escaped else "",
            "sees_names": self.sees_names,
            "unnamed": UNNAMED,
        }


def ask(
    asked: Mapping[str, str],
    *,
    year: int,
    awards: Sequence[AwardFact],
    recipients: Sequence[Recipient],
    sees_names: bool,
) -> Question:
    """What the address asks for; what is not known falls back to all, and a sentence says so."""
    found = {name: _clean(asked.get(name, "")) for name in ("measure", "quarter", "tier", "heading", "q")}
    tiers = {label: code for code, label in Tier.choices}
    refusals = []
    if found["measure"] and found["measure"] not in MEASURES:
        refusals.append("There is no such figure on this board. Showing what was spent.")
    if found["quarter"] and found["quarter"] not in ("1", "2", "3", "4"):
        refusals.append("A year has quarters 1 to 4. Showing all of them.")
    if found["tier"] and found["tier"] not in tiers:
        refusals.append("There is no such tier. Showing all of them.")
    return Question(
        found["measure"] if found["measure"] in MEASURES else USUAL,
        year,
        awards,
        recipients,
        quarter=int(found["quarter"]) if found["quarter"] in ("1", "2", "3", "4") else 0,
        tier=tiers.get(found["tier"], ""),
        heading=found["heading"],
        search=found["q"],
        refusals=tuple(refusals),
        sees_names=sees_names,
    )


def _clean(text: str) -> str:
    """What PostgreSQL can be asked: no zero byte, no half of a character, not endless."""
    return text.replace("\0", "").encode(errors="ignore").decode().strip()[:LONGEST]


@dataclass(frozen=True)
class Totals:
    """Of the rows that the search finds, and of the whole figure."""

    found: int
    found_amount: Decimal
    rows: int
    amount: Decimal


class Rows(TableData):
    """The rows for a table, of which only the page that is shown is read."""

    def __init__(self, question: Question) -> None:
        super().__init__(None)
        self.question = question
        self._order = ""

    @cached_property
    def totals(self) -> Totals:
        with connection.cursor() as cursor:
            cursor.execute(drill_sql.TOTALS, self.question.parameters)
            return Totals(*cursor.fetchone())

    def __len__(self) -> int:
        return self.totals.found

    def __getitem__(self, key: slice) -> list[Row]:
        start = key.start or 0
        return self._read(start, (UNLIMITED if key.stop is None else key.stop) - start)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._read(0, UNLIMITED))

    def order_by(self, aliases: Sequence[str]) -> None:
        """By the columns of the table; their names are looked up, never taken over."""
        ways = []
        for alias in aliases:
            direction = "DESC" if alias.startswith("-") else "ASC"
            ways += [f"{one} {direction}" for one in drill_sql.ORDERS[alias.lstrip("-")].split(", ")]
        self._order = "".join(f"{way}, " for way in ways)

    def _read(self, offset: int, limit: int) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(
                drill_sql.PAGE.replace("{order}", self._order),
                {**self.question.parameters, "limit": limit, "offset": offset},
            )
            return [Row(*row) for row in cursor.fetchall()]
