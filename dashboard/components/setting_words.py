"""How a setting reads: its value in words and units, its clause, the day it holds from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from dashboard.i18n import N_, _, format_date, format_number, format_percent, ngettext
from services.policy_settings import DatedValue, SettingUnit

CLAUSES: dict[str, str] = {
    "1.4": N_("Principles"),
    "2.2": N_("Assessment process"),
    "2.3": N_("Identification"),
    "3.1": N_("High-risk customers"),
    "4.1": N_("Division of work"),
    "4.2": N_("Communication"),
    "5.2": N_("Assessment metrics"),
}
SYSTEM_LOGIN = "system"
_COUNTED: dict[SettingUnit, Callable[[int], str]] = {
    SettingUnit.DAYS: lambda n: ngettext("%(n)s day", "%(n)s days", n),
    SettingUnit.NOTICES: lambda n: ngettext("%(n)s notice", "%(n)s notices", n),
    SettingUnit.MINUTES: lambda n: ngettext("%(n)s minute", "%(n)s minutes", n),
    SettingUnit.WARNINGS: lambda n: ngettext("%(n)s warning", "%(n)s warnings", n),
    SettingUnit.EVENTS: lambda n: ngettext("%(n)s event", "%(n)s events", n),
    SettingUnit.PEOPLE: lambda n: ngettext("%(n)s person", "%(n)s people", n),
    SettingUnit.SEVERITY: lambda _n: _("severity %(n)s"),
}


def _cases(n: int) -> str:
    return ngettext("%(n)s case", "%(n)s cases", n)


def setting_text(unit: SettingUnit, value: object) -> str:
    """A value with its unit: `90 days`, `85%`, `4 per 1,000 customers`."""
    if value is None:
        return _("today")
    if isinstance(value, dt.date):
        return format_date(value)
    if not isinstance(value, int | Decimal):
        return str(value)
    if unit is SettingUnit.RATIO:
        return format_percent(value, 0 if value * 100 == int(value * 100) else 1)
    if unit is SettingUnit.PER_THOUSAND:
        digits = 0 if value == int(value) else 1
        return _("%(n)s per 1,000 customers") % {"n": format_number(value, digits)}
    counted = _COUNTED.get(unit, _cases)
    return counted(int(value)) % {"n": format_number(value)}


def since_text(one: DatedValue | None) -> str:
    """From when a value holds."""
    return _("from the beginning") if one is None or one.since is None else format_date(one.since)


def setter_text(one: DatedValue | None) -> str:
    """Who set it."""
    if one is None:
        return _("as shipped")
    return _("command line") if one.set_by == SYSTEM_LOGIN else one.set_by
