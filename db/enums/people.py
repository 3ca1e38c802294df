"""People and departments (SPEC 1, 3)."""

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


class ApiScope(StrEnum):
    """What a token of another system may be used for (services/access.py says with which rights)."""

    GATE = "gate"
    SCREEN = "screen"
    STATUS = "status"
    METRICS = "metrics"
    EVENTS = "events"


class Language(StrEnum):
    """Languages that every screen exists in."""

    ZH_HANS = "zh_Hans"
    ZH_HANT = "zh_Hant"
    EN = "en"
