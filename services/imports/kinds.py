"""The file kinds of SPEC 7, in an order in which they can be imported: what is referred to comes first."""

from __future__ import annotations

from services.errors import N_, NotFoundError
from services.imports import customer_kinds, decision_kinds, trade_kinds
from services.imports.columns import FileKind

KINDS: dict[str, FileKind] = {
    kind.name: kind
    for kind in (
        trade_kinds.FX_RATES,
        customer_kinds.INDUSTRY_OUTLOOKS,
        customer_kinds.CUSTOMERS,
        trade_kinds.CONTRACTS,
        trade_kinds.CONTRACT_EVENTS,
        trade_kinds.INVOICES,
        trade_kinds.PAYMENTS,
        customer_kinds.FINANCIALS,
        customer_kinds.CREDIT_REPORTS,
        customer_kinds.REPUTATION_EVENTS,
        trade_kinds.DUNNING,
        trade_kinds.ORDERS,
        trade_kinds.GUARANTEES,
        decision_kinds.ASSESSMENTS,
        decision_kinds.LISTINGS,
        decision_kinds.CASES,
        decision_kinds.CASE_DEBTS,
        decision_kinds.COMPLAINTS,
        customer_kinds.WATCHLIST,
        decision_kinds.INCENTIVES,
    )
}


def kind_by_name(name: str) -> FileKind:
    """The file kind of this name.

    Raises:
        NotFoundError: there is none; the message lists those there are.
    """
    if name not in KINDS:
        known = ", ".join(KINDS)
        raise NotFoundError(N_("There is no file kind “%(kind)s”. Known kinds: %(known)s."), kind=name, known=known)
    return KINDS[name]
