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


class WarningState(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ACTING = "acting"
    RESOLVED = "resolved"


class WarningOutcome(StrEnum):
    CONFIRMED = "confirmed"
    MITIGATED = "mitigated"
    FALSE_ALARM = "false_alarm"


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
