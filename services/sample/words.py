"""What the people of the sample write when they work their warnings."""

from __future__ import annotations

NOTES: dict[str, str] = {
    "acknowledge_all": "Seen in the morning round",
    "act_all": "Called the customer; the account manager visits this week",
    "assign_all": "By region, as agreed in the Monday round",
    "listed": "Right: the customer is listed, trade has stopped, and the recovery case has it",
    "confirmed": "Right: money is short. New orders only against prepayment until the oldest invoices are paid",
    "mitigated": "The customer paid the oldest invoices after the call and keeps to a weekly plan for the rest",
    "false_alarm": "Not so: the bank booked the transfer two days late, and the invoices are settled",
}

SNOOZES: tuple[tuple[int, str], ...] = (
    (4, "The bank's confirmation of the transfer is due on Thursday"),
    (10, "The court sits on 10 July; nothing can be done before"),
    (14, "Half-year statement promised for mid-July"),
)
"""Days after the end on which a warning comes back, and why it sleeps."""

TIPS: tuple[tuple[str, str, str], ...] = (
    ("risk", "high", "A driver of ours says that their second plant has stood still since the middle of June"),
    ("risk", "medium", "Our agent hears that another supplier of theirs has waited for money since April"),
    ("risk2", "medium", "Their bank asked us for a reference: they seem to look for a new credit line"),
)
"""Who noted it, how grave, and what was heard."""

SCORECARDS: dict[str, tuple[str, str]] = {
    "shadow": ("Credit first", "More weight on credit and on ratings; a month in shadow before we decide"),
    "draft": ("Shrinking trade", "Takes in trade that dries up; to be discussed in July"),
}
"""Name and purpose of the scorecards that risk management works on."""
