"""What the people of the sample write when they work their warnings."""

from __future__ import annotations

ASSESSMENT_WORDS: dict[str, str] = {
    "agrees": "Nothing new since the last assessment: orders, payments and contacts are as usual",
    "agrees_high": "Three deliveries stand open; the customer answers but pays late. The score says it rightly",
    "guarantee": "The parent company signed a guarantee for all open invoices in May",
    "guarantee_checked": "Guarantee read by legal: it covers twice what is open, until the end of August",
    "rumour": "Two suppliers in the region stopped deliveries to them last week; the score can't know it yet",
    "softer": "The customer has paid late before and always paid in full; the buyer is new and reorders the approvals",
    "quality": "They hold payment back over a quality claim that our lab did not confirm",
    "question": "Financial statements of 2024\nWho approves payments now, and up to which amount?\n"
    "What is the new buyer's mandate?",
    "short_question": "Is the second warehouse rented or their own?",
    "short_answer": "Rented until March 2026; the lease is attached to the contract file",
    "stock": "See whether the stock they named as security is there",
    "plant": "Is the second production line running? Talk to the works manager about the claim",
    "plant_seen": "One of two lines runs, in one shift. Half of the shelves in hall 2 are empty. The works manager "
    "says that the claim is about dates of delivery, not about quality",
    "returned": "Two steps below the score needs more than a habit: add the payment plan and who signed it",
}
"""What is written in assessments, by what it is about."""

MEASURE_WORDS: dict[str, str] = {
    "secured": "The parent company's guarantee of May covers it; the deed is with legal",
    "fell": "Orders fell by half, and the oldest two invoices are paid",
    "same": "They split their orders to stay below the limit; nothing was paid yet",
    "paid": "The arrears are paid; keep the limit until the next statement",
    "mistaken": "The court's notice concerned a company of a similar name: theirs is clean",
    "cleared": "Paid on time for six months in a row",
    "suspend": "Nobody answers at the number we have, and their site stands still since Monday",
    "watch": "The new owner changes the management; look every month until it is done",
    "tighter": "They ordered three times this week, each time just below the limit",
    "rule": "Of the new customers that went bad last year most owed more than a third of their first orders",
}
"""What is written about measures."""

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
