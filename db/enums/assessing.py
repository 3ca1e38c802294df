"""Scores, assessments and warnings (SPEC 1, 4, 6)."""

from enum import StrEnum


class CustomerKind(StrEnum):
    COMPANY = "company"
    INDIVIDUAL = "individual"


class RiskLevel(StrEnum):
    """Risk level 风险等级, from safe to risky."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Dimension(StrEnum):
    """The five dimensions of risk evidence (clause 2.1)."""

    CREDIT = "credit"
    OPERATIONS = "operations"
    TRANSACTIONS = "transactions"
    INDUSTRY = "industry"
    REPUTATION = "reputation"


class ScorecardState(StrEnum):
    DRAFT = "draft"
    SHADOW = "shadow"
    ACTIVE = "active"
    RETIRED = "retired"


class ScorecardKind(StrEnum):
    """Points set by people, or fitted on the company's own outcomes."""

    EXPERT = "expert"
    STATISTICAL = "statistical"


class ScorecardReportKind(StrEnum):
    """Two scorecards compared on history, or one fitted on it."""

    COMPARISON = "comparison"
    FIT = "fit"


class ScorecardReportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SettingProposalState(StrEnum):
    """A value that somebody wants a setting to have (SPEC 5): another person decides on it."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AssessmentStage(StrEnum):
    INITIAL = "initial"
    FINAL = "final"


class AssessmentState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    FINAL = "final"
    RETURNED = "returned"


class InformationRequestState(StrEnum):
    """A reviewer's question to the business department (clause 2.2)."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class SiteVisitState(StrEnum):
    """A visit that a reviewer ordered (clause 2.2)."""

    ORDERED = "ordered"
    DONE = "done"
    CANCELLED = "cancelled"


class SiteVisitConclusion(StrEnum):
    """What a visit found, as its reporter sums it up."""

    NO_CONCERN = "no_concern"
    CONCERN = "concern"
    GRAVE = "grave"


class ReminderSubject(StrEnum):
    """What people are reminded of when its day is over."""

    INFORMATION_REQUEST = "information_request"
    SITE_VISIT = "site_visit"
    INFORMATION = "information"
    REVIEW = "review"


class LevelSource(StrEnum):
    """Why a customer's level in force is what it is (services/levels.py)."""

    COMPUTED = "computed"
    FLOOR = "floor"
    OVERRIDE = "override"
    COOLDOWN = "cooldown"


class WarningState(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ACTING = "acting"
    RESOLVED = "resolved"


class WarningOutcome(StrEnum):
    CONFIRMED = "confirmed"
    MITIGATED = "mitigated"
    FALSE_ALARM = "false_alarm"


class LikelihoodSource(StrEnum):
    """Where a warning rule's likelihood comes from: a person, its past warnings, or signs replayed on history."""

    STATED = "stated"
    WARNINGS = "warnings"
    SIMULATION = "simulation"


class SimulationState(StrEnum):
    """A replay of a warning rule on history."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
