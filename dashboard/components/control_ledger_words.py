"""How the ledger reads about measures, plan rules and guarantees (ledger_words.py takes these in)."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.i18n import N_

CONTROL_ACTIONS: Mapping[str, str] = {
    "control.proposed": N_("%(who)s proposed a measure"),
    "control.planned": N_("%(who)s proposed measures by rule"),
    "control.approved": N_("%(who)s put a measure into force"),
    "control.declined": N_("%(who)s declined a measure"),
    "control.withdrawn": N_("%(who)s took a proposed measure back"),
    "control.replaced": N_("%(who)s replaced a measure by a newer one"),
    "control.reviewed": N_("%(who)s reviewed a measure"),
    "control.extended": N_("%(who)s extended a measure"),
    "control.lifted": N_("%(who)s lifted a measure"),
    "control.expired": N_("%(who)s noted that measures have expired"),
    "control_plan.proposed": N_("%(who)s proposed a change of a plan rule"),
    "control_plan.approved": N_("%(who)s approved a change of a plan rule"),
    "control_plan.rejected": N_("%(who)s turned a change of a plan rule down"),
    "control_plan.withdrawn": N_("%(who)s took a change of a plan rule back"),
    "guarantee.added": N_("%(who)s entered a guarantee"),
    "guarantee.renewed": N_("%(who)s renewed a guarantee"),
    "guarantee.released": N_("%(who)s released a guarantee"),
}
CONTROL_GROUPS: Mapping[str, str] = {
    "control": N_("Measures"),
    "control_plan": N_("Plan rules"),
    "guarantee": N_("Guarantees"),
}
CONTROL_FIELDS: Mapping[str, str] = {
    "force": N_("Force"),
    "override_role": N_("May be overridden by"),
    "order_limit": N_("Limit of an order"),
    "month_limit": N_("Limit of a month"),
    "exposure_limit": N_("Limit of what is owed"),
    "terms_days": N_("Longest terms in days"),
    "prepaid_share": N_("Share paid in advance"),
    "guarantee_value": N_("Guarantees demanded"),
    "coverage_ratio": N_("Coverage demanded"),
    "monitoring_days": N_("Rhythm in days"),
    "plan_rule": N_("Plan rule"),
    "plan_rule_edition": N_("Edition of the rule"),
    "facts": N_("Facts seen"),
    "owner_id": N_("In charge"),
    "starts_on": N_("In force from"),
    "review_on": N_("Review on"),
    "reviewed_on": N_("Reviewed on"),
    "reviewed_by_id": N_("Reviewed by"),
    "effect": N_("Effect seen"),
    "ended_as": N_("Ended as"),
    "end_reason": N_("Reason of the end"),
    "ended_by_id": N_("Ended by"),
    "approved_by_id": N_("Approved by"),
    "proposed_by_id": N_("Proposed by"),
    "rules": N_("Rules"),
    "control_rows": N_("Measures"),
    "conditions": N_("Conditions"),
    "demands": N_("Parameters"),
    "dimension": N_("Dimension"),
    "title": N_("Name of the rule"),
    "rank": N_("Rank"),
    "review_days": N_("Days until the review"),
    "valid_days": N_("Days until the end"),
    "guarantee_no": N_("Guarantee number"),
    "valid_from": N_("Valid from"),
    "released_on": N_("Released on"),
    "release_reason": N_("Reason of the release"),
}
