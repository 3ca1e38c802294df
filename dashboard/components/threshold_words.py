"""What the thresholds of warning rules are called, and how their values and the hours of a step read."""

from __future__ import annotations

from decimal import Decimal

from dashboard.i18n import _, format_number, format_percent, ngettext
from services.early_warnings import WarningRule
from services.early_warnings.threshold_limits import ThresholdUnit, threshold_limit
from services.early_warnings.threshold_names import name_of_threshold


def threshold_name(rule: WarningRule, name: str) -> str:
    """What a threshold of a rule is called."""
    return _(name_of_threshold(rule, name))


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
