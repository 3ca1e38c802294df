"""How the ledger reads of orders at the gate: part of the tables of ledger_words."""

from __future__ import annotations

from dashboard.i18n import N_

ACTIONS: dict[str, str] = {
    "gate.answered": N_("%(who)s asked whether an order may be taken"),
    "gate.held": N_("%(who)s held orders that were allowed before"),
    "gate.released": N_("%(who)s released a held order"),
    "gate.refused": N_("%(who)s refused a held order"),
    "gate.withdrawn": N_("%(who)s withdrew an order"),
    "gate.not_kept": N_("%(who)s noted an order that was answered without the database and can't be kept"),
    "gate_override.proposed": N_("%(who)s asked for a permission to pass a measure"),
    "gate_override.approved": N_("%(who)s gave a permission to pass a measure"),
    "gate_override.declined": N_("%(who)s turned down a permission to pass a measure"),
    "gate_override.ended": N_("%(who)s ended a permission to pass a measure"),
}
GROUPS: dict[str, str] = {
    "gate": N_("Orders at the gate"),
    "gate_override": N_("Permissions to pass a measure"),
}
FIELDS: dict[str, str] = {
    "order_no": N_("Order number"),
    "original_amount": N_("Amount of the order"),
    "prepaid_amount": N_("Paid ahead"),
    "terms_days": N_("Days to pay"),
    "decision": N_("Answer of the gate"),
    "away_decision": N_("Answer without the database"),
    "reasons": N_("Reasons"),
    "controls": N_("Measures in force"),
    "limit_left": N_("Limit left"),
    "held_at": N_("Held since"),
    "release_role": N_("Waits for"),
    "settled_at": N_("Decided on"),
    "settled_by_id": N_("Decided by"),
    "settled_reason": N_("Reason of the decision"),
    "released_until": N_("Release holds until"),
    "until_on": N_("Permission holds until"),
    "limit_amount": N_("Amount permitted"),
    "ended_reason": N_("Why it ended"),
    "customer_no": N_("Customer number"),
    "asked_on": N_("Asked on"),
}
