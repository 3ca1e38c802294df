"""What the thresholds of warning rules are called: for the pages that show them and the refusals that name them."""

from __future__ import annotations

from services.early_warnings.rule import WarningRule
from services.errors import N_

THRESHOLDS: dict[str, str] = {
    "days": N_("Days past due"),
    "days_high": N_("Days before the end from which it is high"),
    "days_after": N_("Days after the end"),
    "recent_days": N_("Days that count as recent"),
    "habit_days": N_("Days of habit before them"),
    "slower_days": N_("Days slower than the habit"),
    "slower_days_high": N_("Days slower from which it is high"),
    "newer_than_days": N_("Days that a report stays news"),
    "window_days": N_("Days looked back"),
    "new_days": N_("Days that a customer counts as new"),
    "probation_days": N_("Days of probation"),
    "limitation_days": N_("Days until a claim is barred"),
    "least_invoices": N_("Least open invoices"),
    "least_recent": N_("Least recent invoices"),
    "least_habit": N_("Least earlier invoices"),
    "count_high": N_("Number from which it is high"),
    "count_medium": N_("Number from which it is medium"),
    "share": N_("Share"),
    "share_high": N_("Share from which it is high"),
    "share_critical": N_("Share from which it is critical"),
    "leverage": N_("Liabilities to assets"),
    "leverage_high": N_("Liabilities to assets from which it is high"),
    "leverage_critical": N_("Liabilities to assets from which it is critical"),
    "similarity": N_("Likeness of names"),
    "steps": N_("Steps down"),
    "steps_high": N_("Steps down from which it is high"),
    "points": N_("Points down"),
    "points_high": N_("Points down from which it is high"),
    "sentiment_high": N_("Sentiment from which it is high (-2 to 2)"),
}


#: What a threshold means in one rule, where the same name says different things.
OF_RULE: dict[tuple[str, str], str] = {
    ("guarantee_expiring", "days"): N_("Days until it ends"),
    ("limitation_near", "days"): N_("Days until the claim is barred"),
}


def name_of_threshold(rule: WarningRule, name: str) -> str:
    """The message id of a threshold's name in a rule."""
    return OF_RULE.get((rule.code, name)) or THRESHOLDS[name]
