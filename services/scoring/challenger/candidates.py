"""What a fitted scorecard may be made of: indicators whose past values are known, and which way each one is bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.enums import Dimension
from services.scoring.card import Bands, DimensionCard, Indicator, Scorecard

#: Their values on a past day are not in the data: the register carries no dates (docs/scorecard.md, "What is weak").
UNDATED = frozenset({"credit_rating", "limit_use"})


@dataclass(frozen=True)
class Candidate:
    """An indicator that may be taken in. `rises`: a greater value is worse; of a name, a greater `order` is worse."""

    dimension: str
    indicator: Indicator
    rises: bool

    @property
    def order(self) -> Mapping[str, float]:
        """Names from safe to risky, by the points that experts gave them."""
        return self.indicator.categories


def _extra(
    code: str, dimension: Dimension, unit: str, en: str, hans: str, hant: str, days: int | None = None
) -> Candidate:
    label = {"en": en, "zh_Hans": hans, "zh_Hant": hant}
    return Candidate(dimension.value, Indicator(code, 1.0, window_days=days, unit=unit, label=label), rises=True)


#: Measured, but not on the shipped card.
EXTRA = (
    _extra(
        "overdue_share_now", Dimension.CREDIT, "ratio", "Share of the balance past due", "逾期余额占比", "逾期餘額占比",
    ),
    _extra(
        "worst_days_late_180", Dimension.CREDIT, "days", "Worst delay, half a year", "近半年最长逾期天数",
        "近半年最長逾期天數", 180,
    ),
    _extra(
        "mean_days_late_90", Dimension.TRANSACTIONS, "days", "Average delay, 90 days", "近 90 天平均逾期天数",
        "近 90 天平均逾期天數", 90,
    ),
    _extra(
        "late_share_365", Dimension.TRANSACTIONS, "ratio", "Share of late invoices, one year", "近一年逾期发票占比",
        "近一年逾期發票占比", 365,
    ),
    _extra(
        "longest_terms_open", Dimension.TRANSACTIONS, "days", "Longest terms among open invoices",
        "未结清发票最长账期", "未結清發票最長帳期",
    ),
    _extra(
        "turnover_to_terms", Dimension.TRANSACTIONS, "multiple", "Receivables against agreed terms",
        "应收账款相对账期倍数", "應收帳款相對帳期倍數", 90,
    ),
)  # fmt: skip


def candidates(card: Scorecard) -> tuple[Candidate, ...]:
    """A card's own indicators with the direction that its points rise in, and those above."""
    found = {
        one.code: Candidate(dimension.name, one, _rises(one))
        for dimension in card.dimensions
        for one in dimension.indicators
        if one.code not in UNDATED
    }
    return (*found.values(), *(one for one in EXTRA if one.indicator.code not in found))


def _rises(one: Indicator) -> bool:
    return one.is_category or one.bins[-1].points >= one.bins[0].points


def measuring_card(found: tuple[Candidate, ...]) -> Scorecard:
    """A card that measures all of them: it is never scored with."""
    names = dict.fromkeys(one.dimension for one in found)
    return Scorecard(
        "measuring", 1,
        tuple(
            DimensionCard(name, 1.0, tuple(one.indicator for one in found if one.dimension == name)) for name in names
        ),
        Bands(35, 55, 70),
    )  # fmt: skip
