"""The columns of each sheet of the workbook. Data: headings, other words for them, notes."""

from __future__ import annotations

from funding.models import Rag, ReasonCode
from funding.quarters import Quarter
from funding.workbook.form import Column, Kind

INTERVENTION = Column(
    "intervention", "Intervention", Kind.NAME, also=("project", "scheme", "programme"), width=30
)
LINE = Column(
    "line", "Budget line", Kind.NAME, also=("cost heading", "heading", "description", "line"), width=26
)
ANSWER = Column("answer", "Your answer", Kind.WORDS, is_entry=True, also=("answer", "text"), width=90)


def spend(quarter: Quarter) -> tuple[Column, ...]:
    """Spend and forecast: what is to be read, what is to be filled in, the sum of the year, reasons."""
    forecasts = [_forecast(later) for later in quarter.remaining]
    full_year = Column(
        "full_year",
        "Full year",
        Kind.AMOUNT,
        "Works itself out. Committed is not part of it.",
        adds=("earlier", "actual", *(column.code for column in forecasts)),
    )
    return (
        INTERVENTION,
        LINE,
        *_known(quarter.number),
        *_spent(quarter.number),
        *forecasts,
        full_year,
        *_reasons(),
    )


def _known(number: int) -> tuple[Column, ...]:
    money = Kind.AMOUNT
    return (
        Column("budget", "Budget for the year", money, "The sum of your plan. Change it on the plan page."),
        Column("plan", f"Plan, Q{number}", money, "What your plan says for this quarter."),
        Column("last", f"Last forecast for Q{number}", money, "What your last return expected of it."),
        Column("earlier", "Spent before", money, "Of the earlier quarters of the year, with corrections."),
    )


def _spent(number: int) -> tuple[Column, ...]:
    actual = Column(
        "actual",
        f"Actual, Q{number}",
        Kind.AMOUNT,
        "What was spent in the quarter, on an accruals basis, net of VAT that you can recover. Enter 0 where "
        "nothing was spent.",
        is_entry=True,
        also=("actual", "actual spend", "actuals", f"q{number} actual", "spend", "spent"),
    )
    committed = Column(
        "committed",
        "Committed",
        Kind.AMOUNT,
        "Ordered or contracted, and not spent yet.",
        is_entry=True,
        also=("commitments", "commitment"),
    )
    return actual, committed


def _forecast(later: Quarter) -> Column:
    number = later.number
    return Column(
        f"forecast{number}",
        f"Forecast, Q{number}",
        Kind.AMOUNT,
        f"What you expect to spend in {later}.",
        is_entry=True,
        also=(f"q{number} forecast", f"forecast quarter {number}", f"quarter {number} forecast"),
    )


def _reasons() -> tuple[Column, ...]:
    return (
        Column(
            "reason",
            "Reason for a variance",
            Kind.CHOICE,
            "Only where the line spent far from its plan. Choose from the list.",
            is_entry=True,
            also=("reason", "variance reason", "reason code"),
            choices=tuple((str(code), str(label)) for code, label in ReasonCode.choices),
            width=34,
        ),
        Column(
            "reason_words",
            "Reason in words",
            Kind.WORDS,
            "What happened, and what you do about it.",
            is_entry=True,
            also=("explanation", "comment", "comments", "words"),
            width=44,
        ),
        Column(
            "recovers_on",
            "Recovers by",
            Kind.DAY,
            "The day by which the line is back on plan, like 31/12/2026. Empty where it will not recover.",
            is_entry=True,
            also=("recovery date", "recovers on"),
        ),
    )


def activity() -> tuple[Column, ...]:
    """Universal reach and targeted cases stay apart: they are never added up."""
    return (
        INTERVENTION,
        Column(
            "universal_reached",
            "Young people reached, universal",
            Kind.COUNT,
            "For example a whole school year in an assembly.",
            is_entry=True,
            also=("universal", "universal reached"),
            width=18,
        ),
        Column(
            "targeted_reached",
            "Young people supported, targeted",
            Kind.COUNT,
            "Those with a plan of their own. They are never added to universal reach.",
            is_entry=True,
            also=("targeted", "targeted reached"),
            width=18,
        ),
        Column("sessions", "Sessions", Kind.COUNT, "Sessions held in the quarter.", is_entry=True, width=12),
    )


def patrols() -> tuple[Column, ...]:
    """What was delivered in each hotspot."""
    return (
        Column("reference", "Hotspot", Kind.NAME, also=("reference", "hotspot reference"), width=12),
        Column("name", "Name", Kind.NAME, also=("hotspot name",), width=34),
        Column(
            "hours",
            "Hours of patrol",
            Kind.HOURS,
            "Officers' hours in the area.",
            also=("hours",),
            is_entry=True,
        ),
        Column("visits", "Visits", Kind.COUNT, is_entry=True),
        Column("arrests", "Arrests", Kind.COUNT, is_entry=True),
        Column(
            "searches", "Stop and searches", Kind.COUNT, also=("searches", "stop and search"), is_entry=True
        ),
        Column(
            "asb_powers",
            "Uses of anti-social behaviour powers",
            Kind.COUNT,
            also=("asb powers", "anti-social behaviour powers"),
            is_entry=True,
        ),
    )


def progress() -> tuple[Column, ...]:
    """One question a row."""
    return (
        Column("question", "Question", Kind.NAME, width=44),
        ANSWER,
    )


def _rating(heading: str) -> Column:
    choices = tuple((str(code), str(label)) for code, label in Rag.choices)
    return Column("answer", heading, Kind.CHOICE, is_entry=True, choices=choices)


# The questions of the sheet "Progress": name of the column of the return, what it asks, what kind of answer.
QUESTIONS: tuple[tuple[str, str, Column], ...] = (
    ("progress", "What went well this quarter?", ANSWER),
    ("problems", "What got in the way? (optional)", ANSWER),
    ("next_steps", "What comes next quarter? (optional)", ANSWER),
    ("spend_rag", "How is spending against the plan? Choose from the list", _rating("Spend rating")),
    ("spend_rag_reason", "Why that rating of spending?", ANSWER),
    ("delivery_rag", "How is delivery against the plan? Choose from the list", _rating("Delivery rating")),
    ("delivery_rag_reason", "Why that rating of delivery?", ANSWER),
)
