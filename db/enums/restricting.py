"""Measures, orders, listings, cases, rewards and penalties (SPEC 1, 4, 5)."""

from enum import StrEnum


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
    WITHDRAWN = "withdrawn"


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


class TradeDocument(StrEnum):
    """What shows that a customer was traded with."""

    ORDER = "order"
    INVOICE = "invoice"


class Demand(StrEnum):
    """What a measure or a listing demands of the trade that follows (clauses 3.1, 3.2)."""

    LISTED = "listed"
    SUSPENSION = "suspension"
    ORDER_LIMIT = "order_limit"
    MONTH_LIMIT = "month_limit"
    EXPOSURE_LIMIT = "exposure_limit"
    TERMS = "terms"
    PREPAYMENT = "prepayment"
    GUARANTEE = "guarantee"


class BreachJudgement(StrEnum):
    """What a person made of a document that goes against a measure."""

    CONFIRMED = "confirmed"
    EXCUSED = "excused"


class OverrideState(StrEnum):
    """A permission to pass a measure at the order gate: one person asks for it, another gives it."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    ENDED = "ended"


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


class ListingStep(StrEnum):
    """Where a proposal stands while its listing is `proposed` (clause 2.3)."""

    DRAFT = "draft"
    HANDED_IN = "handed_in"
    IN_REVIEW = "in_review"
    ASKED = "asked"
    READY = "ready"


class ListingEnd(StrEnum):
    """Why a listing ended. `unfounded` counts as a wrongly restricted customer (clause 5.2)."""

    UNFOUNDED = "unfounded"
    MENDED = "mended"


class CandidateState(StrEnum):
    """A sign that a customer may be grey or black, and what became of it."""

    OPEN = "open"
    PROPOSED = "proposed"
    PUT_ASIDE = "put_aside"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"


class CandidateSource(StrEnum):
    """Who found a candidate: an objective test, or a person's tip."""

    TEST = "test"
    TIP = "tip"


class EvidenceKind(StrEnum):
    """What a piece of evidence is (clause 3.2)."""

    CONTRACT = "contract"
    TRANSACTION = "transaction"
    CORRESPONDENCE = "correspondence"
    DUNNING = "dunning"
    REPLY = "reply"
    OTHER = "other"


class ReplyChannel(StrEnum):
    """How a customer was told of its right of reply."""

    LETTER = "letter"
    EMAIL = "email"
    MEETING = "meeting"
    PHONE = "phone"
    MESSENGER = "messenger"


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
