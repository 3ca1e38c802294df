"""How a warning reads: why it was raised, how much time is left, what is owed, in the reader's language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_number, format_percent, ngettext
from services.early_warnings import Fact, FactKind, WarningRow, Why

HOURS_A_DAY = 24


def why_text(why: Why, currency: str) -> str:
    """The rule's sentence with its facts written as the language writes them."""
    return _(why.template) % {name: fact_text(fact, currency) for name, fact in why.facts.items()}


def title_text(row: WarningRow, currency: str) -> str:
    """What the warning is called, with the thresholds of the edition that raised it."""
    return why_text(Why(row.title, row.why.facts), currency)


def fact_text(fact: Fact, currency: str) -> str:
    """One figure of a reason."""
    value = fact.value
    if value is None:
        return NO_VALUE
    if isinstance(value, dt.date):
        return format_date(value)
    if isinstance(value, int | Decimal):
        if fact.kind is FactKind.MONEY:
            return format_money(value, currency, compact=True)
        return format_percent(value, 0) if fact.kind is FactKind.RATIO else format_number(value)
    return value


def time_left_text(hours: float | None) -> str:
    """Time until the deadline: `3 h`, `2 d`, `5 h over`; whole hours under two days, whole days beyond."""
    if hours is None:
        return NO_VALUE
    size = abs(hours)
    if size < 1:
        return _("under 1 h") if hours >= 0 else _("just over")
    if size < 2 * HOURS_A_DAY:
        count = int(size)
        return (_("%(n)s h") if hours >= 0 else _("%(n)s h over")) % {"n": count}
    count = int(size // HOURS_A_DAY)
    return (_("%(n)s d") if hours >= 0 else _("%(n)s d over")) % {"n": format_number(count)}


def escalation_text(escalation: int) -> str:
    """To whom a warning has gone up; empty where it has not."""
    if escalation <= 0:
        return ""
    steps = {1: _("with the head of department"), 2: _("with risk management"), 3: _("with leadership")}
    return steps[min(escalation, 3)]


def open_count_text(count: int) -> str:
    """`142 open`."""
    return ngettext("%(n)s open", "%(n)s open", count) % {"n": format_number(count)}
