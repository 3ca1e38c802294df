"""What the thresholds of warning rules are called, and how their values and the hours of a step read."""

from __future__ import annotations

from decimal import Decimal

from dashboard.i18n import N_, _, format_number, format_percent, ngettext
from services.early_warnings import WarningRule
from services.early_warnings.threshold_limits import ThresholdUnit, threshold_limit

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


def threshold_name(rule: WarningRule, name: str) -> str:
    """What a threshold of a rule is called."""
    return _(OF_RULE.get((rule.code, name)) or THRESHOLDS[name])


def threshold_value(rule: WarningRule, name: str, value: int | Decimal) -> str:
    """A threshold with its unit."""
    unit = threshold_limit(rule, name).unit
    if unit is ThresholdUnit.RATIO:
        return format_percent(value, 0)
    if unit is ThresholdUnit.DAYS:
        return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": format_number(value)}
    return format_number(value)


def thresholds_text(rule: WarningRule) -> str:
    """All thresholds of a rule, one after the other."""
    return " · ".join(
        _("%(name)s %(value)s") % {"name": threshold_name(rule, name), "value": threshold_value(rule, name, value)}
        for name, value in rule.thresholds.items()
    )


def share_of(part: int, whole: int, value: Decimal | None) -> str:
    """A rate with what it stands on: `38 % (12 of 32)`; a dash where there is nothing."""
    return _("%(rate)s (%(part)s of %(whole)s)") % {
        "rate": format_percent(value, 0), "part": format_number(part), "whole": format_number(whole),
    }  # fmt: skip
