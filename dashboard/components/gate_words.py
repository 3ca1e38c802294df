"""What the order gate says, in the reader's language: why it answers so, what measures demand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from dashboard.i18n import (
    N_,
    NO_VALUE,
    _,
    format_date,
    format_datetime,
    format_money,
    format_number,
    format_percent,
    running_on,
)
from dashboard.labels import label
from services.gate import ControlInForce, Reason

#: What a measure can demand, in the order in which it is said.
DEMANDS: dict[str, str] = {
    "order_limit": N_("at most %(value)s per order"),
    "month_limit": N_("at most %(value)s a month"),
    "exposure_limit": N_("at most %(value)s owed in all"),
    "terms_days": N_("at most %(value)s days to pay"),
    "prepaid_share": N_("%(value)s paid ahead"),
    "guarantee_value": N_("guarantees of %(value)s"),
    "coverage_ratio": N_("guarantees for %(value)s of what is owed"),
    "monitoring_days": N_("a look every %(value)s days"),
}


def gate_reason_text(one: Reason, currency: str) -> str:
    """One reason as a sentence. `currency` is the base currency, in which its amounts are."""
    words = {name: _value(name, value, currency) for name, value in one.params.items()}
    return _(one.text) % defaultdict(lambda: NO_VALUE, words)


def _value(name: str, value: Any, currency: str) -> str:  # noqa: ANN401  (any JSON value)
    if value is None:
        return NO_VALUE
    if name.endswith("_amount"):
        return format_money(Decimal(value), currency)
    if name.endswith("_on"):
        return format_date(value)
    if name.endswith("_days"):
        return format_number(value)
    if name == "as_of":
        return format_datetime(dt.datetime.fromisoformat(value))
    names = {"kind": "control_kind", "grade": "grade"}
    return label(names[name], value) if name in names else str(value)


def demands_text(control: ControlInForce, currency: str) -> str:
    """What a measure demands, in one line; empty where it demands nothing of an order."""
    return " · ".join(
        _(words) % {"value": _demand(name, control.demands[name], currency)}
        for name, words in DEMANDS.items()
        if control.demands.get(name) is not None
    )


def _demand(name: str, value: Any, currency: str) -> str:  # noqa: ANN401  (any JSON value)
    if name.endswith("_days"):
        return format_number(value)
    if name in {"prepaid_share", "coverage_ratio"}:
        return format_percent(value, 0)
    return format_money(value, currency, compact=True)


def control_title(control: ControlInForce) -> str:
    """A measure by name, with how binding it is."""
    kind = label("control_kind", control.kind)
    if control.override_role is None:
        return _("%(kind)s, absolute") % {"kind": kind}
    return _("%(kind)s, %(role)s may release") % {"kind": kind, "role": label("role", control.override_role)}


def amount_text(amount: Decimal, currency: str | None, base: str, in_base: Decimal | None = None) -> str:
    """An order's amount; in another currency with what it is worth."""
    if currency is None or currency == base:
        return format_money(amount, base)
    worth = _("no rate") if in_base is None else format_money(in_base, base)
    return _("%(amount)s (%(worth)s)") % {"amount": format_money(amount, currency), "worth": worth}


def reasons_line(reasons: tuple[Reason, ...], currency: str) -> str:
    """Reasons in one line."""
    return running_on(gate_reason_text(one, currency) for one in reasons)
