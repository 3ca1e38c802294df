"""Measures against risky customers (policy 3.1, SPEC 4): proposed, approved by another, reviewed, ended.

`proposing`, `deciding` and `keeping` are what people do; `worklist` and `reads` are what they see and what the order
gate asks; `plan_rules` proposes by rules. docs/controls.md.
"""

from services.controls.deciding import MOST_AT_ONCE, approve, approve_many, decline
from services.controls.keeping import expire_overdue, extend, lift, review
from services.controls.proposing import propose, withdraw
from services.controls.reads import (
    active_count,
    control_by_id,
    control_counts,
    controls_in_force,
    department_counts,
    history,
    people_to_own,
    waiting_kinds,
)
from services.controls.rows import (
    ControlCounts,
    ControlFilter,
    ControlPage,
    ControlPick,
    ControlRefusal,
    ControlRow,
    ControlTask,
    Demands,
    DepartmentControls,
    NewControl,
    NotTogetherError,
)
from services.controls.rules import CONTROL_TRANSITIONS, DEMANDS_OF, LIFTED_AS, LONGEST_DAYS, OVERRIDE_ROLES, is_strict
from services.controls.worklist import open_work

__all__ = [
    "CONTROL_TRANSITIONS", "DEMANDS_OF", "LIFTED_AS", "LONGEST_DAYS", "MOST_AT_ONCE", "OVERRIDE_ROLES",
    "ControlCounts", "ControlFilter", "ControlPage", "ControlPick", "ControlRefusal", "ControlRow", "ControlTask",
    "Demands", "DepartmentControls", "NewControl", "NotTogetherError", "active_count", "approve", "approve_many",
    "control_by_id", "control_counts", "controls_in_force", "decline", "department_counts", "expire_overdue", "extend",
    "history", "is_strict", "lift", "open_work", "people_to_own", "propose", "review", "waiting_kinds", "withdraw",
]  # fmt: skip
