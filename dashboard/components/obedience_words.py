"""How a document against a measure reads."""

from __future__ import annotations

from decimal import Decimal

from dashboard.i18n import N_, NO_VALUE, _, format_money, format_number, ngettext
from db.enums import Demand
from services.obedience import BreachRow

#: What went wrong, by demand. The names are filled with what was allowed and what was found.
AGAINST: dict[Demand, str] = {
    Demand.LISTED: N_("Traded with a listed customer"),
    Demand.SUSPENSION: N_("Traded while trade was suspended"),
    Demand.ORDER_LIMIT: N_("Order of %(found)s over the limit of %(allowed)s an order"),
    Demand.MONTH_LIMIT: N_("The month came to %(found)s, over its limit of %(allowed)s"),
    Demand.EXPOSURE_LIMIT: N_("The customer then owed %(found)s, over the limit of %(allowed)s"),
    Demand.TERMS: N_("Terms of %(found)s instead of %(allowed)s at most"),
    Demand.PREPAYMENT: N_("%(found)s paid in advance instead of %(allowed)s"),
    Demand.GUARANTEE: N_("Guarantees of %(found)s instead of %(allowed)s"),
}
GATE_SAID: dict[str, str] = {
    "allow": N_("The order gate had allowed a smaller order."),
    "hold": N_("The order gate had held it and nobody released it."),
    "deny": N_("The order gate had denied it."),
}


def against_text(row: BreachRow, currency: str) -> str:
    """What the document goes against, with figures."""
    return _(AGAINST[row.demand]) % {
        "allowed": _amount(row.demand, row.allowed, currency), "found": _amount(row.demand, row.found, currency),
    }  # fmt: skip


def gate_text(row: BreachRow) -> str:
    """What the order gate had said to it."""
    return _(GATE_SAID[row.gate_decision]) if row.gate_decision else _("The order gate was never asked.")


def _amount(demand: Demand, value: Decimal | None, currency: str) -> str:
    if value is None:
        return NO_VALUE
    if demand is Demand.TERMS:
        return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": format_number(value)}
    return format_money(value, currency, compact=True)
