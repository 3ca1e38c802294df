"""When each warning rule raises its warning, in a sentence that names every threshold."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from dashboard.i18n import N_, _, format_number, format_percent
from services.early_warnings import WarningRule

WHEN: dict[str, str] = {
    "overdue_30": N_("An undisputed invoice is %(days)s days past due or more."),
    "overdue_60": N_(
        "An undisputed invoice is %(days)s days past due or more; critical once arrears call for identification."
    ),
    "overdue_share": N_(
        "At least %(share)s of the undisputed open balance is past due, across %(least_invoices)s open invoices or "
        "more; high from %(share_high)s."
    ),
    "broken_promise": N_("A promise to pay was not kept; high from %(count_high)s such promises."),
    "slower_than_habit": N_(
        "Invoices paid off in the last %(recent_days)s days came %(slower_days)s days later on average than in the "
        "%(habit_days)s days before; high from %(slower_days_high)s days. It takes %(least_recent)s recent and "
        "%(least_habit)s earlier invoices to judge."
    ),
    "limit_use": N_(
        "The open balance reaches %(share)s of the credit limit; high from %(share_high)s, critical from "
        "%(share_critical)s."
    ),
    "level_high": N_("The newest final assessment puts the customer at high or critical risk."),
    "rating_downgrade": N_(
        "The newest credit report, not older than %(newer_than_days)s days, grades %(steps)s step or more below the "
        "one before of the same source; high from %(steps_high)s steps or once it falls to CCC+."
    ),
    "financial_loss": N_(
        "The newest statement, not older than %(newer_than_days)s days, shows a loss; high when the one before did too."
    ),
    "high_leverage": N_(
        "Liabilities in the newest statement, not older than %(newer_than_days)s days, reach %(leverage)s of assets "
        "without falling; high from %(leverage_high)s, critical from %(leverage_critical)s."
    ),
    "guarantee_expiring": N_(
        "A guarantee ends within %(days)s days, or ended in the last %(days_after)s, while money is owed; high from "
        "%(days_high)s days before its end."
    ),
    "information_stale": N_(
        "Something that the owner department must know is older than allowed at the customer's level while money is "
        "owed: what its list of information to collect shows as late."
    ),
    "negative_media": N_(
        "Bad reports by media or peers in the last %(newer_than_days)s days; medium from %(count_medium)s of them, "
        "high when one has a sentiment of %(sentiment_high)s."
    ),
    "court_event": N_(
        "A bad event at a court or regulator in the last %(newer_than_days)s days; high when one has a sentiment of "
        "%(sentiment_high)s."
    ),
    "industry_cut": N_(
        "The industry's outlook fell by %(points)s points or its trend by %(steps)s steps from its best of the last "
        "%(window_days)s days, and money is owed; high from %(points_high)s points."
    ),
    "probation_relapse": N_(
        "A customer restored in the last %(probation_days)s days has an invoice %(days)s days past due again, or meets "
        "a court or regulator (critical)."
    ),
    "limitation_near": N_(
        "The claim to an open invoice is barred within %(days)s days, or was in the last %(days_after)s: "
        "%(limitation_days)s days after the later of due date, last demand and last part payment; high from "
        "%(days_high)s days before."
    ),
    "measure_disobeyed": N_(
        "An order or invoice of the last %(newer_than_days)s days goes against a measure or a listing and nobody has "
        "excused it; critical where trade was stopped or the order gate had not let it by."
    ),
    "resembles_listed": N_(
        "A customer of the last %(new_days)s days shares a credit code, a phone or %(similarity)s of a name with a "
        "listed one or a watch list entry."
    ),
    "tip": N_("Somebody reports a sign by hand, with a severity of their own."),
}
_RATIOS = ("share", "leverage", "similarity")


#: Titles that name a threshold, where no edition says which: in the ledger, whose entries are about all of them.
_NAMES: dict[str, str] = {"overdue_30": N_("Past due, the first limit"), "overdue_60": N_("Past due, the second limit")}


def rule_title(rule: WarningRule, thresholds: Mapping[str, int | Decimal] | None = None) -> str:
    """What the rule is called, with the thresholds of its edition, or those given."""
    values = {**rule.thresholds, **(thresholds or {})}
    return _(rule.title) % {name: threshold_text(name, value) for name, value in values.items()}


def rule_name(rule: WarningRule) -> str:
    """What the rule is called in whichever edition."""
    return _(_NAMES.get(rule.code, rule.title))


def when_text(rule: WarningRule) -> str:
    """When the rule raises its warning, with its thresholds as they are now."""
    return _(WHEN[rule.code]) % {name: threshold_text(name, value) for name, value in rule.thresholds.items()}


def threshold_text(name: str, value: int | Decimal) -> str:
    """A threshold: ratios in per cent, all else as a number."""
    return format_percent(value, 0) if name.startswith(_RATIOS) else format_number(value)
