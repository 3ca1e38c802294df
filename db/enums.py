"""State and category names, each exactly once (SPEC 1, 3, 4, 7). The database checks the same lists."""

from enum import StrEnum


class DepartmentKind(StrEnum):
    """What a department does under the policy (clause 1.2)."""

    BUSINESS = "business"
    RISK = "risk"
    LEGAL = "legal"
    FINANCE = "finance"
    INTERNAL_AUDIT = "internal_audit"
    LEADERSHIP = "leadership"
    HR = "hr"
    ADMINISTRATION = "administration"


class Role(StrEnum):
    """Who may do what: see services/access.py (SPEC 3)."""

    VIEWER = "viewer"
    BUSINESS = "business"
    RISK = "risk"
    LEGAL = "legal"
    FINANCE = "finance"
    AUDITOR = "auditor"
    LEADER = "leader"
    HR = "hr"
    ADMIN = "admin"


class Language(StrEnum):
    """Languages that every screen exists in."""

    ZH_HANS = "zh_Hans"
    ZH_HANT = "zh_Hant"
    EN = "en"


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


class ControlKind(StrEnum):
    """Measures against a high-risk customer (clause 3.1)."""

    MONITORING = "monitoring"
    TRADE_LIMIT = "trade_limit"
    SUSPENSION = "suspension"
    GUARANTEE = "guarantee"
    PREPAYMENT = "prepayment"


class ControlState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    LIFTED = "lifted"
    EXPIRED = "expired"


class ControlForce(StrEnum):
    """What the order gate does with an order against a control: deny it, or hold it for who may override."""

    ABSOLUTE = "absolute"
    OVERRIDABLE = "overridable"


class ControlEnd(StrEnum):
    """Why a control was lifted. `unfounded` counts as a wrongly restricted customer (clause 5.2)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    REPLACED = "replaced"
    UNFOUNDED = "unfounded"
    DECLINED = "declined"


class GateDecision(StrEnum):
    """What the order gate answers."""

    ALLOW = "allow"
    HOLD = "hold"
    DENY = "deny"


class HeldOrderState(StrEnum):
    """An order that waits for a person's decision."""

    WAITING = "waiting"
    RELEASED = "released"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Criterion(StrEnum):
    """Identification criteria (clause 2.3)."""

    ARREARS = "arrears"
    FRAUD = "fraud"
    BREACH = "breach"
    ILLEGAL = "illegal"
    HARM = "harm"


class Grade(StrEnum):
    GREY = "grey"
    BLACK = "black"


class ListingState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    RESTORED = "restored"


class CaseState(StrEnum):
    OPEN = "open"
    INVESTIGATING = "investigating"
    RECOVERING = "recovering"
    CLOSED = "closed"


class CaseOutcome(StrEnum):
    RECOVERED = "recovered"
    PARTLY_RECOVERED = "partly_recovered"
    WRITTEN_OFF = "written_off"
    UNFOUNDED = "unfounded"


class IncentiveKind(StrEnum):
    REWARD = "reward"
    PENALTY = "penalty"


class IncentiveMeasure(StrEnum):
    """Rewards and penalties of clause 5.3."""

    BONUS = "bonus"
    CERTIFICATE = "certificate"
    PROMOTION = "promotion"
    COMMENDATION = "commendation"
    CRITICISM = "criticism"
    BONUS_DEDUCTION = "bonus_deduction"
    DOWNGRADE = "downgrade"
    DISMISSAL = "dismissal"


class IncentiveState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXECUTED = "executed"
    APPEALED = "appealed"
    UPHELD = "upheld"
    REVOKED = "revoked"


class ComplaintCause(StrEnum):
    BLACKGREY_MANAGEMENT = "blackgrey_management"
    OTHER = "other"


class ContractEventKind(StrEnum):
    FULFILLED = "fulfilled"
    SPEC_CHANGE = "spec_change"
    PLACE_CHANGE = "place_change"
    QUALITY = "quality"
    OTHER_BREACH = "other_breach"


class ReputationKind(StrEnum):
    MEDIA = "media"
    COURT = "court"
    REGULATOR = "regulator"
    PEER = "peer"
    COMPLAINT = "complaint"


class DunningResponse(StrEnum):
    NONE = "none"
    PROMISE = "promise"
    DISPUTE = "dispute"
    REFUSAL = "refusal"


class GuaranteeKind(StrEnum):
    DEPOSIT = "deposit"
    MORTGAGE = "mortgage"
    PLEDGE = "pledge"
    SURETY = "surety"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImportState(StrEnum):
    PREPARED = "prepared"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


class InformationFinding(StrEnum):
    """What a look without anything to enter found (clause 2.2)."""

    NOTHING_NEW = "nothing_new"
    NOT_AVAILABLE = "not_available"


class InformationState(StrEnum):
    """Where one kind of information on one customer stands on a day."""

    FRESH = "fresh"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    NEVER = "never"


class QualitySide(StrEnum):
    """What a figure of the data-quality board is broken down by."""

    DEPARTMENT = "department"
    SOURCE = "source"


class NoticeChannel(StrEnum):
    """Where a notice can be sent to."""

    EMAIL = "email"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"
    LARK = "lark"
    WEBHOOK = "webhook"
    OTHER = "other"


class NoticeMedium(StrEnum):
    """What people choose by: all messengers are one medium."""

    EMAIL = "email"
    MESSENGER = "messenger"


class NoticeMode(StrEnum):
    """When a notice is sent: at once, with others once a day, or not at all. The list in the product has all."""

    INSTANT = "instant"
    DIGEST = "digest"
    OFF = "off"


class DeliveryState(StrEnum):
    """Where the sending of one notice to one address stands. `failed` is tried again, `given_up` is not."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"


class MailSecurity(StrEnum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
