"""What must be known of a customer (clause 2.2): each item, where it is kept, whose duty it is, how old it may be.

docs/information.md holds the same table for readers; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.enums import Dimension, RiskLevel
from services.errors import N_, NotFoundError


class Duty(StrEnum):
    """Who brings an item: the department that owns the customer, or risk management for all."""

    OWNER = "owner"
    RISK = "risk"


@dataclass(frozen=True)
class Item:
    """One kind of information. `kind` and `fields` are the import kind and its columns that hold it.

    `days`: the greatest age by level as shipped; None follows the refresh rhythm (settings refresh_days_*), which is
    apt for what can be looked up any day and not for what appears once a year. `is_dated`: its rows carry a day of
    their own, so that a past day can be asked for.
    """

    code: str
    dimension: Dimension
    title: str
    kind: str
    fields: tuple[str, ...]
    duty: Duty = Duty.OWNER
    days: Mapping[RiskLevel, int] | None = None
    of_individuals: bool = True
    is_dated: bool = True


def _by_level(low: int, medium: int, high: int, critical: int) -> Mapping[RiskLevel, int]:
    return {RiskLevel.LOW: low, RiskLevel.MEDIUM: medium, RiskLevel.HIGH: high, RiskLevel.CRITICAL: critical}


#: Register fields that must be filled, by kind of customer. A look that finds one not to be had stands in for it.
MASTER_FIELDS: Mapping[str, tuple[str, ...]] = {
    "company": (
        "uscc", "region", "size", "industry_code", "registered_capital", "established_on", "legal_representative",
    ),
    "individual": ("region", "phone"),
}  # fmt: skip

MASTER, FINANCIALS, CREDIT_REPORT, CREDIT_RATING = "master", "financials", "credit_report", "credit_rating"
CONTRACTS, REPUTATION, INDUSTRY = "contracts", "reputation", "industry_outlook"
#: Stands for a customer's most urgent item in lists that show one line a customer.
ANY = "any"

ITEMS: tuple[Item, ...] = (
    Item(
        MASTER, Dimension.OPERATIONS, N_("Master data"), "customers",
        ("uscc", "region", "size", "industry_code", "registered_capital", "established_on", "legal_representative",
         "phone"),
        days=_by_level(730, 365, 365, 180), is_dated=False,
    ),
    Item(
        FINANCIALS, Dimension.OPERATIONS, N_("Financial statement"), "financials",
        ("period_end", "revenue", "net_profit", "total_assets", "total_liabilities", "current_assets",
         "current_liabilities", "operating_cash_flow"),
        days=_by_level(540, 540, 480, 365), of_individuals=False,
    ),
    Item(
        CREDIT_REPORT, Dimension.CREDIT, N_("Credit report"), "credit_reports",
        ("reported_on", "source", "overdue_count", "overdue_amount", "enforcement_count"),
        days=_by_level(365, 365, 180, 90),
    ),
    Item(
        CREDIT_RATING, Dimension.CREDIT, N_("Credit rating"), "credit_reports", ("reported_on", "source", "rating"),
        days=_by_level(730, 730, 365, 180), of_individuals=False,
    ),
    Item(
        CONTRACTS, Dimension.TRANSACTIONS, N_("Contracts and their events"), "contract_events",
        ("contract_no", "occurred_on", "kind", "severity"),
    ),
    Item(
        REPUTATION, Dimension.REPUTATION, N_("Look at its reputation"), "reputation_events",
        ("occurred_on", "source", "kind", "sentiment"),
    ),
    Item(
        INDUSTRY, Dimension.INDUSTRY, N_("Industry outlook"), "industry_outlooks",
        ("industry_code", "as_of", "outlook", "trend", "policy", "default_rate"),
        duty=Duty.RISK, days=_by_level(180, 180, 180, 180),
    ),
)  # fmt: skip
BY_CODE: Mapping[str, Item] = {one.code: one for one in ITEMS}
#: What the owner department collects: the items of its worklist.
OWN_ITEMS: tuple[str, ...] = tuple(one.code for one in ITEMS if one.duty is Duty.OWNER)
LEVELS_BY_URGENCY: tuple[RiskLevel, ...] = tuple(reversed(RiskLevel))


def item_by_code(code: str) -> Item:
    """The item of a code.

    Raises:
        NotFoundError: there is none.
    """
    if code not in BY_CODE:
        raise NotFoundError(N_("There is no kind of information called %(item)s."), item=code)
    return BY_CODE[code]
