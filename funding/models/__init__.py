"""One noun a file: `decision.py` is the money, `quarterly_return.py` the states, `rollup.py` the derived."""

from funding.models.decision import (
    Allocations,
    Decision,
    DecisionKind,
    DecisionLine,
    DecisionStatus,
)
from funding.models.grant import (
    Award,
    AwardStatus,
    Basis,
    Fund,
    Grant,
    PublishedAllocation,
    ShareInput,
)
from funding.models.hotspot import Hotspot, PatrolLine
from funding.models.lines import ActivityLine, ForecastLine, SpendLine
from funding.models.notice import Notice
from funding.models.plan import BudgetLine, CostHeading, Intervention, ProfileAmount, Theme, Tier
from funding.models.quarterly_return import (
    COUNTED_STATES,
    OPEN_STATES,
    QuarterlyReturn,
    ReturnEvent,
    ReturnStatus,
)
from funding.models.rollup import (
    AllocationFigure,
    Figure,
    FigureBasis,
    ReturnFigure,
    RollUpMark,
    RollUpRun,
    RunKind,
)
from funding.models.round import ReturnRound

__all__ = [
    "COUNTED_STATES",
    "OPEN_STATES",
    "ActivityLine",
    "AllocationFigure",
    "Allocations",
    "Award",
    "AwardStatus",
    "Basis",
    "BudgetLine",
    "CostHeading",
    "Decision",
    "DecisionKind",
    "DecisionLine",
    "DecisionStatus",
    "Figure",
    "FigureBasis",
    "ForecastLine",
    "Fund",
    "Grant",
    "Hotspot",
    "Intervention",
    "Notice",
    "PatrolLine",
    "ProfileAmount",
    "PublishedAllocation",
    "QuarterlyReturn",
    "ReturnEvent",
    "ReturnFigure",
    "ReturnRound",
    "ReturnStatus",
    "RollUpMark",
    "RollUpRun",
    "RunKind",
    "ShareInput",
    "SpendLine",
    "Theme",
    "Tier",
]
