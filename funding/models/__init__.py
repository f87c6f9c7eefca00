"""One noun a file: `decision.py` is the money, `quarterly_return.py` the states, `rollup.py` the derived."""

from funding.models.board_action import BoardAction
from funding.models.claim import (
    Claim,
    ClaimHeading,
    ClaimLine,
    ClaimLineKind,
    ClaimMapping,
    ClaimPart,
    ClaimReturn,
)
from funding.models.decision import (
    Allocations,
    Decision,
    DecisionKind,
    DecisionLine,
    DecisionStatus,
)
from funding.models.delivery import ActivityTarget, MatchKind, MatchLine, ReturnRisk
from funding.models.document import (
    UNFINISHED_UPLOADS,
    EvidenceFile,
    EvidenceState,
    UploadState,
    WorkbookUpload,
)
from funding.models.explanation import (
    Adjustment,
    ConfirmedPrompt,
    ReasonCode,
    ReturnRules,
    VarianceReason,
)
from funding.models.flag import FlagAnswer
from funding.models.governance import OF_THE_BOARD, BoardQuestion, Meeting, Outcome
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
from funding.models.leniency import Extension, WaivedRule, Waiver
from funding.models.lines import ActivityLine, ForecastLine, SpendLine
from funding.models.milestone import ChangeTheme, Milestone, MilestoneReport, MilestoneStatus
from funding.models.notice import CalendarFeed, EmailState, Notice, NoticeKind, NoticePreference
from funding.models.open_data import OpenDataPublication, OpenDataWithdrawal
from funding.models.pack import BoardPack, BoardSnapshot
from funding.models.plan import BudgetLine, CostHeading, Intervention, ProfileAmount, Theme, Tier
from funding.models.quarterly_return import QuarterlyReturn, Rag, ReturnEvent
from funding.models.query import QueryReply, ReturnPart, ReturnQuery
from funding.models.return_states import (
    ACCEPTED_STATES,
    COUNTED_STATES,
    OPEN_STATES,
    RETURNED_STATES,
    REVIEWED_STATES,
    STATES_ON_THE_BOARD,
    UNCERTIFIED_STATES,
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
from funding.models.scenario import Scenario, ScenarioAmount, ScenarioDecision, ScenarioMove
from funding.models.version import Certificate, ReturnVersion

__all__ = [
    "ACCEPTED_STATES",
    "COUNTED_STATES",
    "OF_THE_BOARD",
    "OPEN_STATES",
    "RETURNED_STATES",
    "REVIEWED_STATES",
    "STATES_ON_THE_BOARD",
    "UNCERTIFIED_STATES",
    "UNFINISHED_UPLOADS",
    "ActivityLine",
    "ActivityTarget",
    "Adjustment",
    "AllocationFigure",
    "Allocations",
    "Award",
    "AwardStatus",
    "Basis",
    "BoardAction",
    "BoardPack",
    "BoardQuestion",
    "BoardSnapshot",
    "BudgetLine",
    "CalendarFeed",
    "Certificate",
    "ChangeTheme",
    "Claim",
    "ClaimHeading",
    "ClaimLine",
    "ClaimLineKind",
    "ClaimMapping",
    "ClaimPart",
    "ClaimReturn",
    "ConfirmedPrompt",
    "CostHeading",
    "Decision",
    "DecisionKind",
    "DecisionLine",
    "DecisionStatus",
    "EmailState",
    "EvidenceFile",
    "EvidenceState",
    "Extension",
    "Figure",
    "FigureBasis",
    "FlagAnswer",
    "ForecastLine",
    "Fund",
    "Grant",
    "Hotspot",
    "Intervention",
    "MatchKind",
    "MatchLine",
    "Meeting",
    "Milestone",
    "MilestoneReport",
    "MilestoneStatus",
    "Notice",
    "NoticeKind",
    "NoticePreference",
    "OpenDataPublication",
    "OpenDataWithdrawal",
    "Outcome",
    "PatrolLine",
    "ProfileAmount",
    "PublishedAllocation",
    "QuarterlyReturn",
    "QueryReply",
    "Rag",
    "ReasonCode",
    "ReturnEvent",
    "ReturnFigure",
    "ReturnPart",
    "ReturnQuery",
    "ReturnRisk",
    "ReturnRound",
    "ReturnRules",
    "ReturnStatus",
    "ReturnVersion",
    "RollUpMark",
    "RollUpRun",
    "RunKind",
    "Scenario",
    "ScenarioAmount",
    "ScenarioDecision",
    "ScenarioMove",
    "ShareInput",
    "SpendLine",
    "Theme",
    "Tier",
    "UploadState",
    "VarianceReason",
    "WaivedRule",
    "Waiver",
    "WorkbookUpload",
]
