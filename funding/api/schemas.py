"""What the API is asked and what it answers, by names that stay. The page about it is made from these.

Amounts are pounds as text with two decimals, so that no program rounds them. None means that nothing was
returned, which is never the same as zero.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import Field

MOST_ROWS, USUAL_ROWS, FURTHEST = 5000, 1000, 1_000_000

Row = TypeVar("Row")
Year = Annotated[
    int | None,
    Field(ge=2000, le=2100, description="The year in which the financial year begins: 2026 for 2026/27."),
]
Quarter = Annotated[
    int | None, Field(ge=1, le=4, description="1 for April to June, up to 4 for January to March.")
]
OrganisationNumber = Annotated[
    int | None, Field(ge=1, le=2**31 - 1, description="Number of an organisation, as in organisation_id.")
]
FundCode = Annotated[str | None, Field(max_length=40, description="Code of a fund, as in fund_code.")]


def _text(description: str, unit: str = "text") -> Any:
    return Field(description=description, json_schema_extra={"unit": unit})


def _number(description: str, unit: str) -> Any:
    return Field(description=description, json_schema_extra={"unit": unit})


POUNDS = "pounds, text with two decimals"
PoundsOrNone = str | None


class Paging(Schema):
    """Which part of the rows."""

    limit: int = Field(USUAL_ROWS, ge=1, le=MOST_ROWS, description=f"How many rows, from 1 to {MOST_ROWS}.")
    offset: int = Field(
        0, ge=0, le=FURTHEST, description=f"How many rows to leave out first, from 0 to {FURTHEST}."
    )


class FigureFilters(Paging):
    year: Year = None
    quarter: Quarter = None
    organisation: OrganisationNumber = None
    fund: FundCode = None


class AllocationFilters(Paging):
    year: Year = None
    organisation: OrganisationNumber = None
    fund: FundCode = None


class ReturnFilters(Paging):
    year: Year = None
    quarter: Quarter = None
    organisation: OrganisationNumber = None


class FigureRow(Schema):
    """Pounds of one organisation's quarter, by award, tier and cost heading."""

    year: int = _number("The year in which the financial year begins", "year")
    quarter: int = _number("The quarter, from April on", "1 to 4")
    organisation_id: int = _number("The organisation, as a number that stays", "number")
    organisation: str = _text("The organisation's name")
    fund_code: str = _text("The fund, by its code")
    fund: str = _text("The fund's name")
    award_id: int = _number("The fund's award for the year, as a number that stays", "number")
    tier: str = _text("Primary, secondary or tertiary prevention, and so on", "code")
    cost_heading: str = _text("What the money is for")
    basis: str | None = _text("How far the quarter can be relied on; null before its round opens", "code")
    plan: str = _text("Planned for the quarter", POUNDS)
    actual: PoundsOrNone = _text("Spent in the quarter; null where nothing was returned that counts", POUNDS)
    committed: PoundsOrNone = _text("Committed and not spent yet; null as above", POUNDS)
    forecast_q2: PoundsOrNone = _text("What this quarter's return expects of quarter 2", POUNDS)
    forecast_q3: PoundsOrNone = _text("What this quarter's return expects of quarter 3", POUNDS)
    forecast_q4: PoundsOrNone = _text("What this quarter's return expects of quarter 4", POUNDS)


class AllocationRow(Schema):
    """What one organisation holds of one award, by approved decisions."""

    year: int = _number("The year in which the financial year begins", "year")
    organisation_id: int = _number("The organisation, as a number that stays", "number")
    organisation: str = _text("The organisation's name")
    fund_code: str = _text("The fund, by its code")
    fund: str = _text("The fund's name")
    award_id: int = _number("The fund's award for the year, as a number that stays", "number")
    award_amount: str = _text("The whole award; the same in each of its rows, so do not add it up", POUNDS)
    award_basis: str = _text("Whether the award's amount is published, derived or illustrative", "code")
    amount: str = _text("Allocated to the organisation", POUNDS)


class ReturnRow(Schema):
    """One organisation's quarter: whether it was returned, and what was delivered."""

    year: int = _number("The year in which the financial year begins", "year")
    quarter: int = _number("The quarter, from April on", "1 to 4")
    organisation_id: int = _number("The organisation, as a number that stays", "number")
    organisation: str = _text("The organisation's name")
    basis: str = _text("missing, queried, provisional or accepted; the last two count", "code")
    is_nil: bool = _text("Whether the return says that there was nothing to report", "true or false")
    due_on: date | None = _text("The day on which it is due, extensions included", "date")
    universal_reached: int | None = _number(
        "Reached by universal work; null where not returned or hidden", "people"
    )
    universal_reached_hidden: str | None = _text("Why the count is hidden, else null")
    targeted_reached: int | None = _number(
        "Given targeted support; null where not returned or hidden", "people"
    )
    targeted_reached_hidden: str | None = _text("Why the count is hidden, else null")
    sessions: int | None = _number("Sessions held; null where not returned", "sessions")
    patrol_hours: str | None = _text(
        "Officer hours in hotspots; police only", "hours, text with two decimals"
    )
    patrol_visits: int | None = _number("Visits to hotspots; police only", "visits")
    arrests: int | None = _number("Arrests in hotspots; police only", "arrests")
    stop_searches: int | None = _number("Stop and searches in hotspots; police only", "searches")
    asb_powers: int | None = _number("Uses of antisocial behaviour powers; police only", "uses")


class AsAt(Schema):
    """What the figures stand for."""

    partnership: str = _text("Whose figures these are")
    training: bool = _text("Whether this is a copy to practise in, where nothing is real", "true or false")
    run: int | None = _number("The latest roll-up that is done; null before the first", "number")
    at: datetime | None = _text("When that roll-up was done", "time with offset")
    waiting: int = _number(
        "Changes that wait for the next roll-up; 0 when the figures are up to date", "changes"
    )


class Answer(Schema, Generic[Row]):
    """One page of rows, with what it is a page of."""

    as_at: AsAt
    count: int = _number("All rows that fit the filters, on every page together", "rows")
    limit: int = _number("The most rows that a page holds", "rows")
    offset: int = _number("How many rows were left out first", "rows")
    next_offset: int | None = _number("The offset of the next page; null on the last one", "rows")
    rows: list[Row]


class Refusal(Schema):
    """Why there is no answer."""

    detail: str = _text("A sentence that a person can act on")
