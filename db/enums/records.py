"""Files, work in the background and notices (SPEC 7)."""

from enum import StrEnum


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
