"""What each indicator says in words: the one place of its sentences, as message ids that the doors translate.

A card is the company's own: an indicator without a sentence here is said by the card's label, with its value and unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.errors import N_
from services.scoring.card import Indicator, Scorecard
from services.scoring.rules import Value, contributions

#: Values that mean "beyond any number" (docs/scorecard.md): nothing to divide by, all lost.
_BEYOND, _ALL_LOST = 99.0, -9.0


class QuantityKind(StrEnum):
    """How a door writes a value."""

    NUMBER = "number"
    COUNT = "count"
    DAYS = "days"
    PERIOD = "period"
    YEARS = "years"
    RATIO = "ratio"
    CHANGE = "change"
    MULTIPLE = "multiple"
    SIZE = "size"
    NAME = "name"
    BEYOND = "beyond"


@dataclass(frozen=True)
class Quantity:
    """A value and how to write it. `unit` follows a number whose kind has no words of its own."""

    kind: QuantityKind
    value: Value
    unit: str = ""


@dataclass(frozen=True)
class Reason:
    """Why an indicator has its points. `template` None: say the card's `label` (by language) and `params["value"]`.

    `value` None: nothing is known and the card's stand-in counts. `points` of 100; `contribution` to the score.
    """

    indicator: str
    template: str | None
    params: Mapping[str, Quantity]
    label: Mapping[str, str]
    value: Value
    points: float
    contribution: float

    def text(self) -> str:
        """The sentence in plain English, for logs and machines."""
        values = {name: f"{one.value} {one.unit}".strip() for name, one in self.params.items()}
        if self.template is None:
            return f"{self.label.get('en', self.indicator)}: {values['value']}"
        return self.template % (values | {"indicator": self.label.get("en", self.indicator)})


@dataclass(frozen=True)
class IndicatorWords:
    """The sentences of one indicator: as a rule, for values of 0 and less, and for values that stand for more."""

    kind: QuantityKind
    template: str
    zero: str | None = None
    special: Mapping[float, str] = field(default_factory=dict)


STAND_IN = N_("%(indicator)s: nothing is known, so the scorecard's stand-in counts")

_K = QuantityKind
WORDS: Mapping[str, IndicatorWords] = {
    # credit
    "overdue_days_now": IndicatorWords(
        _K.DAYS, N_("Oldest open invoice is %(value)s past due"), N_("No open invoice is past due")
    ),
    "overdue_count_now": IndicatorWords(
        _K.COUNT, N_("Open invoices past due: %(value)s"), N_("No invoice past due is open")
    ),
    "overdue_share_now": IndicatorWords(
        _K.RATIO, N_("%(value)s of the open balance is past due"), N_("Nothing of the open balance is past due")
    ),
    "worst_days_late_180": IndicatorWords(
        _K.DAYS, N_("Worst delay within %(window)s: %(value)s"), N_("Nothing was paid late within %(window)s")
    ),
    "broken_promises_365": IndicatorWords(
        _K.COUNT, N_("Payment promises broken within %(window)s: %(value)s"),
        N_("Every payment promise within %(window)s was kept"),
    ),
    "credit_rating": IndicatorWords(_K.NAME, N_("Credit rating: %(value)s")),
    "report_overdue_count": IndicatorWords(
        _K.COUNT, N_("Overdue records in the newest credit report: %(value)s"),
        N_("No overdue record in the newest credit report"),
    ),
    "report_enforcement_count": IndicatorWords(
        _K.COUNT, N_("Court enforcements in the newest credit report: %(value)s"),
        N_("No court enforcement in the newest credit report"),
    ),
    "past_listings": IndicatorWords(_K.COUNT, N_("Black or grey listings so far: %(value)s")),
    # operations
    "firm_size": IndicatorWords(_K.SIZE, N_("Size of the firm: %(value)s")),
    "firm_age_years": IndicatorWords(_K.YEARS, N_("Founded %(value)s ago")),
    "debt_ratio": IndicatorWords(_K.RATIO, N_("Liabilities are %(value)s of assets")),
    "current_ratio": IndicatorWords(
        _K.MULTIPLE, N_("Current assets are %(value)s current liabilities"),
        special={_BEYOND: N_("There are current assets and no current liabilities")},
    ),
    "net_margin": IndicatorWords(
        _K.RATIO, N_("Net profit is %(value)s of revenue"), special={_ALL_LOST: N_("A loss without any revenue")}
    ),
    "cash_flow_cover": IndicatorWords(_K.RATIO, N_("Operating cash flow is %(value)s of current liabilities")),
    "revenue_growth": IndicatorWords(_K.CHANGE, N_("Revenue changed by %(value)s on the year before")),
    # transactions
    "mean_days_late_90": IndicatorWords(
        _K.DAYS, N_("Average delay within %(window)s: %(value)s"), N_("Paid on time within %(window)s")
    ),
    "late_share_365": IndicatorWords(
        _K.RATIO, N_("%(value)s of invoices within %(window)s were 5 or more days late"),
        N_("No invoice within %(window)s was 5 or more days late"),
    ),
    "slower_than_habit": IndicatorWords(
        _K.DAYS, N_("Pays %(value)s slower than is its own habit"), N_("Pays no slower than is its own habit")
    ),
    "open_invoices": IndicatorWords(
        _K.COUNT, N_("Unpaid invoices outstanding: %(value)s"), N_("No unpaid invoice is outstanding")
    ),
    "longest_terms_open": IndicatorWords(
        _K.DAYS, N_("Longest terms among the open invoices: %(value)s"), N_("No unpaid invoice is outstanding")
    ),
    "turnover_to_terms": IndicatorWords(
        _K.MULTIPLE, N_("Receivables stand for %(value)s the agreed terms"), N_("Nothing is outstanding"),
        special={_BEYOND: N_("Owes, but bought nothing within %(window)s")},
    ),
    "amount_trend": IndicatorWords(
        _K.RATIO, N_("Trade within %(window)s is %(value)s of the time before"), N_("No trade within %(window)s")
    ),
    "limit_use": IndicatorWords(
        _K.RATIO, N_("%(value)s of the credit limit is used"), N_("Nothing of the credit limit is used"),
        special={_BEYOND: N_("Owes, although its credit limit is zero")},
    ),
    "contract_breach_365": IndicatorWords(
        _K.COUNT, N_("Breaches of contract within %(window)s, severity added up: %(value)s"),
        N_("No breach of contract within %(window)s"),
    ),
    "tenure_years": IndicatorWords(_K.YEARS, N_("Customer for %(value)s")),
    # industry
    "industry_outlook": IndicatorWords(_K.NUMBER, N_("Outlook of the industry: %(value)s of 100")),
    "industry_trend": IndicatorWords(_K.NUMBER, N_("Trend of the industry: %(value)s on a scale from −2 to 2")),
    "industry_policy": IndicatorWords(
        _K.NUMBER, N_("Policy towards the industry: %(value)s on a scale from −2 to 2")
    ),
    "industry_default_rate": IndicatorWords(_K.RATIO, N_("%(value)s of firms in the industry default")),
    # reputation
    "negative_events_365": IndicatorWords(
        _K.COUNT, N_("Bad news within %(window)s, weighted: %(value)s"), N_("No bad news within %(window)s")
    ),
    "court_events_730": IndicatorWords(
        _K.COUNT, N_("Court and regulator events within %(window)s: %(value)s"),
        N_("No court or regulator event within %(window)s"),
    ),
    "peer_complaints_365": IndicatorWords(
        _K.COUNT, N_("Complaints by peers and the public within %(window)s: %(value)s"),
        N_("No complaint by peers or the public within %(window)s"),
    ),
}  # fmt: skip

#: Kinds for the units of a card, where an indicator has no sentence here.
_KIND_OF_UNIT = {
    "days": _K.DAYS, "count": _K.COUNT, "ratio": _K.RATIO, "years": _K.YEARS, "multiple": _K.MULTIPLE,
    "grade": _K.NAME, "class": _K.NAME,
}  # fmt: skip


def quantity(indicator: Indicator, value: Value) -> Quantity:
    """A value of an indicator (measured, or an edge of its bins) and how to write it."""
    known = WORDS.get(indicator.code)
    if known is not None:
        return Quantity(_K.BEYOND if value in known.special else known.kind, value)
    kind = _KIND_OF_UNIT.get(indicator.unit, _K.NAME if indicator.is_category else _K.NUMBER)
    return Quantity(kind, value, indicator.unit if kind is _K.NUMBER else "")


def reason_of(indicator: Indicator, value: Value, points: float, contribution: float) -> Reason:
    """What the indicator says of this value."""
    params = {"value": quantity(indicator, value)}
    if indicator.window_days is not None:
        params["window"] = Quantity(_K.PERIOD, indicator.window_days)
    return Reason(
        indicator.code, _template(indicator, value), params, indicator.label, value, points, contribution
    )  # fmt: skip


def _template(indicator: Indicator, value: Value) -> str | None:
    if value is None:
        return STAND_IN
    words = WORDS.get(indicator.code)
    if words is None or isinstance(value, str):
        return words.template if words else None
    if value in words.special:
        return words.special[value]
    return words.zero if words.zero is not None and value <= 0 else words.template


def values_of(points: Mapping[str, Any]) -> dict[str, Value]:
    """Each indicator's measured value from a stored score; stand-ins have none."""
    return {code: part["value"] for code, part in points.items() if part.get("value") is not None}


def own_points(points: Mapping[str, Any]) -> dict[str, float | None]:
    """Each indicator's points of its own from a stored score: what rules.py starts from."""
    return {code: part["points"] for code, part in points.items() if part.get("value") is not None}


def reasons(card: Scorecard, points: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Every indicator that counts in a stored score, the one that brings most to it first."""
    shares = contributions(card, own_points(points))
    found = [
        reason_of(one, points[one.code].get("value"), points[one.code]["points"], shares.get(one.code, 0.0))
        for one in card.indicators
        if one.code in points
    ]
    return tuple(sorted(found, key=lambda one: (-one.contribution, -one.points, one.indicator)))
