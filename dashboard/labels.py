"""Words for the names that the database keeps (db/enums/), each exactly once. Codes travel; labels are only shown."""

from __future__ import annotations

from dashboard.i18n import N_, _
from dashboard.restricting_labels import RESTRICTING_LABELS

LABELS: dict[str, dict[str, str]] = {
    "risk_level": {
        "low": N_("Low risk"),
        "medium": N_("Medium risk"),
        "high": N_("High risk"),
        "critical": N_("Critical risk"),
    },
    "risk_level_short": {
        "low": N_("low"),
        "medium": N_("medium"),
        "high": N_("high"),
        "critical": N_("critical"),
    },
    "dimension": {
        "credit": N_("Credit"),
        "operations": N_("Business performance"),
        "transactions": N_("Transactions"),
        "industry": N_("Industry background"),
        "reputation": N_("Reputation"),
    },
    "role": {
        "viewer": N_("Reader"),
        "business": N_("Business user"),
        "risk": N_("Risk officer"),
        "legal": N_("Legal officer"),
        "finance": N_("Finance officer"),
        "auditor": N_("Auditor"),
        "leader": N_("Leader"),
        "hr": N_("HR officer"),
        "admin": N_("Administrator"),
    },
    "department_kind": {
        "business": N_("Business department"),
        "risk": N_("Risk management"),
        "legal": N_("Legal department"),
        "finance": N_("Finance department"),
        "internal_audit": N_("Internal audit"),
        "leadership": N_("Leadership"),
        "hr": N_("Human resources"),
        "administration": N_("Administration"),
    },
    "customer_kind": {"company": N_("Company"), "individual": N_("Individual")},
    "assessment_stage": {"initial": N_("Initial assessment"), "final": N_("Final assessment")},
    "assessment_state": {
        "draft": N_("Draft"),
        "submitted": N_("Submitted"),
        "in_review": N_("In review"),
        "final": N_("Finalised"),
        "returned": N_("Returned"),
    },
    "information_request_state": {
        "open": N_("Awaiting an answer"),
        "answered": N_("Answered"),
        "withdrawn": N_("Withdrawn"),
    },
    "site_visit_state": {
        "ordered": N_("Visit ordered"),
        "done": N_("Visit reported"),
        "cancelled": N_("Visit cancelled"),
    },
    "site_visit_conclusion": {
        "no_concern": N_("No concern"),
        "concern": N_("Concern"),
        "grave": N_("Grave concern"),
    },
    "level_source": {
        "computed": N_("By the score"),
        "floor": N_("Held up by a floor of the scorecard"),
        "override": N_("Overridden by risk management"),
        "cooldown": N_("Held by the cooldown"),
    },
    "task_kind": {
        "returned": N_("Returned"),
        "request": N_("Question to answer"),
        "visit": N_("Site visit"),
        "draft": N_("Draft"),
        "overdue": N_("Overdue"),
        "due": N_("Due soon"),
    },
    "grade_direction": {
        "softer": N_("Initial grade softer"),
        "harder": N_("Initial grade harder"),
        "same": N_("Same grade"),
    },
    "pair_outcome": {
        "bad": N_("Turned bad"),
        "good": N_("Stayed good"),
        "open": N_("Not known yet"),
        "excluded": N_("Left out: already bad"),
    },
    "warning_state": {
        "raised": N_("Awaiting acknowledgement"),
        "acknowledged": N_("Acknowledged"),
        "acting": N_("Being acted on"),
        "resolved": N_("Resolved"),
    },
    "warning_outcome": {
        "confirmed": N_("Risk confirmed"),
        "mitigated": N_("Risk mitigated"),
        "false_alarm": N_("False alarm"),
    },
    "evidence_table": {
        "invoice": N_("Invoice"),
        "payment": N_("Payment"),
        "sales_order": N_("Order"),
        "contract": N_("Contract"),
        "contract_event": N_("Contract event"),
        "dunning_notice": N_("Dunning notice"),
        "reputation_event": N_("Reputation event"),
        "customer": N_("Listed customer"),
    },
    "case_state": {
        "open": N_("Opened"),
        "investigating": N_("Investigating"),
        "recovering": N_("Recovering"),
        "closed": N_("Closed"),
    },
    "case_outcome": {
        "recovered": N_("Fully recovered"),
        "partly_recovered": N_("Partly recovered"),
        "written_off": N_("Written off"),
        "unfounded": N_("Unfounded"),
    },
    "incentive_kind": {"reward": N_("Reward"), "penalty": N_("Penalty")},
    "incentive_measure": {
        "bonus": N_("Bonus"),
        "certificate": N_("Certificate of honour"),
        "promotion": N_("Promotion"),
        "commendation": N_("Commendation"),
        "criticism": N_("Criticism"),
        "bonus_deduction": N_("Bonus deduction"),
        "downgrade": N_("Performance downgrade"),
        "dismissal": N_("Dismissal"),
    },
    "incentive_state": {
        "proposed": N_("Proposed"),
        "approved": N_("Approved"),
        "rejected": N_("Turned down"),
        "executed": N_("Carried out"),
        "appealed": N_("Under appeal"),
        "upheld": N_("Upheld"),
        "revoked": N_("Revoked"),
    },
    "complaint_cause": {
        "blackgrey_management": N_("Black/grey customer management"),
        "other": N_("Other cause"),
    },
    "contract_event_kind": {
        "fulfilled": N_("Fulfilled"),
        "spec_change": N_("Change of specification"),
        "place_change": N_("Change of place"),
        "quality": N_("Quality problem"),
        "other_breach": N_("Other breach"),
    },
    "reputation_kind": {
        "media": N_("Media"),
        "court": N_("Court"),
        "regulator": N_("Regulator"),
        "peer": N_("Peers"),
        "complaint": N_("Complaint"),
    },
    "dunning_response": {
        "none": N_("No answer"),
        "promise": N_("Promise to pay"),
        "dispute": N_("Disputed"),
        "refusal": N_("Refused to pay"),
    },
    "payment_channel": {
        "bank_transfer": N_("Bank transfer"),
        "wire_transfer": N_("Wire transfer"),
        "bank_acceptance": N_("Bank acceptance"),
        "letter_of_credit": N_("Letter of credit"),
        "mobile_wallet": N_("Mobile wallet"),
        "cash": N_("Cash"),
    },
    "control_task": {
        "approve": N_("To approve"),
        "review": N_("To review"),
        "expiring": N_("Ends soon"),
    },
    "guarantee_state": {
        "in_force": N_("Guarantee in force"),
        "expiring": N_("Guarantee ends soon"),
        "expired": N_("Guarantee expired"),
        "released": N_("Guarantee released"),
        "coming": N_("Guarantee begins later"),
    },
    "scorecard_state": {
        "draft": N_("Draft"),
        "shadow": N_("Shadow run"),
        "active": N_("In force"),
        "retired": N_("Retired"),
    },
    "scorecard_kind": {"expert": N_("Set by experts"), "statistical": N_("Fitted on outcomes")},
    "api_scope": {
        "gate": N_("Order gate"),
        "screen": N_("Screening"),
        "status": N_("Customer status"),
        "metrics": N_("Figures"),
        "events": N_("Events and webhooks"),
    },
    "notice_channel": {
        "email": N_("E-mail"),
        "dingtalk": N_("DingTalk"),
        "wecom": N_("WeCom"),
        "feishu": N_("Feishu"),
        "lark": N_("Lark"),
        "webhook": N_("Webhook"),
        "other": N_("Another messenger"),
    },
    "notice_medium": {"email": N_("By e-mail"), "messenger": N_("By messenger")},
    "notice_mode": {"instant": N_("At once"), "digest": N_("Once a day"), "off": N_("Not sent")},
    "delivery_state": {
        "queued": N_("Waiting to be sent"),
        "sending": N_("Being sent"),
        "sent": N_("Sent"),
        "failed": N_("Failed, tried again"),
        "given_up": N_("Given up"),
    },
    "mail_security": {"starttls": N_("STARTTLS"), "tls": N_("TLS"), "none": N_("Without encryption")},
    "proposal_decision": {"approved": N_("approved"), "rejected": N_("turned down")},
    "job_state": {"queued": N_("Queued"), "running": N_("Running"), "done": N_("Done"), "failed": N_("Failed")},
    "import_state": {
        "prepared": N_("Prepared"),
        "running": N_("Running"),
        "done": N_("Done"),
        "refused": N_("Refused"),
    },
    "metric": {
        "assessment_accuracy": N_("Assessment accuracy"),
        "identification_timeliness": N_("Identification timeliness"),
        "arrears_recovery_rate": N_("Arrears recovery rate"),
        "complaint_rate": N_("Complaint rate"),
    },
    "accuracy_outcome": {
        "true_positive": N_("Foreseen: turned bad"),
        "true_negative": N_("Foreseen: stayed good"),
        "false_positive": N_("False alarm: stayed good"),
        "false_negative": N_("Missed: turned bad"),
        "excluded": N_("Left out: already bad"),
    },
    "timeliness_outcome": {"on_time": N_("On time"), "late": N_("Late")},
    "trigger_kind": {"invoice": N_("Arrears"), "listing": N_("Written sign")},
    "upheld": {"upheld": N_("Complaint upheld"), "not_upheld": N_("Not upheld"), "open": N_("Not decided")},
    "active_by": {"event": N_("Invoice or payment"), "opening": N_("Balance at the start")},
    "level_direction": {
        "rose": N_("Rose to more risk"),
        "fell": N_("Fell to less risk"),
        "first_scored": N_("Scored for the first time"),
    },
    **RESTRICTING_LABELS,
}

_STATES = {
    code: words
    for group, labels in LABELS.items()
    if group.endswith(("_state", "_outcome"))
    for code, words in labels.items()
}


def label(group: str, code: str | None) -> str:
    """The word for a code of a group, in the language in use; `—` for none, the code itself for an unknown one."""
    if code is None:
        return "—"
    words = LABELS[group].get(code)
    return _(words) if words else code


def state_label(code: str) -> str:
    """The word for a state of any lifecycle, for sentences that name two of them."""
    words = _STATES.get(code)
    return _(words) if words else code
