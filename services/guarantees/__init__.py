"""The register of guarantees (clause 3.1): what secures a customer's debts, until when, and whether it is enough.

Files bring guarantees in (services/imports); here people add, renew and release them. A guarantee is in force from
`valid_from` through `expires_on`, unless it was released before.
"""

from services.guarantees.keeping import add_guarantee, release_guarantee, renew_guarantee
from services.guarantees.reads import alarm_days, guarantee_by_id, register, secured_now, uncovered
from services.guarantees.rows import (
    STATES,
    GuaranteeFilter,
    GuaranteePage,
    GuaranteeRow,
    NewGuarantee,
    Uncovered,
    needed_value,
    state_of,
)

__all__ = [
    "STATES", "GuaranteeFilter", "GuaranteePage", "GuaranteeRow", "NewGuarantee", "Uncovered", "add_guarantee",
    "alarm_days", "guarantee_by_id", "needed_value", "register", "release_guarantee", "renew_guarantee", "secured_now",
    "state_of", "uncovered",
]  # fmt: skip
