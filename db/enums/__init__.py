"""State and category names, each exactly once (SPEC 1, 3, 4, 7). The database checks the same lists."""

from db.enums.assessing import (
    AssessmentStage,
    AssessmentState,
    CustomerKind,
    Dimension,
    InformationRequestState,
    LevelSource,
    LikelihoodSource,
    RiskLevel,
    ScorecardKind,
    ScorecardReportKind,
    ScorecardReportState,
    ScorecardState,
    SettingProposalState,
    SimulationState,
    SiteVisitConclusion,
    SiteVisitState,
    WarningOutcome,
    WarningState,
)
from db.enums.people import (
    ApiScope,
    DepartmentKind,
    Language,
    Role,
)
from db.enums.records import (
    ContractEventKind,
    DeliveryState,
    DunningResponse,
    GuaranteeKind,
    ImportState,
    InformationFinding,
    InformationState,
    JobState,
    MailSecurity,
    NoticeChannel,
    NoticeMedium,
    NoticeMode,
    QualitySide,
    ReputationKind,
)
from db.enums.restricting import (
    CaseOutcome,
    CaseState,
    ComplaintCause,
    ControlEnd,
    ControlForce,
    ControlKind,
    ControlState,
    Criterion,
    GateDecision,
    Grade,
    HeldOrderState,
    IncentiveKind,
    IncentiveMeasure,
    IncentiveState,
    ListingState,
    OverrideState,
)
from db.enums.screening import (
    MatchSource,
    MatchState,
    WatchlistScope,
)

__all__ = [
    "ApiScope", "AssessmentStage", "AssessmentState", "CaseOutcome", "CaseState", "ComplaintCause",
    "ContractEventKind", "ControlEnd", "ControlForce", "ControlKind", "ControlState", "Criterion", "CustomerKind",
    "DeliveryState", "DepartmentKind", "Dimension", "DunningResponse", "GateDecision", "Grade", "GuaranteeKind",
    "HeldOrderState", "ImportState", "IncentiveKind", "IncentiveMeasure", "IncentiveState", "InformationFinding",
    "InformationRequestState", "InformationState", "JobState", "Language", "LevelSource", "LikelihoodSource",
    "ListingState", "MailSecurity", "MatchSource", "MatchState", "NoticeChannel", "NoticeMedium", "NoticeMode",
    "OverrideState", "QualitySide", "ReputationKind", "RiskLevel", "Role", "ScorecardKind", "ScorecardReportKind",
    "ScorecardReportState", "ScorecardState", "SettingProposalState", "SimulationState", "SiteVisitConclusion",
    "SiteVisitState", "WarningOutcome", "WarningState", "WatchlistScope",
]  # fmt: skip
