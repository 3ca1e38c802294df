"""Why a metric moved between two periods (SPEC 5): who entered, left or changed, exact to the last fraction.

Each customer's (or department's) effect is measured against the middle M of the two values: what it adds to today's
value above M, less what it added before. With n and d its numerator and denominator, and N/D the whole's:

    effect = scale * ((n1 - M*d1) / D1 - (n0 - M*d0) / D0),   M = (N0/D0 + N1/D1) / 2

The effects sum exactly to the movement; exchanging the periods turns every sign; a customer who does in both periods
what the company does on average moves nothing, however large it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from services.access import ensure_may
from services.context import Context
from services.metrics.figures import ACCURACY, COMPLAINTS, RECOVERY, TIMELINESS, Figure
from services.metrics.span import Span

ENTERED, LEFT, CHANGED = "entered", "left", "changed"
TOP = 8


@dataclass(frozen=True)
class Stake:
    """Numerator and denominator of one group, before and now."""

    numerator_before: Decimal
    denominator_before: Decimal
    numerator: Decimal
    denominator: Decimal

    @property
    def status(self) -> str:
        """Entered: had no part before. Left: has none now. Changed: has a part in both periods."""
        if not self.numerator_before and not self.denominator_before:
            return ENTERED
        return CHANGED if self.numerator or self.denominator else LEFT


@dataclass(frozen=True)
class Effect:
    """What one customer, department or status did to the value, in its unit (ratio 0-1; complaints per 1,000)."""

    key: str
    name: str
    department: str | None
    customers: int
    stake: Stake
    effect: Fraction


@dataclass(frozen=True)
class Movement:
    """The change of a metric and its parts. `change` is None, and there are no parts, where a period has no value.

    `statuses`, `departments`, and `customers` with `others`, each sum to `change`.
    """

    metric: str
    change: Fraction | None
    statuses: tuple[Effect, ...] = ()
    departments: tuple[Effect, ...] = ()
    customers: tuple[Effect, ...] = ()
    others: Fraction = Fraction(0)
    others_count: int = 0


def scale_of(metric: str) -> int:
    """Units of the shown value per unit of the ratio: complaints are per 1,000."""
    return 1000 if metric == COMPLAINTS else 1


class Lever:
    """The two totals, and with them the effect of any part of them."""

    def __init__(self, metric: str, before: Figure | None, now: Figure | None) -> None:
        self.scale = scale_of(metric)
        self.before_total = Fraction(before.denominator) if before else Fraction(0)
        self.now_total = Fraction(now.denominator) if now else Fraction(0)
        self.is_defined = bool(self.before_total and self.now_total)
        if before is None or now is None or not self.is_defined:
            self.middle = self.change = Fraction(0)
            return
        former, present = Fraction(before.numerator) / self.before_total, Fraction(now.numerator) / self.now_total
        self.middle = (former + present) / 2
        self.change = (present - former) * self.scale

    def effect(self, stake: Stake) -> Fraction:
        """The effect of a part; 0 where the movement is not defined."""
        if not self.is_defined:
            return Fraction(0)
        now = (Fraction(stake.numerator) - self.middle * Fraction(stake.denominator)) / self.now_total
        before = (
            Fraction(stake.numerator_before) - self.middle * Fraction(stake.denominator_before)
        ) / self.before_total
        return (now - before) * self.scale


def department_effects(
    metric: str, before: Figure | None, now: Figure | None, parts: Iterable[tuple[str, Figure | None, Figure | None]]
) -> tuple[Effect, ...]:
    """The effect of each department, the strongest first, from figures of the whole and (code, before, now) of each."""
    lever = Lever(metric, before, now)
    found = []
    for code, former, present in parts:
        stake = Stake(
            former.numerator if former else Decimal(0), former.denominator if former else Decimal(0),
            present.numerator if present else Decimal(0), present.denominator if present else Decimal(0),
        )  # fmt: skip
        found.append(Effect(code, code, code, 0, stake, lever.effect(stake)))
    return tuple(sorted(found, key=lambda one: (-abs(one.effect), one.key)))


_NUMERATOR = {
    ACCURACY: "m.measure IN ('true_positive', 'true_negative') AND m.month BETWEEN {first} AND {last}",
    TIMELINESS: "m.measure = 'on_time' AND m.month BETWEEN {first} AND {last}",
    RECOVERY: "m.measure = 'received' AND m.month BETWEEN {first} AND {last}",
    COMPLAINTS: "m.measure = 'complaints' AND m.month BETWEEN {first} AND {last}",
}
_DENOMINATOR = {
    ACCURACY: "m.measure <> 'excluded' AND m.month BETWEEN {first} AND {last}",
    TIMELINESS: "m.month BETWEEN {first} AND {last}",
    RECOVERY: (
        "(m.measure = 'added' AND m.month BETWEEN {first} AND {last} OR m.measure = 'opening' AND m.month = {first})"
    ),
    COMPLAINTS: (
        "(m.measure = 'event' AND m.month BETWEEN {first} AND {last} AND coalesce(m.neighbour < {first}, true)"
        " OR m.measure = 'opening' AND m.month = {first} AND {first} <= :as_of AND m.known_on > {end})"
    ),
}
_NOW = {"first": ":first", "last": ":last", "end": ":ends_on"}
_BEFORE = {"first": ":former_first", "last": ":former_last", "end": ":former_ends_on"}


def _stakes(metric: str) -> str:
    """SQL of each customer's stake in a metric in two periods."""
    sums = ", ".join(
        f"coalesce(sum(m.amount) FILTER (WHERE {rule[metric].format(**names)}), 0) AS {name}"
        for name, rule, names in (
            ("n0", _NUMERATOR, _BEFORE),
            ("d0", _DENOMINATOR, _BEFORE),
            ("n1", _NUMERATOR, _NOW),
            ("d1", _DENOMINATOR, _NOW),
        )
    )
    known = "(m.known_on <= :as_of OR m.metric = 'complaint_rate' AND m.measure = 'opening')"
    return (
        f"WITH stake AS MATERIALIZED (SELECT m.customer_id, max(m.department_id) AS department_id, {sums} "  # noqa: S608
        f"FROM metric_contribution m WHERE m.metric = '{metric}' AND {known} "
        "AND (m.month BETWEEN :former_first AND :former_last OR m.month BETWEEN :first AND :last) "
        "GROUP BY m.customer_id), share AS (SELECT s.*, coalesce(d.code, '') AS department FROM stake s "
        "LEFT JOIN department d ON d.id = s.department_id "
        "WHERE (n0 <> 0 OR d0 <> 0 OR n1 <> 0 OR d1 <> 0) AND (CAST(:only AS text) IS NULL OR d.code = :only))"
    )


_BY_STATUS = """
SELECT department,
       CASE WHEN n0 = 0 AND d0 = 0 THEN 'entered' WHEN n1 = 0 AND d1 = 0 THEN 'left' ELSE 'changed' END AS status,
       count(*), sum(n0), sum(d0), sum(n1), sum(d1)
  FROM share GROUP BY 1, 2 ORDER BY 1, 2
"""
# A private person's name is nobody's business here: the number says who it is to those who may know.
_TOP = """
, moved AS (
    SELECT s.*, (s.n1 - CAST(:middle AS numeric) * s.d1) / :now_total
                - (s.n0 - CAST(:middle AS numeric) * s.d0) / :before_total AS effect
      FROM share s
)
SELECT c.customer_no, CASE WHEN c.kind = 'company' THEN c.name ELSE c.customer_no END, s.department,
       s.n0, s.d0, s.n1, s.d1
  FROM moved s JOIN customer c ON c.customer_id = s.customer_id
 WHERE CAST(:sign AS int) = 0 OR sign(s.effect) = :sign
 ORDER BY abs(s.effect) DESC, c.customer_no
 LIMIT :limit
"""


def _values(span: Span, former: Span, as_of: dt.date, department: str | None) -> dict[str, Any]:
    return {
        "first": span.first, "last": span.last, "ends_on": min(span.ends_on, as_of),
        "former_first": former.first, "former_last": former.last, "former_ends_on": min(former.ends_on, as_of),
        "as_of": as_of, "only": department,
    }  # fmt: skip


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def top_customers(
    ctx: Context,
    metric: str,
    before: Figure | None,
    now: Figure | None,
    span: Span,
    former: Span,
    as_of: dt.date,
    *,
    department: str | None = None,
    limit: int = TOP,
    sign: int = 0,
) -> tuple[Effect, ...]:
    """The customers with the strongest effect on a movement of `before` to `now`; `sign` ±1: only in that direction."""
    lever = Lever(metric, before, now)
    if not lever.is_defined:
        return ()
    values = _values(span, former, as_of, department) | {
        "middle": _decimal(lever.middle), "now_total": _decimal(lever.now_total),
        "before_total": _decimal(lever.before_total), "sign": sign, "limit": limit,
    }  # fmt: skip
    found = []
    for no, name, code, *sums in ctx.session.execute(text(_stakes(metric) + _TOP), values):
        stake = Stake(*sums)
        found.append(Effect(no, name, code, 1, stake, lever.effect(stake)))
    return tuple(found)


def movement(
    ctx: Context,
    metric: str,
    before: Figure | None,
    now: Figure | None,
    span: Span,
    former: Span,
    as_of: dt.date,
    *,
    department: str | None = None,
    limit: int = TOP,
) -> Movement:
    """Why a metric moved from `before` (its figure over `former`) to `now` (over `span`), both as known by a day."""
    ensure_may(ctx, "metric.read")
    lever = Lever(metric, before, now)
    if not lever.is_defined:
        return Movement(metric, None)
    by_status: dict[str, Effect] = {}
    by_department: dict[str, Effect] = {}
    values = _values(span, former, as_of, department)
    for code, status, count, *sums in ctx.session.execute(text(_stakes(metric) + _BY_STATUS), values):
        stake = Stake(*sums)
        for key, groups in ((status, by_status), (code, by_department)):
            groups[key] = _joined(groups.get(key), Effect(key, key, None, count, stake, lever.effect(stake)))
    customers = top_customers(ctx, metric, before, now, span, former, as_of, department=department, limit=limit)
    shown = sum((one.effect for one in customers), Fraction(0))
    return Movement(
        metric, lever.change, tuple(by_status[one] for one in (ENTERED, LEFT, CHANGED) if one in by_status),
        tuple(sorted(by_department.values(), key=lambda one: (-abs(one.effect), one.key))), customers,
        lever.change - shown, sum(one.customers for one in by_status.values()) - len(customers),
    )  # fmt: skip


def _joined(first: Effect | None, second: Effect) -> Effect:
    if first is None:
        return second
    stake = Stake(
        first.stake.numerator_before + second.stake.numerator_before,
        first.stake.denominator_before + second.stake.denominator_before,
        first.stake.numerator + second.stake.numerator,
        first.stake.denominator + second.stake.denominator,
    )
    return Effect(first.key, first.name, None, first.customers + second.customers, stake, first.effect + second.effect)
