"""Early warnings 预警: signals addressed to departments, with a deadline for each step (policy 2.2, SPEC 4 and 6).

Rules are data (`payment_rules`, `standing_rules`, `outside_rules`), `raising` applies them, `verdict` decides what
becomes of a finding, `commands` are what officers do, `queue` is what they read.
"""

from services.early_warnings.bulk import BULK_STEPS, Foresight, foresee
from services.early_warnings.commands import (
    acknowledge,
    acknowledge_all,
    act,
    act_all,
    assign,
    assign_all,
    people_for,
    resolve,
    resolve_all,
    snooze,
    snooze_all,
)
from services.early_warnings.desk_views import (
    DeskViewRow,
    change_view,
    desk_views,
    keep_view,
    remove_view,
)
from services.early_warnings.escalating import escalate_overdue
from services.early_warnings.facets import Facets, facets
from services.early_warnings.holds import (
    Hold,
    forget_past_holds,
    give_back,
    held_by_others,
    keep_for_reader,
    renew,
    take_over,
)
from services.early_warnings.lifecycle import EARLY_WARNING_TRANSITIONS, LONGEST_SNOOZE_DAYS, queue_priority
from services.early_warnings.queue import (
    open_warnings,
    queue_counts,
    raised_in_this_transaction,
    warning_by_id,
    warnings_of_customer,
)
from services.early_warnings.raising import RaiseResult, RuleCount, raise_warnings
from services.early_warnings.rows import Fact, Page, Priority, QueueCounts, QueueFilter, WarningRow, Why
from services.early_warnings.rule import Addressed, FactKind, Finding, WarningRule
from services.early_warnings.rules import COMPUTED_RULES, RULES, TIP, findings, rule_by_code
from services.early_warnings.steps import MOST_AT_ONCE, BulkRefusedError
from services.early_warnings.tips import raise_by_hand
from services.early_warnings.undoing import undo_all
from services.picks import Pick, PickRefusal

__all__ = [
    "BULK_STEPS", "COMPUTED_RULES", "EARLY_WARNING_TRANSITIONS", "LONGEST_SNOOZE_DAYS", "MOST_AT_ONCE", "RULES", "TIP",
    "Addressed", "BulkRefusedError", "DeskViewRow", "Facets", "Fact", "FactKind", "Finding", "Foresight", "Hold",
    "Page", "Pick", "PickRefusal", "Priority", "QueueCounts", "QueueFilter", "RaiseResult", "RuleCount", "WarningRow",
    "WarningRule", "Why", "acknowledge", "acknowledge_all", "act", "act_all", "assign", "assign_all", "change_view",
    "desk_views", "escalate_overdue", "facets", "findings", "foresee", "forget_past_holds", "give_back",
    "held_by_others", "keep_for_reader", "keep_view", "open_warnings", "people_for", "queue_counts", "queue_priority",
    "raise_by_hand", "raise_warnings", "raised_in_this_transaction", "remove_view", "renew", "resolve", "resolve_all",
    "rule_by_code", "snooze", "snooze_all", "take_over", "undo_all", "warning_by_id", "warnings_of_customer",
]  # fmt: skip
